// The cells of a heatmap on a canvas over Vega's drawing. Vega writes every attribute of every cell again,
// 3,000 of them for one pair of matrices: too slow to play. It keeps axes, legends and tooltips, and its cells stay,
// seen through, for the pointer.
"use strict";
(() => {
  const { cellsOf, heatmapScale, numberAt } = window.reportgen;

  class Cells {
    /** @type {VegaItem[]} */
    items = [];
    /** @type {Int32Array} left, top, right and bottom of each cell, device px */
    edges = new Int32Array();
    /** @type {Map<number, string>} packed number → colour, on one scale */
    colors = new Map();
    reach = ""; // of that scale: it may follow the step

    /**
     * The painter of a heatmap; null for other charts. The chart is changed: Vega paints no cells from then on.
     * @param {VegaSpec} spec
     * @param {Unpacked[]} data
     */
    static of(spec, data) {
      const scale = heatmapScale(spec, data), [mark] = spec.marks ?? [];
      if (!scale || !mark?.encode?.update) return null;
      mark.encode.update.fill = { value: "transparent" };
      delete mark.encode.update.stroke; // a row is outlined as one
      return new Cells(scale, data[0]);
    }
    /**
     * @param {string} scale the name of the colour scale
     * @param {Unpacked} block
     */
    constructor(scale, block) {
      this.scale = scale;
      this.block = block;
      this.canvas = document.createElement("canvas");
    }
    /**
     * Where the cells are, whenever the view has a new size.
     * @param {VegaView} view
     * @param {number[]} size of the view, px
     */
    place(view, [width, height]) {
      const { canvas } = this, ratio = devicePixelRatio;
      const left = view.padding().left + view.origin()[0], top = view.padding().top + view.origin()[1];
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      this.ink = getComputedStyle(canvas).color;
      this.items = cellsOf(view.scenegraph().root);
      this.edges = new Int32Array(this.items.flatMap(({ x = 0, y = 0, width: w = 0, height: h = 0 }) =>
        [left + x, top + y, left + x + w, top + y + h].map((edge) => Math.round(edge * ratio))));
    }
    /**
     * @param {VegaView} view
     * @param {number} index of the snapshot
     * @param {number} neuron outlined; -1 for none
     */
    paint(view, index, neuron) {
      const { block, canvas, colors, edges, items } = this, { field, rows, scale, values } = block;
      const pen = canvas.getContext("2d"), first = index * rows.length, color = view.scale(this.scale);
      if (!pen) return;
      const reach = color.domain().join();
      if (reach !== this.reach) colors.clear();
      this.reach = reach;
      pen.clearRect(0, 0, canvas.width, canvas.height);
      const around = [Infinity, Infinity, -Infinity, -Infinity];
      for (let i = 0, e = 0; i < items.length; i++, e += 4) {
        const datum = items[i].datum ?? {}, value = values[first + datum.cell];
        const number = numberAt(values, first + datum.cell, scale);
        let paint = colors.get(value);
        if (paint === undefined) colors.set(value, paint = number === null ? "transparent" : color(number));
        datum[field] = number; // what the tooltip says
        pen.fillStyle = paint;
        pen.fillRect(edges[e], edges[e + 1], edges[e + 2] - edges[e], edges[e + 3] - edges[e + 1]);
        if (datum.neuron !== neuron) continue;
        for (const side of [0, 1]) around[side] = Math.min(around[side], edges[e + side]);
        for (const side of [2, 3]) around[side] = Math.max(around[side], edges[e + side]);
      }
      if (around[0] === Infinity) return;
      pen.strokeStyle = this.ink ?? "";
      pen.lineWidth = 2 * devicePixelRatio;
      pen.strokeRect(around[0], around[1], around[2] - around[0], around[3] - around[1]);
    }
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Cells }));
})();
