// The buttons that have a reader's own browser train a stored run again. All that it takes is loaded when one is pressed.
"use strict";
(() => {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = document.querySelectorAll(".repeat");
  for (const button of buttons) button.addEventListener("click", () => begin(button));
  addEventListener("hashchange", follow);
  follow();

  // #train=GROUP:seed=3 offers a training
  function follow() {
    const [, group, text] = /^#train=([\w-]+):?(.*)$/.exec(location.hash) ?? [];
    const button = document.querySelector(`.player[data-group="${group}"] + .repeat`);
    if (button instanceof HTMLButtonElement) begin(button, () => window.reportgen.lab.offer(button, group, text));
  }
  /**
   * @param {HTMLButtonElement} button
   * @param {() => void} then
   */
  async function begin(button, then = () => window.reportgen.lab.open(button)) {
    const { load } = window.reportgen, { kernels, lab } = document.body.dataset;
    button.disabled = true;
    try {
      for (const address of [kernels, lab, button.dataset.repeat]) await load(address ?? "");
      then();
    } catch (error) {
      button.disabled = false;
      button.textContent = `${error instanceof Error ? error.message : error}. Try again`;
    }
  }
})();
