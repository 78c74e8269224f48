// When things were made, put into their cells: provenance.js differs between builds, the page does not.
"use strict";
(() => {
  /** @type {NodeListOf<HTMLElement>} */
  const cells = document.querySelectorAll("[data-made]");
  for (const cell of cells) {
    /** @type {any} what stands at a path is known to the template alone */
    let made = window.provenance;
    for (const name of (cell.dataset.made ?? "").split("/")) made = made?.[name];
    if (made?.words) cell.textContent = made.words;
  }
})();
