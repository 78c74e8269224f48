// A strip at the top of the screen with a group's curves and its player, while its figures are being looked
// at and its lead chart is not: what moves the step is never further away than what it moves.
"use strict";
(() => {
  const { find, sketchOf } = window.reportgen;
  const SVG = "http://www.w3.org/2000/svg";
  const ENOUGH = 48; // px of a chart on screen: fewer, and it is not being looked at

  class Pinned {
    /** @type {Map<Group, HTMLElement>} */
    strips = new Map();
    /** @type {Group | null} whose strip is shown */
    shown = null;
    due = 0;

    /** @param {Map<Element, Figure>} figures those that are live */
    constructor(figures) {
      this.figures = figures;
      const update = () => { this.due ||= requestAnimationFrame(() => { this.due = 0; this.update(); }); };
      for (const type of ["scroll", "resize"]) addEventListener(type, update, { passive: true });
      this.soon = update;
    }
    update() {
      const wanted = this.wanted();
      if (wanted === this.shown) return;
      if (this.shown) this.hide(this.shown);
      this.shown = wanted;
      document.documentElement.classList.toggle("has-pinned", wanted !== null);
      if (wanted) this.stripOf(wanted).hidden = false;
    }
    /** The group whose figure is nearest to the middle of the screen; null where its lead chart is there too. */
    wanted() {
      /** @type {Group | null} */
      let nearest = null;
      let distance = Infinity;
      const leading = new Set();
      for (const { element, group, onScreen, payload } of this.figures.values()) {
        if (!group || !group.lead || !onScreen) continue;
        const { top, bottom } = find(element, ".stage", HTMLElement).getBoundingClientRect();
        const player = payload.lead ? find(element, ".player", HTMLElement).getBoundingClientRect() : null;
        if (seen(top, player?.bottom ?? bottom) && payload.lead) leading.add(group);
        if (!seen(top, bottom)) continue;
        const away = Math.abs((top + bottom - innerHeight) / 2);
        if (away < distance) [nearest, distance] = [group, away];
      }
      return leading.has(nearest) ? null : nearest;
    }
    /**
     * Where the keyboard was in the strip, it goes on in the player under the lead chart.
     * @param {Group} group
     */
    hide(group) {
      const strip = this.stripOf(group), focused = document.activeElement;
      if (focused && strip.contains(focused)) {
        const kind = focused.matches("input") ? "input" : ".play";
        find(group.players[0], kind, HTMLElement).focus({ preventScroll: true });
      }
      strip.hidden = true;
    }
    /**
     * A group's strip, made when it is first wanted: after its lead chart, so that the keyboard comes to it in order.
     * @param {Group} group
     */
    stripOf(group) {
      const known = this.strips.get(group);
      if (known) return known;
      const player = /** @type {HTMLElement} */ (group.players[0].cloneNode(true)), strip = document.createElement("div");
      strip.className = "pinned";
      find(player, ".jumps", HTMLElement).remove();
      const curves = document.createElementNS(SVG, "svg");
      curves.setAttribute("viewBox", "0 0 1000 100");
      curves.setAttribute("preserveAspectRatio", "none");
      curves.setAttribute("aria-hidden", "true");
      find(player, ".track", HTMLElement).prepend(curves);
      strip.append(player);
      group.players[0].closest("figure")?.after(strip);
      /** @type {FigurePayload | null} */
      let drawn = null, without = "";
      group.add(player, () => { // the lead chart may show another run by now, or one curve more
        const { lead } = group, marked = lead && group.marked.get(find(lead.element, ".player", HTMLElement));
        if (marked && marked !== group.marked.get(player)) group.mark(player, marked);
        if (!lead || lead.payload === drawn && lead.asked === without) return;
        [drawn, without] = [lead.payload, lead.asked];
        curves.replaceChildren(...sketchOf(drawn, group.steps, without).map(line));
      });
      this.strips.set(group, strip);
      return strip;
    }
  }

  /**
   * Whether enough of what lies between these heights of the window is on screen.
   * @param {number} top px
   * @param {number} bottom px
   */
  function seen(top, bottom) { return Math.min(bottom, innerHeight) - Math.max(top, 0) >= ENOUGH; }

  /** @param {{ color: string, path: string }} curve */
  function line({ color, path }) {
    const drawn = document.createElementNS(SVG, "path");
    drawn.setAttribute("d", path);
    drawn.style.stroke = color;
    return drawn;
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Pinned }));
})();
