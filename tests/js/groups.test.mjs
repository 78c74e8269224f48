// A group's step: set, moved, played and left to rest, with a clock of the test's own and no page.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { load } from "./page.mjs";

const calm = { matches: false };
const MOMENTS = { modular: [0, 300, 1000], parity: [] };
const players = {}; // selector → elements
let now = 0, frames = new Map(), number = 0;

/** An element, as far as a group looks at one. */
class Found extends EventTarget {
  textContent = JSON.stringify(MOMENTS);
  attributes = {};
  classes = new Set();
  disabled = true;
  parts = {};
  style = { setProperty: (name, value) => { this.attributes[name] = value; } };
  classList = {
    contains: (name) => this.classes.has(name),
    toggle: (name, on) => { this.classes[on ? "add" : "delete"](name); },
  };
  querySelector(selector) { return this.parts[selector] ??= new Found(); }
  children = [];
  replaceChildren(...children) { this.children = children; }
  setAttribute(name, value) { this.attributes[name] = value; }
}
// common.js wires the contents; its `find` is all that is wanted here
function find(within, selector, Kind) {
  const found = within.querySelector(selector);
  assert.ok(found instanceof Kind);
  return found;
}
Object.assign(globalThis, {
  window: { reportgen: { find } },
  HTMLElement: Found,
  HTMLInputElement: Found,
  HTMLOutputElement: Found,
  CSS: { escape: String },
  document: { createElement: () => new Found(), querySelector: () => new Found(), querySelectorAll: (selector) => players[selector] ?? [] },
  addEventListener() {},
  matchMedia: () => calm,
  performance: { now: () => now },
  requestAnimationFrame: (act) => { frames.set(++number, act); return number; },
  cancelAnimationFrame: (frame) => frames.delete(frame),
});
const { Group, groups } = load("steps.js", "payload.js", "controls.js", "groups.js");

/** Let time pass in frames of 20 ms. */
function pass(ms) {
  for (const end = now + ms; now < end;) {
    now += 20;
    mock.timers.tick(20);
    const due = frames;
    frames = new Map();
    for (const act of due.values()) act(now);
  }
}

/** A group with snapshots every 100 steps up to 1,000. */
function modular() {
  const group = Group.of("modular");
  group.adopt(Array.from({ length: 11 }, (_, i) => 100 * i));
  return group;
}

/** Where the moments are marked on a player. */
function ticks(player) { return player.querySelector(".ticks").children.map((tick) => tick.attributes["--at"]); }

beforeEach(() => {
  groups.clear();
  frames.clear();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  calm.matches = false;
  delete players['.player[data-group="modular"]'];
});

test("there is one group of a name; it begins at its end, and the first steps stay", () => {
  const group = modular();
  assert.equal(Group.of("modular"), group);
  assert.deepEqual([group.step, group.index, group.end], [Infinity, 10, 1000]);
  assert.deepEqual([group.due, group.motion, group.waiting, group.resting], [0, 0, 0, 0]);
  group.adopt([0, 1]);
  assert.equal(group.steps.length, 11);
});

test("a step that a link set before any figure was live is found then", () => {
  Group.of("modular").set(310);
  assert.equal(modular().index, 3);
});

test("moving goes by snapshots and stops at the ends", () => {
  const group = modular();
  group.set(540);
  assert.equal(group.index, 5);
  const places = [1, -2, 10, -10, -1].map((count) => { group.move(count); return group.index; });
  assert.deepEqual(places, [6, 4, 10, 0, 0]);
  assert.equal(group.step, 0);
});

test("figures on screen are shown once a frame, with the step of the moment", () => {
  const group = modular(), seen = [];
  group.figures.add({ onScreen: true, show: () => seen.push(group.index) });
  group.figures.add({ onScreen: false, show: () => seen.push("hidden") });
  group.set(100);
  group.set(200);
  assert.deepEqual(seen, []);
  pass(20);
  assert.deepEqual(seen, [2]);
});

test("figures are shown again when another neuron is pointed at, or the same one of another run", () => {
  const group = modular(), seen = [];
  group.figures.add({ onScreen: true, show: () => seen.push(group.pointed) });
  const none = { neuron: -1, run: null };
  for (const pointed of [none, { neuron: 3, run: null }, { neuron: 3, run: null }, { neuron: 3, run: "7" }, none]) {
    group.point(pointed.neuron, pointed.run);
    pass(20);
  }
  assert.deepEqual(seen, [{ neuron: 3, run: null }, { neuron: 3, run: "7" }, none]);
});

