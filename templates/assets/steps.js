// Steps by themselves, without a page: which snapshot is nearest, how playing moves, what an address says.
"use strict";
(() => {
  const PLAY_MS = 8000; // from the first step to the last

  /**
   * The place of the step nearest to the one wanted, the later of two that are equally near.
   * @param {number} step wanted; Infinity is the last
   * @param {readonly number[]} steps ascending
   */
  function nearest(step, steps) {
    let low = 0, high = steps.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (steps[middle] <= step) low = middle; else high = middle;
    }
    return step - steps[low] < steps[high] - step ? low : high;
  }

  /**
   * Where a step lies among the snapshots, from 0 for the first to 1 for the last.
   * @param {number} step
   * @param {readonly number[]} steps ascending
   */
  function place(step, steps) {
    const after = steps.findIndex((other) => other >= step);
    if (after <= 0) return after ? 1 : 0;
    const before = steps[after - 1];
    return (after - 1 + (step - before) / (steps[after] - before)) / (steps.length - 1);
  }

  /**
   * The other way round: the step at such a place.
   * @param {number} part from 0 to 1
   * @param {readonly number[]} steps ascending
   */
  function stepAt(part, steps) {
    const at = part * (steps.length - 1), before = Math.floor(at);
    return steps[before] + (at - before) * ((steps[before + 1] ?? steps[before]) - steps[before]);
  }

  /**
   * Where an even movement from one step to another has come to.
   * @param {number} from
   * @param {number} to
   * @param {number} passed ms since it began; before that it has not moved, after `duration` it is there
   * @param {number} duration ms
   */
  function between(from, to, passed, duration) {
    return from + (to - from) * Math.min(1, Math.max(0, passed / duration));
  }

  /**
   * How long playing takes from one snapshot to the last, ms: even close to the end not too short to be seen.
   * @param {number} index
   * @param {number} last
   */
  function playTime(index, last) {
    return PLAY_MS * Math.max(0.1, 1 - index / last);
  }

  // Links: #step=modular:12300,parity:400 and, where a run is open, modular-seeds:3
  /**
   * Names and numbers in a link, as they stand there; none in an address of another kind.
   * @param {string} hash
   * @returns {[name: string, number: string][]}
   */
  function readSteps(hash) {
    const said = /^#step=(.+)$/.exec(hash);
    return said ? [...said[1].matchAll(/([\w-]+):(\d+)/g)].map(([, name, number]) => [name, number]) : [];
  }

  /**
   * The same as a link; empty when there is nothing to say.
   * @param {Iterable<readonly [name: string, number: number | string]>} steps
   */
  function writeSteps(steps) {
    const parts = [...steps].map(([name, number]) => `${name}:${number}`);
    return parts.length ? `#step=${parts.join(",")}` : "";
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ nearest, place, stepAt, between, playTime, readSteps, writeSteps }));
})();
