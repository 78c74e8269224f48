// What a network of one hidden layer answers, from its packed weights: each group of neurons' sum of votes for every
// number. A chart can work it out by itself, row by row; at every step that is too slow to play.
"use strict";
(() => {
  class Votes {
    /**
     * Instead of the chart's own sums; null where it has none. The chart is changed: its dataset holds the sums, and the
     * transforms up to them are gone.
     * @param {VegaSpec} spec
     * @param {Unpacked} block of the weights
     * @param {Voting} [voting]
     */
    static of(spec, block, voting) {
      const dataset = spec.data.find(({ source }) => source === block?.name);
      const summed = dataset?.transform?.findIndex(({ type }) => type === "aggregate") ?? -1;
      if (!voting || !dataset?.transform || summed < 0) return null;
      const [sums] = dataset.transform.splice(0, summed + 1).slice(-1);
      return new Votes(block, voting, String(sums.as));
    }
    /**
     * @param {Unpacked} block
     * @param {Voting} voting
     * @param {string} field the sums' column
     */
    constructor(block, { inputs, output, all }, field) {
      this.block = block;
      this.field = field;
      const { rows } = block;
      this.inputs = Object.entries(inputs).map(([signal, matrix]) => ({ signal, cells: rows.filter((row) => row.matrix === matrix) }));
      this.output = rows.filter(({ matrix }) => matrix === output);
      /** @type {Map<string, StepRow>} the sums' rows, in the order in which Vega would come upon them */
      const found = new Map();
      this.places = this.output.map(({ number, strip }) => [strip, all].map((of) => {
        const key = `${of} ${number}`, row = found.get(key) ?? { strip: of, number, cell: found.size };
        found.set(key, row);
        return row.cell;
      }));
      this.rows = [...found.values()];
      this.sums = new Float64Array(this.rows.length);
      this.before = new Float64Array(1 + Math.max(...this.output.map(({ neuron }) => Number(neuron)))); // by neuron
    }
    /**
     * The sums at a snapshot, for the inputs as they are.
     * @param {VegaView} view
     * @param {number} index of the snapshot
     */
    count(view, index) {
      const { before, block, places, sums } = this, { rows: { length }, values } = block, first = index * length, unit = block.scale[index];
      before.fill(0);
      for (const { signal, cells } of this.inputs) {
        const chosen = view.signal(signal);
        for (const { cell, neuron = 0, number } of cells) if (number === chosen) before[neuron] += unit * values[first + cell];
      }
      sums.fill(0);
      this.output.forEach(({ cell, neuron = 0 }, i) => {
        const vote = Math.max(0, before[neuron]) * unit * values[first + cell];
        for (const place of places[i]) sums[place] += vote;
      });
    }
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Votes }));
})();
