// Lines whose heights follow the step, on a canvas. Vega gets the first row of each: it lays out panels, axes and
// titles, and knows each line's colour, width and opacity, but draws none.
"use strict";
(() => {
  const { addPointed, canvasOver, inkOf, isPlain, leavesOf, originOf } = window.reportgen;
  const DOT = 8; // px, the size of a point that the keyboard reaches
  const NEAR = 12; // px from a line, up or down, at which it is pointed at

  class Lines {
    under = false;
    /** @type {{ line: Line, item: VegaItem, left: number, top: number, width: number, height: number }[]} as they lie */
    drawn = [];
    /** @type {Map<string, string>} colour in the chart → on the page */
    inks = new Map();

    /**
     * The painter of a chart of lines; null for other charts. The chart is changed.
     * @param {VegaSpec} spec
     * @param {Unpacked[]} data
     */
    static of(spec, data) {
      const found = linesOf(spec, data);
      if (!found) return null;
      const { mark, keys, x, y } = found;
      addPointed(spec, mark);
      (mark.encode ??= {}).update = { ...mark.encode.update, defined: { value: false } };
      return new Lines(data[0], linesIn(data[0].rows, keys, x.field), mark.name ?? "", x.scale, y);
    }
    /**
     * @param {Unpacked} block
     * @param {Line[]} lines
     * @param {string} mark the mark's name
     * @param {string} x the names of its scales
     * @param {string} y
     */
    constructor(block, lines, mark, x, y) {
      this.block = block;
      this.lines = lines;
      this.mark = mark;
      this.scales = { x, y };
      this.byCell = new Map(lines.map((line) => [line.cells[0], line]));
      this.rows = lines.map(({ cells }) => ({ ...block.rows[cells[0]], [block.field]: 0 }));
      this.places = new Float64Array(block.rows.length); // of each point within its plot, from the left, px
      this.heights = new Float64Array(block.rows.length); // and from the top; NaN for none
      this.canvas = document.createElement("canvas");
    }
    /**
     * Where the lines are, whenever the view has a new size.
     * @param {VegaView} view
     * @param {number[]} size of the view, px
     */
    place(view, size) {
      const x = view.scale(this.scales.x);
      for (const { cells, at } of this.lines) cells.forEach((cell, i) => { this.places[cell] = x(at[i]); });
      this.drawn = [];
      this.gather(view.scenegraph().root, ...originOf(view));
      this.inks.clear();
      this.pen = canvasOver(this.canvas, size);
    }
    /**
     * The lines below an item of the drawing, with the plots they lie in.
     * @param {VegaItem} mark whose items are groups
     * @param {number} left px
     * @param {number} top
     */
    gather(mark, left, top) {
      for (const group of mark.items ?? []) {
        const x = left + (group.x ?? 0), y = top + (group.y ?? 0), { width = 0, height = 0 } = group;
        for (const inner of group.items ?? []) {
          const [item] = inner.items ?? [], line = this.byCell.get(item?.datum?.cell);
          if (inner.marktype === "group") this.gather(inner, x, y);
          else if (inner.name === this.mark && line) this.drawn.push({ line, item, left: x, top: y, width, height });
        }
      }
    }
    /**
     * @param {VegaView} view
     * @param {number} index of the snapshot
     */
    paint(view, index) {
      const { canvas, drawn, heights, pen, places } = this, ratio = devicePixelRatio;
      if (!pen) return;
      this.measure(view, index);
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, canvas.width, canvas.height);
      for (const { line, item, left, top, width, height } of drawn) {
        pen.setTransform(ratio, 0, 0, ratio, left * ratio, top * ratio);
        pen.save();
        pen.beginPath();
        pen.rect(0, 0, width, height);
        pen.clip();
        pen.strokeStyle = this.ink(item.stroke);
        pen.globalAlpha = item.opacity ?? 1;
        pen.lineWidth = item.strokeWidth ?? 1;
        pen.lineCap = item.strokeCap ?? "butt";
        pen.lineJoin = item.strokeJoin ?? "miter";
        pen.setLineDash(item.strokeDash ?? []);
        pen.beginPath();
        let joined = false;
        for (const cell of line.cells) {
          const x = places[cell], y = heights[cell];
          if (joined) pen.lineTo(x, y); else pen.moveTo(x, y);
          joined = !Number.isNaN(y);
        }
        pen.stroke();
        pen.restore();
      }
    }
    /**
     * The heights of all points at a snapshot.
     * @param {VegaView} view
     * @param {number} index of the snapshot
     */
    measure(view, index) {
      const { heights } = this, { rows: { length }, values } = this.block, scale = view.scale(this.scales.y);
      const zero = scale(0), unit = (scale(1) - zero) * this.block.scale[index], none = values instanceof Int8Array ? -128 : -32768;
      for (let i = 0, at = index * length; i < length; i++, at++) heights[i] = values[at] === none ? NaN : zero + unit * values[at];
    }
    /** @param {string} [stroke] in the chart */
    ink(stroke = "") {
      const known = this.inks.get(stroke) ?? inkOf(this.canvas, stroke);
      this.inks.set(stroke, known);
      return known;
    }
    /** All rows, each with a box around its point. */
    boxes() {
      return this.drawn.flatMap(({ line, left, top }) => line.cells.map((cell) => /** @type {RowBox} */ (
        [this.block.rows[cell], left + this.places[cell] - DOT / 2, top + this.heights[cell] - DOT / 2, DOT, DOT])));
    }
    /**
     * The row of the point nearest to a point of the view, on the nearest line; undefined where no line is near.
     * @param {number} x px
     * @param {number} y px
     */
    at(x, y) {
      let found = -1, distance = NEAR;
      for (const { line: { cells }, left, top, width, height } of this.drawn) {
        const across = x - left, down = y - top;
        if (across < -1 || across > width + 1 || down < 0 || down > height) continue;
        const next = cells.findIndex((cell) => this.places[cell] >= across), to = next < 0 ? cells.length - 1 : next, from = Math.max(0, to - 1);
        const [start, end] = [this.places[cells[from]], this.places[cells[to]]], share = end > start ? (across - start) / (end - start) : 0;
        const away = Math.abs(this.heights[cells[from]] * (1 - share) + this.heights[cells[to]] * share - down);
        if (away < distance) [found, distance] = [cells[share < 0.5 ? from : to], away];
      }
      return this.block.rows[found];
    }
  }

  /**
   * Lines over rows: each line's places among them, ordered by x, and the x there.
   * @param {readonly StepRow[]} rows
   * @param {readonly string[]} keys the columns by which lines differ
   * @param {string} x the column
   * @returns {Line[]}
   */
  function linesIn(rows, keys, x) {
    /** @type {Map<string, number[]>} */
    const found = new Map();
    rows.forEach((row, cell) => {
      const key = JSON.stringify(keys.map((name) => row[name]));
      found.set(key, [...(found.get(key) ?? []), cell]);
    });
    return [...found.values()].map((cells) => {
      cells.sort((one, other) => Number(rows[one][x]) - Number(rows[other][x]));
      return { cells, at: cells.map((cell) => Number(rows[cell][x])) };
    });
  }

  /**
   * What a chart of nothing but straight lines is made of, where their heights are the numbers that follow the step;
   * undefined for other charts.
   * @param {Partial<VegaSpec>} spec
   * @param {readonly Pick<SteppedBlock, "field">[]} data
   * @returns {{ mark: VegaMark, keys: string[], x: { field: string, scale: string }, y: string } | undefined}
   */
  function linesOf(spec, data) {
    const { marks = [], scales = [] } = spec;
    const leaves = leavesOf(marks), [{ mark, keys } = { mark: undefined, keys: [] }] = leaves;
    const { x, y } = /** @type {Record<string, { field?: string, scale?: string } | undefined>} */ (mark?.encode?.update ?? {});
    if (leaves.length !== 1 || data.length !== 1 || mark?.type !== "line" || y?.field !== data[0].field) return undefined;
    if (!isPlain(spec, mark, "stroke opacity strokeWidth strokeDash strokeCap strokeJoin", y.field)) return undefined;
    const straight = [x, y].every((channel) => {
      const scale = scales.find(({ name }) => name === channel?.scale);
      return scale?.type === "linear" && Array.isArray(scale.domain) && !scale.clamp;
    });
    if (!straight || !mark.name || !x?.field || !x.scale || !y.scale) return undefined;
    return { mark, keys, x: { field: x.field, scale: x.scale }, y: y.scale };
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Lines, linesIn, linesOf }));
})();
