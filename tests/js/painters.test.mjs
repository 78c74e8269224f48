// Which charts are painted on a canvas, what of: read from the chart, without a page; and sums of votes.
import assert from "node:assert/strict";
import test from "node:test";
import { examples, load } from "./page.mjs";

const { heatmapOf, linesIn, linesOf, Votes, unpack } = load("steps.js", "payload.js", "canvas.js", "cells.js", "lines.js", "votes.js");
const [heatmap, chart] = examples().weights.panels;
const VALUE = [{ field: "value" }];

/** A chart of lines, one for each neuron, in a panel for each group. */
function waves(update = {}, scales = {}, line = {}) {
  const encode = { update: { x: { field: "number", scale: "x" }, y: { field: "value", scale: "y" }, stroke: { value: "red" }, ...update } };
  const mark = { type: "line", name: "lines", encode, ...line };
  const path = { type: "group", from: { facet: { groupby: ["neuron"] } }, marks: [mark] };
  const linear = (name, more) => ({ name, type: "linear", domain: [0, { signal: "limit" }], ...more });
  return {
    data: [{ name: "waves" }],
    marks: [{ type: "group" }, { type: "group", from: { facet: { groupby: ["group"] } }, marks: [path] }],
    scales: [linear("x", scales.x), linear("y", scales.y)],
  };
}

test("only a chart of nothing but cells, side by side, on a scale that stands, is a heatmap", () => {
  const { spec } = heatmap, { marks, scales } = spec, [mark] = marks;
  const found = heatmapOf(spec, heatmap.data);
  assert.deepEqual(scales.find(({ name }) => name === found.scale).domain, [-1, 1]);
  assert.deepEqual([found.x.field, found.y.field, found.x.scale.name], ["neuron", "number", "x"]);
  const none = (changed, data = heatmap.data) => assert.equal(heatmapOf({ ...spec, ...changed }, data), undefined);
  none(chart.spec, chart.data);
  none({ marks: undefined, scales: undefined });
  none({}, []);
  none({}, [...heatmap.data, ...heatmap.data]);
  none({}, [{ ...heatmap.data[0], field: "other" }]);
  none({ marks: [...marks, ...marks] });
  none({ marks: [{ ...mark, type: "symbol" }] });
  for (const encode of [undefined, {}, { update: {} }]) none({ marks: [{ type: "rect", encode }] });
  for (const more of [{ opacity: { value: 0.5 } }, { stroke: { value: "red" } }]) { // a look that is not painted
    none({ marks: [{ ...mark, encode: { update: { ...mark.encode.update, ...more } } }] });
  }
  none({ scales: scales.map((each) => ({ ...each, domain: { data: "weights", field: "value" } })) });
  for (const changed of [{ paddingInner: 0.1 }, { reverse: true }, { range: ["height", 0] }, { type: "point" }, { domain: { sort: { op: "max" } } }]) {
    none({ scales: scales.map((each) => each.name === "y" ? { ...each, ...changed } : each) });
  }
  const filtered = { name: "data_1", source: "weights", transform: [{ type: "filter", expr: "datum.value > 0" }] };
  none({ data: [...spec.data, filtered] });
});

test("lines are those whose heights follow the step, told apart by the groups around them", () => {
  const { mark, keys, x, y } = linesOf(waves(), VALUE);
  assert.deepEqual([mark.name, keys, x, y], ["lines", ["group", "neuron"], { field: "number", scale: "x" }, "y"]);
  const none = (spec, data = VALUE) => assert.equal(linesOf(spec, data), undefined);
  none(waves(), [{ field: "other" }]);
  none(waves(), [...VALUE, ...VALUE]);
  none(waves({ interpolate: { value: "step" } }));
  none(waves({ fill: { value: "red" } }));
  none(waves({}, { y: { type: "log" } }));
  none(waves({}, { y: { domain: { data: "waves", field: "value" } } }));
  none(waves({}, { x: { clamp: true } }));
  none(waves({}, {}, { type: "area" }));
  const two = waves();
  two.marks.push({ type: "symbol" });
  none(two);
  none({});
});

test("a line's points are ordered by x, wherever its rows stand", () => {
  const rows = [["a", 2, 1], ["a", 1, 1], ["b", 5, 1], ["a", 3, 2]].map(([group, number, neuron], cell) => ({ cell, group, number, neuron }));
  assert.deepEqual(linesIn(rows, ["group", "neuron"], "number"),
    [{ cells: [1, 0], at: [1, 2] }, { cells: [2], at: [5] }, { cells: [3], at: [3] }]);
});

test("votes are summed by strip and over all neurons, for the numbers chosen", () => {
  // two neurons, numbers 0 and 1; neuron 1 is negative for a = 1, b = 0 and has no vote
  const cell = (matrix, number, neuron, strip) => ({ matrix, number, neuron, strip });
  const rows = [cell("in", 0, 0, 0), cell("in", 1, 0, 0), cell("in", 0, 1, 1), cell("in", 1, 1, 1),
    cell("out", 0, 0, 0), cell("out", 1, 0, 0), cell("out", 0, 1, 1), cell("out", 1, 1, 1)];
  const columns = Object.fromEntries(["matrix", "number", "neuron", "strip"].map((name) => [name, rows.map((row) => row[name])]));
  const base64 = Buffer.from(Int8Array.of(1, 2, 3, -4, 5, 6, 7, 8).buffer).toString("base64");
  const block = unpack({ name: "weights", field: "value", scale: [0.5], cells: 8, columns, dtype: "int8", base64 });
  const transform = [{ type: "formula" }, { type: "aggregate", as: ["logit"] }, { type: "formula", as: "y" }];
  const spec = () => ({ data: [{ name: "weights" }, { name: "data_0", source: "weights", transform: [...transform] }] });
  const voting = { inputs: { a: "in", b: "in" }, output: "out", all: 2 };
  const chosen = { a: 1, b: 0 }, view = { signal: (name) => chosen[name] }, cut = spec();
  const votes = Votes.of(cut, block, voting);
  assert.deepEqual(cut.data[1].transform, [{ type: "formula", as: "y" }]);
  assert.equal(votes.field, "logit");
  votes.count(view, 0);
  const sums = () => Object.fromEntries(votes.rows.map((row) => [`${row.strip} ${row.number}`, votes.sums[row.cell]]));
  assert.deepEqual(sums(), { "0 0": 3.75, "0 1": 4.5, "1 0": 0, "1 1": 0, "2 0": 3.75, "2 1": 4.5 });
  chosen.a = 0;
  votes.count(view, 0);
  assert.deepEqual(sums(), { "0 0": 2.5, "0 1": 3, "1 0": 10.5, "1 1": 12, "2 0": 13, "2 1": 15 });
  assert.equal(Votes.of(spec(), block, undefined), null);
  assert.equal(Votes.of({ data: [{ name: "weights" }] }, block, voting), null);
});
