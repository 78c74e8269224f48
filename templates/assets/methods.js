// When things were made, put into their cells: provenance.js differs between builds, the page does not.
"use strict";
for (const cell of document.querySelectorAll("[data-made]")) {
  const made = cell.dataset.made.split("/").reduce((found, name) => found?.[name], window.provenance);
  if (made?.words) cell.textContent = made.words;
}
