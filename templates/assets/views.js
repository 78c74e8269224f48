// A figure's interactive form: Vega views in the box of its static frames, and for a lead chart the
// ways to set the group's step. The page's script decides when.
"use strict";
(() => {
  const format = new Intl.NumberFormat("en");
  const phone = matchMedia("(max-width: 47.49rem)"); // as in the styles
  let lastScroll = -1e9;
  addEventListener("scroll", () => { lastScroll = performance.now(); }, { passive: true });

  // A figure's views in place of its static frames, in the same box.
  class Figure {
    constructor(element, payload, group) {
      Object.assign(this, { element, payload, group, onScreen: false, shown: "" });
      this.stage = element.querySelector(".stage");
      this.live = document.createElement("div");
      this.live.className = "live";
      this.live.setAttribute("role", "group");
      this.live.setAttribute("aria-describedby", `${element.id}-alt`);
      this.live.innerHTML = '<div class="label"></div><div class="panels"></div>';
      this.label = this.live.firstChild;
      this.stage.append(this.live);
      this.panels = payload.panels.map((panel) => new Panel(panel, this));
    }
    // Shown only once every view has its size.
    async start() {
      await this.fit();
      this.group?.figures.add(this);
      this.show();
      this.stage.classList.add("is-live");
      const frames = this.stage.querySelector(".frames");
      frames.removeAttribute("tabindex");
      frames.scrollLeft = 0;
      // The box also changes when its static frames load or the window turns.
      new ResizeObserver(() => {
        cancelAnimationFrame(this.fitting);
        this.fitting = requestAnimationFrame(() => this.fit());
      }).observe(this.stage);
      if (this.payload.lead) wireLead(this);
      wireInputs(this);
    }
    async fit() {
      if (!this.stage.clientWidth) return;
      const native = this.payload.panels;
      const { wide, narrow } = this.stage.dataset;
      const columns = Math.min(native.length, phone.matches ? narrow : wide);
      const rows = [];
      for (let i = 0; i < native.length; i += columns) rows.push(native.slice(i, i + columns));
      const box = this.live.lastChild.style;
      box.gridTemplateColumns = rows[0].map((panel) => `minmax(0, ${panel.width}fr)`).join(" ");
      box.gridTemplateRows = rows.map((row) => `minmax(0, ${Math.max(...row.map((p) => p.height))}fr)`).join(" ");
      for (const panel of this.panels) await panel.fit();
    }
    show() {
      const { index = 0, neuron = -1, steps = [] } = this.group ?? {};
      if (this.shown === `${index} ${neuron}`) return;
      this.shown = `${index} ${neuron}`;
      if (this.element.classList.contains("stepped")) this.label.textContent = `step ${format.format(steps[index])}`;
      for (const panel of this.panels) panel.show(index, steps[index], neuron);
    }
    choose(number) {
      for (const { signals, view } of this.panels) {
        if (signals.has("chosen") && view.signal("chosen") !== number) view.signal("chosen", number).runAsync();
      }
    }
  }

  class Panel {
    constructor(panel, figure) {
      this.data = panel.data.map((block) => ({ ...block, values: decode(block) }));
      const at = figure.group?.index ?? 0;
      for (const block of this.data) {
        const cells = block.rows.length, { values, scale, field } = block;
        const rows = block.rows.map((row) => ({ ...row, [field]: values[at * cells + row.cell] * scale }));
        for (const dataset of panel.spec.data) if (dataset.name === block.name) dataset.values = rows;
      }
      this.element = document.createElement("div");
      this.element.className = "panel";
      figure.live.lastChild.append(this.element);
      delayTooltips(panel.spec.marks);
      this.view = new vega.View(vega.parse(panel.spec), { renderer: "svg", container: this.element, hover: true });
      this.cells = heatmapScale(panel.spec, panel.data);
      const signals = new Set((panel.spec.signals ?? []).map((signal) => signal.name));
      this.signals = signals;
      this.snap = panel.snap;
      // A facet repeats its cells, so a pixel more for a cell is several for the view.
      this.facet = signals.has("child_width");
      if (figure.group && (signals.has("neuron") || this.data.some((b) => "neuron" in (b.rows[0] ?? {})))) {
        const group = figure.group;
        this.view.addEventListener("pointerover", (event, item) => {
          const neuron = neuronOf(item);
          if (Number.isInteger(neuron)) group.point(neuron);
        });
        this.element.addEventListener("pointerleave", () => group.point(-1));
      }
      // What is pointed at in one panel is chosen for all: a cell, a bar.
      if (signals.has("chosen")) {
        for (const type of ["pointerover", "click"]) {
          this.view.addEventListener(type, (event, item) => {
            if (Number.isInteger(item?.datum?.chosen)) figure.choose(item.datum.chosen);
          });
        }
      }
    }
    // Vega writes every attribute of every cell again, 3,000 of them for one pair of matrices: too
    // slow to play. Where only the fill can change, it is set here, in Vega's items and in the
    // drawing. Returns whether that worked; the caller then goes through Vega.
    recolor(values, field, scale) {
      const paint = this.view.scale(this.cells), colors = (this.colors ??= new Map());
      for (const item of rects(this.view.scenegraph().root)) {
        const node = item._svg, value = values[item.datum.cell];
        if (!node?.__values__) return false;
        if (!colors.has(value)) colors.set(value, paint(value * scale));
        const color = colors.get(value);
        item.datum[field] = value * scale;
        if (item.fill === color) continue;
        item.fill = node.__values__.fill = color;
        node.setAttribute("fill", color);
      }
      return true;
    }
    // Grow or shrink the plot by what the drawing misses to its box; twice, since labels may change.
    async fit() {
      const signals = this.facet ? ["child_width", "child_height"] : ["width", "height"];
      const box = [this.element.clientWidth, this.element.clientHeight];
      if (!box[0] || !box[1]) return;
      await this.view.runAsync(); // sizes settle only after a run has ended
      this.repeats ??= this.facet ? await this.countRepeats(signals) : [1, 1];
      for (let pass = 0; pass < 2; pass++) {
        const drawn = this.size();
        const goal = signals.map((name, axis) => {
          const now = this.view.signal(name), snap = this.snap[axis];
          const want = now + (box[axis] - drawn[axis]) / this.repeats[axis];
          return Math.max(Math.floor(want / snap) * snap, snap, 20);
        });
        if (signals.every((name, axis) => this.view.signal(name) === goal[axis])) return;
        signals.forEach((name, axis) => this.view.signal(name, goal[axis]));
        await this.view.resize().runAsync();
      }
    }
    async countRepeats(signals) {
      const before = this.size();
      for (const name of signals) this.view.signal(name, this.view.signal(name) + 10);
      await this.view.resize().runAsync();
      return this.size().map((size, axis) => Math.max(1, Math.round((size - before[axis]) / 10)));
    }
    size() {
      const svg = this.element.querySelector("svg");
      return [+svg.getAttribute("width"), +svg.getAttribute("height")];
    }
    show(index, step, neuron) {
      const { view } = this;
      for (const { name, field, rows, values, scale } of this.data) {
        const start = index * rows.length;
        if (this.cells && this.recolor(values.subarray(start, start + rows.length), field, scale)) continue;
        view.change(name, vega.changeset().modify(() => true, field, (row) => values[start + row.cell] * scale));
      }
      if (this.signals.has("step") && step !== undefined) view.signal("step", step);
      if (this.signals.has("neuron")) view.signal("neuron", neuron);
      view.run();
    }
  }

  // The colour scale of a heatmap whose cells change in nothing else, or undefined.
  function heatmapScale({ marks = [], scales = [] }, data) {
    const cells = marks.filter((mark) => mark.type === "rect");
    const fill = cells[0]?.encode?.update?.fill;
    const fixed = (name) => Array.isArray(scales.find((scale) => scale.name === name)?.domain);
    if (data.length === 1 && marks.length === 1 && cells.length === 1 && fill?.field === data[0].field && fixed(fill.scale)) return fill.scale;
  }
  function rects(item, found = []) {
    for (const part of item.items ?? []) {
      if (item.marktype === "rect" && part.datum?.cell !== undefined) found.push(part);
      else rects(part, found);
    }
    return found;
  }

  function decode({ base64, dtype }) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return dtype === "int8" ? new Int8Array(bytes.buffer) : new Int16Array(bytes.buffer);
  }

  // A tooltip is worded when its mark is pointed at, not for thousands of marks at every step.
  function delayTooltips(marks = []) {
    for (const { encode, marks: inner } of marks) {
      if (encode?.update?.tooltip) {
        (encode.hover ??= {}).tooltip = encode.update.tooltip;
        delete encode.update.tooltip;
      }
      delayTooltips(inner);
    }
  }

  // A line's datum is its first row; a facet's is its group's.
  function neuronOf(item) {
    for (let at = item; at; at = at.mark?.group) {
      if (at.datum?.neuron !== undefined) return at.datum.neuron;
    }
  }

  const keys = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
  function wireKeys(element, group) {
    element.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key in keys) group.move(keys[event.key] * (event.shiftKey ? 10 : 1));
      else if (event.key === "Home") group.set(group.steps[0]);
      else if (event.key === "End") group.set(group.steps.at(-1));
      else return;
      group.stop();
      event.preventDefault();
    });
  }

  // The lead chart sets the step: by pointing, by a sideways drag or tap, and by keys.
  function wireLead(figure) {
    const { group } = figure;
    const player = figure.element.querySelector(".player");
    if (player) player.values = curvesOf(figure);
    group.readout();
    for (const panel of figure.panels) {
      const { element, view } = panel;
      element.tabIndex = 0;
      element.classList.add("scrub");
      wireKeys(element, group);
      let last = "", touched = null;
      const scrub = (event) => {
        const left = element.querySelector("svg").getBoundingClientRect().left;
        const x = event.clientX - left - view.padding().left - view.origin()[0];
        const end = group.steps.at(-1);
        group.stop();
        group.set(Math.max(0, Math.min(end, view.scale("x").invert(x))));
      };
      element.addEventListener("pointermove", (event) => {
        const at = `${event.clientX} ${event.clientY}`;
        // Scrolling past moves the page under a pointer that rests: no wish to change the step.
        const resting = at === last || performance.now() - lastScroll < 120;
        last = at;
        if (event.pointerType === "mouse" ? !resting : touched) scrub(event);
      });
      element.addEventListener("pointerdown", (event) => {
        if (event.pointerType !== "mouse") touched = event.pointerId;
      });
      // The browser cancels a touch that turns out to be vertical scrolling.
      for (const type of ["pointerup", "pointercancel"]) element.addEventListener(type, () => { touched = null; });
      element.addEventListener("click", scrub);
    }
  }

  // The figure's own inputs: each sets the signal of its name in every panel that has one, once per
  // frame. A signal called NAME_text, where there is one, words the value.
  function wireInputs({ element, panels }) {
    const inputs = [...element.querySelectorAll(".inputs input")];
    let due = 0;
    const show = () => {
      due = 0;
      for (const { view, signals } of panels) {
        for (const { name, value } of inputs) if (signals.has(name)) view.signal(name, +value);
        view.run();
      }
      for (const input of inputs) {
        const worded = panels.find(({ signals }) => signals.has(`${input.name}_text`));
        const text = worded?.view.signal(`${input.name}_text`) ?? input.value;
        element.querySelector(`output[for="${input.id}"]`).textContent = text;
        if (worded) input.setAttribute("aria-valuetext", text);
        input.style.setProperty("--part", (input.value - input.min) / (input.max - input.min));
      }
    };
    for (const input of inputs) {
      input.disabled = false;
      input.addEventListener("input", () => { due ||= requestAnimationFrame(show); });
    }
    if (inputs.length) show();
  }

  // What the slider says of a step, read from the curves of the chart itself; of several panels,
  // from the first.
  function curvesOf({ payload }) {
    const curves = payload.panels.flatMap((panel) => panel.spec.data)
      .find(({ name, values }) => values?.[0]?.series && "step" in values[0] && !name.endsWith("_canonical"));
    if (!curves) return null;
    const say = (value) => curves.name === "accuracy"
      ? `${+(100 * value).toFixed(1)}\u202f%` : value.toPrecision(2).replace("e-", " × 10^−");
    const series = bySeries(curves.values);
    return (step) => [...series].map(([name, points]) => {
      let near = points[0];
      for (const point of points) if (Math.abs(point.step - step) < Math.abs(near.step - step)) near = point;
      return `${name} ${say(near.value)}`;
    }).join(" · ");
  }
  function bySeries(rows) {
    const found = new Map();
    for (const row of rows) found.set(row.series, [...(found.get(row.series) ?? []), row]);
    return found;
  }

  window.reportgen = { Figure, wireKeys };
})();