test("a player shows the step and the values, sets them, and plays and stops", () => {
  const player = new Found();
  players['.player[data-group="modular"]'] = [player];
  const group = modular(), input = player.querySelector("input"), play = player.querySelector(".play");
  assert.deepEqual([input.disabled, input.max, input.value], [false, "10", "10"]);
  assert.equal(player.querySelector("output").textContent, "step 1,000");
  assert.equal(input.attributes["aria-valuetext"], "step 1,000");
  group.words.set(player, (step) => `loss ${step / 100}`);
  input.value = "4";
  input.dispatchEvent(new Event("input"));
  pass(20);
  assert.equal(group.step, 400);
  assert.equal(player.querySelector("output").textContent, "step 400 · loss 4");
  assert.equal(input.attributes["aria-valuetext"], "step 400: loss 4");
  assert.equal(input.attributes["--part"], "0.4");
  play.dispatchEvent(new Event("click"));
  assert.deepEqual([player.classes.has("playing"), play.attributes["aria-label"]], [true, "Pause"]);
  pass(400);
  assert.ok(group.step > 400);
  play.dispatchEvent(new Event("click"));
  assert.deepEqual([player.classes.has("playing"), play.attributes["aria-label"]], [false, "Play the training"]);
  const { step } = group;
  pass(400);
  assert.equal(group.step, step);
  input.dispatchEvent(Object.assign(new Event("keydown"), { key: "Home" }));
  assert.equal(group.step, 0);
});

test("the step has come to rest 0.4 s after it was last set", () => {
  const group = modular();
  Group.rested = mock.fn();
  group.set(100);
  pass(380);
  group.set(200);
  pass(380);
  assert.equal(Group.rested.mock.callCount(), 0);
  pass(20);
  assert.equal(Group.rested.mock.callCount(), 1);
});

test("playing begins again from the start, is even, and ends at the end after eight seconds", () => {
  const group = modular();
  group.play();
  assert.equal(group.index, 0);
  pass(4000);
  assert.equal(group.step, 500);
  pass(3980);
  assert.ok(group.step < 1000 && group.motion);
  pass(20);
  assert.deepEqual([group.step, group.motion], [1000, 0]);
});

test("playing spends its time where there are more snapshots, and the marks of moments move there", () => {
  const player = new Found();
  players['.player[data-group="modular"]'] = [player];
  const group = Group.of("modular");
  group.adopt([0, 100, 200, 300, 1000]);
  assert.deepEqual(ticks(player), ["0", "0.75", "1"]);
  group.play();
  pass(6000);
  assert.equal(group.step, 300);
});

test("from the middle playing takes what is left; it can be stopped, and one group plays at a time", () => {
  const group = modular(), other = Group.of("parity");
  other.adopt([0, 10]);
  group.set(500);
  group.play();
  pass(2000);
  assert.equal(group.step, 750);
  other.play();
  pass(1000);
  assert.equal(group.step, 750);
  assert.ok(other.step > 0);
});

test("a player stops at the moments that are marked on it, at the nearest snapshots", () => {
  calm.matches = true;
  const player = new Found();
  players['.player[data-group="modular"]'] = [player];
  const group = modular();
  group.mark(player, [0, 640, 1000]);
  assert.deepEqual(ticks(player), ["0", "0.64", "1"]);
  group.play(player);
  pass(1500);
  assert.deepEqual([group.step, group.index, group.at], [640, 6, 640]);
  group.set(660);
  assert.equal(group.at, 700);
  group.set(640);
  pass(1500);
  assert.deepEqual([group.step, group.index], [1000, 10]);
  pass(1500);
  assert.equal(group.waiting, 0);
});

test("a jump takes 2.5 s, without motion none", () => {
  const group = modular();
  group.jump(300);
  assert.equal(group.step, Infinity);
  pass(1260);
  assert.ok(group.step > 300 && group.step < 1000);
  pass(1240);
  assert.equal(group.step, 300);
  calm.matches = true;
  group.jump(700);
  assert.equal(group.step, 700);
});

test("without motion playing goes from moment to moment, 1.5 s each, and stops after the last", () => {
  calm.matches = true;
  const player = new Found();
  players['.player[data-group="modular"]'] = [player];
  const group = modular();
  group.play(player);
  assert.equal(group.step, 0);
  pass(1480);
  assert.equal(group.step, 0);
  pass(20);
  assert.equal(group.step, 300);
  pass(1500);
  assert.equal(group.step, 1000);
  group.stop();
  group.set(0);
  pass(5000);
  assert.equal(group.step, 0);
});

test("playing goes on while a lead chart is on screen", () => {
  const group = modular();
  group.figures.add({ onScreen: true, payload: { lead: false } });
  const lead = { onScreen: false, payload: { lead: true } };
  group.figures.add(lead);
  assert.equal(group.leads(), false);
  lead.onScreen = true;
  assert.equal(group.leads(), true);
});
