// Groups: one training step for all figures of an experiment, its players, and playing.
"use strict";
(() => {
  const JUMP_MS = 2500, REST_MS = 400, PAUSE_AT_MOMENT_MS = 1500;
  const { between, find, nearest, place, playTime, stepAt, wireKeys } = window.reportgen;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const format = new Intl.NumberFormat("en");
  /** @type {GroupMoments} */
  const moments = JSON.parse(find(document, "#groups", HTMLElement).textContent ?? "");
  /** @type {Map<string, Group>} */
  const groups = new Map();

  class Group {
    static rested = () => {}; // page.js writes the address then

    step = Infinity;
    /** @type {number[]} */
    steps = [];
    index = 0;
    /** @type {{ neuron: number, run: string | null }} */
    pointed = { neuron: -1, run: null };
    /** @type {Set<Figure>} */
    figures = new Set();
    /** @type {Map<Element, ((step: number) => string) | null>} */
    words = new Map();
    /** @type {Map<Element, number[]>} player → the steps of the moments marked on it, ascending */
    marked = new Map();
    /** @type {Figure | null} the first of its lead charts that is live */
    lead = null;
    /** @type {(() => void)[]} what writes the step beside each player */
    readouts = [];
    // What is to happen later, by the browser's number for it; 0 for nothing.
    due = 0; // showing, at the next frame
    motion = 0; // the next frame of playing
    waiting = 0; // the next hop of playing without motion
    resting = 0; // saying that the step has come to rest

    /** @param {string} name */
    constructor(name) {
      this.name = name;
      // A group may have several lead charts, each with a player under it.
      /** @type {NodeListOf<HTMLElement>} */
      const players = document.querySelectorAll(`.player[data-group="${CSS.escape(name)}"]`);
      this.players = [...players];
    }
    /** @param {string} name */
    static of(name) {
      const group = groups.get(name) ?? new Group(name);
      groups.set(name, group);
      return group;
    }
    /**
     * The steps of the group's own run; the first figure that is live brings them.
     * @param {number[]} steps
     */
    adopt(steps) {
      if (this.steps.length) return;
      this.steps = steps;
      this.index = this.nearest(this.step);
      for (const player of this.players) wirePlayer(this, player);
    }
    /**
     * One more player of the group.
     * @param {HTMLElement} player
     * @param {() => void} [shown] called with every step
     */
    add(player, shown) {
      this.players.push(player);
      wirePlayer(this, player);
      if (shown) { this.readouts.push(shown); shown(); }
    }
    /**
     * Mark moments on a player's slider, which gives every snapshot as much room, and so does playing. Playing without
     * motion stops at them.
     * @param {Element} player
     * @param {number[]} steps
     */
    mark(player, steps) {
      this.marked.set(player, steps);
      find(player, ".ticks", HTMLElement).replaceChildren(...steps.map((step) => {
        const tick = document.createElement("i");
        tick.style.setProperty("--at", String(place(step, this.steps)));
        return tick;
      }));
    }
    // The step that is said and linked to: of the snapshot shown, or that of a moment near it, of a run that is open.
    get at() {
      const moment = [...this.marked.values()].some((steps) => steps.includes(this.step));
      return moment && this.nearest(this.step) === this.index ? this.step : this.steps[this.index];
    }
    get end() { return this.steps[this.steps.length - 1]; }
    /** @param {number} step */
    nearest(step, steps = this.steps) { return nearest(step, steps); }
    /** @param {number} step */
    set(step) {
      this.step = step;
      if (!this.steps.length) return;
      this.index = this.nearest(step);
      this.schedule();
      clearTimeout(this.resting);
      this.resting = setTimeout(() => Group.rested(), REST_MS);
    }
    /** @param {number} count snapshots forward */
    move(count) { this.set(this.steps[Math.max(0, Math.min(this.steps.length - 1, this.index + count))]); }
    /**
     * A neuron is one of a run's: figures that show another run have none to mark.
     * @param {number} neuron
     * @param {string | null} run
     */
    point(neuron, run) {
      if (neuron === this.pointed.neuron && run === this.pointed.run) return;
      this.pointed = { neuron, run };
      this.schedule();
    }
    schedule() {
      this.due ||= requestAnimationFrame(() => { this.due = 0; this.show(); });
    }
    show() {
      for (const figure of this.figures) if (figure.onScreen) figure.show();
      this.readout();
    }
    // Whether a lead chart is on screen: playing goes on while one is.
    leads() { return [...this.figures].some((figure) => figure.payload.lead && figure.onScreen); }
    readout() { for (const write of this.readouts) write(); }

    /** @param {boolean} on */
    playing(on) {
      for (const player of this.players) {
        player.classList.toggle("playing", on);
        find(player, ".play", HTMLElement).setAttribute("aria-label", on ? "Pause" : "Play the training");
      }
    }
    stop() {
      cancelAnimationFrame(this.motion);
      clearTimeout(this.waiting);
      this.motion = this.waiting = 0;
      this.playing(false);
    }
    /**
     * Move from here to a step, evenly through the snapshots: where more changes there are more. `then` runs at the end.
     * @param {number} step
     * @param {number} duration ms
     * @param {() => void} [then]
     */
    glide(step, duration, then) {
      const last = this.steps.length - 1, began = performance.now();
      const from = this.index / last, to = place(step, this.steps);
      const frame = (/** @type {number} */ now) => {
        const moving = now - began < duration;
        this.set(moving ? stepAt(between(from, to, now - began, duration), this.steps) : step);
        if (moving) this.motion = requestAnimationFrame(frame); else then?.();
      };
      this.motion = requestAnimationFrame(frame);
    }
    /** @param {number} step */
    jump(step) {
      this.stop();
      if (calm.matches || !this.steps.length) this.set(step); else this.glide(step, JUMP_MS);
    }
    /** @param {Element} player on which it was asked for */
    play(player) {
      for (const other of groups.values()) other.stop();
      if (this.index === this.steps.length - 1) this.set(this.steps[0]);
      this.playing(true);
      if (calm.matches) this.hop(this.marked.get(player) ?? []);
      else this.glide(this.end, playTime(this.index, this.steps.length - 1), () => this.stop());
    }
    /**
     * Playing without motion: from one named moment to the next.
     * @param {number[]} ends steps
     */
    hop(ends) {
      const next = ends.find((step) => this.nearest(step) > this.index);
      if (next === undefined) this.stop();
      else this.waiting = setTimeout(() => { this.set(next); this.hop(ends); }, PAUSE_AT_MOMENT_MS);
    }
  }

  /**
   * @param {Group} group
   * @param {HTMLElement} player
   */
  function wirePlayer(group, player) {
    const input = find(player, "input", HTMLInputElement), output = find(player, "output", HTMLOutputElement);
    const last = group.steps.length - 1;
    input.max = String(last);
    input.disabled = false;
    group.mark(player, moments[group.name]);
    input.addEventListener("input", () => { group.stop(); group.set(group.steps[+input.value]); });
    wireKeys(input, group);
    find(player, ".play", HTMLElement).addEventListener("click", () => {
      if (player.classList.contains("playing")) group.stop(); else group.play(player);
    });
    group.readouts.push(() => {
      const step = `step ${format.format(group.at)}`;
      const values = (group.words.get(player) ?? group.words.get(group.players[0]))?.(group.at);
      input.value = String(group.index);
      input.setAttribute("aria-valuetext", values ? `${step}: ${values}` : step);
      output.textContent = values ? `${step} · ${values}` : step;
      input.style.setProperty("--part", String(group.index / last));
    });
    group.readout();
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ Group, groups, moments }));
})();
