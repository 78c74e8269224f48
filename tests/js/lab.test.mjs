// The laboratory without a page: what a run's weights say, how far two runs agree, what may be changed, what is written.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./page.mjs";

const {
  agreement, aroundCircle, answersOf, changeWords, changesOf, digits, fill, learnedAt, linkOf, neuronsOf, npzOf, presetsOf, fieldsOf,
  readChanges, savedSteps, simplified, sizeLimit, strongestFirst, verdict,
} = load("steps.js", "payload.js", ...["worker", "analysis", "figures", "compare", "training", "change", "rows", "npz"].map((name) => `lab/${name}.js`));

const P = 7, SHAPE = { modulus: P, digits: 0, deciding: 0, neurons: 2, inputs: P, outputs: P, symmetric: true, circle: true };
const waves = (frequencies, phases) => ({
  step: 0,
  input: Float32Array.from({ length: 2 * P }, (_, i) => 20 * Math.cos(2 * Math.PI * frequencies[i % 2] * (i >> 1) / P - phases[i % 2])),
  output: Float32Array.from({ length: 2 * P }, (_, i) => Math.cos(2 * Math.PI * frequencies[Math.floor(i / P)] * (i % P) / P)),
});
const stored = {
  name: "parity", fields: [], every: [10, 20], steps: [0, 10, 100], layout: { input: [4, 2], output: [2, 1] },
  settings: { modular: 0, seed: 3, neurons: 2, train_size: 20, pool_size: 40, digits: 3, l1: 1, weight_decay: 1e-5, learning_rate: 0.003, beta1: 0.9 },
  config: { seed: 3, task: { train_size: 20 }, model: { neurons: 2 }, training: { decay: "L1", steps: 100 } },
  metrics: { train_loss: "", test_loss: "", train_accuracy: "", test_accuracy: "", weight_norm: "" },
};

test("a neuron's frequency, phase and place are those its wave was made with", () => {
  const { neurons, order } = neuronsOf(waves([3, 2], [0.5, -1]), SHAPE);
  assert.deepEqual(neurons.map(({ frequency }) => frequency), [3, 2]);
  neurons.forEach(({ phase, used }, i) => { assert.ok(Math.abs(phase - [0.5, -1][i]) < 1e-6); assert.ok(used); });
  assert.deepEqual(order, [1, 0]);
  assert.deepEqual(aroundCircle(waves([1, 1], [4, 2]), SHAPE), [1, 0]);
});

test("answers are those of the largest logit, and strength goes by both sides", () => {
  const shape = { ...SHAPE, neurons: 1 };
  const one = { step: 0, input: new Float32Array(P).fill(1), output: Float32Array.from([0, 0, 0, 5, 0, 0, 9]) };
  assert.deepEqual([...answersOf(one, shape)], Array(P * P).fill(6));
  assert.deepEqual(strongestFirst({ step: 0, input: Float32Array.from([3, 0, 1, 4, 0, 1]), output: Float32Array.from([1, 1, -2]) }, { neurons: 3 }), [0, 2, 1]);
});

test("a limit is what 99 % of sizes stay below, to two digits", () => {
  assert.equal(sizeLimit(Array.from({ length: 101 }, (_, i) => -i)), 99);
  assert.equal(sizeLimit([3.14159, 1], 1), 3.1);
  assert.equal(sizeLimit([0, NaN]), 1);
});

test("learned is 99 % at the end and at 99 % of what lies between", () => {
  assert.equal(learnedAt([0, 1, 2, 3], [0, 1, 1, 1]), 1);
  assert.equal(learnedAt([0, 1, 2, 3], [0, 1, 0.5, 1]), 3);
  assert.equal(learnedAt([0, 1], [1, 0.98]), null);
});

test("digits agree up to the first that differs", () => {
  assert.equal(digits(1, 1), 17);
  assert.equal(digits(1, 1 + 2e-7), 6);
  assert.equal(digits(-1, 1), 0);
  assert.equal(digits(0, 1e-300), 0);
  assert.equal(digits(NaN, 1), 0);
});

