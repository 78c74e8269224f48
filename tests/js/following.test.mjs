// What stands in the place of the page's own text while a run is open, on elements as far as it looks at them.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { load } from "./page.mjs";

/** An element among the children of `holder`. */
class Fake {
  dataset = {};
  classList = { add: (name) => { this.className = name; } };
  stops = []; // its links and buttons
  constructor(id, html = "") { Object.assign(this, { id, html }); }
  querySelector() { return null; }
  querySelectorAll(selector) { return selector === "a, button" ? this.stops : []; }
  replaceWith(...others) { page.splice(page.indexOf(this), 1, ...others); }
  before(other) { page.splice(page.indexOf(this), 0, other); }
  after(...others) { page.splice(page.indexOf(this) + 1, 0, ...others); }
  remove() { page.splice(page.indexOf(this), 1); }
  focus() { shown.activeElement = this; }
}
let page = [];
const wired = [];
const shown = {
  activeElement: null,
  getElementById: (id) => page.find((element) => element.id === id) ?? null,
  // Of what is written as HTML here each word is an element.
  createElement: () => ({
    set innerHTML(html) {
      const words = html[0] === "<" ? [html] : html.split(" ");
      this.content = { children: words.map((word) => Object.assign(new Fake("", word), { stops: [new Fake()] })) };
    },
  }),
};
Object.assign(globalThis, {
  window: { reportgen: { wireWords: (element) => wired.push(element), linkCards() {} } },
  HTMLElement: Fake,
  document: shown,
});
const { Following } = load("following.js");

const words = () => page.map(({ html }) => html).join(" ");
const passage = (id, html, stays = false) => ({ id, html, stays });
let own = [];
beforeEach(() => {
  own = ["one", "two", "three"].map((name) => Object.assign(new Fake(name, name), { stops: [new Fake()] }));
  page = [...own];
});

test("passages stand in the place of the page's own, with a mark, and may be more than one element", () => {
  new Following().show([passage("two", "2 2b"), passage("none", "0")], "7");
  assert.equal(words(), "one 2 2b three");
  assert.deepEqual(page.map(({ dataset, className }) => [dataset.seed, className]), [
    [undefined, undefined], ["7", "follows"], ["7", "follows"], [undefined, undefined],
  ]);
  assert.deepEqual(wired.slice(-2), page.slice(1, 3));
  assert.equal(page[1].id, "two");
});

test("the page's own elements come back, the very same", () => {
  const following = new Following();
  following.show([passage("one", "1"), passage("two", "2 2b"), passage("three", "3", true)], "7");
  assert.equal(words(), "1 2 2b three 3");
  following.restore();
  assert.deepEqual(page, own);
  assert.ok(page.every((element, at) => element === own[at]));
  following.restore();
  assert.equal(words(), "one two three");
});

test("of another run nothing is left", () => {
  const following = new Following();
  following.show([passage("one", "1"), passage("two", "2")], "7");
  following.show([passage("two", "II")], "8");
  assert.equal(words(), "one II three");
  following.restore();
  assert.equal(words(), "one two three");
});

test("where a run has nothing to say something hidden keeps the place", () => {
  const following = new Following();
  following.show([passage("two", "")], "7");
  assert.equal(words(), "one <p hidden></p> three");
  following.restore();
  assert.equal(words(), "one two three");
});

test("the keyboard stays where it was", () => {
  const following = new Following();
  shown.activeElement = own[1].stops[0];
  following.show([passage("one", "1"), passage("two", "2")], "7");
  assert.equal(shown.activeElement, page[1].stops[0]);
  following.restore();
  assert.equal(shown.activeElement, own[1].stops[0]);
  shown.activeElement = null;
  following.show([passage("two", "2")], "7");
  assert.equal(shown.activeElement, null);
});
