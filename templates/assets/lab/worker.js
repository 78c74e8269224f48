// The program of the Worker that trains: a slice of steps at a time, so that it hears when it is to stop. It runs
// from this function's text, since a page on disk may start no Worker from a file; so it uses nothing outside itself.
"use strict";
(() => {
  function laboratory() {
    const SLICE_MS = 25, REPORT_MS = 100;
    /** @type {LabKernels} */
    let kernels;
    let run = 0, made = 0, going = false, perSlice = 1;
    /** @type {LabOrder} */
    let order;
    /** @type {LabReport} */
    let report;
    let reported = 0, counted = 0; // when, ms, and at which step
    const turn = new MessageChannel(); // a timer waits 4 ms each time, and a second in a hidden tab
    turn.port1.onmessage = () => { if (going) slice(); };

    /** @param {MessageEvent<LabOrder | "pause" | "go on">} event */
    self.onmessage = async ({ data }) => {
      if (data === "pause") going = false;
      else if (data === "go on") { going = true; turn.port2.postMessage(0); }
      else {
        try { await begin(data); } catch (error) { self.postMessage({ failed: String(error) }); }
      }
    };

    /** @param {LabOrder} given */
    async function begin(given) {
      order = given;
      const { instance } = await WebAssembly.instantiate(order.wasm, {});
      kernels = /** @type {any} */ (instance.exports);
      kernels._initialize();
      const place = kernels.malloc(8 * order.numbers.length);
      new Float64Array(kernels.memory.buffer, place, order.numbers.length).set(order.numbers);
      run = kernels.run_begin(place);
      kernels.free(place);
      report = empty();
      report.train = examples();
      measure();
      send();
      going = true;
      slice();
    }
    function empty() {
      return /** @type {LabReport} */ ({ step: made, measured: [], snapshots: [], perSecond: 0 });
    }
    // The pairs or digits that are trained on, (N, columns).
    function examples() {
      const count = kernels.run_examples(run, 0, 0, 0), wide = order.columns;
      const place = kernels.malloc(4 * count * wide);
      kernels.run_examples(run, 0, place, 0);
      const found = new Int32Array(kernels.memory.buffer, place, count * wide).slice();
      kernels.free(place);
      return found;
    }
    function slice() {
      const began = performance.now(), next = order.steps.find((step) => step > made);
      if (next === undefined) { going = false; return; }
      const count = Math.min(perSlice, next - made);
      kernels.run_advance(run, count);
      made += count;
      const took = Math.max(0.05, performance.now() - began);
      perSlice = Math.max(1, Math.round(Math.min(4 * perSlice, count * SLICE_MS / took)));
      if (made === next) measure();
      if (made === order.steps[order.steps.length - 1]) { finish(); return; }
      if (performance.now() - reported > REPORT_MS) send();
      turn.port2.postMessage(0);
    }
    function measure() {
      const place = kernels.malloc(40);
      kernels.run_measure(run, place);
      report.measured.push([made, ...new Float64Array(kernels.memory.buffer, place, 5)]);
      kernels.free(place);
      if (order.snapshots.includes(made)) snapshot();
    }
    function snapshot() {
      const [inputs, outputs] = order.sizes, place = kernels.malloc(4 * (inputs + outputs));
      kernels.run_effective(run, place, place + 4 * inputs);
      const both = new Float32Array(kernels.memory.buffer, place, inputs + outputs);
      report.snapshots.push({ step: made, input: both.slice(0, inputs), output: both.slice(inputs) });
      kernels.free(place);
    }
    // The trained numbers themselves, in the order in which they are drawn.
    function finish() {
      const count = kernels.run_numbers(run, 0), place = kernels.malloc(8 * count);
      kernels.run_numbers(run, place);
      report.final = new Float64Array(kernels.memory.buffer, place, count).slice();
      kernels.free(place);
      going = false;
      send();
    }
    function send() {
      report.step = made;
      report.perSecond = 1000 * (made - counted) / (performance.now() - reported);
      counted = made;
      report.bytes = kernels.memory.buffer.byteLength;
      self.postMessage(report);
      report = empty();
      reported = performance.now();
    }
  }

  /** Start it. Throws where the browser refuses. */
  function startWorker() {
    const address = URL.createObjectURL(new Blob([`(${laboratory})()`], { type: "text/javascript" }));
    const worker = new Worker(address);
    URL.revokeObjectURL(address);
    return worker;
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ startWorker }));
})();
