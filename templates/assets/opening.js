// Opening one of a sweep's runs in place of a group's own: the marks and buttons that do it, the bar
// that says so, the way back. Figures, text and moments follow. One run is open at a time.
"use strict";
(() => {
  const { find, Following, moments } = window.reportgen;

  /**
   * The bar of a row of buttons, which says what is open.
   * @param {HTMLElement} row
   */
  function barOf(row) {
    if (row.nextElementSibling instanceof HTMLElement) return row.nextElementSibling;
    throw new Error("No bar follows the buttons that open runs");
  }
  /**
   * The button of a run, if it is offered.
   * @param {Element} row
   * @param {string} run
   * @returns {HTMLButtonElement | null}
   */
  function buttonOf(row, run) { return row.querySelector(`button[value="${run}"]`); }

  class Opening {
    /** @type {{ row: HTMLElement, run: string } | null} the row of buttons that offers the open run, and its seed */
    open = null;
    /** @type {RunTexts | null} what the text says of it, once that is there */
    told = null;
    following = new Following();

    /**
     * @param {Map<Element, Figure>} figures those that are live
     * @param {(figure: string, address: string) => Promise<FigurePayload>} fetchData what a data file registers
     * @param {(run: string, address: string) => Promise<RunTexts>} fetchTexts the same of a run's texts
     * @param {() => void} changed called when a reader opened or closed a run
     */
    constructor(figures, fetchData, fetchTexts, changed) {
      this.figures = figures;
      this.fetchData = fetchData;
      this.fetchTexts = fetchTexts;
      this.changed = changed;
      /** @type {NodeListOf<HTMLElement>} */
      const rows = document.querySelectorAll(".openings");
      for (const row of rows) this.wire(row);
      addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
      addEventListener("scroll", () => this.showBar(), { passive: true });
    }
    /** @param {HTMLElement} row */
    wire(row) {
      row.addEventListener("click", ({ target }) => {
        const button = target instanceof Element && target.closest("button");
        if (button) this.toggle(row, button.value);
      });
      const bar = barOf(row);
      find(bar, ".see", HTMLElement).addEventListener("click", () => this.first?.scrollIntoView({ block: "center" }));
      find(bar, ".back", HTMLElement).addEventListener("click", () => this.close());
    }
    /**
     * @param {HTMLElement} row
     * @param {string} run
     */
    toggle(row, run) {
      if (this.open?.row === row && this.open.run === run) this.close();
      else { this.set({ row, run }); this.changed(); }
    }
    close() {
      if (!this.open) return;
      const { row, run } = this.open;
      const left = barOf(row).contains(document.activeElement);
      this.set(null);
      this.changed();
      if (left) buttonOf(row, run)?.focus({ preventScroll: true });
    }
    /** @param {{ row: HTMLElement, run: string } | null} open */
    set(open) {
      if (this.open) barOf(this.open.row).hidden = true;
      document.body.style.removeProperty("--bar");
      this.open = open;
      this.told = null;
      this.following.restore();
      document.documentElement.classList.toggle("opened", open !== null);
      document.documentElement.classList.remove("told");
      /** @type {NodeListOf<HTMLButtonElement>} */
      const buttons = document.querySelectorAll(".openings button");
      for (const button of buttons) {
        const pressed = open !== null && button.closest(".openings") === open.row && button.value === open.run;
        button.setAttribute("aria-pressed", String(pressed));
      }
      for (const figure of this.figures.values()) this.bring(figure);
      if (open) this.tell(open);
    }
    /**
     * Have the text speak of the open run, then say in one sentence what is open. Where its text does not come, the
     * page's own stays, and the sentence says that.
     * @param {{ row: HTMLElement, run: string }} open
     */
    async tell(open) {
      const { row, run } = open, name = `${row.dataset.sweep}:${run}`, bar = barOf(row);
      const place = document.querySelector(`data[value="${CSS.escape(name)}"]`);
      /** @type {RunTexts | null} */
      let told = null;
      try {
        if (place instanceof HTMLDataElement) told = await this.fetchTexts(name, place.dataset.live ?? "");
      } catch (error) { console.error("The text stays as it is:", error); }
      if (this.open !== open) return; // a later wish has overtaken this one
      this.told = told;
      if (told) this.following.show(told.passages, run);
      for (const figure of this.figures.values()) this.mark(figure);
      document.documentElement.classList.toggle("told", told !== null);
      const button = buttonOf(row, run);
      if (button) this.say(button, bar);
    }
    /**
     * The moments on the player of a figure are those of the run that it shows.
     * @param {Figure} figure
     */
    mark({ element, group, run }) {
      const player = element.querySelector(".player");
      if (!player || !group) return;
      group.mark(player, run !== null && this.told ? this.told.moments : moments[group.name]);
      group.readout();
    }
    /**
     * @param {HTMLButtonElement} button
     * @param {HTMLElement} bar
     */
    say(button, bar) {
      find(bar, ".name", HTMLElement).textContent = button.value;
      find(bar, ".words", HTMLElement).textContent = button.title;
      this.showBar();
    }
    // The bar stands below the screen's figures from the first that shows the run to the row of buttons.
    showBar() {
      if (!this.open) return;
      const { row } = this.open, bar = barOf(row), { first } = this, last = row.closest("figure");
      const above = first !== null && first.getBoundingClientRect().top > innerHeight;
      bar.hidden = above || last !== null && last.getBoundingClientRect().bottom < 0;
      document.body.style.setProperty("--bar", `${bar.offsetHeight}px`); // what sticks to the edge stands above it
    }
    get first() {
      return this.open && document.querySelector(`figure[data-also="${this.open.row.dataset.sweep}"]`);
    }

    /**
     * What a figure has to show: the run that is open, if it has one of that name, else its own.
     * @param {Figure} figure
     */
    wanted({ element }) {
      return this.open && element.dataset.also === this.open.row.dataset.sweep ? this.open.run : null;
    }
    /**
     * Bring a live figure to that. Steps of one figure follow one another, and one that is overtaken
     * by a later wish is left out.
     * @param {Figure} figure
     */
    bring(figure) {
      for (const { signals, view } of figure.panels) {
        if (signals.has("opened")) view.signal("opened", this.opened(figure)).runAsync();
      }
      if (!figure.element.dataset.also) return;
      figure.bringing = figure.bringing.then(() => this.swap(figure))
        .catch((error) => console.error(`Figure ${figure.element.id} stays as it is:`, error));
    }
    /** @param {Figure} figure */
    async swap(figure) {
      const run = this.wanted(figure), { element } = figure;
      if (run === figure.run) return;
      const place = run === null ? element : find(element, `data[value="${run}"]`, HTMLDataElement);
      await figure.swap(await this.fetchData(element.dataset.figure, place.dataset.live ?? ""), run);
      element.classList.toggle("stands-in", run !== null);
      const bar = run !== null && this.open ? `${barOf(this.open.row).id} ` : "";
      figure.live.setAttribute("aria-describedby", `${bar}${element.id}-alt`);
      this.mark(figure);
    }
    /**
     * The seed that a figure marks as open among those it offers; -1 for none.
     * @param {Figure} figure
     */
    opened({ element }) {
      return this.open && this.open.row.closest("figure") === element ? Number(this.open.run) : -1;
    }
    /**
     * A mark in a figure is pressed.
     * @param {Figure} figure
     * @param {number} seed
     */
    press(figure, seed) { this.toggle(find(figure.element, ".openings", HTMLElement), String(seed)); }

    /**
     * What is open, for a link: a run is written there like a step, SWEEP:SEED.
     * @returns {[sweep: string, seed: string][]}
     */
    link() { return this.open ? [[this.open.row.dataset.sweep ?? "", this.open.run]] : []; }
    /**
     * Open what a link names; the figure to look at, or null when there is no such run.
     * @param {string} sweep
     * @param {string} seed
     */
    follow(sweep, seed) {
      /** @type {HTMLElement | null} */
      const row = document.querySelector(`.openings[data-sweep="${CSS.escape(sweep)}"]`);
      if (!row || !buttonOf(row, seed)) return null;
      this.set({ row, run: seed });
      return this.first;
    }
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Opening }));
})();
