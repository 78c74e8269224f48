// A run trained here beside the stored one: how far they agree, in one sentence that is computed.
"use strict";
(() => {
  const { learnedAt } = window.reportgen;
  const format = new Intl.NumberFormat("en"), AGREE = 9; // digits: rounding has not parted them
  const count = (/** @type {number} */ number, /** @type {string} */ word) => `${format.format(number)} ${word}${number === 1 ? "" : "s"}`;

  /**
   * How far two numbers agree: digits before the first that differs, 17 for the same.
   * @param {number} a
   * @param {number} b
   */
  function digits(a, b) {
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 17;
    const far = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
    return Number.isFinite(far) ? Math.max(0, Math.min(16, Math.floor(-Math.log10(far)))) : 0;
  }

  /**
   * What was compared, and how far it agrees.
   * @param {LabMeasured} own
   * @param {LabMeasured} stored the same steps, and maybe more
   * @returns {{ compared: number, agreed: number, parted: number | null, least: number, atEnd: number }} parted: the step from
   *   which on some number agrees to fewer than nine digits; least: the fewest of all; agreed: the fewest before that step
   */
  function agreement(own, stored) {
    /** @type {Map<number, number[]>} */
    const there = new Map(stored.map(({ step, values }) => [step, values]));
    let compared = 0, least = 17, agreed = 17, atEnd = 17;
    /** @type {number | null} */
    let parted = null;
    for (const { step, values } of own) {
      const others = there.get(step);
      if (!others) continue;
      atEnd = Math.min(...values.map((value, i) => digits(value, others[i])));
      compared += values.length;
      least = Math.min(least, atEnd);
      if (parted === null && atEnd < AGREE) parted = step;
      if (parted === null) agreed = Math.min(agreed, atEnd);
    }
    return { compared, agreed, parted, least, atEnd };
  }

  /**
   * From which step on a run memorises and generalises, in words.
   * @param {LabMeasured} run
   */
  function outcomeOf(run) {
    const steps = run.map(({ step }) => step), at = (/** @type {number} */ i) => learnedAt(steps, run.map(({ values }) => values[i]));
    return { memorises: at(2), generalises: at(3) };
  }
  /** @param {{ memorises: number | null, generalises: number | null }} outcome */
  function outcomeWords({ memorises, generalises }) {
    const at = (/** @type {number} */ step) => `by step ${format.format(step)}`;
    if (memorises === null && generalises === null) return "neither memorises nor generalises";
    if (generalises === null) return `memorises ${at(/** @type {number} */ (memorises))} and does not generalise`;
    if (memorises === null || memorises >= generalises) return `generalises ${at(generalises)}`;
    return `memorises ${at(memorises)} and generalises ${at(generalises)}`;
  }

  /**
   * The sentence at the end of a run that was repeated.
   * @param {LabMeasured} own
   * @param {LabMeasured} stored
   * @param {boolean} whole whether it came to its end
   */
  function verdict(own, stored, whole) {
    const { compared, agreed, parted, least, atEnd } = agreement(own, stored), made = own[own.length - 1].step;
    const steps = whole ? `the same ${count(made, "step")}` : `the first ${count(made, "step")}`;
    const exactly = (/** @type {number} */ n) => (n === 17 ? "exactly" : `to ${count(n, "digit")}`);
    const begun = `Your browser made ${steps}: `;
    if (parted === null) return `${begun}all ${count(compared, "measurement")} agree ${exactly(least)}.`;
    const here = outcomeOf(own), there = outcomeOf(stored.filter(({ step }) => step <= made));
    const kind = (/** @type {typeof here} */ { memorises, generalises }) => `${memorises === null} ${generalises === null}`;
    const same = here.memorises === there.memorises && here.generalises === there.generalises;
    const before = parted === own[0].step ? "the measurements differ from the start" : `all measurements before step ${format.format(parted)} agree ${exactly(agreed)}`;
    const after = `from there on rounding parts the two, and the last ones agree ${exactly(atEnd)}`;
    const both = `here the model ${outcomeWords(here)}, the stored one ${outcomeWords(there)}.`;
    const ended = same ? `The outcome is the same: the model ${outcomeWords(here)}.`
      : kind(here) === kind(there) ? `The outcome is the same, the steps are not: ${both}` : `The outcome is another one: ${both}`;
    return `${begun}${before}; ${after}. ${ended}`;
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ agreement, digits, outcomeOf, outcomeWords, verdict }));
})();
