// What a reader moves in a figure: the lead chart and the keys set the group's step, a figure's own
// inputs its signals.
"use strict";
(() => {
  const { curvesOf, find } = window.reportgen;
  const REST_AFTER_SCROLL_MS = 120;
  let lastScroll = -Infinity;
  addEventListener("scroll", () => { lastScroll = performance.now(); }, { passive: true });

  /** @type {Record<string, number>} key → snapshots */
  const keys = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
  /**
   * Keys pressed in an element move the group's step.
   * @param {HTMLElement} element
   * @param {Group} group
   */
  function wireKeys(element, group) {
    element.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key in keys) group.move(keys[event.key] * (event.shiftKey ? 10 : 1));
      else if (event.key === "Home") group.set(group.steps[0]);
      else if (event.key === "End") group.set(group.end);
      else return;
      group.stop();
      event.preventDefault();
    });
  }

  /**
   * A lead chart sets the step of its group: by pointing, by a sideways drag or tap, and by keys.
   * @param {Figure} figure
   */
  function wireLead(figure) {
    const { element, group, panels, payload } = figure;
    if (!group) return;
    const player = element.querySelector(".player");
    if (player) group.words.set(player, curvesOf(payload, figure.asked));
    group.lead ??= figure;
    group.readout();
    for (const panel of panels) {
      panel.element.tabIndex = 0;
      panel.element.classList.add("scrub");
      wireKeys(panel.element, group);
      wirePointer(panel, group);
    }
  }
  /**
   * @param {Panel} panel
   * @param {Group} group
   */
  function wirePointer({ element, view }, group) {
    let last = "", touched = false;
    const scrub = (/** @type {MouseEvent} */ event) => {
      const left = find(element, "svg", SVGElement).getBoundingClientRect().left;
      const x = event.clientX - left - view.padding().left - view.origin()[0];
      group.stop();
      group.set(Math.max(0, Math.min(group.end, view.scale("x").invert(x))));
    };
    element.addEventListener("pointermove", (event) => {
      const at = `${event.clientX} ${event.clientY}`;
      // Scrolling past moves the page under a pointer that rests: no wish to change the step.
      const resting = at === last || performance.now() - lastScroll < REST_AFTER_SCROLL_MS;
      last = at;
      if (event.pointerType === "mouse" ? !resting : touched) scrub(event);
    });
    element.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse") touched = true;
    });
    // The browser cancels a touch that turns out to be vertical scrolling.
    for (const type of ["pointerup", "pointercancel"]) element.addEventListener(type, () => { touched = false; });
    element.addEventListener("click", scrub);
  }

  /**
   * The figure's own inputs: each sets the signal of its name in every panel that has one, once per
   * frame. A signal called NAME_text, where there is one, words the value. Returns what applies them
   * to views that are new.
   * @param {Figure} figure
   */
  function wireInputs(figure) {
    /** @type {NodeListOf<HTMLInputElement>} */
    const inputs = figure.element.querySelectorAll(".inputs input");
    let due = 0;
    const show = () => {
      due = 0;
      for (const panel of figure.panels) {
        for (const { name, value } of inputs) if (panel.signals.has(name)) panel.view.signal(name, +value);
        panel.again();
      }
      for (const input of inputs) say(input, figure);
    };
    for (const input of inputs) {
      input.disabled = false;
      input.addEventListener("input", () => { due ||= requestAnimationFrame(show); });
    }
    if (inputs.length) show();
    return show;
  }
  /**
   * An input's value in words, beside it.
   * @param {HTMLInputElement} input
   * @param {Figure} figure
   */
  function say(input, { element, panels }) {
    const worded = panels.find(({ signals }) => signals.has(`${input.name}_text`));
    /** @type {string} */
    const text = worded?.view.signal(`${input.name}_text`) ?? input.value;
    find(element, `output[for="${input.id}"]`, HTMLOutputElement).textContent = text;
    if (worded) input.setAttribute("aria-valuetext", text);
    const low = Number(input.min), high = Number(input.max);
    input.style.setProperty("--part", String((+input.value - low) / (high - low)));
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ wireInputs, wireKeys, wireLead }));
})();
