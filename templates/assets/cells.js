// The cells of a heatmap on a canvas. Vega writes every attribute of every cell again, 3,000 of them for one pair of
// matrices: too slow to play. It keeps axes, legend and the words of tooltips, and gets no rows.
"use strict";
(() => {
  const { addPointed, canvasOver, inkOf, isPlain, originOf } = window.reportgen;
  const SHADES = 1024; // of the colour scale from end to end, and one more; 0 is that in the middle
  const STOPS = 16; // of a legend's gradient

  class Cells {
    /** @type {StepRow[]} that Vega needs: none */
    rows = [];
    under = false; // whether the chart draws lines over its cells
    shape = ""; // of the colour scale: where its domain has steps, from 0 to 1
    shades = new Uint32Array(SHADES + 1);
    left = 0; // of the plot within the view, px
    top = 0;
    width = 0;
    height = 0;

    /**
     * The painter of a heatmap; null for other charts. The chart is changed: it has no cells from then on.
     * @param {VegaSpec} spec
     * @param {Unpacked[]} data
     */
    static of(spec, data) {
      const found = heatmapOf(spec, data);
      if (!found) return null;
      const [block] = data, { scale, x, y } = found;
      for (const axis of [x, y]) axis.scale.domain = domainOf(block.rows, axis);
      for (const mark of spec.marks ?? []) addPointed(spec, mark);
      spec.marks = [];
      if (spec.legends?.length) keepGradient(spec);
      const made = new Cells(block, scale, x, y, Boolean(spec.legends?.length));
      made.under = spec.axes?.some(({ grid, zindex = 0 }) => grid && zindex > 0) ?? false;
      return made;
    }
    /**
     * @param {Unpacked} block
     * @param {string} scale the name of the colour scale
     * @param {Band} x
     * @param {Band} y
     * @param {boolean} keeps whether a legend keeps its gradient
     */
    constructor(block, scale, x, y, keeps) {
      this.keeps = keeps;
      this.block = block;
      this.scale = scale;
      this.canvas = document.createElement("canvas");
      this.across = placesOf(block.rows, x); // each row's column
      this.down = placesOf(block.rows, y); // and line
      this.columns = /** @type {unknown[]} */ (x.scale.domain).length;
      this.lines = /** @type {unknown[]} */ (y.scale.domain).length;
      this.small = new ImageData(this.columns, this.lines);
      this.pixels = new Uint32Array(this.small.data.buffer);
      this.sheet = document.createElement("canvas"); // a pixel a cell
      [this.sheet.width, this.sheet.height] = [this.columns, this.lines];
    }
    /**
     * Where the plot is, whenever the view has a new size.
     * @param {VegaView} view
     * @param {number[]} size of the view, px
     */
    place(view, size) {
      [this.left, this.top] = originOf(view);
      [this.width, this.height] = [view.signal("width"), view.signal("height")];
      this.pen = canvasOver(this.canvas, size);
      if (this.keeps && !view.signal("shades")) view.signal("shades", this.gradient(view.scale(this.scale)));
    }
    /**
     * The colour scale from end to end, as Vega has gradients.
     * @param {ReturnType<VegaView["scale"]>} color
     */
    gradient(color) {
      const domain = color.domain(), low = domain[0], reach = domain[domain.length - 1] - low;
      const stops = Array.from({ length: STOPS + 1 }, (_, i) => ({ offset: i / STOPS, color: color(low + reach * i / STOPS) }));
      return { gradient: "linear", x1: 0, y1: 0, x2: 1, y2: 0, stops };
    }
    /**
     * @param {VegaView} view
     * @param {number} index of the snapshot
     * @param {number} neuron outlined; -1 for none
     */
    paint(view, index, neuron) {
      const { across, block, canvas, columns, down, pen, pixels } = this, { rows, values } = block;
      if (!pen) return;
      const color = view.scale(this.scale), domain = color.domain(), low = domain[0], reach = domain[domain.length - 1] - low;
      this.mix(color, low, reach);
      const { shades } = this, first = index * rows.length, unit = SHADES * block.scale[index] / reach, zero = -SHADES * low / reach;
      const none = values instanceof Int8Array ? -128 : -32768;
      for (let i = 0; i < rows.length; i++) {
        const value = values[first + i], shade = Math.round(value * unit + zero);
        pixels[down[i] * columns + across[i]] = value === none ? 0 : shades[shade < 0 ? 0 : shade > SHADES ? SHADES : shade];
      }
      this.sheet.getContext("2d")?.putImageData(this.small, 0, 0);
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.imageSmoothingEnabled = false;
      const edges = [this.left, this.top, this.left + this.width, this.top + this.height].map((edge) => Math.ceil(edge * devicePixelRatio - 0.5)); // as crisp edges are
      pen.drawImage(this.sheet, edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1]);
      if (neuron >= 0) this.outline(pen, rows.filter((row) => row.neuron === neuron));
    }
    /**
     * The colours, unless they are mixed already: a scale that follows the step keeps its shape.
     * @param {ReturnType<VegaView["scale"]>} color
     * @param {number} low where the scale begins
     * @param {number} reach from there to its end
     */
    mix(color, low, reach) {
      const shape = color.domain().map((at) => ((at - low) / reach).toFixed(9)).join();
      if (shape === this.shape) return;
      this.shape = shape;
      const bytes = new Uint8ClampedArray(this.shades.buffer);
      for (let i = 0; i <= SHADES; i++) {
        const [red, green, blue, opacity = 1] = (color(low + reach * i / SHADES).match(/[\d.]+(e-\d+)?/g) ?? [0, 0, 0, 0]).map(Number);
        bytes.set([red, green, blue, 255 * opacity], 4 * i);
      }
    }
    /**
     * Rows outlined as one.
     * @param {CanvasRenderingContext2D} pen
     * @param {StepRow[]} rows
     */
    outline(pen, rows) {
      const boxes = rows.map((row) => this.boxOf(row)), ratio = devicePixelRatio;
      if (!boxes.length) return;
      const left = Math.min(...boxes.map(([x]) => x)), top = Math.min(...boxes.map(([, y]) => y));
      const right = Math.max(...boxes.map(([x, , width]) => x + width)), bottom = Math.max(...boxes.map(([, y, , height]) => y + height));
      pen.strokeStyle = inkOf(this.canvas, "var(--ink)");
      pen.lineWidth = 2 * ratio;
      pen.strokeRect(left * ratio, top * ratio, (right - left) * ratio, (bottom - top) * ratio);
    }
    /**
     * A row's cell within the view, px.
     * @param {StepRow} row
     * @returns {[left: number, top: number, width: number, height: number]}
     */
    boxOf({ cell }) {
      const width = this.width / this.columns, height = this.height / this.lines;
      return [this.left + this.across[cell] * width, this.top + this.down[cell] * height, width, height];
    }
    /** All rows with their cells. */
    boxes() { return this.block.rows.map((row) => /** @type {RowBox} */ ([row, ...this.boxOf(row)])); }
    /**
     * The row at a point of the view; undefined where there is none.
     * @param {number} x px
     * @param {number} y px
     */
    at(x, y) {
      const column = Math.floor((x - this.left) / this.width * this.columns), line = Math.floor((y - this.top) / this.height * this.lines);
      return this.block.rows.find(({ cell }) => this.across[cell] === column && this.down[cell] === line);
    }
  }

  /**
   * The scales of a heatmap whose cells change in nothing but their fill; undefined for other charts.
   * @param {Partial<VegaSpec>} spec
   * @param {readonly Pick<SteppedBlock, "field">[]} data
   * @returns {{ scale: string, x: Band, y: Band } | undefined}
   */
  function heatmapOf(spec, data) {
    const { marks = [], scales = [] } = spec, [mark] = marks;
    if (marks.length !== 1 || mark.type !== "rect" || data.length !== 1) return undefined;
    const named = (/** @type {unknown} */ name) => scales.find((scale) => scale.name === name);
    const { fill, stroke, x, y } = /** @type {Record<string, { field?: string, scale?: string } | undefined>} */ (mark.encode?.update ?? {});
    const across = named(x?.scale), down = named(y?.scale);
    const fixed = Array.isArray(named(fill?.scale)?.domain) && fill?.field === data[0].field && (!stroke || Array.isArray(stroke));
    if (!fixed || !isPlain(spec, mark, "fill stroke width height", data[0].field)) return undefined;
    if (!isGrid(across) || !isGrid(down) || !fill.scale || !x?.field || !y?.field) return undefined;
    return { scale: fill.scale, x: { scale: across, field: x.field }, y: { scale: down, field: y.field } };
  }
  /**
   * Whether places on a scale are side by side from its start, in an order that `domainOf` knows.
   * @param {VegaScale | undefined} scale
   * @returns {scale is VegaScale}
   */
  function isGrid(scale) {
    const { domain, paddingInner, paddingOuter, range, reverse, type } = /** @type {Partial<VegaScale>} */ (scale ?? {});
    const { sort = true } = /** @type {{ sort?: unknown }} */ (domain ?? {});
    return type === "band" && sort === true && !paddingInner && !paddingOuter && !reverse && Array.isArray(range) && range[0] === 0;
  }

  /**
   * The domain of an axis that Vega would find in the rows: their values, each once, as they come or sorted.
   * @param {StepRow[]} rows
   * @param {Band} axis
   */
  function domainOf(rows, { field, scale }) {
    const found = /** @type {(number | string)[]} */ ([...new Set(rows.map((row) => row[field]))]);
    const sorted = typeof scale.domain === "object" && scale.domain !== null && "sort" in scale.domain;
    return sorted ? found.sort((one, other) => one < other ? -1 : 1) : found;
  }
  /**
   * Each row's place on an axis.
   * @param {StepRow[]} rows
   * @param {Band} axis
   */
  function placesOf(rows, { field, scale: { domain } }) {
    const place = new Map(/** @type {unknown[]} */ (domain).map((value, at) => [value, at]));
    return Int32Array.from(rows, (row) => place.get(row[field]) ?? 0);
  }

  /**
   * Have legends of a scale that follows the step keep their gradient, signal `shades`: it looks the same at all steps, but
   * Vega makes a new one for each, and never drops an old one.
   * @param {VegaSpec} spec
   */
  function keepGradient(spec) {
    spec.signals = [...spec.signals ?? [], { name: "shades", value: null }];
    for (const legend of spec.legends ?? []) legend.encode = { gradient: { update: { fill: { signal: "shades" } } } };
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Cells, heatmapOf }));
})();
