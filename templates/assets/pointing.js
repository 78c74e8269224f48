// The keyboard's way to what can be pointed at: one tab stop for a figure, arrows go from mark to mark, and each says what
// it says to a pointer.
"use strict";
(() => {
  const { neuronOf, originOf } = window.reportgen;
  const NAME = "Marks of this figure; arrows go from one to the next";
  /** @type {Record<string, [across: number, down: number]>} */
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  class Pointing {
    /** @type {Target | null} what is pointed at */
    at = null;

    /** @param {Figure} figure that is live */
    constructor(figure) {
      const { box, live } = figure;
      this.figure = figure;
      this.said = document.createElement("span");
      this.said.className = "said";
      this.said.setAttribute("role", "status");
      this.ring = document.createElement("div");
      this.ring.className = "ring";
      live.append(this.said);
      box.tabIndex = 0;
      box.setAttribute("role", "application");
      box.setAttribute("aria-label", NAME);
      box.addEventListener("keydown", (event) => this.press(event));
      box.addEventListener("blur", () => this.leave());
      box.addEventListener("pointermove", ({ isTrusted }) => { if (isTrusted && this.at) this.leave(); });
    }
    /** @param {KeyboardEvent} event */
    press(event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target !== this.figure.box) return;
      const { key } = event, targets = targetsOf(this.figure);
      if (key in ways) this.go(this.at ? nextTo(this.at, ways[key], targets) : targets[0]);
      else if (key === "Home" || key === "End") this.go(targets.at(key === "Home" ? 0 : -1));
      else if (key === "Enter" && this.at) this.at.press();
      else if (key === "Escape" && this.at) this.leave();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }
    /** @param {Target} [target] none where nothing lies that way */
    async go(target) {
      if (!target) return;
      if (this.at && this.at.panel !== target.panel) this.at.leave();
      this.at = target;
      const { left, top, width, height, panel } = target;
      Object.assign(this.ring.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
      panel.element.append(this.ring);
      const words = await target.point();
      if (this.at === target) this.said.textContent = words;
    }
    leave() {
      this.at?.leave();
      this.at = null;
      this.ring.remove();
      this.said.textContent = "";
    }
  }

  /**
   * All that can be pointed at in a figure, panel by panel.
   * @param {Figure} figure
   * @returns {Target[]}
   */
  function targetsOf(figure) {
    return figure.panels.flatMap((panel) => panel.painter ? painted(panel, figure) : drawn(panel, figure, panel.view.scenegraph().root, ...originOf(panel.view)));
  }
  /**
   * Rows that are painted on a canvas.
   * @param {Panel} panel
   * @param {Figure} figure
   * @returns {Target[]}
   */
  function painted(panel, figure) {
    return (panel.painter?.boxes() ?? []).map(([row, left, top, width, height]) => ({
      panel, left, top, width, height, press() {},
      leave: () => panel.point(undefined, figure),
      point() {
        panel.point(row, figure);
        return Promise.resolve(panel.element.title.replaceAll("\n", ", ") || `neuron ${row.neuron}`);
      },
    }));
  }
  /**
   * Vega's marks below an item of a drawing that answer to a pointer.
   * @param {Panel} panel
   * @param {Figure} figure
   * @param {VegaItem} item whose items are groups
   * @param {number} left px
   * @param {number} top
   * @returns {Target[]}
   */
  function drawn(panel, figure, item, left, top) {
    return (item.items ?? []).flatMap((group) => {
      const x = left + (group.x ?? 0), y = top + (group.y ?? 0);
      return (group.items ?? []).flatMap((mark) => {
        if (mark.marktype === "group") return drawn(panel, figure, mark, x, y);
        const items = mark.marktype === "line" ? (mark.items ?? []).slice(0, 1) : mark.items ?? [];
        return items.filter((each) => mark.role === "mark" && mark.marktype !== "text" && answers(panel, mark, each)).map((each) => targetOf(panel, figure, each, x, y));
      });
    });
  }
  /**
   * @param {Panel} panel
   * @param {VegaItem} mark
   * @param {VegaItem} item
   */
  function answers({ signals, tips }, { name = "" }, item) {
    const { chosen, opens } = item.datum ?? {};
    return tips.has(name) || signals.has("chosen") && Number.isInteger(chosen) || signals.has("opened") && Number.isInteger(opens)
      || signals.has("neuron") && Number.isInteger(neuronOf(item));
  }
  /**
   * @param {Panel} panel
   * @param {Figure} figure
   * @param {VegaItem} item
   * @param {number} x of its group within the view, px
   * @param {number} y
   * @returns {Target}
   */
  function targetOf(panel, figure, item, x, y) {
    const { x1 = 0, x2 = 0, y1 = 0, y2 = 0 } = item.bounds ?? {}, { element, view } = panel;
    const send = (/** @type {string} */ type) => item._svg?.dispatchEvent(new PointerEvent(type, { bubbles: true, clientX: -1, clientY: -1 }));
    return {
      panel, left: x + x1, top: y + y1, width: x2 - x1, height: y2 - y1,
      press: () => send("click"),
      leave() {
        send("pointerout");
        figure.group?.point(-1, figure.run);
      },
      async point() {
        send("pointerover"); // as a pointer does, so that whatever answers to one answers
        await view.runAsync(); // it has its tooltip then
        send("pointermove");
        const neuron = neuronOf(item), tip = element.querySelector("[title]")?.getAttribute("title") ?? element.title;
        return tip ? tip.replaceAll("\n", ", ") : Number.isInteger(neuron) ? `neuron ${neuron}` : worded(item.datum ?? {});
      },
    };
  }
  /**
   * A mark without words of its own: what its row says, but for the columns that only the page needs.
   * @param {Record<string, unknown>} datum
   */
  function worded(datum) {
    const said = Object.entries(datum).filter(([name, value]) => /^[a-z]/.test(name) && (typeof value === "string" || typeof value === "number"));
    return said.filter(([name]) => !["chosen", "opens", "cell"].includes(name)).slice(0, 4).map((pair) => pair.join(" ")).join(", ");
  }

  /**
   * The target nearest to one in a direction, across panels; undefined where there is none.
   * @param {Target} from
   * @param {readonly [across: number, down: number]} way
   * @param {readonly Target[]} targets
   */
  function nextTo(from, [across, down], targets) {
    const [x, y] = middle(from);
    /** @type {Target | undefined} */
    let found;
    let least = Infinity;
    for (const target of targets) {
      const [u, v] = middle(target), along = (u - x) * across + (v - y) * down, aside = Math.abs((u - x) * down) + Math.abs((v - y) * across);
      if (along < 1) continue;
      const far = along + 3 * aside;
      if (far < least) [found, least] = [target, far];
    }
    return found;
  }
  /** @param {Target} target */
  function middle({ left, top, width, height, panel: { element } }) {
    return [element.offsetLeft + left + width / 2, element.offsetTop + top + height / 2];
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Pointing, nextTo }));
})();
