// The bar at the foot of the screen that says whose run the figures show, while the laboratory itself is out of sight.
"use strict";
(() => {
  /**
   * @param {HTMLElement} box the laboratory's
   * @param {() => void} close
   * @returns {{ say(words: string): void, end(): void }}
   */
  function barFor(box, close) {
    const bar = document.createElement("div"), p = document.createElement("p");
    const buttons = [["See the training", () => box.scrollIntoView({ block: "center" })], ["Back to the stored run", close]];
    bar.className = "standing";
    bar.hidden = true;
    bar.append(p, ...buttons.map(([words, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = String(words);
      button.addEventListener("click", /** @type {() => void} */ (act));
      return button;
    }));
    document.body.append(bar);
    const watch = new IntersectionObserver(([{ isIntersecting }]) => {
      bar.hidden = isIntersecting;
      document.body.style.setProperty("--bar", `${bar.offsetHeight}px`); // what sticks to the edge stands above it
    });
    watch.observe(box);
    return {
      say(words) { p.textContent = words; },
      end() {
        watch.disconnect();
        bar.remove();
        document.body.style.removeProperty("--bar");
      },
    };
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ barFor }));
})();
