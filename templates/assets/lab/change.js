// What a reader may change of a run, within which bounds; ready-made changes; and how they are written in a link.
"use strict";
(() => {
  const format = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
  /** @typedef {{ name: string, words: string, min: number, max: number, step: number | "any" }} Field */

  /**
   * The inputs for a run. Bounds are what the kernels can do in a sensible time; `steps` may not outlast the chart.
   * @param {StoredRun} stored
   * @returns {Field[]}
   */
  function fieldsOf({ settings, steps, every }) {
    const last = steps[steps.length - 1], [each] = every;
    const size = settings.modular ? { name: "train_fraction", words: "Share of the sums to train on", min: 0.05, max: 0.95, step: /** @type {const} */ ("any") }
      : { name: "train_size", words: "Training examples", min: 10, max: settings.pool_size, step: 1 };
    return [
      { name: "seed", words: "Seed", min: 0, max: 999_999, step: 1 },
      { name: "neurons", words: "Neurons", min: 1, max: settings.modular ? 64 : 256, step: 1 },
      size,
      { name: "weight_decay", words: "Decay", min: 0, max: 10, step: "any" },
      { name: "learning_rate", words: "Learning rate", min: 1e-5, max: 0.1, step: "any" },
      { name: "beta1", words: "Momentum β₁", min: 0, max: 0.999, step: "any" },
      { name: "steps", words: "Steps", min: Math.min(last, 10 * each), max: last, step: each },
    ];
  }

  /**
   * Changes that carry the sections' ideas, by their names.
   * @param {StoredRun} stored
   * @returns {Record<string, Record<string, number>>}
   */
  function presetsOf({ settings }) {
    const { circle, modular, l1, neurons, pool_size, seed, train_size, weight_decay } = settings;
    /** @type {Record<string, Record<string, number>>} */
    const decayed = weight_decay ? { "No decay": { weight_decay: 0 } } : { "With decay": { weight_decay: 0.3 } };
    const other = { "Another seed": { seed: seed + 1 } };
    if (circle) return { ...other, ...decayed, "One neuron fewer": { neurons: neurons - 1 }, "Two neurons more": { neurons: neurons + 2 } };
    if (modular) return { ...other, ...decayed, "More sums": { train_fraction: 0.6 }, "Half the neurons": { neurons: Math.round(neurons / 2) } };
    return {
      ...other, ...decayed, "Much more decay": { weight_decay: Math.min(10, 300 * weight_decay) },
      ...(l1 ? { "L2 in place of L1": { l1: 0, weight_decay: 0.3 } } : {}),
      "Half the examples": { train_size: Math.round(train_size / 2) }, "All examples": { train_size: pool_size }, "8 neurons": { neurons: 8 },
    };
  }

  /**
   * What differs from the stored run.
   * @param {StoredRun} stored
   * @param {Record<string, number>} chosen settings, and steps
   * @returns {Record<string, number>}
   */
  function changesOf({ settings, steps }, chosen) {
    const before = /** @type {Record<string, number>} */ ({ ...settings, steps: steps[steps.length - 1] });
    return Object.fromEntries(Object.entries(chosen).filter(([name, value]) => (before[name] ?? 0) !== value));
  }
  /** @type {Record<string, (value: number, shown: string) => string>} */
  const WORDS = {
    seed: (value) => `seed ${value}`,
    neurons: (value, shown) => (value === 1 ? "1 neuron" : `${shown} neurons`),
    train_size: (_, shown) => `${shown} training examples`,
    train_fraction: (_, shown) => `${shown} of the sums to train on`,
    weight_decay: (value, shown) => (value ? `decay ${shown}` : "no decay"),
    l1: (value) => (value ? "L1 in place of L2" : "L2 in place of L1"),
    learning_rate: (_, shown) => `learning rate ${shown}`,
    beta1: (_, shown) => `momentum ${shown}`,
    steps: (_, shown) => `${shown} steps`,
  };
  /**
   * The same in words.
   * @param {Record<string, number>} changes
   */
  function changeWords(changes) {
    return Object.keys(WORDS).filter((name) => name in changes)
      .map((name) => WORDS[name](changes[name], format.format(changes[name]))).join(", ");
  }

  /**
   * A link that offers to train with these changes: #train=GROUP:seed=3,weight_decay=0
   * @param {string} group
   * @param {Record<string, number>} changes
   */
  function linkOf(group, changes) {
    return `#train=${group}:${Object.entries(changes).map(([name, value]) => `${name}=${value}`).join(",")}`;
  }
  /**
   * What such a link changes. Throws a sentence for the reader where it asks for what is not possible.
   * @param {StoredRun} stored
   * @param {string} text the link's part behind the group
   * @returns {Record<string, number>}
   */
  function readChanges(stored, text) {
    /** @type {Record<string, number>} */
    const changes = {};
    for (const part of text.split(",").filter(Boolean)) {
      const [name, written] = part.split("="), value = Number(written);
      const field = name === "l1" ? { words: "L1", min: 0, max: 1, step: 1 } : fieldsOf(stored).find((one) => one.name === name);
      if (!field) throw new Error(`The link names a setting that this model does not have: ${name.slice(0, 40)}`);
      const whole = field.step === "any" || Number.isInteger(value / field.step);
      if (!written || !whole || !(value >= field.min && value <= field.max)) {
        throw new Error(`The link asks for ${field.words.toLowerCase()} of ${String(written).slice(0, 40)}; possible is ${format.format(field.min)} to ${format.format(field.max)}`);
      }
      changes[name] = value;
    }
    return changes;
  }

  /**
   * The form: presets, inputs, a button. `train` is called with all settings, and steps.
   * @param {StoredRun} stored
   * @param {Record<string, number>} chosen
   * @param {(chosen: Record<string, number>) => void} train
   */
  function formFor(stored, chosen, train) {
    const form = document.createElement("form"), presets = presetsOf(stored);
    const before = /** @type {Record<string, number>} */ ({ ...stored.settings, steps: stored.steps[stored.steps.length - 1] });
    form.innerHTML = `<div class="presets" role="group" aria-label="Ready-made changes">${Object.keys(presets).map((name) => (
      `<button type="button" value="${name}">${name}</button>`)).join("")}</div><div class="fields">${fieldsOf(stored).map(({ name, words, min, max, step }) => (
      `<label>${words}<input name="${name}" type="number" inputmode="decimal" required min="${min}" max="${max}" step="${step}" value="${chosen[name] ?? 0}"></label>`)).join("")}
      <label>Kind of decay<select name="l1"><option value="0">L2</option><option value="1">L1</option></select></label></div>
      <button type="submit">Train this</button>`;
    const inputs = /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([...form.querySelectorAll("input, select")]);
    const set = (/** @type {Record<string, number>} */ values) => { for (const input of inputs) input.value = String(Number(values[input.name] ?? 0)); };
    set(chosen);
    form.addEventListener("click", ({ target }) => {
      if (target instanceof HTMLButtonElement && target.type === "button") set({ ...before, ...presets[target.value] });
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault(); // the browser has looked at the bounds
      train({ ...before, ...Object.fromEntries(inputs.map(({ name, value }) => [name, Number(value)])) });
    });
    return form;
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({
    fieldsOf, presetsOf, changesOf, changeWords, linkOf, readChanges, formFor,
  }));
})();
