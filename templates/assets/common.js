// What both pages have: contents that follow the reading, and buttons that copy.
"use strict";
(() => {
  // The contents name the section being read: the last heading above the middle of the screen.
  const entries = [...document.querySelectorAll('.contents a[href^="#"]')];
  const headings = entries.map((entry) => document.getElementById(decodeURIComponent(entry.hash.slice(1))));
  function follow() {
    const at = headings.findLastIndex((heading) => heading.getBoundingClientRect().top < innerHeight / 2);
    entries.forEach((entry, i) => entry.setAttribute("aria-current", i === at));
  }
  let following = 0;
  addEventListener("scroll", () => {
    following ||= requestAnimationFrame(() => { following = 0; follow(); });
  }, { passive: true });

  const SAID_MS = 2000;
  // Where the clipboard is out of reach, as on a plain http page, the old way through a selection.
  async function copy(text, code) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      getSelection().selectAllChildren(code);
      return document.execCommand("copy");
    }
  }
  for (const box of document.querySelectorAll("[data-copy]")) {
    const code = box.querySelector("code"), button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${box.dataset.copy}`);
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.className = "said";
    button.addEventListener("click", async () => {
      said.textContent = await copy(code.textContent, code) ? "Copied" : "Press Ctrl+C";
      setTimeout(() => { said.textContent = ""; }, SAID_MS);
    });
    box.append(said, button);
  }
})();
