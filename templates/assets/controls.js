// What a reader moves in a figure: the lead chart and the keys set the group's step, a figure's own
// inputs its signals.
"use strict";
(() => {
  let lastScroll = -1e9;
  addEventListener("scroll", () => { lastScroll = performance.now(); }, { passive: true });

  const keys = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
  function wireKeys(element, group) {
    element.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key in keys) group.move(keys[event.key] * (event.shiftKey ? 10 : 1));
      else if (event.key === "Home") group.set(group.steps[0]);
      else if (event.key === "End") group.set(group.steps.at(-1));
      else return;
      group.stop();
      event.preventDefault();
    });
  }

  // The lead chart sets the step: by pointing, by a sideways drag or tap, and by keys.
  function wireLead(figure) {
    const { group } = figure;
    const player = figure.element.querySelector(".player");
    if (player) player.values = curvesOf(figure);
    group.readout();
    for (const panel of figure.panels) {
      const { element, view } = panel;
      element.tabIndex = 0;
      element.classList.add("scrub");
      wireKeys(element, group);
      let last = "", touched = null;
      const scrub = (event) => {
        const left = element.querySelector("svg").getBoundingClientRect().left;
        const x = event.clientX - left - view.padding().left - view.origin()[0];
        const end = group.steps.at(-1);
        group.stop();
        group.set(Math.max(0, Math.min(end, view.scale("x").invert(x))));
      };
      element.addEventListener("pointermove", (event) => {
        const at = `${event.clientX} ${event.clientY}`;
        // Scrolling past moves the page under a pointer that rests: no wish to change the step.
        const resting = at === last || performance.now() - lastScroll < 120;
        last = at;
        if (event.pointerType === "mouse" ? !resting : touched) scrub(event);
      });
      element.addEventListener("pointerdown", (event) => {
        if (event.pointerType !== "mouse") touched = event.pointerId;
      });
      // The browser cancels a touch that turns out to be vertical scrolling.
      for (const type of ["pointerup", "pointercancel"]) element.addEventListener(type, () => { touched = null; });
      element.addEventListener("click", scrub);
    }
  }

  // The figure's own inputs: each sets the signal of its name in every panel that has one, once per
  // frame. A signal called NAME_text, where there is one, words the value. Returns what applies them
  // to views that are new.
  function wireInputs(figure) {
    const inputs = [...figure.element.querySelectorAll(".inputs input")];
    let due = 0;
    const show = () => {
      due = 0;
      for (const { view, signals } of figure.panels) {
        for (const { name, value } of inputs) if (signals.has(name)) view.signal(name, +value);
        view.run();
      }
      for (const input of inputs) {
        const worded = figure.panels.find(({ signals }) => signals.has(`${input.name}_text`));
        const text = worded?.view.signal(`${input.name}_text`) ?? input.value;
        figure.element.querySelector(`output[for="${input.id}"]`).textContent = text;
        if (worded) input.setAttribute("aria-valuetext", text);
        input.style.setProperty("--part", (input.value - input.min) / (input.max - input.min));
      }
    };
    for (const input of inputs) {
      input.disabled = false;
      input.addEventListener("input", () => { due ||= requestAnimationFrame(show); });
    }
    if (inputs.length) show();
    return show;
  }

  // Numbers as wording/numbers.py writes them: only all is 100 % and only none 0 %; very small ones as powers of ten.
  function percent(share) {
    const shown = (digits) => +(100 * share).toFixed(digits);
    let digits = 1;
    while (digits < 14 && share !== 0 && share !== 1 && [0, 100].includes(shown(digits))) digits += 1;
    return `${shown(digits)}\u00a0%`;
  }
  function number(value) {
    const rounded = +value.toPrecision(2);
    if (rounded === 0 || rounded >= 1e-4) return rounded.toLocaleString("en", { maximumSignificantDigits: 2 });
    const [factor, power] = rounded.toExponential().split("e-");
    return `${factor === "1" ? "" : `${factor}\u00a0×\u00a0`}10⁻${[...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
  }

  // What the slider says of a step, read from the curves of the chart itself; of several panels,
  // from the first.
  function curvesOf({ payload }) {
    const curves = payload.panels.flatMap((panel) => panel.spec.data)
      .find(({ name, values }) => values?.[0]?.series && "step" in values[0] && !name.endsWith("_canonical"));
    if (!curves) return null;
    const say = curves.name === "accuracy" ? percent : number;
    const series = bySeries(curves.values);
    return (step) => [...series].map(([name, points]) => {
      let near = points[0];
      for (const point of points) if (Math.abs(point.step - step) < Math.abs(near.step - step)) near = point;
      return `${name} ${say(near.value)}`;
    }).join(" · ");
  }
  function bySeries(rows) {
    const found = new Map();
    for (const row of rows) found.set(row.series, [...(found.get(row.series) ?? []), row]);
    return found;
  }

  window.reportgen = { wireInputs, wireKeys, wireLead };
})();
