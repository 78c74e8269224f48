// Opening one of a sweep's runs in place of a group's own: the marks and buttons that do it, the bar
// that says so, the way back. One run is open at a time.
"use strict";
(() => {
  class Opening {
    // figures: element → Figure, those that are live; fetchData(id, address): what a data file registers.
    constructor(figures, fetchData, changed) {
      Object.assign(this, { figures, fetchData, changed, open: null });
      for (const row of document.querySelectorAll(".openings")) this.wire(row);
      addEventListener("keydown", (event) => { if (event.key === "Escape" && this.open) this.close(); });
      addEventListener("scroll", () => this.open && this.showBar(), { passive: true });
    }
    wire(row) {
      row.addEventListener("click", ({ target }) => {
        const button = target.closest("button");
        if (button) this.toggle(row, button.value);
      });
      const bar = row.nextElementSibling;
      bar.querySelector(".see").addEventListener("click", () => this.first?.scrollIntoView({ block: "center" }));
      bar.querySelector(".back").addEventListener("click", () => this.close());
    }
    toggle(row, run) {
      if (this.open?.row === row && this.open.run === run) this.close();
      else { this.set({ row, run }); this.changed(); }
    }
    close() {
      const { row, run } = this.open;
      const left = row.nextElementSibling.contains(document.activeElement);
      this.set(null);
      this.changed();
      if (left) row.querySelector(`button[value="${run}"]`).focus({ preventScroll: true });
    }
    set(open) {
      if (this.open) this.open.row.nextElementSibling.hidden = true;
      document.body.style.removeProperty("--bar");
      this.open = open;
      for (const button of document.querySelectorAll(".openings button")) {
        const pressed = button.closest(".openings") === open?.row && button.value === open.run;
        button.setAttribute("aria-pressed", pressed);
        if (pressed) this.say(button);
      }
      for (const figure of this.figures.values()) this.bring(figure);
    }
    say(button) {
      const bar = this.open.row.nextElementSibling;
      bar.querySelector(".name").textContent = button.value;
      bar.querySelector(".words").textContent = button.title;
      this.showBar();
    }
    // The bar stands below the screen's figures from the first that shows the run to the row of buttons.
    showBar() {
      const { row } = this.open;
      const above = this.first?.getBoundingClientRect().top > innerHeight;
      const bar = row.nextElementSibling;
      bar.hidden = above || row.closest("figure").getBoundingClientRect().bottom < 0;
      document.body.style.setProperty("--bar", `${bar.offsetHeight}px`); // what sticks to the edge stands above it
    }
    get first() { return document.querySelector(`figure[data-also="${this.open.row.dataset.sweep}"]`); }

    // What a figure has to show: the run that is open, if it has one of that name, else its own.
    wanted({ element }) {
      const { row, run } = this.open ?? {};
      return row && element.dataset.also === row.dataset.sweep ? run : null;
    }
    // Bring a live figure to that. Steps of one figure follow one another, and one that is overtaken
    // by a later wish is left out.
    bring(figure) {
      for (const panel of figure.panels) {
        if (panel.signals.has("opened")) panel.view.signal("opened", this.opened(figure)).runAsync();
      }
      if (!figure.element.dataset.also) return;
      figure.bringing = (figure.bringing ?? Promise.resolve()).then(async () => {
        const run = this.wanted(figure), { element } = figure;
        if (run === figure.run) return;
        const address = run === null ? element.dataset.live : element.querySelector(`data[value="${run}"]`).dataset.live;
        await figure.swap(await this.fetchData(element.dataset.figure, address), run);
        element.classList.toggle("stands-in", run !== null);
        const bar = run === null ? "" : `${this.open?.row.nextElementSibling.id ?? ""} `;
        figure.live.setAttribute("aria-describedby", `${bar}${element.id}-alt`);
      }).catch((error) => console.error(`Figure ${figure.element.id} stays as it is:`, error));
    }
    // The seed that a figure marks as open among those it offers; -1 for none.
    opened({ element }) {
      return this.open && this.open.row.closest("figure") === element ? +this.open.run : -1;
    }
    // A mark in a figure is pressed.
    press(figure, run) { this.toggle(figure.element.querySelector(".openings"), String(run)); }

    // In links a run is written like a step, SWEEP:SEED.
    link() { return this.open ? [`${this.open.row.dataset.sweep}:${this.open.run}`] : []; }
    // Open what a link names; the figure to look at, or undefined.
    follow(sweep, run) {
      const row = document.querySelector(`.openings[data-sweep="${CSS.escape(sweep)}"]`);
      if (!row?.querySelector(`button[value="${run}"]`)) return;
      this.set({ row, run });
      return this.first;
    }
  }

  window.reportgen.Opening = Opening;
})();
