// What a reader moves: keys, a pointer on a lead chart, and a figure's own inputs; with made-up elements and no page.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { load } from "./page.mjs";

let now = 0, frames = [], scrolled;

/** An element, as far as the controls look at one. */
class Found extends EventTarget {
  parts = {};
  classes = [];
  attributes = {};
  disabled = true;
  style = { setProperty: (name, value) => { this.attributes[name] = value; } };
  classList = { add: (name) => this.classes.push(name) };
  querySelector(selector) { return this.parts[selector] ?? null; }
  querySelectorAll(selector) { return this.parts[selector] ?? []; }
  setAttribute(name, value) { this.attributes[name] = value; }
}
const find = (within, selector, Kind) => {
  const found = within.querySelector(selector);
  assert.ok(found instanceof Kind, selector);
  return found;
};
Object.assign(globalThis, {
  window: { reportgen: { find } },
  SVGElement: Found,
  HTMLOutputElement: Found,
  addEventListener: (type, act) => { assert.equal(type, "scroll"); scrolled = act; },
  performance: { now: () => now },
  requestAnimationFrame: (act) => frames.push(act),
});
const { wireInputs, wireKeys, wireLead } = load("steps.js", "payload.js", "controls.js");

/** An event with these properties; whether its default was prevented. */
function send(element, type, properties = {}) {
  return !element.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), properties));
}
/** A group that only notes what it is told. */
function listening() {
  const told = [];
  const note = (name) => (...given) => { told.push([name, ...given]); };
  return { told, steps: [5, 100, 1000], end: 1000, words: new Map(),
    move: note("move"), set: note("set"), stop: note("stop"), readout: note("readout") };
}
function frame() {
  const due = frames;
  frames = [];
  for (const act of due) act();
  return due.length;
}

beforeEach(() => { now += 10000; frames = []; });

test("arrows move by one snapshot, pages by ten, with shift ten times as far; and stop what plays", () => {
  const element = new Found(), group = listening();
  wireKeys(element, group);
  const far = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
  for (const [key, count] of Object.entries(far)) {
    for (const shiftKey of [false, true]) {
      group.told.length = 0;
      assert.equal(send(element, "keydown", { key, shiftKey }), true);
      assert.deepEqual(group.told, [["move", shiftKey ? 10 * count : count], ["stop"]]);
    }
  }
});

test("home and end go to the first and the last snapshot", () => {
  const element = new Found(), group = listening();
  wireKeys(element, group);
  assert.equal(send(element, "keydown", { key: "Home" }), true);
  assert.equal(send(element, "keydown", { key: "End" }), true);
  assert.deepEqual(group.told, [["set", 5], ["stop"], ["set", 1000], ["stop"]]);
});

test("other keys, and those of the browser, are left alone", () => {
  const element = new Found(), group = listening();
  wireKeys(element, group);
  const left = [{ key: "a" }, { key: "Tab" }, ...["altKey", "ctrlKey", "metaKey"].map((held) => ({ key: "End", [held]: true }))];
  for (const properties of left) assert.equal(send(element, "keydown", properties), false);
  assert.deepEqual(group.told, []);
});

/** A lead chart whose plot begins at 40, so that a pixel is ten steps; its group, and its panel's element. */
function lead({ player = new Found() } = {}) {
  const element = new Found(), panel = new Found(), svg = new Found(), group = listening();
  svg.getBoundingClientRect = () => ({ left: 20 });
  panel.parts.svg = svg;
  if (player) element.parts[".player"] = player;
  const view = {
    padding: () => ({ left: 7 }),
    origin: () => [13, 99],
    scale: (name) => ({ invert: (x) => { assert.equal(name, "x"); return 10 * x; } }),
  };
  const values = [{ series: "train", step: 0, value: 1 }];
  const payload = { panels: [{ spec: { data: [{ name: "loss", values }] } }] };
  wireLead({ element, group, panels: [{ element: panel, view }], payload });
  return { group, panel, player };
}
const mouse = (clientX, clientY = 0) => ({ pointerType: "mouse", clientX, clientY });
const finger = (clientX) => ({ pointerType: "touch", clientX, clientY: 0 });

test("a lead chart can be reached by keyboard, says its values, and sets the step by keys", () => {
  const { group, panel, player } = lead();
  assert.equal(group.words.get(player)(0), "train 1");
  assert.deepEqual(group.told, [["readout"]]);
  assert.deepEqual([panel.tabIndex, panel.classes], [0, ["scrub"]]);
  send(panel, "keydown", { key: "ArrowUp" });
  assert.deepEqual(group.told.slice(1), [["move", 1], ["stop"]]);
  assert.equal(lead({ player: null }).group.words.size, 0);
  wireLead({ group: null }); // a figure of no group leads nothing
});

