// A figure that asks before it tells: the reader draws a curve, or chooses one, and then sees the true one beside
// it. Whatever moves the step shows it too.
"use strict";
(() => {
  const { bySeries, compare, curvesIn, curvesOf, find, reach, readSteps, Sheet, worded } = window.reportgen;
  const ENOUGH = 0.8; // of the plot's width: a line as long as that is an answer
  const SHOWN = "This is how it went. To guess first, press Try again.";

  /**
   * What the reader answered in this visit: a line, which is empty for who just looked; null for nothing yet.
   * @param {string} id the figure's
   * @returns {Share[] | null}
   */
  function remembered(id) {
    try { return JSON.parse(sessionStorage.getItem(`guess:${id}`) ?? "null"); } catch { return null; }
  }
  /**
   * @param {string} id
   * @param {Share[] | null} line
   */
  function remember(id, line) {
    try { sessionStorage.setItem(`guess:${id}`, JSON.stringify(line)); } catch { /* some browsers refuse on disk */ }
  }
  /** @param {LiveElement} element */
  function ask({ classList, dataset, id }) {
    const linked = readSteps(location.hash).some(([name]) => name === dataset.group);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (dataset.guess && !linked && !calm && !remembered(id)) classList.add("asks");
  }

  class Guess {
    /**
     * @param {Figure} figure
     * @param {Group} group whose step it follows
     */
    constructor(figure, group) {
      const { element, panels: [panel], payload } = figure, { guess: series = "", level } = element.dataset;
      const curves = curvesIn(payload.panels), box = find(element, ".guess", HTMLElement);
      this.figure = figure;
      this.group = group;
      this.step = group.step;
      this.view = panel.view;
      this.series = series;
      this.level = Number(level);
      this.kind = curves?.name ?? "";
      this.points = bySeries(curves?.values ?? []).get(series) ?? [];
      this.said = find(box, "p", HTMLElement);
      this.prompt = this.said.textContent ?? "";
      this.button = find(box, ".show", HTMLElement);
      this.button.addEventListener("click", () => { if (figure.asked) this.answer(this.sheet.line); else this.ask(); });
      this.choices = [...box.querySelectorAll(".choices button")];
      for (const choice of this.choices) choice.addEventListener("click", () => this.choose(choice));
      this.sheet = new Sheet(panel, () => this.stroke());
      group.readouts.push(() => this.moved());
      if (figure.asked) this.ask(); else this.show(remembered(element.id) ?? []);
      box.classList.add("ready");
    }
    ask() {
      remember(this.figure.element.id, null);
      this.step = this.group.step;
      this.sheet.draw([]);
      this.tell(this.series, "Show me", this.prompt);
    }
    /** @param {Element} choice */
    choose(choice) {
      const points = find(choice, "polyline", SVGElement).getAttribute("points")?.trim().split(" ") ?? [];
      this.answer(points.map((point) => {
        const [x, y] = point.split(",");
        return [+x / 100, 1 - +y / 100];
      }));
      choice.setAttribute("aria-pressed", "true");
    }
    stroke() {
      const { line } = this.sheet;
      if (line[line.length - 1][0] - line[0][0] >= ENOUGH) this.answer(line);
      else this.said.textContent = "Draw on to the right edge, or press Show me.";
    }
    /** @param {Share[]} line */
    answer(line) {
      remember(this.figure.element.id, line);
      this.show(line);
    }
    /** @param {Share[]} line none, or one of a single point, is no guess */
    show(line) {
      const { sheet, view } = this, x = view.scale("x"), y = view.scale("y");
      const width = view.signal("width"), height = view.signal("height");
      /**
       * @param {number} step
       * @param {number} value
       * @returns {Share}
       */
      const share = (step, value) => [+x(step) / width, 1 - +y(value) / height];
      const curve = this.points.map(({ step, value }) => share(step, value)), [, level] = share(0, this.level);
      const [guessed, truth] = [line, curve].map((of) => {
        const across = reach(of, level);
        return across === null ? null : x.invert(across * width);
      });
      const drawn = line.length > 1;
      sheet.draw(drawn ? line : []);
      sheet.label(curve);
      const sentence = compare(`${this.series} ${this.kind}`, worded(this.level, this.kind), guessed, truth);
      this.tell("", "Try again", drawn ? sentence : SHOWN);
    }
    // Playing, a word, a link, another player: who moves the step of what is here wants to see it.
    moved() {
      const { figure, group } = this, moves = group.step !== this.step;
      this.step = group.step;
      if (figure.asked && moves && (figure.payload.lead || figure.onScreen)) this.answer(this.sheet.line);
    }
    /**
     * @param {string} asked the series that is not shown, if any
     * @param {string} button
     * @param {string} words
     */
    tell(asked, button, words) {
      const { figure, group } = this, { element, live, payload } = figure, player = element.querySelector(".player");
      figure.asked = asked;
      element.classList.toggle("asks", asked !== "");
      this.button.textContent = button;
      this.said.textContent = words;
      for (const choice of this.choices) choice.setAttribute("aria-pressed", "false");
      find(element, "figcaption strong", HTMLElement).setAttribute("aria-hidden", String(asked !== ""));
      if (asked) live.removeAttribute("aria-describedby"); else live.setAttribute("aria-describedby", `${element.id}-alt`);
      if (player) group.words.set(player, curvesOf(payload, asked));
      group.readout();
    }
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ ask, Guess }));
})();
