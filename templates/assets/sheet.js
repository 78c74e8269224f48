// A sheet over a plot, on which a reader draws a line; and what a line says by itself. Its points are shares of
// the plot's width and height, from the lower left corner, ascending from left to right.
"use strict";
(() => {
  const { find } = window.reportgen;
  const SVG = "http://www.w3.org/2000/svg";

  /**
   * @param {readonly Share[]} line
   * @param {Share} point
   */
  function drawnOn(line, [across, up]) {
    const at = Math.min(1, Math.max(0, across));
    return [...line.filter(([x]) => x < at), /** @type {Share} */ ([at, Math.min(1, Math.max(0, up))])];
  }
  /**
   * @param {readonly Share[]} line
   * @param {number} across
   */
  function heightAt(line, across) {
    const i = line.findIndex(([x]) => x >= across);
    if (i < 0 || i === 0 && line[0][0] > across) return null;
    const [x, y] = line[i], [before, from] = line[i - 1] ?? [x, y];
    return x === before ? y : from + (y - from) * (across - before) / (x - before);
  }
  /**
   * @param {readonly Share[]} line
   * @param {number} height
   */
  function reach(line, height) {
    const i = line.findIndex(([, y]) => y === height || (y > height) !== (line[0][1] > height));
    if (i <= 0) return i < 0 ? null : line[0][0];
    const [[x, y], [next, to]] = [line[i - 1], line[i]];
    return x + (next - x) * (height - y) / (to - y);
  }
  /**
   * @param {string} what
   * @param {string} level
   * @param {number | null} guessed the step
   * @param {number | null} truth the step
   */
  function compare(what, level, guessed, truth) {
    const at = (/** @type {number} */ step, digits = 3) => `step ${step.toLocaleString("en", { maximumSignificantDigits: digits })}`;
    const said = `You said ${what} would ${guessed === null ? "not " : ""}reach ${level}`;
    if (guessed === null) return truth === null ? `${said}, and it does not.` : `${said}; it does, at ${at(truth)}.`;
    return `${said} near ${at(guessed, 2)}; it ${truth === null ? "never does" : `does at ${at(truth)}`}.`;
  }
  /**
   * @param {readonly Share[]} line
   * @param {readonly Share[]} curve
   * @param {Share} size
   */
  function labelPlace(line, curve, [wide, tall]) {
    /** @type {{ across: number, up: number, score: number }[]} */
    const places = [];
    for (let across = wide; across < 1 - wide; across += 0.02) {
      const at = heightAt(line, across);
      if (at === null) continue;
      for (const away of [0.03, 0.08, 0.14]) {
        for (const up of [at + away, at - away - tall].filter((low) => low >= 0 && low + tall <= 1)) {
          const [own, other] = [line, curve].map((near) => distance(near, [across, up], [wide, tall]));
          places.push({ across, up, score: (own > 0.02 ? Math.min(other, 0.3) : own - 1) - away });
        }
      }
    }
    return places.reduce((best, place) => place.score > best.score ? place : best, places[0]) ?? null;
  }
  /**
   * How far above or below a box a line keeps; 0 where it comes in.
   * @param {readonly Share[]} line
   * @param {Share} middle of the box's lower edge
   * @param {Share} size
   */
  function distance(line, [across, up], [wide, tall]) {
    const places = Array.from({ length: 11 }, (_, i) => across + wide * (i / 10 - 0.5));
    const heights = places.map((at) => heightAt(line, at)).filter((height) => height !== null);
    return Math.min(1, ...heights.map((height, i) => {
      const [low, high] = [height, heights[Math.max(0, i - 1)]].sort((a, b) => a - b);
      return Math.max(0, low - up - tall, up - high);
    }));
  }

  class Sheet {
    /** @type {Share[]} */
    line = [];
    element = document.createElement("div");
    drawn = document.createElementNS(SVG, "polyline");
    name = document.createElement("span");

    /**
     * @param {Panel} panel
     * @param {() => void} done called after each stroke
     */
    constructor({ element, view }, done) {
      this.view = view;
      this.element.className = "sheet";
      this.element.innerHTML = '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true"></svg>';
      this.name.textContent = "your guess";
      find(this.element, "svg", SVGElement).append(this.drawn);
      this.element.append(this.name);
      element.append(this.element);
      view.addResizeListener(() => this.place());
      this.place();
      this.draw([]);
      this.wire(done);
    }
    place() {
      const { element: { style }, view } = this, { left, top } = view.padding(), [x, y] = view.origin();
      style.inset = `${top + y}px auto auto ${left + x}px`;
      for (const side of /** @type {const} */ (["width", "height"])) style[side] = `${view.signal(side)}px`;
    }
    /** @param {Share[]} line */
    draw(line) {
      this.line = line;
      this.name.hidden = true;
      this.drawn.setAttribute("points", line.map(([x, y]) => `${100 * x},${100 - 100 * y}`).join(" "));
    }
    /**
     * Name the line where there is room between it and a curve.
     * @param {Share[]} curve
     */
    label(curve) {
      const { element, line, name } = this;
      name.hidden = false;
      const place = labelPlace(line, curve, [name.offsetWidth / element.offsetWidth, name.offsetHeight / element.offsetHeight]);
      name.hidden = !place;
      if (place) name.style.inset = `auto auto ${100 * place.up}% ${100 * place.across}%`;
    }
    /** @param {() => void} done */
    wire(done) {
      const { element } = this;
      /** @type {Share[] | null} what the line was before the stroke that is being drawn */
      let before = null;
      /** @param {PointerEvent} event */
      const on = ({ clientX, clientY }) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        this.draw(drawnOn(this.line, [(clientX - left) / width, 1 - (clientY - top) / height]));
      };
      /** @type {Record<string, (event: any) => void>} */
      const acts = {
        pointerdown: (event) => { if (event.button) return; before = this.line; element.setPointerCapture(event.pointerId); on(event); },
        pointermove: (event) => { if (before) on(event); },
        pointercancel: () => { if (before) this.draw(before); before = null; }, // it became scrolling
        pointerup: () => { if (before) done(); before = null; },
        click: () => {},
      };
      for (const [type, act] of Object.entries(acts)) { // none of them sets the step
        element.addEventListener(type, (event) => { event.stopPropagation(); act(event); });
      }
    }
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ drawnOn, heightAt, reach, compare, labelPlace, Sheet }));
})();