test("a mouse that moves sets the step below it, within the training", () => {
  const { group, panel } = lead();
  for (const x of [50, 51, 20, 4000]) send(panel, "pointermove", mouse(x));
  assert.deepEqual(group.told.slice(1), [50 - 40, 51 - 40, -1, 3960]
    .flatMap((x) => [["stop"], ["set", Math.max(0, Math.min(1000, 10 * x))]]));
});

test("a mouse that rests sets nothing, and while the page scrolls under it none does", () => {
  const { group, panel } = lead();
  send(panel, "pointermove", mouse(50, 3));
  group.told.length = 0;
  send(panel, "pointermove", mouse(50, 3));
  scrolled();
  now += 119;
  send(panel, "pointermove", mouse(60, 3));
  assert.deepEqual(group.told, []);
  now += 1;
  send(panel, "pointermove", mouse(60, 4));
  assert.deepEqual(group.told, [["stop"], ["set", 200]]);
});

test("a finger sets the step while it is down; a click does in any case", () => {
  const { group, panel } = lead(), moves = () => group.told.filter(([name]) => name === "set").length;
  const after = (type, properties) => { send(panel, type, properties); send(panel, "pointermove", finger(70)); return moves(); };
  assert.equal(after("pointermove", finger(60)), 0);
  assert.equal(after("pointerdown", mouse(60)), 0);
  assert.equal(after("pointerdown", finger(60)), 1);
  send(panel, "pointermove", finger(70)); // still down, though it rests
  assert.equal(moves(), 2);
  assert.equal(after("pointerup", finger(70)), 2);
  assert.equal(after("pointerdown", finger(60)), 3);
  assert.equal(after("pointercancel", finger(70)), 3);
  send(panel, "click", mouse(70));
  assert.equal(moves(), 4);
});

/** A figure with inputs by name and value, and panels that have these signals. */
function computing(values, ...panels) {
  const element = new Found();
  element.parts[".inputs input"] = Object.entries(values).map(([name, value]) => {
    element.parts[`output[for="${name}-1"]`] = new Found();
    return Object.assign(new Found(), { name, value, id: `${name}-1`, min: "2", max: "12" });
  });
  return {
    element, inputs: element.parts[".inputs input"],
    panels: panels.map((signals) => {
      const had = new Map(Object.entries(signals));
      const signal = mock.fn((name, value) => (value === undefined ? had.get(name) : had.set(name, value)));
      return { signals: had, view: { signal }, again: mock.fn() };
    }),
  };
}
const runs = (figure) => figure.panels.map(({ again }) => again.mock.callCount());

test("an input sets the signal of its name, as a number, in every panel that has it, once a frame", () => {
  const figure = computing({ neurons: "5", turns: "7" }, { neurons: 0 }, { turns: 0, neurons: 0 }, { other: 0 });
  wireInputs(figure);
  assert.deepEqual(figure.panels.map(({ signals }) => Object.fromEntries(signals)),
    [{ neurons: 5 }, { turns: 7, neurons: 5 }, { other: 0 }]);
  assert.deepEqual(runs(figure), [1, 1, 1]);
  const [neurons] = figure.inputs;
  assert.equal(neurons.disabled, false);
  for (const value of ["6", "7"]) { neurons.value = value; send(neurons, "input"); }
  assert.equal(figure.panels[0].signals.get("neurons"), 5);
  assert.equal(frame(), 1);
  assert.equal(figure.panels[1].signals.get("neurons"), 7);
  assert.deepEqual(runs(figure), [2, 2, 2]);
  send(neurons, "input");
  assert.equal(frame(), 1);
});

test("what is returned sets views that are new", () => {
  const figure = computing({ neurons: "5" }, { neurons: 0 }), show = wireInputs(figure);
  figure.panels[0].signals.set("neurons", 0);
  show();
  assert.equal(figure.panels[0].signals.get("neurons"), 5);
});

test("an input's value stands beside it, in the words of the first panel that has any", () => {
  const figure = computing({ neurons: "4.5" }, { neurons: 0 }, { neurons_text: "four and a half" }, { neurons_text: "no" });
  wireInputs(figure);
  const [input] = figure.inputs, said = figure.element.parts['output[for="neurons-1"]'];
  assert.equal(said.textContent, "four and a half");
  assert.deepEqual(input.attributes, { "aria-valuetext": "four and a half", "--part": "0.25" });
});

test("without words the value itself stands there, and a figure without inputs is left alone", () => {
  const figure = computing({ neurons: "12" }, { neurons: 0 });
  wireInputs(figure);
  assert.equal(figure.element.parts['output[for="neurons-1"]'].textContent, "12");
  assert.deepEqual(figure.inputs[0].attributes, { "--part": "1" });
  const none = computing({}, { neurons: 0 });
  wireInputs(none);
  assert.deepEqual(runs(none), [0]);
});
