// A training in this browser: a Worker, and what it has reported so far.
"use strict";
(() => {
  const { startWorker } = window.reportgen;
  const EARLY = [1, 2, 5, 10, 20, 50, 100, 200, 300, 400]; // as numerics/training.py
  /** @type {Promise<ArrayBuffer> | undefined} */
  let unpacked;

  /** The kernels as a browser compiles them. Rejects with a sentence for the reader. */
  function kernels() {
    unpacked ??= (async () => {
      if (!("WebAssembly" in window) || !("Worker" in window) || !("DecompressionStream" in window)) {
        throw new Error("Your browser is too old to train here: it lacks WebAssembly, Workers or DecompressionStream.");
      }
      const packed = Uint8Array.from(atob(window.reportgen.kernels), (letter) => letter.charCodeAt(0));
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      const bytes = await new Response(stream).arrayBuffer();
      if (!WebAssembly.validate(bytes)) {
        throw new Error("Your browser cannot run the kernels: its WebAssembly lacks vector instructions (SIMD).");
      }
      return bytes;
    })();
    return unpacked;
  }

  /**
   * The steps of measurements and of snapshots: 0, every multiple, the last; early ones too.
   * @param {number} last
   * @param {readonly number[]} every
   */
  function savedSteps(last, [metrics, snapshots]) {
    const multiples = (/** @type {number} */ each) => {
      const found = [];
      for (let step = 0; step < last; step += each) found.push(step);
      return [...found, last];
    };
    const all = new Set([...multiples(metrics), ...EARLY.filter((step) => step < last)]);
    return { steps: [...all].sort((a, b) => a - b), snapshots: multiples(snapshots) };
  }

  /**
   * What a run's matrices measure.
   * @param {Record<string, number>} settings
   * @returns {LabShape}
   */
  function shapeOf(settings) {
    const { digits = 0, modulus = 0, neurons } = settings, ordered = modulus && !settings.tied_in_proj && !settings.collapsed_in;
    return {
      modulus, neurons, digits,
      deciding: settings.deciding ?? 0, symmetric: Boolean(settings.symmetric), circle: Boolean(settings.circle),
      inputs: modulus ? modulus * (ordered ? 2 : 1) : digits + 1, outputs: modulus || 1,
    };
  }

  class Training {
    made = 0;
    perSecond = 0;
    bytes = 0; // of the Worker's memory
    /** @type {Float64Array | null} the trained numbers at the end */
    final = null;
    paused = false;
    /** @type {Worker | null} */
    worker = null;

    /**
     * @param {StoredRun} stored
     * @param {Record<string, number>} settings
     * @param {number} last step
     * @param {LabRun} run what it reports goes there
     */
    constructor(stored, settings, last, run) {
      Object.assign(this, { stored, settings, last, run });
      this.stored = stored;
      this.settings = settings;
      this.last = last;
      this.run = run;
      this.saved = savedSteps(last, stored.every);
    }
    get done() { return this.made >= this.last; }

    /**
     * @param {() => void} changed called whenever it has come further, or is over
     * @param {(sentence: string) => void} failed
     */
    async start(changed, failed) {
      try {
        const wasm = await kernels();
        if (this.worker === null && this.ended) return;
        const { inputs, neurons, outputs, digits } = shapeOf(this.settings);
        const numbers = Float64Array.from(this.stored.fields, (name) => this.settings[name] ?? 0);
        this.worker = startWorker();
        this.worker.onerror = (event) => failed(`The training broke off: ${event.message || "the browser refused the Worker"}.`);
        this.worker.onmessage = ({ data }) => {
          if (data.failed) { failed(`The training broke off: ${data.failed}.`); this.end(); return; }
          this.take(data);
          changed();
        };
        this.worker.postMessage({
          wasm, numbers, steps: this.saved.steps, snapshots: this.saved.snapshots, columns: digits || 2,
          sizes: [inputs * neurons, neurons * outputs],
        });
      } catch (error) {
        failed(error instanceof Error ? error.message : String(error));
      }
    }
    ended = false;
    /** @param {LabReport} report */
    take(report) {
      this.made = report.step;
      if (this.made) this.perSecond += (this.perSecond ? 0.2 : 1) * (report.perSecond - this.perSecond); // an even pace to read
      this.bytes = report.bytes ?? this.bytes;
      for (const [step, ...values] of report.measured) this.run.measured.push({ step, values });
      this.run.snapshots.push(...report.snapshots);
      if (report.train) this.run.train = report.train;
      if (report.final) { this.final = report.final; this.end(); }
    }
    pause() {
      this.paused = true;
      this.worker?.postMessage("pause");
    }
    goOn() {
      this.paused = false;
      this.worker?.postMessage("go on");
    }
    end() {
      this.ended = true;
      this.worker?.terminate();
      this.worker = null;
    }
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Training, savedSteps, shapeOf }));
})();
