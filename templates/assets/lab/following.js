// The figures of a group follow a run that the reader's browser trains: each gets its own chart again, with rows that
// grow with the run, over the faint curves of the stored one.
"use strict";
(() => {
  const { VALUES, curvesOf, curvesOfRun, fill, limitOf, madeOver, trajectories, unpack } = window.reportgen;
  const YOURS = "yours", FAINT = "_canonical", LIMIT = "lab_limit";
  const SLOW_MS = 1500, FRAME_MS = 8; // between two drawings of what takes long
  /** @type {Record<string, string[]>} figures whose rows are whole lines */
  const LINES = { parity_trajectories: ["deciding", "distractors", "bias"] };

  /**
   * The figure's chart for such a run.
   * @param {FigurePayload} payload changed in place
   * @param {LabRun} run
   * @param {{ repeated: boolean, last: number }} how whether it repeats the stored run; its last step
   */
  function chartFor(payload, run, { repeated, last }) {
    const places = payload.steps.filter((step) => step <= last);
    payload.steps = [];
    if (!repeated) madeOver(payload, run);
    for (const { spec, data, name } of payload.panels) {
      for (const curves of spec.data.filter(({ name: dataset }) => dataset === "accuracy" || dataset === "loss")) {
        leaveStored(spec, curves);
      }
      for (const dataset of spec.data) if (LINES[payload.id]?.includes(dataset.name)) dataset.values = [];
      for (const block of data) {
        if (!VALUES[payload.id]) continue;
        block.values = new Int16Array(places.length * block.cells); // a chart may leave out what is no number
        block.scale = places.map(() => 1);
      }
      const limit = spec.signals?.find((signal) => signal.name.startsWith("limit_"));
      if (limit && VALUES[payload.id]) {
        spec.signals?.unshift({ name: LIMIT, value: limitOf(payload.id, name, run.last) });
        limit.update = LIMIT;
      }
    }
    return places;
  }
  /**
   * The stored curves stay where they are, faint, and a copy of their marks draws the reader's.
   * @param {VegaSpec} spec
   * @param {VegaDataset} curves
   */
  function leaveStored(spec, curves) {
    const marks = spec.marks ?? [], lines = marks.find(({ from }) => isOf(from, spec, curves.name));
    if (!lines) return;
    /** @type {VegaMark} */
    const faint = JSON.parse(JSON.stringify(lines).replaceAll(/("name":"[^"]*)"/g, `$1${FAINT}"`)
      .replaceAll(/("data":"[^"]*)"/g, `$1${FAINT}"`));
    for (const { encode } of faint.marks ?? []) Object.assign(encode?.update ?? {}, { opacity: { value: 0.3 } });
    const source = spec.data.find(({ source: from }) => from === curves.name);
    spec.data.push({ ...curves, name: `${curves.name}${FAINT}` });
    if (source) spec.data.push({ ...source, name: `${source.name}${FAINT}`, source: `${curves.name}${FAINT}` });
    marks.unshift(faint);
    curves.values = [];
  }
  /**
   * @param {unknown} from
   * @param {VegaSpec} spec
   * @param {string} name
   */
  function isOf(from, spec, name) {
    const facet = /** @type {{ facet?: { data?: string } } | undefined} */ (from)?.facet?.data;
    return facet === name || spec.data.some((dataset) => dataset.name === facet && dataset.source === name);
  }

  /** A figure that follows a run. */
  class Follower {
    written = 0; // snapshots that its rows have
    drawn = 0; // measurements that its curves have
    lined = 0; // snapshots that its lines have
    due = 0; // when lines may be drawn again, ms
    later = 0; // the frame at which more is written, by the browser's number
    /** @type {Set<number>} the steps that it shows */
    places = new Set();
    /** @type {Unpacked[][]} */
    blocks = [];
    /** @type {(((row: StepRow, snapshot: LabSnapshot) => number) | undefined)[][]} */
    values = [];

    /**
     * @param {Figure} figure
     * @param {LabRun} run
     * @param {{ repeated: boolean, last: number }} how
     */
    constructor(figure, run, how) {
      this.figure = figure;
      this.run = run;
      this.how = how;
    }
    /** @param {FigurePayload} payload the figure's own */
    async begin(payload) {
      const { figure, run, how } = this;
      this.places = new Set(chartFor(payload, run, how));
      this.blocks = payload.panels.map(({ data }) => data.map(unpack));
      this.values = this.blocks.map((blocks, i) => blocks.map(({ rows }) => VALUES[payload.id]?.(run, payload.panels[i].name, rows)));
      payload.steps.push(run.snapshots[0].step); // as if it had come so far: what follows is written a little at a time
      this.write(run.snapshots[0]);
      await figure.swap(payload, YOURS);
      this.blocks = figure.panels.map((panel) => panel.data);
      figure.element.classList.add("stands-in");
      for (const panel of figure.panels) this.scaled(panel);
      this.update(true);
    }
    /**
     * A panel whose colours or height follow the step takes their limit from this run.
     * @param {Panel} panel
     */
    scaled(panel) {
      const { figure, run } = this, show = panel.show.bind(panel), { name } = figure.payload.panels[figure.panels.indexOf(panel)];
      if (!panel.signals.has(LIMIT)) return;
      panel.show = (index, step, neuron) => {
        const at = run.snapshots.find((snapshot) => snapshot.step === figure.payload.steps[index]);
        if (at) panel.view.signal(LIMIT, limitOf(figure.payload.id, name, at));
        show(index, step, neuron);
      };
    }
    /**
     * Show what the run has come to.
     * @param {boolean} [whole] even what takes long
     */
    update(whole) {
      const { figure, run } = this;
      if (figure.run !== YOURS || !(figure.onScreen || whole)) return;
      const reached = run.snapshots.filter(({ step }) => this.places.has(step)), began = performance.now();
      while (this.written < reached.length && performance.now() - began < FRAME_MS) {
        const snapshot = reached[this.written];
        this.write(snapshot);
        if (this.written > figure.payload.steps.length) figure.payload.steps.push(snapshot.step);
      }
      cancelAnimationFrame(this.later);
      if (this.written < reached.length) this.later = requestAnimationFrame(() => this.update(whole));
      this.curves();
      if (LINES[figure.payload.id]) this.lines(whole);
      figure.refresh();
    }
    /**
     * The next snapshot's numbers.
     * @param {LabSnapshot} snapshot
     */
    write(snapshot) {
      for (const [i, blocks] of this.blocks.entries()) {
        for (const [j, block] of blocks.entries()) {
          const value = this.values[i][j];
          if (value) fill(block, this.written, (row) => value(row, snapshot));
        }
      }
      this.written += 1;
    }
    curves() {
      const { figure, run } = this;
      if (run.measured.length === this.drawn) return;
      this.drawn = run.measured.length;
      for (const [i, { spec }] of figure.payload.panels.entries()) {
        for (const kind of ["accuracy", "loss"]) {
          const curves = spec.data.find(({ name }) => name === kind);
          if (!curves) continue;
          const rows = curvesOfRun(run, kind).map((row) => ({ ...row }));
          curves.values = rows;
          replaceRows(figure.panels[i], kind, rows);
        }
      }
      const player = figure.payload.lead && figure.element.querySelector(".player");
      if (player) figure.group?.words.set(player, curvesOf(figure.payload, figure.asked));
      figure.group?.readout();
    }
    /** @param {boolean} [whole] */
    lines(whole) {
      const { figure, run } = this, now = performance.now();
      if (run.snapshots.length === this.lined || !whole && now < this.due) return;
      this.lined = run.snapshots.length;
      for (const [i, name] of LINES[figure.payload.id].entries()) replaceRows(figure.panels[i], name, trajectories(run, name));
      this.due = performance.now() + Math.max(SLOW_MS, 12 * (performance.now() - now));
    }
  }
  /**
   * @param {Panel} panel
   * @param {string} dataset
   * @param {object[]} rows
   */
  function replaceRows({ view }, dataset, rows) { view.change(dataset, vega.changeset().remove(() => true).insert(rows)).run(); }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Follower }));
})();
