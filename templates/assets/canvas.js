// What the painters of marks on a canvas share: the canvas over a view, and where things are in it.
"use strict";
(() => {
  /**
   * Lay a canvas over a view of that size, in device pixels; what draws on it.
   * @param {HTMLCanvasElement} canvas
   * @param {number[]} size px
   */
  function canvasOver(canvas, [width, height]) {
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    return canvas.getContext("2d");
  }

  /**
   * The upper left corner of a view's plot, px.
   * @param {VegaView} view
   * @returns {[left: number, top: number]}
   */
  function originOf(view) {
    const { left, top } = view.padding(), [x, y] = view.origin();
    return [left + x, top + y];
  }

  /**
   * Whether a mark has no look but what a painter knows, and all rows reach it as they are.
   * @param {Partial<VegaSpec>} spec
   * @param {VegaMark | undefined} mark
   * @param {string} known what else may be encoded
   * @param {string} field the column that follows the step
   */
  function isPlain({ data = [] }, mark, known, field) {
    const names = `aria description ariaRoleDescription defined tooltip x y ${known}`.split(" ");
    const kept = data.every(({ transform = [] }) => transform.every(({ type, expr, as }) => (
      type === "filter" ? String(expr).startsWith("isValid(") : as !== field)));
    return kept && Object.keys(mark?.encode?.update ?? {}).every((name) => names.includes(name));
  }

  /**
   * Have Vega word a tooltip for a row that is handed to it: signal `pointed` → `pointed_words`.
   * @param {VegaSpec} spec
   * @param {VegaMark} mark whose tooltip it is
   */
  function addPointed(spec, mark) {
    const words = mark.encode?.update?.tooltip?.signal;
    if (!words) return;
    const update = `pointed ? ${words.replace(/\bdatum\b/g, "pointed")} : null`;
    spec.signals = [...spec.signals ?? [], { name: "pointed", value: null }, { name: "pointed_words", update }];
  }

  /**
   * A chart's colour, which may be a variable of the styles, as it is on the page now.
   * @param {HTMLCanvasElement} canvas
   * @param {string} color
   */
  function inkOf(canvas, color) {
    canvas.style.color = color;
    return getComputedStyle(canvas).color;
  }

  /**
   * The marks of a chart that are no groups, each with the columns by which the groups around it differ.
   * @param {readonly VegaMark[]} marks
   * @param {string[]} [outer] those of the groups around these
   * @returns {{ mark: VegaMark, keys: string[] }[]}
   */
  function leavesOf(marks, outer = []) {
    return marks.flatMap((mark) => {
      const keys = [...outer, ...(mark.from?.facet?.groupby ?? [])];
      return mark.type === "group" ? leavesOf(mark.marks ?? [], keys) : [{ mark, keys }];
    });
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ addPointed, canvasOver, inkOf, isPlain, leavesOf, originOf }));
})();
