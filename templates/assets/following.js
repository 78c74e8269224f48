// The text follows the run that is open: passages with its numbers stand in the place of the page's own until it
// is closed. The page's own elements are kept as they are, and come back.
"use strict";
(() => {
  class Following {
    /** @type {{ old: Element, fresh: Element[], stays: boolean }[]} what is not as on the page */
    changed = [];

    /**
     * @param {Passage[]} passages
     * @param {string} seed
     */
    show(passages, seed) {
      this.restore();
      for (const { id, html, stays } of passages) {
        const old = document.getElementById(id);
        if (!old) continue;
        const fresh = elementsOf(html);
        for (const element of fresh) prepare(element, seed, old);
        if (!stays) fresh[0].id = id;
        if (stays) old.after(...fresh); else keepingFocus([old], fresh, () => old.replaceWith(...fresh));
        this.changed.push({ old, fresh, stays });
      }
    }
    // The page as it was.
    restore() {
      for (const { old, fresh, stays } of this.changed) {
        if (!stays) keepingFocus(fresh, [old], () => fresh[0].before(old));
        for (const element of fresh) element.remove();
      }
      this.changed = [];
    }
  }

  /**
   * At least one, so that its place is known: where a run has nothing to say, a hidden one.
   * @param {string} html
   */
  function elementsOf(html) {
    const template = document.createElement("template");
    template.innerHTML = html || "<p hidden></p>";
    return [...template.content.children];
  }
  /**
   * What the page's scripts have done to its own text.
   * @param {Element} element
   * @param {string} seed
   * @param {Element} old in whose place it will stand
   */
  function prepare(element, seed, old) {
    if (element instanceof HTMLElement) element.dataset.seed = seed;
    element.classList.add("follows");
    /** @type {NodeListOf<HTMLAnchorElement>} */
    const links = element.querySelectorAll("a.figure-ref");
    for (const link of links) { // their cards have the pictures that the page has
      const same = `.figure-ref[href="${link.hash}"] + .card img`;
      const picture = old.querySelector(same) ?? document.querySelector(same);
      if (picture) link.nextElementSibling?.append(picture.cloneNode());
    }
    window.reportgen.wireWords(element);
    window.reportgen.linkCards(element);
  }
  /**
   * The keyboard stays at the link or button of the same name, or else in the same place.
   * @param {Element[]} before
   * @param {Element[]} after
   * @param {() => void} exchange
   */
  function keepingFocus(before, after, exchange) {
    const stops = (/** @type {Element[]} */ elements) => elements.flatMap((element) => [...element.querySelectorAll("a, button")]);
    const at = stops(before).findIndex((stop) => stop === document.activeElement);
    const name = document.activeElement?.textContent;
    exchange();
    if (at < 0) return;
    const there = stops(after), stop = there.find(({ textContent }) => textContent === name) ?? there[at] ?? there.at(-1);
    if (stop instanceof HTMLElement) stop.focus({ preventScroll: true });
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Following }));
})();
