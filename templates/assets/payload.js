// What a figure's data file says, without a page: packed numbers, curves in words, what a mark stands for.
"use strict";
(() => {
  const { place } = window.reportgen;
  /**
   * A block as the page works with it: its rows, and the packed numbers of all snapshots, (T, n).
   * @param {SteppedBlock} block
   * @returns {Unpacked}
   */
  function unpack({ name, field, scale, cells, columns, dtype, base64, values: ready }) {
    const named = Object.entries(columns);
    const rows = Array.from({ length: cells }, (_, cell) => (
      /** @type {StepRow} */ ({ ...Object.fromEntries(named.map(([column, values]) => [column, values[cell]])), cell })));
    if (ready) return { name, field, scale, rows, values: ready };
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const numbers = dtype === "int8" ? new Int8Array(bytes.buffer) : new Int16Array(bytes.buffer);
    for (let i = cells; i < numbers.length; i++) numbers[i] += numbers[i - cells];
    return { name, field, scale, rows, values: numbers };
  }

  /**
   * A row's number at a snapshot; null for the lowest of all packed numbers, which is none.
   * @param {Pick<Unpacked, "rows" | "values" | "scale">} block
   * @param {number} index of the snapshot
   * @param {number} cell
   */
  function numberAt(block, index, cell) {
    const { rows, values } = block, value = values[index * rows.length + cell], none = values instanceof Int8Array ? -128 : -32768;
    return value === none ? null : value * block.scale[index];
  }

  /**
   * The rows of a block as they are at one snapshot.
   * @param {Unpacked} block
   * @param {number} index of the snapshot
   */
  function rowsAt(block, index) { return block.rows.map((row) => ({ ...row, [block.field]: numberAt(block, index, row.cell) })); }

  /**
   * What there is to say of a step, read from the curves of the chart itself; of several panels, from the
   * first that has any. Null where none has.
   * @param {Pick<FigurePayload, "panels">} payload
   * @param {string} [hidden] a series that is not told
   */
  function curvesOf({ panels }, hidden) {
    const curves = curvesIn(panels);
    if (!curves) return null;
    const series = [...bySeries(curves.values)].filter(([name]) => name !== hidden);
    return (/** @type {number} */ step) => series.map(([name, points]) => {
      let near = points[0];
      for (const point of points) if (Math.abs(point.step - step) < Math.abs(near.step - step)) near = point;
      return `${name} ${worded(near.value, curves.name)}`;
    }).join(" · ");
  }
  /**
   * The same curves as lines in a box of 1000 × 100, each with the colour it has in the chart. Snapshots lie at
   * equal distances, as on a slider; loss is drawn on a log scale.
   * @param {Pick<FigurePayload, "panels">} payload
   * @param {readonly number[]} steps of the snapshots, ascending
   * @param {string} [hidden] a series that is left out
   */
  function sketchOf({ panels }, steps, hidden) {
    for (const { spec } of panels) {
      const curves = spec.data.find(isCurves);
      if (!curves) continue;
      const height = heightOf(curves);
      return [...bySeries(curves.values)].filter(([series]) => series !== hidden).map(([series, points]) => ({
        color: colorOf(spec, series),
        path: points.map(({ step, value }, i) => `${i ? "L" : "M"}${round(1000 * place(step, steps))} ${round(height(value))}`).join(""),
      }));
    }
    return [];
  }
  /**
   * The first rows of curves there are.
   * @param {FigurePayload["panels"]} panels
   * @returns {(VegaDataset & { values: CurvePoint[] }) | undefined}
   */
  function curvesIn(panels) { return panels.flatMap((panel) => panel.spec.data).find(isCurves); }
  /** @param {number} value */
  function round(value) { return Math.round(value * 10) / 10; }
  /**
   * @param {{ name: string, values: CurvePoint[] }} curves
   * @returns {(value: number) => number} the height of a value, 4 at the top and 96 at the bottom
   */
  function heightOf({ name, values }) {
    if (name === "accuracy") return (value) => 96 - 92 * value;
    const logs = values.filter(({ value }) => value > 0).map(({ value }) => Math.log(value));
    const low = Math.min(...logs), high = Math.max(...logs);
    return (value) => 96 - 92 * (value > 0 ? (Math.log(value) - low) / (high - low || 1) : 0);
  }
  /**
   * @param {VegaSpec} spec
   * @param {string} series
   */
  function colorOf({ scales = [] }, series) {
    const scale = scales.find(({ name }) => name === "color"), domain = scale?.domain, range = scale?.range;
    const at = Array.isArray(domain) ? domain.indexOf(series) : -1;
    return Array.isArray(range) && at >= 0 ? String(range[at % range.length]) : "currentColor";
  }
  /**
   * @param {VegaDataset} dataset
   * @returns {dataset is VegaDataset & { values: CurvePoint[] }}
   */
  function isCurves(dataset) {
    const first = dataset.values?.[0];
    return Boolean(first?.series && "step" in first && !dataset.name.endsWith("_canonical"));
  }
  /**
   * Points by the name of their series, in the order of their first points.
   * @param {readonly CurvePoint[]} points
   */
  function bySeries(points) {
    /** @type {Map<string, CurvePoint[]>} */
    const found = new Map();
    for (const point of points) found.set(point.series, [...(found.get(point.series) ?? []), point]);
    return found;
  }

  /**
   * A curve's value as wording/numbers.py writes it: accuracy in percent, anything else with two digits.
   * @param {number} value
   * @param {string} kind the name of the curves
   */
  function worded(value, kind) { return kind === "accuracy" ? percent(value) : number(value); }
  /**
   * Only all is 100 % and only none 0 %.
   * @param {number} share
   */
  function percent(share) {
    const shown = (/** @type {number} */ digits) => +(100 * share).toFixed(digits);
    let digits = 1;
    while (digits < 14 && share !== 0 && share !== 1 && [0, 100].includes(shown(digits))) digits += 1;
    return `${shown(digits)}\u00a0%`;
  }
  /**
   * Very small numbers as powers of ten.
   * @param {number} value
   */
  function number(value) {
    const rounded = +value.toPrecision(2);
    if (rounded === 0 || rounded >= 1e-4) return rounded.toLocaleString("en", { maximumSignificantDigits: 2 });
    const [factor, power] = rounded.toExponential().split("e-");
    const raised = [...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[+digit]).join("");
    return `${factor === "1" ? "" : `${factor}\u00a0×\u00a0`}10⁻${raised}`;
  }

  /**
   * A tooltip is worded when its mark is pointed at, not for thousands of marks at every step.
   * @param {VegaMark[]} [marks] changed in place
   */
  function delayTooltips(marks = []) {
    for (const { encode, marks: inner } of marks) {
      if (encode?.update?.tooltip) {
        (encode.hover ??= {}).tooltip = encode.update.tooltip;
        delete encode.update.tooltip;
      }
      delayTooltips(inner);
    }
  }

  /**
   * The neuron that a mark belongs to, or undefined. A line's datum is its first row; a facet's is its
   * group's.
   * @param {VegaItem | null | undefined} item
   * @returns {unknown}
   */
  function neuronOf(item) {
    for (let at = item; at; at = at.mark?.group) {
      if (at.datum?.neuron !== undefined) return at.datum.neuron;
    }
    return undefined;
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({
    unpack, numberAt, rowsAt, curvesIn, curvesOf, sketchOf, bySeries, worded, delayTooltips, neuronOf,
  }));
})();
