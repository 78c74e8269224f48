// A figure's interactive form: Vega views in the box of its static frames. The page's script decides
// when.
"use strict";
(() => {
  const { Cells, delayTooltips, find, leavesOf, Lines, neuronOf, numberAt, Pointing, rowsAt, unpack, Votes, wireInputs, wireLead } = window.reportgen;
  const plain = new URLSearchParams(location.search).has("vega"); // Vega does it all: to compare with
  const format = new Intl.NumberFormat("en");
  const phone = matchMedia("(max-width: 47.49rem)"); // as in the styles

  // A figure's views in place of its static frames, in the same box.
  class Figure {
    /** @type {string | null} */
    run = null;
    onScreen = false;
    bringing = Promise.resolve();
    shown = ""; // step and neuron
    fitting = 0; // the frame at which it is fitted to its box, by the browser's number
    asked = ""; // the series that the reader is asked for, and does not see yet
    applyInputs = () => {};
    /** @type {Panel[]} */
    panels = [];

    /**
     * @param {LiveElement} element
     * @param {FigurePayload} payload
     * @param {Group | null} group
     */
    constructor(element, payload, group) {
      this.element = element;
      this.payload = payload;
      this.group = group;
      if (element.classList.contains("asks")) this.asked = element.dataset.guess ?? "";
      this.stage = find(element, ".stage", HTMLElement);
      this.live = document.createElement("div");
      this.live.className = "live";
      this.live.setAttribute("role", "group");
      this.live.setAttribute("aria-describedby", `${element.id}-alt`);
      this.live.innerHTML = '<div class="label"></div><div class="panels"></div>';
      this.label = find(this.live, ".label", HTMLElement);
      this.box = find(this.live, ".panels", HTMLElement);
      this.stage.append(this.live);
    }
    // A panel at a time: none holds up the page for long.
    async build() {
      this.panels = [];
      for (const panel of this.payload.panels) {
        await rest();
        this.panels.push(new Panel(panel, this));
      }
    }
    // Shown only once every view has its size.
    async start() {
      await this.build();
      await this.fit();
      this.group?.figures.add(this);
      this.show();
      this.stage.classList.add("is-live");
      const frames = find(this.stage, ".frames", HTMLElement);
      frames.removeAttribute("tabindex");
      frames.scrollLeft = 0;
      // The box also changes when its static frames load or the window turns.
      new ResizeObserver(() => {
        cancelAnimationFrame(this.fitting);
        this.fitting = requestAnimationFrame(async () => {
          await this.fit();
          this.refresh(); // a canvas is empty after that
        });
      }).observe(this.stage);
      if (this.payload.lead) wireLead(this);
      else if (this.panels.some((panel) => panel.answers)) new Pointing(this);
      this.applyInputs = wireInputs(this);
    }
    /**
     * Another run in place of the one shown.
     * @param {FigurePayload} payload
     * @param {string | null} run its seed, or null for the group's own
     */
    async swap(payload, run) {
      for (const panel of this.panels) panel.end();
      this.payload = payload;
      this.run = run;
      this.shown = "";
      await this.build();
      await this.fit();
      this.show();
      if (payload.lead) wireLead(this);
      this.applyInputs();
    }
    // This run's snapshot nearest to the group's step: other runs may have been saved at other steps.
    get index() {
      const { group, payload } = this;
      return group ? group.nearest(group.at, payload.steps) : 0;
    }
    async fit() {
      if (!this.stage.clientWidth) return;
      const native = this.payload.panels;
      const { wide, narrow } = this.stage.dataset;
      const columns = Math.min(native.length, Number(phone.matches ? narrow : wide));
      const rows = [];
      for (let i = 0; i < native.length; i += columns) rows.push(native.slice(i, i + columns));
      const { style } = this.box;
      style.gridTemplateColumns = rows[0].map((panel) => `minmax(0, ${panel.width}fr)`).join(" ");
      style.gridTemplateRows = rows.map((row) => `minmax(0, ${Math.max(...row.map((p) => p.height))}fr)`).join(" ");
      for (const panel of this.panels) {
        await rest();
        await panel.fit();
      }
    }
    show() {
      const { group } = this, step = group?.at;
      const neuron = group && group.pointed.run === this.run ? group.pointed.neuron : -1;
      if (this.shown === `${step} ${neuron}`) return;
      this.shown = `${step} ${neuron}`;
      this.showAt(this.index, step, neuron);
    }
    refresh() {
      this.shown = "";
      this.show();
    }
    /**
     * @param {number} index of this run's snapshot
     * @param {number} [step] the group's
     * @param {number} [neuron] the one pointed at; -1 for none
     */
    showAt(index, step, neuron = -1) {
      const at = this.payload.steps[index];
      if (this.element.classList.contains("stepped")) this.label.textContent = `step ${format.format(at)}`;
      for (const panel of this.panels) panel.show(index, step ?? at, neuron);
    }
    /**
     * What is pointed at in one panel is chosen for all: a cell, a bar.
     * @param {number} number
     */
    choose(number) {
      for (const { signals, view } of this.panels) {
        if (signals.has("chosen") && view.signal("chosen") !== number) view.signal("chosen", number).runAsync();
      }
    }
  }

  class Panel {
    /** @type {number[] | undefined} how often its plot is repeated, across and down */
    repeats = undefined;
    /** @type {{ index: number, step: number | undefined, neuron: number }} */
    shown = { index: 0, step: undefined, neuron: -1 };

    /**
     * @param {PanelPayload} panel its chart is changed on the way
     * @param {Figure} figure
     */
    constructor({ spec, data, snap, votes }, figure) {
      this.snap = snap;
      this.data = data.map(unpack);
      this.votes = plain ? null : Votes.of(spec, this.data[0], votes);
      this.painter = plain || this.votes ? null : Cells.of(spec, this.data) ?? Lines.of(spec, this.data);
      for (const block of this.data) {
        const rows = (this.votes ?? this.painter)?.rows ?? rowsAt(block, figure.index);
        for (const dataset of spec.data) if (dataset.name === block.name) dataset.values = rows;
      }
      this.element = document.createElement("div");
      this.element.className = "panel";
      figure.box.append(this.element);
      delayTooltips(spec.marks);
      this.tips = new Set(leavesOf(spec.marks ?? []).flatMap(({ mark }) => mark.encode?.hover?.tooltip ? [mark.name ?? ""] : []));
      this.view = new vega.View(vega.parse(spec), { renderer: "svg", container: this.element, hover: true });
      const { canvas, under } = this.painter ?? {};
      if (canvas) this.element[under ? "prepend" : "append"](canvas); // making the view has emptied the element
      this.signals = new Set((spec.signals ?? []).map((signal) => signal.name));
      // A facet repeats its plot, so a pixel more for a plot is several for the view.
      this.facet = this.signals.has("child_width");
      this.wire(figure);
    }
    /** @param {Figure} figure */
    wire(figure) {
      const { group } = figure, { painter, signals, view } = this;
      if (group && (signals.has("neuron") || this.data.some((block) => "neuron" in (block.rows[0] ?? {})))) {
        view.addEventListener("pointerover", (_, item) => {
          const neuron = neuronOf(item);
          if (isWhole(neuron)) group.point(neuron, figure.run);
        });
        this.element.addEventListener("pointerleave", () => group.point(-1, figure.run));
      }
      if (painter) {
        this.element.addEventListener("pointermove", ({ clientX, clientY }) => {
          const { left, top } = this.element.getBoundingClientRect();
          this.point(painter.at(clientX - left, clientY - top), figure);
        });
      }
      // A mark that opens a run says which.
      if (signals.has("opened")) {
        view.addEventListener("click", (_, item) => {
          if (isWhole(item?.datum?.opens)) window.reportgen.opening.press(figure, item.datum.opens);
        });
      }
      if (signals.has("chosen")) {
        for (const type of ["pointerover", "click"]) {
          view.addEventListener(type, (_, item) => {
            if (isWhole(item?.datum?.chosen)) figure.choose(item.datum.chosen);
          });
        }
      }
    }
    /**
     * A row is pointed at that is painted, and no mark of Vega's.
     * @param {StepRow | undefined} row
     * @param {Figure} figure
     */
    point(row, { group, index, run }) {
      group?.point(row?.neuron ?? -1, run);
      if (!this.signals.has("pointed")) return;
      const [block] = this.data;
      this.view.signal("pointed", row ? { ...row, [block.field]: numberAt(block, index, row.cell) } : null).run();
      this.element.title = Object.entries(this.view.signal("pointed_words") ?? {}).map((pair) => pair.join(": ")).join("\n");
    }
    /** Whether something of it can be pointed at. */
    get answers() {
      return this.painter || this.tips.size || ["neuron", "chosen", "opened"].some((name) => this.signals.has(name));
    }
    end() {
      this.view.finalize();
      this.element.remove();
    }
    // Grow or shrink the plot by what the drawing misses to its box; twice, since labels may change.
    async fit() {
      const signals = this.facet ? ["child_width", "child_height"] : ["width", "height"];
      const box = [this.element.clientWidth, this.element.clientHeight];
      if (!box[0] || !box[1]) return;
      await this.view.runAsync(); // sizes settle only after a run has ended
      const repeats = this.repeats ??= this.facet ? await this.countRepeats(signals) : [1, 1];
      for (let pass = 0; pass < 2; pass++) {
        const drawn = this.size();
        const goal = signals.map((name, axis) => {
          const now = this.view.signal(name), snap = this.snap[axis];
          const want = now + (box[axis] - drawn[axis]) / repeats[axis];
          return Math.max(Math.floor(want / snap) * snap, snap, 20);
        });
        if (signals.every((name, axis) => this.view.signal(name) === goal[axis])) break;
        signals.forEach((name, axis) => this.view.signal(name, goal[axis]));
        await this.view.resize().runAsync();
      }
      this.painter?.place(this.view, this.size());
    }
    /** @param {string[]} signals those of a plot's width and height */
    async countRepeats(signals) {
      const before = this.size();
      for (const name of signals) this.view.signal(name, this.view.signal(name) + 10);
      await this.view.resize().runAsync();
      return this.size().map((size, axis) => Math.max(1, Math.round((size - before[axis]) / 10)));
    }
    size() {
      const svg = find(this.element, "svg", SVGElement);
      return ["width", "height"].map((name) => Number(svg.getAttribute(name)));
    }
    /**
     * @param {number} index of this run's snapshot
     * @param {number | undefined} step the group's
     * @param {number} neuron
     */
    show(index, step, neuron) {
      const { painter, view, votes } = this;
      this.shown = { index, step, neuron };
      for (const block of painter || votes ? [] : this.data) {
        view.change(block.name, vega.changeset().modify(() => true, block.field, (row) => numberAt(block, index, row.cell)));
      }
      if (votes) {
        votes.count(view, index);
        view.change(votes.block.name, vega.changeset().modify(() => true, votes.field, (row) => votes.sums[row.cell]));
      }
      if (this.signals.has("step") && step !== undefined) view.signal("step", step);
      if (this.signals.has("neuron")) view.signal("neuron", neuron);
      view.run();
      painter?.paint(view, index, neuron);
    }
    // The same with other inputs.
    again() {
      const { index, step, neuron } = this.shown;
      this.show(index, step, neuron);
    }
  }

  /**
   * Let the browser do what is due, a frame or a reader's click, before going on.
   * @returns {Promise<void>}
   */
  function rest() {
    if ("scheduler" in window && "yield" in scheduler) return scheduler.yield();
    return new Promise((resolve) => { setTimeout(resolve); });
  }

  /**
   * @param {unknown} value
   * @returns {value is number}
   */
  function isWhole(value) { return Number.isInteger(value); }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Figure }));
})();
