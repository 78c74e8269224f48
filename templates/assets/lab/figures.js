// What each figure of a group shows of a run that the reader's browser trains: the numbers of its rows at a snapshot,
// and the rows themselves where they depend on the model. As the figure's file in figures/ says it for a stored run.
"use strict";
(() => {
  const { answersOf, aroundCircle, neuronsOf, sizeLimit, spectra, strongestFirst } = window.reportgen;
  const MOST = 32767, UNLIT = 0.16, FLOOR = 1e-12, ALLOWED = 0.0025;

  /**
   * A run as figures read it: what its neurons are at the end, and which snapshots there are.
   * @implements {LabRun}
   */
  class Reading {
    /** @type {LabSnapshot[]} */
    snapshots = [];
    /** @type {{ step: number, values: number[] }[]} values: train and test loss, train and test accuracy, norm */
    measured = [];
    /** @type {Int32Array} pairs or digits, row by row */
    train = new Int32Array();
    /** @type {Map<LabSnapshot, ReturnType<typeof spectra>>} of the last one looked at */
    kept = new Map();

    /**
     * @param {LabShape} shape
     * @param {LabSnapshot | null} end by which neurons are put in order; of a run that is repeated the stored one's
     */
    constructor(shape, end) {
      this.shape = shape;
      this.end = end;
    }
    get last() { return this.end ?? this.snapshots[this.snapshots.length - 1]; }
    get order() {
      const { last, shape } = this;
      if (!shape.modulus) return strongestFirst(last, shape);
      return shape.circle ? aroundCircle(last, shape) : neuronsOf(last, shape).order;
    }
    /** @param {LabSnapshot} snapshot */
    spectra(snapshot) {
      const found = this.kept.get(snapshot) ?? spectra(snapshot, this.shape);
      if (!this.kept.has(snapshot)) this.kept = new Map([[snapshot, found]]);
      return found;
    }
  }

  /** @typedef {(run: LabRun, panel: string, rows: readonly StepRow[]) => (row: StepRow, snapshot: LabSnapshot) => number} Values */
  /** @type {Values} */
  const weights = ({ shape: { modulus, neurons }, order }, panel) => (panel === "input"
    ? ({ neuron = 0, number }, { input }) => input[Number(number) * neurons + order[neuron]]
    : ({ neuron = 0, number }, { output }) => output[order[neuron] * modulus + Number(number)]);
  /** @type {Values} */
  const circle = (run, panel) => {
    const { order } = run;
    return ({ neuron = 1, component, part }, snapshot) => {
      const [side, axis] = component ? String(component).split("_") : [panel, part];
      return run.spectra(snapshot)[side === "in" ? "input" : "output"][order[neuron - 1]][axis === "cos" ? 1 : 2];
    };
  };
  /** @type {Record<string, Values>} figure → what a row's number is */
  const VALUES = {
    modular_weights: weights,
    reverse_weights: weights,
    back_weights: weights,
    modular_waves: weights,
    modular_dft: (run, panel) => {
      const { order } = run;
      /** @type {{ of: LabSnapshot | null, most: number }} */
      const largest = { of: null, most: 1 };
      return ({ neuron = 0, wave }, snapshot) => {
        const all = run.spectra(snapshot)[panel === "input" ? "input" : "output"];
        if (largest.of !== snapshot) {
          Object.assign(largest, { of: snapshot, most: Math.max(FLOOR, ...all.map((one) => one.slice(1).reduce((a, b) => Math.max(a, Math.abs(b)), 0))) });
        }
        const [kind, frequency] = String(wave).split(" ");
        return all[order[neuron]][2 * Number(frequency) - (kind === "cos" ? 1 : 0)] / largest.most;
      };
    },
    modular_logits: ({ shape: { modulus, neurons } }) => ({ neuron = 0, number, matrix }, { input, output }) => (
      matrix === "W_output" ? output[neuron * modulus + Number(number)] : input[Number(number) * neurons + neuron]),
    modular_stars: (run, panel, rows) => {
      const { order, last, shape } = run, found = neuronsOf(last, shape).neurons;
      /** @type {Map<unknown, Set<number>>} */
      const members = new Map();
      for (const row of rows) members.set(row.circle, (members.get(row.circle) ?? new Set()).add(row.neuron ?? 0));
      return ({ neuron = 0, axis, circle: group }, snapshot) => {
        const all = run.spectra(snapshot)[panel === "input" ? "input" : "output"];
        const vector = (/** @type {number} */ one) => {
          const { frequency } = found[order[one]];
          return [all[order[one]][2 * frequency - 1], all[order[one]][2 * frequency]];
        };
        const most = Math.max(FLOOR, ...[...members.get(group) ?? []].map((one) => Math.hypot(...vector(one))));
        return vector(neuron)[axis === "x" ? 0 : 1] / most;
      };
    },
    addition_table: (run) => {
      const { modulus } = run.shape, trained = new Set();
      for (let i = 0; i < run.train.length; i += 2) {
        trained.add(run.train[i] * modulus + run.train[i + 1]);
        if (run.shape.symmetric) trained.add(run.train[i + 1] * modulus + run.train[i]);
      }
      /** @type {{ of: LabSnapshot | null, answers: Int32Array }} */
      const known = { of: null, answers: new Int32Array() };
      return ({ cell }, snapshot) => {
        if (known.of !== snapshot) Object.assign(known, { of: snapshot, answers: answersOf(snapshot, run.shape) });
        const right = known.answers[cell] === (Math.floor(cell / modulus) + cell % modulus) % modulus;
        return (trained.has(cell) ? 1 : -1) * (right ? 1 : UNLIT);
      };
    },
    parity_weights: ({ shape: { digits, neurons }, order }) => ({ neuron = 0, input: name }, { input, output }) => {
      if (name === " ") return 0;
      if (name === "output") return output[order[neuron]];
      const row = name === "bias" ? digits : Number(String(name).replace("digit ", "")) - 1;
      return input[row * neurons + order[neuron]];
    },
    five_weights: circle,
    five_circle: circle,
    five_star: circle,
  };

  /**
   * The rows of curves, as charts/curves.py writes them: {step, value, series}.
   * @param {Pick<LabRun, "measured">} run
   * @param {string} kind "loss" or "accuracy"
   */
  function curvesOfRun({ measured }, kind) {
    const first = kind === "loss" ? 0 : 2, least = kind === "loss" ? FLOOR : -Infinity;
    return ["train", "test"].flatMap((series, i) => measured
      .filter(({ values }) => Number.isFinite(values[first + i]))
      .map(({ step, values }) => ({ series, step, value: Math.max(least, values[first + i]) })));
  }

  /**
   * Every input weight of some rows over the snapshots, as figures/parity_trajectories.py.
   * @param {LabRun} run
   * @param {string} name "deciding", "distractors" or "bias"
   */
  function trajectories(run, name) {
    const { digits, deciding, neurons } = run.shape, { order, snapshots } = run;
    const [from, to] = name === "deciding" ? [0, deciding] : name === "distractors" ? [deciding, digits] : [digits, digits + 1];
    const steps = snapshots.map(({ step }) => step);
    let most = 0.1;
    for (const { input } of snapshots) for (const weight of input) most = Math.max(most, Math.abs(weight));
    const rows = [];
    for (let row = from; row < to; row++) {
      for (let h = 0; h < neurons; h++) {
        const line = snapshots.map(({ input }) => input[row * neurons + order[h]]);
        const kept = simplified(steps, line, 2 * most * ALLOWED);
        rows.push({ input: row + 1, neuron: h, at: kept.map((i) => steps[i]), value: kept.map((i) => line[i]) });
      }
    }
    return rows;
  }
  /**
   * Which points keep the look of a line: Ramer 1972, Douglas and Peucker 1973, with vertical distances.
   * @param {readonly number[]} across
   * @param {readonly number[]} up
   * @param {number} allowed
   */
  function simplified(across, up, allowed) {
    const kept = new Set([0, up.length - 1]), waiting = [[0, up.length - 1]];
    for (let part = waiting.pop(); part; part = waiting.pop()) {
      const [left, right] = part;
      let far = -1, most = allowed;
      for (let i = left + 1; i < right; i++) {
        const straight = up[left] + (up[right] - up[left]) * (across[i] - across[left]) / (across[right] - across[left]);
        const away = Math.abs(up[i] - straight);
        if (away > most) { most = away; far = i; }
      }
      if (far < 0) continue;
      kept.add(far);
      waiting.push([left, far], [far, right]);
    }
    return [...kept].sort((a, b) => a - b);
  }

  /**
   * Write a snapshot's numbers into a block, at one place, in 16 bits and a unit of its own.
   * @param {Unpacked} block
   * @param {number} index
   * @param {(row: StepRow) => number} value
   */
  function fill({ rows, scale, values }, index, value) {
    const numbers = rows.map(value);
    const most = numbers.reduce((a, b) => (Number.isFinite(b) ? Math.max(a, Math.abs(b)) : a), 0);
    const unit = scale[index] = (most || 1) / MOST;
    for (let i = 0; i < numbers.length; i++) {
      values[index * rows.length + i] = Number.isFinite(numbers[i]) ? Math.round(numbers[i] / unit) : -MOST - 1;
    }
  }

  /**
   * The sizes that a heatmap's or the waves' scale goes up to, at a snapshot.
   * @param {string} figure
   * @param {string} panel
   * @param {LabSnapshot} snapshot
   */
  function limitOf(figure, panel, { input, output }) {
    if (figure === "parity_weights") return sizeLimit(input, 1);
    const limit = sizeLimit(panel === "input" ? input : output);
    return figure === "modular_waves" ? 1.15 * limit : limit;
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({
    Reading, VALUES, curvesOfRun, trajectories, simplified, fill, limitOf,
  }));
})();
