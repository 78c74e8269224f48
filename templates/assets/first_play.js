// The page's first figure plays once, by itself, for who has just come; whatever the reader does ends it.
"use strict";
(() => {
  const PLAY_MS = 9000, REST_MS = 900; // from start to end; before it begins to move
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * Evenly through the snapshots, as playing does. The group stays at its end: only this figure moves, and goes back
   * to the group's step.
   * @param {Figure} figure that has become interactive
   */
  function playOnce(figure) {
    const { element, group, payload } = figure;
    if (!("plays" in element.dataset) || !group || calm.matches || location.hash || scrollY > innerHeight / 2) return;
    const { steps } = payload, began = performance.now() + REST_MS;
    const frame = (/** @type {number} */ now) => {
      const part = Math.max(0, now - began) / PLAY_MS;
      const disturbed = Number.isFinite(group.step) || figure.payload !== payload || group.pointed.neuron >= 0;
      if (part >= 1 || disturbed) { figure.refresh(); return; }
      if (figure.onScreen) figure.showAt(Math.round(part * (steps.length - 1)));
      requestAnimationFrame(frame);
    };
    figure.showAt(0);
    requestAnimationFrame(frame);
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ playOnce }));
})();
