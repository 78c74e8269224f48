// A data file: what Python packed is what the page unpacks; values in words; marks and what they stand for.
import assert from "node:assert/strict";
import test from "node:test";
import { examples, load } from "./page.mjs";

const {
  unpack, rowsAt, curvesOf, sketchOf, bySeries, worded, delayTooltips, neuronOf, numberAt,
} = load("steps.js", "payload.js");
const { weights: leading, circle: computing } = examples();
const [heatmap, chart] = leading.panels;

/** As Python packs: whole numbers of so many bytes, little-endian, in base64. */
function packed(numbers, bytes) {
  const buffer = Buffer.alloc(numbers.length * bytes);
  numbers.forEach((number, i) => buffer.writeIntLE(number, i * bytes, bytes));
  return buffer.toString("base64");
}
const bare = (dtype, cells, base64) => [...unpack({ dtype, cells, base64, columns: {} }).values];
const near = (found, wanted, within = 2e-4) => {
  assert.equal(found.length, wanted.length);
  found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) <= within, `${found} is not ${wanted}`));
};

test("numbers of 8 and 16 bits keep their signs and their extremes", () => {
  for (const [dtype, bytes, numbers] of [["int8", 1, [0, 1, -1, 127, -127, -128]],
    ["int16", 2, [0, 1, -1, 255, 256, -256, 32767, -32767, -32768]]]) {
    assert.deepEqual(bare(dtype, numbers.length, packed(numbers, bytes)), numbers);
  }
  assert.deepEqual(bare("int16", 0, ""), []);
  // each snapshot is what it adds to the one before, around the end of the type
  assert.deepEqual(bare("int8", 2, packed([100, -100, 50, -50, 0, 1], 1)),
    [100, -100, -106, 106, -106, 107]);
});

test("what Python packed in 8 bits comes out at each snapshot, cell by cell", () => {
  const block = unpack(heatmap.data[0]);
  const at = [0, 1, 2].map((index) => rowsAt(block, index));
  near(at[0].map((row) => row.value), [0, 1.27, -1.27, 0.5]);
  near(at[1].map((row) => row.value), [0.01, 0.02, 0.03, 0.04]);
  near(at[2].map((row) => row.value), [-0.01, -0.02, -0.03, -1], 1 / 127 / 2); // half a unit
  assert.deepEqual(at[0].map(({ cell, neuron, number }) => [cell, neuron, number]),
    [[0, 0, 0], [1, 0, 1], [2, 1, 0], [3, 1, 1]]);
});

test("and in 16 bits, where a value may be a thousandth of the largest and less", () => {
  const block = unpack(chart.data[0]);
  near([0, 1, 2].flatMap((index) => rowsAt(block, index).map((row) => row.value)),
    [32.767, 0.001, 1, -1, -32.767, 0]);
});

test("a row goes by its cell, wherever it stands, and the packed rows stay as they are", () => {
  const rows = [{ cell: 1, name: "b" }, { cell: 0, name: "a" }];
  const block = { rows, scale: [1, 0.5], field: "value", values: Int8Array.of(2, 4, 6, 8) };
  assert.deepEqual(rowsAt(block, 1), [{ cell: 1, name: "b", value: 4 }, { cell: 0, name: "a", value: 3 }]);
  assert.deepEqual(rows[0], { cell: 1, name: "b" });
});

test("the lowest of all numbers is none, in 8 bits as in 16", () => {
  const row = { rows: [{ cell: 0 }, { cell: 1 }], scale: [2], field: "value" };
  for (const values of [Int8Array.of(-128, -127), Int16Array.of(-32768, -127)]) {
    assert.deepEqual(rowsAt({ ...row, values }, 0), [{ cell: 0, value: null }, { cell: 1, value: -254 }]);
  }
});

test("a unit may be another at each snapshot", () => {
  const block = { rows: [{ cell: 0 }, { cell: 1 }], scale: [2, 0.5], field: "value", values: Int8Array.of(3, -128, 4, -6) };
  assert.deepEqual([[0, 0], [0, 1], [1, 0], [1, 1]].map(([index, cell]) => numberAt(block, index, cell)), [6, null, 2, -3]);
});

test("a lead chart says the nearest point of each of its curves", () => {
  const words = curvesOf(leading);
  assert.equal(words(0), "train 100\u00a0% · test 12.3\u00a0%");
  assert.equal(curvesOf(leading, "test")(0), "train 100\u00a0%"); // one is not told
  const points = [["train", 0, 5e-7], ["train", 10, 0.25], ["test", 0, 1], ["test", 10, 2], ["test", 30, 3]];
  const values = points.map(([series, step, value]) => ({ series, step, value }));
  const loss = curvesOf({ panels: [{ spec: { data: [{ name: "loss", values }] } }] });
  assert.equal(loss(4), "train 5\u00a0×\u00a010⁻⁷ · test 1");
  assert.equal(loss(5), "train 5\u00a0×\u00a010⁻⁷ · test 1"); // of two equally near the first
  assert.equal(loss(6), "train 0.25 · test 2");
  assert.equal(loss(Infinity), "train 5\u00a0×\u00a010⁻⁷ · test 1"); // never asked: a group's step is a snapshot's
  assert.equal(loss(1000), "train 0.25 · test 3");
  assert.equal(loss(19), "train 0.25 · test 2");
});

