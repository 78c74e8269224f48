// A figure's chart made over for a model that is not the stored one: its rows, and what the chart says of the stored
// model by name. As the figure's file in figures/ makes them.
"use strict";
(() => {
  const { neuronsOf } = window.reportgen;
  const PANELS = 5, OTHERS = 5; // waves' panels; how far apart frequencies are named where none stands out

  /**
   * Columns of all combinations: the last varies fastest.
   * @param {Record<string, readonly unknown[]>} values
   */
  function crossed(values) {
    const names = Object.keys(values), count = names.reduce((product, name) => product * values[name].length, 1);
    /** @type {Record<string, unknown[]>} */
    const columns = {};
    let each = count;
    for (const name of names) {
      const list = values[name], wide = each /= list.length;
      columns[name] = Array.from({ length: count }, (_, i) => list[Math.floor(i / wide) % list.length]);
    }
    return columns;
  }
  /** @param {number} count */
  function upTo(count, from = 0) { return Array.from({ length: count }, (_, i) => i + from); }

  /**
   * Frequency → the neurons that use it, by their numbers in the figures; the commonest few, ascending.
   * @param {LabRun} run
   * @param {number} most
   * @returns {Map<number, number[]>}
   */
  function commonest(run, most, used = true) {
    const { neurons } = neuronsOf(run.last, run.shape), { order } = run;
    /** @type {Map<number, number[]>} */
    const groups = new Map();
    for (const [shown, h] of order.entries()) {
      if (used && !neurons[h].used) continue;
      groups.set(neurons[h].frequency, [...groups.get(neurons[h].frequency) ?? [], shown]);
    }
    const kept = [...groups].sort(([a, x], [b, y]) => y.length - x.length || a - b).slice(0, most);
    return new Map(kept.sort(([a], [b]) => a - b));
  }

  /** @typedef {(run: LabRun, block: SteppedBlock, panel: PanelPayload) => Record<string, unknown[]>} Columns */
  /** @type {Columns} */
  const matrix = ({ shape: { modulus, neurons } }) => crossed({ neuron: upTo(neurons), number: upTo(modulus) });
  /** @type {Columns} */
  const circle = ({ shape: { neurons } }, { columns }) => (columns.component
    ? crossed({ component: [...new Set(columns.component)], neuron: upTo(neurons, 1) })
    : crossed({ neuron: upTo(neurons, 1), part: ["cos", "sin"] }));
  /** @type {Record<string, Columns>} */
  const COLUMNS = {
    modular_weights: matrix,
    reverse_weights: matrix,
    back_weights: matrix,
    five_weights: circle,
    five_circle: circle,
    five_star: circle,
    modular_waves: (run) => {
      const { modulus, neurons } = run.shape, found = neuronsOf(run.last, run.shape).neurons, { order } = run;
      const named = commonest(run, PANELS), columns = crossed({ number: upTo(modulus), neuron: upTo(neurons) });
      const of = (/** @type {unknown} */ shown) => found[order[Number(shown)]];
      return {
        ...columns,
        group: columns.neuron.map((shown) => (of(shown).used && named.has(of(shown).frequency) ? `frequency ${of(shown).frequency}` : "other")),
        phase: columns.neuron.map((shown) => of(shown).phase),
      };
    },
    modular_dft: (run, _, { spec }) => {
      const { modulus, neurons } = run.shape, frequencies = upTo((modulus - 1) / 2, 1);
      const used = [...commonest(run, Infinity).keys()], named = used.length ? used : frequencies.filter((f) => f % OTHERS === 0);
      const labels = Object.fromEntries(named.map((f) => [`cos ${f}`, String(f)]));
      const axis = spec.axes?.find(({ scale, values }) => scale === "x" && values);
      if (axis) {
        axis.values = Object.keys(labels);
        axis.encode = { labels: { update: { text: { signal: `(${JSON.stringify(labels)})[datum.value]` } } } };
      }
      return crossed({ neuron: upTo(neurons), wave: frequencies.flatMap((f) => [`cos ${f}`, `sin ${f}`]) });
    },
    modular_logits: (run, { columns }, { spec }) => {
      const { modulus, neurons } = run.shape, { order } = run;
      const strips = Math.max(...columns.strip.map(Number)), groups = commonest(run, strips);
      const strip = new Map([...groups.values()].flatMap((members, place) => members.map((shown) => [order[shown], place])));
      const axis = spec.axes?.find(({ encode }) => JSON.stringify(encode ?? {}).includes("indexof(")), others = neurons - strip.size;
      const names = [...groups.keys()].map((f) => `frequency ${f}`);
      while (names.length < strips) names.push("");
      names.push(others === 1 ? "1 other neuron" : others ? `${others} others` : "", "sum");
      if (axis) axis.encode = JSON.parse(JSON.stringify(axis.encode).replace(/\['[^\]]*'\]/, JSON.stringify(names).replaceAll('"', "'")));
      const found = crossed({ matrix: ["W_input", "W_output"], number: upTo(modulus), neuron: upTo(neurons) });
      return { ...found, strip: found.neuron.map((h) => strip.get(Number(h)) ?? strips) };
    },
    // The circles stay where they are; one that no frequency takes stays empty.
    modular_stars: (run, { columns }, { spec }) => {
      const places = new Map(columns.circle.map((circleNumber, i) => (
        [circleNumber, ["middle_x", "middle_y", "radius"].map((name) => Number(columns[name][i]))])));
      const used = commonest(run, places.size), groups = used.size ? used : commonest(run, places.size, false);
      const found = neuronsOf(run.last, run.shape).neurons, labels = spec.data.find(({ name }) => name === "groups");
      const rows = [...groups].flatMap(([frequency, members], number) => {
        const [x, y, radius] = places.get(number) ?? [0, 0, 1];
        return members.flatMap((neuron, place) => ["x", "y"].map((axis) => (/** @type {Record<string, unknown>} */ ({
          axis, circle: number, frequency, middle_x: x, middle_y: y, neuron, phase: found[run.order[neuron]].phase, place, radius,
        }))));
      });
      if (labels) {
        labels.values = [...groups].map(([frequency, members], number) => {
          const [x, y, radius] = places.get(number) ?? [0, 0, 1];
          return { across: x, up: y + radius + 0.16, label: `f = ${frequency}`, frequency, neurons: members.length };
        });
      }
      return Object.fromEntries(Object.keys(columns).map((name) => [name, rows.map((row) => row[name])]));
    },
    addition_table: ({ train, shape: { modulus, symmetric } }, { columns }) => {
      const trained = new Set();
      for (let i = 0; i < train.length; i += 2) {
        trained.add(train[i] * modulus + train[i + 1]);
        if (symmetric) trained.add(train[i + 1] * modulus + train[i]);
      }
      return { ...columns, set: columns.a.map((_, cell) => (trained.has(cell) ? "trained on" : "never shown")) };
    },
    parity_weights: ({ shape: { neurons } }, { columns }) => crossed({ input: [...new Set(columns.input)], neuron: upTo(neurons) }),
  };

  /**
   * Make a chart over for another model: rows of its own, room for its values, and none of the stored one's moments.
   * @param {FigurePayload} payload changed in place
   * @param {LabRun} run
   */
  function madeOver(payload, run) {
    for (const panel of payload.panels) {
      const { data, spec } = panel, curves = spec.data.find(({ name }) => name === "loss" || name === "accuracy");
      for (const block of data) {
        const columns = COLUMNS[payload.id]?.(run, block, panel);
        if (!columns) continue;
        block.columns = columns;
        block.cells = Object.values(columns)[0].length;
      }
      const lines = payload.id === "parity_trajectories";
      if (curves || lines) spec.marks = (spec.marks ?? []).filter(({ type }) => type !== "text" && type !== "symbol");
      if (curves?.name === "loss") widen(spec, run.measured.flatMap(({ values }) => [values[0] / 5, values[1] / 5, values[0] * 2, values[1] * 2]));
      if (lines) widen(spec, run.snapshots.flatMap(({ input }) => input.reduce(([low, high], w) => [Math.min(low, 1.05 * w), Math.max(high, 1.05 * w)], [0, 0])));
    }
  }
  /**
   * The height of a chart takes these values in.
   * @param {VegaSpec} spec
   * @param {readonly number[]} values
   */
  function widen(spec, values) {
    const scale = spec.scales?.find(({ name }) => name === "y");
    if (!scale || !Array.isArray(scale.domain)) return;
    const log = scale.type === "log", good = values.filter((value) => Number.isFinite(value) && (!log || value > 1e-13));
    scale.domain = [good.reduce((a, b) => Math.min(a, b), scale.domain[0]), good.reduce((a, b) => Math.max(a, b), scale.domain[1])];
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ madeOver }));
})();
