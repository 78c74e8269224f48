// Words in the text that name a moment: pressed, each shows the figure that will move, then moves it there.
"use strict";
(() => {
  const { find, Group } = window.reportgen;
  const ENOUGH = 0.6; // of a figure on screen: then the reader stays where he is
  const SCROLL_MS = 1200; // longest wait for a figure to come into view
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * Those in an element become buttons. One without a step says itself that its moment never came, and leads nowhere.
   * @param {ParentNode} within
   */
  function wireWords(within) {
    /** @type {NodeListOf<HTMLElement>} */
    const words = within.querySelectorAll("span.moment");
    for (const word of words) {
      const { group, step } = word.dataset, button = document.createElement("button");
      button.type = "button";
      button.className = word.className;
      button.append(...word.childNodes);
      if (step === undefined) button.setAttribute("aria-disabled", "true");
      else button.addEventListener("click", () => { if (group) lead(button, group, Number(step)); });
      word.replaceWith(button);
    }
  }

  /**
   * @param {HTMLElement} word
   * @param {string} name the group's
   * @param {number} step
   */
  async function lead(word, name, step) {
    /** @type {HTMLElement[]} */
    const stages = [...document.querySelectorAll(`figure[data-live][data-group="${CSS.escape(name)}"]`)]
      .map((figure) => find(figure, ".stage", HTMLElement));
    let moved = stages.filter((stage) => shareOnScreen(stage) > ENOUGH);
    if (!moved.length && stages.length) {
      const distances = stages.map((stage) => Math.abs(middle(stage) - middle(word)));
      moved = [stages[distances.indexOf(Math.min(...distances))]];
      moved[0].scrollIntoView({ block: "center" });
      if (!calm.matches) await scrolled();
    }
    for (const stage of moved) pulse(stage);
    Group.of(name).jump(step);
  }
  /** @param {HTMLElement} element */
  function middle(element) {
    const { top, bottom } = element.getBoundingClientRect();
    return (top + bottom) / 2;
  }
  /** @param {HTMLElement} element */
  function shareOnScreen(element) {
    const { top, bottom, height } = element.getBoundingClientRect();
    return Math.max(0, Math.min(bottom, innerHeight) - Math.max(top, 0)) / (height || 1);
  }
  function scrolled() {
    return new Promise((done) => {
      addEventListener("scrollend", done, { once: true });
      setTimeout(done, SCROLL_MS); // some browsers do not say when
    });
  }
  /** @param {HTMLElement} stage */
  function pulse(stage) {
    stage.classList.add("moved");
    stage.addEventListener("animationend", () => stage.classList.remove("moved"), { once: true });
  }

  wireWords(document);
  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ wireWords }));
})();
