// Put into pages by `reportgen serve`, never built into a site: loads a page again once it was
// written anew, where it was scrolled to; shows that a build runs, and why one failed.
"use strict";
(() => {
  const KEPT = "reportgen-preview";
  const mine = document.currentScript?.dataset.version;

  // A place is a heading or figure and how far down the screen it stood, px: what is above it may have
  // grown, so the browser's own memory will not do. The training step is in the address already.
  /** @typedef {{ y: number, id?: string, top?: number }} Place */
  history.scrollRestoration = "manual";
  addEventListener("pagehide", () => {
    const marks = [...document.querySelectorAll("h2[id], h3[id], figure[id]")];
    const mark = marks.findLast((element) => element.getBoundingClientRect().top < innerHeight / 2);
    /** @type {Place} */
    const place = { y: scrollY, id: mark?.id, top: mark?.getBoundingClientRect().top };
    sessionStorage.setItem(KEPT, JSON.stringify(place));
  });
  /** @param {Place} place */
  function goTo({ y, id = "", top = 0 }) {
    const mark = document.getElementById(id);
    const to = mark ? scrollY + mark.getBoundingClientRect().top - top : y;
    scrollTo({ top: to, behavior: "instant" });
  }
  /** @type {Place | null} */
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  const [arrival] = performance.getEntriesByType("navigation");
  if (kept && arrival instanceof PerformanceNavigationTiming && arrival.type === "reload") {
    goTo(kept); // at once, and again when all is there
    addEventListener("load", () => goTo(kept));
  }

  /**
   * A hidden box for messages, in a page whose styles do not know it.
   * @param {string} role
   * @param {string} style
   */
  function panel(role, style) {
    const element = document.createElement("div");
    element.setAttribute("role", role);
    element.style.cssText = `position:fixed;z-index:9999;box-sizing:border-box;white-space:pre-wrap;
      overflow-wrap:anywhere;font:14px/1.5 ui-monospace,Consolas,monospace;${style}`;
    element.hidden = true;
    document.body.append(element);
    return element;
  }
  const busy = panel("status", `right:12px;bottom:12px;padding:4px 12px;border-radius:6px;
    background:#23242a;color:#fffefb;border:1px solid #63656e`);
  const failure = panel("alert", `left:0;right:0;bottom:0;max-height:60vh;overflow:auto;padding:16px 20px;
    background:#3b1013;color:#ffe9e6;border-top:4px solid #f0776a`);

  /** @param {PreviewStatus} status */
  function show({ version, building, error }) {
    if (version !== mine && !building) { location.reload(); return; }
    busy.hidden = !building;
    busy.textContent = "Building …";
    failure.hidden = error === null;
    failure.textContent = error && `The build failed; this is the last page that worked.\n\n${error}`;
  }
  new EventSource("/.reportgen/events").onmessage = (event) => show(JSON.parse(event.data));
})();
