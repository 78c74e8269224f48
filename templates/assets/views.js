// A figure's interactive form: Vega views in the box of its static frames. The page's script decides
// when.
"use strict";
(() => {
  const format = new Intl.NumberFormat("en");
  const phone = matchMedia("(max-width: 47.49rem)"); // as in the styles
  const { wireInputs, wireLead } = window.reportgen;

  // A figure's views in place of its static frames, in the same box.
  class Figure {
    constructor(element, payload, group) {
      Object.assign(this, { element, payload, group, run: null, onScreen: false, shown: "" });
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
      this.applyInputs = wireInputs(this);
    }
    // Another run in place of the one shown; `run` is its seed, or null for the group's own.
    async swap(payload, run) {
      for (const panel of this.panels) panel.end();
      Object.assign(this, { payload, run, shown: "" });
      this.panels = payload.panels.map((panel) => new Panel(panel, this));
      await this.fit();
      this.show();
      if (payload.lead) wireLead(this);
      this.applyInputs();
    }
    // This run's snapshot nearest to the group's step: other runs may have been saved at other steps.
    get index() {
      const { group, payload } = this;
      return group ? group.nearest(group.steps[group.index], payload.steps) : 0;
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
      const { group, index, payload } = this;
      const step = group?.steps[group.index];
      const neuron = group && group.pointed.run === this.run ? group.pointed.neuron : -1;
      if (this.shown === `${step} ${neuron}`) return;
      this.shown = `${step} ${neuron}`;
      if (this.element.classList.contains("stepped")) this.label.textContent = `step ${format.format(payload.steps[index])}`;
      for (const panel of this.panels) panel.show(index, step, neuron);
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
      const at = figure.index;
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
          if (Number.isInteger(neuron)) group.point(neuron, figure.run);
        });
        this.element.addEventListener("pointerleave", () => group.point(-1, figure.run));
      }
      // A mark that opens a run says which.
      if (signals.has("opened")) {
        this.view.addEventListener("click", (event, item) => {
          if (Number.isInteger(item?.datum?.opens)) window.reportgen.opening.press(figure, item.datum.opens);
        });
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
    end() {
      this.view.finalize();
      this.element.remove();
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

  window.reportgen.Figure = Figure;
})();