test("curves are the first dataset with series and steps that is no comparison with the main model", () => {
  const row = { series: "train", step: 0, value: 1 };
  const panels = (...data) => ({ panels: data.map((dataset) => ({ spec: { data: [dataset] } })) });
  assert.equal(curvesOf(panels({ name: "a" }, { name: "b", values: [] }, { name: "c", values: [{ step: 0 }] },
    { name: "d", values: [{ series: "x" }] }, { name: "accuracy_canonical", values: [row] })), null);
  assert.equal(curvesOf(computing), null);
  const words = curvesOf(panels({ name: "loss_canonical", values: [{ ...row, value: 9 }] },
    { name: "loss", values: [row] }, { name: "accuracy", values: [{ ...row, value: 0 }] }));
  assert.equal(words(0), "train 1");
});

test("points are gathered by series, in order", () => {
  const points = [["b", 1], ["a", 2], ["b", 3]].map(([series, step]) => ({ series, step, value: 0 }));
  const found = bySeries(points);
  assert.deepEqual([...found.keys()], ["b", "a"]);
  assert.deepEqual(found.get("b").map(({ step }) => step), [1, 3]);
  assert.equal(bySeries([]).size, 0);
});

test("accuracy is said in percent with one digit where it needs one", () => {
  const said = [0, 0.00002, 0.5, 0.12345, 0.99996, 1].map((value) => worded(value, "accuracy"));
  assert.deepEqual(said, ["0\u00a0%", "0.002\u00a0%", "50\u00a0%", "12.3\u00a0%", "99.996\u00a0%", "100\u00a0%"]);
});

test("other values have two digits, small ones a power of ten", () => {
  const said = [0.123, 2.345, 41, 4.14e-7, 1e-7, 2.5e-12, 0.00012].map((value) => worded(value, "loss"));
  assert.deepEqual(said, ["0.12", "2.3", "41", "4.1\u00a0×\u00a010⁻⁷", "10⁻⁷", "2.5\u00a0×\u00a010⁻¹²", "0.00012"]);
});

test("a mark's neuron is its own, or that of the nearest group around it, neuron 0 too", () => {
  assert.equal(neuronOf({ datum: { neuron: 0 } }), 0);
  const facet = { datum: { neuron: 4 }, mark: { group: { datum: { neuron: 9 } } } };
  assert.equal(neuronOf({ datum: { x: 1 }, mark: { group: facet } }), 4);
  assert.equal(neuronOf({ mark: { group: { mark: { group: facet } } } }), 4);
  assert.equal(neuronOf({ datum: { neuron: 2 }, mark: { group: facet } }), 2);
  for (const none of [null, undefined, {}, { datum: {} }, { mark: {} }]) assert.equal(neuronOf(none), undefined);
});

test("tooltips move to where a mark is pointed at, in groups too", () => {
  const tooltip = { signal: "words" };
  const marks = [
    { type: "rect", encode: { update: { fill: 1, tooltip } } },
    { type: "group", encode: { update: {} }, marks: [{ type: "line", encode: { update: { tooltip }, hover: { x: 2 } } }] },
    { type: "rule" },
    { type: "rule", encode: {} },
  ];
  delayTooltips(marks);
  assert.deepEqual(marks[0].encode, { update: { fill: 1 }, hover: { tooltip } });
  assert.deepEqual(marks[1].marks[0].encode, { update: {}, hover: { x: 2, tooltip } });
  assert.deepEqual(marks[1].encode, { update: {} });
  delayTooltips(undefined);
});

test("curves are sketched at the places of the snapshots, each in the colour of its chart", () => {
  const spec = (name, points, scales) => ({ panels: [{ spec: { data: [{ name: "other" }, { name, values: points }], scales } }] });
  const point = (series, step, value) => ({ series, step, value });
  const colors = [{ name: "color", domain: ["train", "test"], range: ["purple", "green"] }];
  const steps = [0, 10, 1000];
  assert.deepEqual(sketchOf(spec("accuracy", [point("test", 0, 0), point("test", 5, 0.5), point("test", 505, 1)], colors), steps),
    [{ color: "green", path: "M0 96L250 50L750 4" }]);
  const both = spec("accuracy", [point("train", 0, 1), point("test", 0, 0)], colors);
  assert.deepEqual(sketchOf(both, steps, "test").map(({ color }) => color), ["purple"]); // one is left out
  // loss by its logarithm; what is not positive lies at the bottom; no scale, no colour
  assert.deepEqual(sketchOf(spec("loss", [point("train", 0, 100), point("train", 10, 1), point("train", 1000, 0), point("train", 2000, 10)], []), steps),
    [{ color: "currentColor", path: "M0 4L500 96L1000 96L1000 50" }]);
  assert.deepEqual(sketchOf({ panels: [{ spec: { data: [{ name: "other" }] } }] }, steps), []);
});
