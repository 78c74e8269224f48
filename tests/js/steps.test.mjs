// Steps: the nearest snapshot, links, and how playing moves.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./page.mjs";

const { nearest, place, stepAt, between, playTime, readSteps, writeSteps } = load("steps.js");

test("the nearest snapshot is the one at the smallest distance, the later of two", () => {
  const steps = [0, 100, 150, 400, 1000, 1001];
  for (let step = -50; step < 1100; step++) {
    const distances = steps.map((each) => Math.abs(each - step));
    assert.equal(nearest(step, steps), distances.lastIndexOf(Math.min(...distances)), `step ${step}`);
  }
});

test("half a step before the middle of two is the earlier one's", () => {
  assert.deepEqual([49.5, 50, 50.5].map((step) => nearest(step, [0, 100])), [0, 1, 1]);
  assert.deepEqual([124.9, 125, 125.1].map((step) => nearest(step, [0, 100, 150])), [1, 2, 2]);
});

test("beyond the ends are the ends; Infinity, which the page starts with, is the last", () => {
  const steps = [10, 20, 30];
  assert.deepEqual([-Infinity, -5, 10, 30, 31, Infinity].map((step) => nearest(step, steps)), [0, 0, 0, 2, 2, 2]);
});

test("of one snapshot that one is the nearest", () => {
  assert.deepEqual([-1, 0, 7, 100, Infinity].map((step) => nearest(step, [7])), [0, 0, 0, 0, 0]);
});

test("every snapshot has as much room as the next, however many steps lie between", () => {
  const steps = [0, 100, 200, 1000];
  assert.deepEqual([0, 50, 100, 200, 600, 1000, 2000].map((step) => +place(step, steps).toFixed(4)),
    [0, 0.1667, 0.3333, 0.6667, 0.8333, 1, 1]);
  assert.deepEqual([0, 0.5, 2 / 3, 5 / 6, 1].map((part) => stepAt(part, steps)), [0, 150, 200, 600, 1000]);
});

test("a movement is even, in both directions, and stays between its ends", () => {
  assert.deepEqual([-16, 0, 225, 450, 900, 950].map((ms) => between(100, 500, ms, 900)), [100, 100, 200, 300, 500, 500]);
  assert.deepEqual([0, 225, 900].map((ms) => between(500, 100, ms, 900)), [500, 400, 100]);
});

test("playing takes eight seconds for all of it, the rest of them from later on, never under 0.8", () => {
  assert.equal(playTime(0, 400), 8000);
  assert.equal(playTime(300, 400), 2000);
  assert.equal(playTime(399, 400), 800);
});

test("a link names a step for each of several groups, in its order", () => {
  assert.deepEqual(readSteps("#step=modular:12300"), [["modular", "12300"]]);
  assert.deepEqual(readSteps("#step=five-neurons:0,parity_2:400,modular-seeds:3"),
    [["five-neurons", "0"], ["parity_2", "400"], ["modular-seeds", "3"]]);
});

test("an address of another kind says nothing", () => {
  for (const hash of ["", "#", "#step=", "#steps=a:1", "#a-section", "step=a:1", "#x#step=a:1"]) {
    assert.deepEqual(readSteps(hash), [], hash);
  }
});

test("of a damaged link what can be read counts", () => {
  assert.deepEqual(readSteps("#step=modular"), []);
  assert.deepEqual(readSteps("#step=modular:"), []);
  assert.deepEqual(readSteps("#step=modular:x,parity:12"), [["parity", "12"]]);
  assert.deepEqual(readSteps("#step=,,a:1,,b:2,"), [["a", "1"], ["b", "2"]]);
  assert.deepEqual(readSteps("#step=modular:12.5"), [["modular", "12"]]);
  assert.deepEqual(readSteps("#step=modular:-5"), []);
  assert.deepEqual(readSteps('#step=a"]:1'), []);
});

test("what is written is read again, and nothing is written of nothing", () => {
  const steps = [["modular", 12300], ["five-neurons", 0], ["modular-seeds", "3"]];
  assert.equal(writeSteps(steps), "#step=modular:12300,five-neurons:0,modular-seeds:3");
  assert.deepEqual(readSteps(writeSteps(steps)), steps.map(([name, number]) => [name, String(number)]));
  assert.equal(writeSteps([]), "");
});
