// The buttons that have a reader's own browser train a stored run again. All that it takes is loaded when one is pressed.
"use strict";
(() => {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = document.querySelectorAll(".repeat");
  for (const button of buttons) button.addEventListener("click", () => begin(button));

  /** @param {HTMLButtonElement} button */
  async function begin(button) {
    const { load } = window.reportgen, { kernels, lab } = document.body.dataset;
    button.disabled = true;
    try {
      for (const address of [kernels, lab, button.dataset.repeat]) await load(address ?? "");
      window.reportgen.lab.open(button);
    } catch (error) {
      button.disabled = false;
      button.textContent = `${error instanceof Error ? error.message : error}. Try again`;
    }
  }
})();