const run = (...rows) => rows.map(([step, ...values]) => ({ step, values }));
test("the sentence says what was compared, from which step on rounding parts, and the outcome", () => {
  const kept = run([0, 1, 1, 0.5, 0.5, 2], [10, 0.5, 0.25, 1, 0.5, 2], [20, 0.1, 0.1, 1, 1, 2]);
  assert.deepEqual(agreement(kept, kept), { compared: 15, agreed: 17, parted: null, least: 17, atEnd: 17 });
  assert.equal(verdict(kept, kept, true), "Your browser made the same 20 steps: all 15 measurements agree exactly.");
  const parted = run([0, 1, 1, 0.5, 0.5, 2], [10, 0.5 + 1e-6, 0.25, 1, 0.5, 2], [20, 0.1 + 1e-4, 0.1, 1, 1, 2]);
  const said = verdict(parted, kept, true);
  assert.match(said, /before step 10 agree exactly; from there on rounding parts the two, and the last ones agree to 3 digits/);
  assert.match(said, /The outcome is the same: the model memorises by step 10 and generalises by step 20/);
  const failed = run([0, 1, 1, 0.5, 0.5, 2], [10, 0.5, 0.3, 1, 0.5, 2], [20, 0.1, 0.1, 1, 0.6, 2]);
  assert.match(verdict(failed, kept, true), /another one: here the model memorises by step 10 and does not generalise/);
  assert.match(verdict(kept.slice(0, 2), kept, false), /the first 10 steps: all 10 measurements/);
});

test("steps are those of the trainer", () => {
  const { steps, snapshots } = savedSteps(45, [10, 20]);
  assert.deepEqual(steps, [0, 1, 2, 5, 10, 20, 30, 40, 45]);
  assert.deepEqual(snapshots, [0, 20, 40, 45]);
});

test("a snapshot's numbers have a unit of their own, and what is no number has the lowest", () => {
  const block = { scale: [1, 1], rows: [{ cell: 0 }, { cell: 1 }], values: new Int16Array(4) };
  fill(block, 0, ({ cell }) => 100 - 200 * cell);
  fill(block, 1, ({ cell }) => (cell ? NaN : 50_000));
  assert.deepEqual([...block.values], [32767, -32767, 32767, -32768]);
  assert.ok(Math.abs(block.scale[0] * 32767 - 100) < 1e-9 && Math.abs(block.scale[1] * 32767 - 50_000) < 1e-9);
});

test("points on a straight line are left out", () => {
  assert.deepEqual(simplified([0, 1, 2, 3, 4], [0, 1, 2, 1, 0], 0.01), [0, 2, 4]);
  assert.deepEqual(simplified([0, 1], [5, 6], 0.01), [0, 1]);
});

test("a link says what changes, and is read back; what is not possible is refused in a sentence", () => {
  const changes = changesOf(stored, { ...stored.settings, seed: 4, weight_decay: 0, steps: 100 });
  assert.deepEqual(changes, { seed: 4, weight_decay: 0 });
  assert.equal(changeWords(changes), "seed 4, no decay");
  const link = linkOf("parity", changes);
  assert.equal(link, "#train=parity:seed=4,weight_decay=0");
  assert.deepEqual(readChanges(stored, link.split(":")[1]), changes);
  for (const text of ["neurons=0", "neurons=1e9", "neurons=2.5", "seed=-1", "train_size=0", "train_size=41", "steps=110", "steps=15", "beta1=1",
    "neurons", "neurons=x", "modulus=3", "__proto__=1", "learning_rate=NaN"]) {
    assert.throws(() => readChanges(stored, text), /The link/, text);
  }
});

test("every preset stays within the bounds of its inputs", () => {
  for (const settings of [stored.settings, { ...stored.settings, l1: 0, weight_decay: 0.3 }, { modular: 1, seed: 0, neurons: 24, weight_decay: 1 },
    { modular: 1, circle: 1, seed: 0, neurons: 5, weight_decay: 0 }]) {
    const bounds = new Map(fieldsOf({ ...stored, settings }).map((field) => [field.name, field]));
    for (const changes of Object.values(presetsOf({ settings }))) {
      for (const [name, value] of Object.entries(changes)) {
        if (name !== "l1") assert.ok(value >= bounds.get(name).min && value <= bounds.get(name).max, `${name} ${value}`);
      }
    }
  }
});

test("a run to take along is a zip of arrays that NumPy reads", async () => {
  const training = {
    stored, final: Float64Array.from({ length: 10 }, (_, i) => i),
    run: { shape: { inputs: 4, neurons: 2, outputs: 1 }, measured: run([0, 1, 2, 3, 4, 5]), snapshots: [{ step: 0, input: new Float32Array(8), output: new Float32Array(2) }] },
  };
  const bytes = Buffer.concat(npzOf(training, { seed: 9, l1: 0 }));
  assert.equal(bytes.readUInt32LE(0), 0x04034b50);
  assert.equal(bytes.readUInt32LE(bytes.length - 22), 0x06054b50);
  assert.equal(bytes.readUInt16LE(bytes.length - 12), 12);
  const text = bytes.toString("latin1");
  assert.match(text, /'descr': '<f4', 'fortran_order': False, 'shape': \(1, 4, 2\), /);
  assert.match(text.replaceAll("\0", ""), /"seed":9.*"decay":"L2"/);
});
