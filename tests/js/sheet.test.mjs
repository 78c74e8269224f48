// A line that a reader draws: how it grows, where it reaches a height, what is said of it, where its name has room.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./page.mjs";

const { drawnOn, heightAt, reach, compare, labelPlace } = load("sheet.js");

test("a line is drawn on to the right; going back erases, and the plot's edges hold", () => {
  const line = [[0, 0.1], [0.3, 0.2], [0.6, 0.4]];
  assert.deepEqual(drawnOn([], [0.2, 0.3]), [[0.2, 0.3]]);
  assert.deepEqual(drawnOn(line, [0.8, 0.5]), [...line, [0.8, 0.5]]);
  assert.deepEqual(drawnOn(line, [0.3, 0.9]), [[0, 0.1], [0.3, 0.9]]);
  assert.deepEqual(drawnOn(line, [1.4, -2]), [...line, [1, 0]]);
  assert.deepEqual(drawnOn(line, [-1, 2]), [[0, 1]]);
  assert.deepEqual(line.length, 3);
});

test("between its points a line is straight, and beyond its ends it is not", () => {
  const line = [[0.2, 0], [0.4, 1], [0.4, 0.5], [0.8, 0.5]];
  assert.deepEqual([0.1, 0.2, 0.4, 0.6, 0.8, 0.9].map((at) => heightAt(line, at)), [null, 0, 1, 0.5, 0.5, null]);
  assert.ok(Math.abs(heightAt(line, 0.3) - 0.5) < 1e-12);
  assert.equal(heightAt([], 0.5), null);
});

test("a line reaches a height when it first comes to its other side, from above as from below", () => {
  const up = [[0, 0], [0.5, 0.2], [0.6, 0.8], [0.7, 0.1], [1, 1]], down = up.map(([x, y]) => [x, 1 - y]);
  assert.ok(Math.abs(reach(up, 0.5) - 0.55) < 1e-12);
  assert.ok(Math.abs(reach(down, 0.5) - 0.55) < 1e-12);
  assert.equal(reach(up, 0.2), 0.5);
  assert.equal(reach(up, 0), 0);
  assert.equal(reach([[0, 0.1], [1, 0.1]], 0.5), null);
  assert.equal(reach([], 0.5), null);
});

test("one sentence says what was guessed and what is true, whether or not either gets there", () => {
  const say = (...steps) => compare("test accuracy", "50 %", ...steps);
  assert.equal(say(12345, 20649), "You said test accuracy would reach 50 % near step 12,000; it does at step 20,600.");
  assert.equal(say(12345, null), "You said test accuracy would reach 50 % near step 12,000; it never does.");
  assert.equal(say(null, 1150), "You said test accuracy would not reach 50 %; it does, at step 1,150.");
  assert.equal(say(null, null), "You said test accuracy would not reach 50 %, and it does not.");
});

test("a line's name stands where neither line nor curve runs through it", () => {
  const size = [0.1, 0.06], low = [[0, 0.02], [1, 0.02]], high = [[0, 0.95], [1, 0.95]];
  const jump = [[0, 0], [0.5, 0.01], [0.52, 0.95], [1, 0.95]];
  const clear = ({ across, up }, line) => [0, 0.25, 0.5, 0.75, 1].every((part) => {
    const height = heightAt(line, across + size[0] * (part - 0.5));
    return height < up || height > up + size[1];
  });
  for (const line of [low, high, [[0, 0], [1, 1]], jump]) {
    const place = labelPlace(line, jump, size);
    assert.ok(clear(place, line) && clear(place, jump), JSON.stringify([line, place]));
    assert.ok(place.up >= 0 && place.up + size[1] <= 1);
  }
  assert.ok(labelPlace(low, jump, size).across > 0.5); // beside the curve's jump, not where the two are one
  assert.equal(labelPlace([], jump, size), null);
});
