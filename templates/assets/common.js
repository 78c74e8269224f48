// What both pages have: contents that follow the reading, and buttons that copy. Begins the namespace that
// the scripts share.
"use strict";
window.reportgen = /** @type {Reportgen} */ ({}); // each script adds its own part
(() => {
  /**
   * The first element there, which has to be of that kind.
   * @template {Element} E
   * @param {ParentNode} within
   * @param {string} selector
   * @param {new () => E} Kind
   */
  function find(within, selector, Kind) {
    const found = within.querySelector(selector);
    if (found instanceof Kind) return found;
    throw new Error(`The page has no ${Kind.name} at ${selector}`);
  }

  // The contents name the section being read: the last heading above the middle of the screen.
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const entries = document.querySelectorAll('.contents a[href^="#"]');
  const headings = [...entries].map((entry) => document.getElementById(decodeURIComponent(entry.hash.slice(1))));
  function follow() {
    const at = headings.findLastIndex((heading) => heading && heading.getBoundingClientRect().top < innerHeight / 2);
    entries.forEach((entry, i) => entry.setAttribute("aria-current", String(i === at)));
  }
  let following = 0;
  addEventListener("scroll", () => {
    following ||= requestAnimationFrame(() => { following = 0; follow(); });
  }, { passive: true });

  const SAID_MS = 2000;
  /**
   * Copy what stands in an element; whether that worked. Where the clipboard is out of reach, as on a
   * plain http page, the old way through a selection.
   * @param {HTMLElement} code
   */
  async function copy(code) {
    try {
      await navigator.clipboard.writeText(code.textContent ?? "");
      return true;
    } catch {
      getSelection()?.selectAllChildren(code);
      return document.execCommand("copy");
    }
  }
  /** @type {NodeListOf<HTMLElement>} */
  const boxes = document.querySelectorAll("[data-copy]");
  for (const box of boxes) {
    const code = find(box, "code", HTMLElement), button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${box.dataset.copy}`);
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.className = "said";
    button.addEventListener("click", async () => {
      said.textContent = await copy(code) ? "Copied" : "Press Ctrl+C";
      setTimeout(() => { said.textContent = ""; }, SAID_MS);
    });
    box.append(said, button);
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ find }));
})();
