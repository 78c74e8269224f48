// The laboratory below a lead chart: what trains, how far it is, what came of it, and the way back. One run is open at a time.
"use strict";
(() => {
  const {
    BOX, Follower, Group, Reading, STYLE, Training, barFor, changeWords, changesOf, figures, fetchData, find, formFor, linkOf, npzOf, opening, outcomeOf,
    outcomeWords, readChanges, shapeOf, verdict,
  } = window.reportgen;
  const YOURS = "yours", HIDDEN_MS = 60_000, DRAW_MS = 250;
  const calm = matchMedia("(prefers-reduced-motion: reduce)"), small = matchMedia("(max-width: 47.49rem)");
  const format = new Intl.NumberFormat("en");
  const METRICS = ["train_loss", "test_loss", "train_accuracy", "test_accuracy", "weight_norm"];
  const HEAVY = 60_000; // numbers that a model trains, from which it is too much for a phone

  /** @param {string} packed float64 or float32 in base64 */
  function bytesOf(packed) { return Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0)).buffer; }
  /**
   * A stored run's measurements, one a step.
   * @param {StoredRun} stored
   * @returns {LabMeasured}
   */
  function measuredOf({ metrics, steps }) {
    const columns = METRICS.map((name) => new Float64Array(bytesOf(metrics[name])));
    return steps.map((step, i) => ({ step, values: columns.map((column) => column[i]) }));
  }
  /**
   * @param {StoredRun} stored
   * @returns {LabSnapshot}
   */
  function endOf({ steps, w_input, w_output }) {
    return { step: steps[steps.length - 1], input: new Float32Array(bytesOf(w_input)), output: new Float32Array(bytesOf(w_output)) };
  }

  class Lab {
    /** @type {Map<string, StoredRun>} by group */
    stored = new Map();
    /** @type {{ group: Group, training: Training, run: LabRun, how: { repeated: boolean, last: number }, box: HTMLElement, button: HTMLElement, bar: ReturnType<typeof barFor> } | null} */
    open_ = null;
    /** @type {Map<Figure, Follower>} */
    followers = new Map();
    shownStep = -1; // that the laboratory has set; the reader's own wish ends following
    drawing = 0; // when figures were drawn, ms
    hidden = 0; // the timer of a hidden tab
    seen = 0; // snapshots

    constructor() {
      const style = document.createElement("style");
      style.textContent = STYLE;
      document.head.append(style);
      addEventListener("keydown", (event) => { if (event.key === "Escape") this.escape(); });
      document.addEventListener("visibilitychange", () => {
        clearTimeout(this.hidden);
        if (document.hidden) this.hidden = setTimeout(() => this.pause("Stopped: this tab was hidden for a minute."), HIDDEN_MS);
      });
    }

    /**
     * A button below a lead chart is pressed: repeat its group's run.
     * @param {HTMLButtonElement} button
     */
    open(button) {
      const group = find(button.closest("figure") ?? document, ".player", HTMLElement).dataset.group ?? "";
      const stored = this.stored.get(group);
      if (!stored) throw new Error(`No run of ${group} came with the page`);
      this.train(button, stored, stored.settings, stored.steps[stored.steps.length - 1]);
    }
    /**
     * A link asks for a training: it is offered, not started.
     * @param {HTMLButtonElement} button
     * @param {string} group
     * @param {string} text
     */
    offer(button, group, text) {
      const stored = this.stored.get(group), box = document.createElement("div");
      if (!stored) throw new Error(`No run of ${group} came with the page`);
      this.close();
      box.className = "lab";
      const said = document.createElement("p");
      said.setAttribute("role", "status");
      try {
        const changes = readChanges(stored, text), { steps, ...settings } = { ...stored.settings, steps: stored.steps[stored.steps.length - 1], ...changes };
        const words = changeWords(changes), go = document.createElement("button");
        said.textContent = words ? `The link you followed offers to train this model in your browser with ${words}.` : "The link you followed offers to train this run again in your browser.";
        go.type = "button";
        go.textContent = "Train it";
        go.addEventListener("click", () => { box.remove(); this.train(button, stored, words ? settings : stored.settings, steps); });
        box.append(said, go);
      } catch (error) {
        said.textContent = `${error instanceof Error ? error.message : error}. The stored run can be trained again all the same.`;
        box.append(said);
      }
      button.disabled = false;
      button.after(box);
      box.scrollIntoView({ block: "center" });
    }
    /**
     * @param {HTMLButtonElement} button
     * @param {StoredRun} stored
     * @param {Record<string, number>} settings
     * @param {number} last step
     */
    train(button, stored, settings, last) {
      this.close();
      opening.close();
      const repeated = settings === stored.settings && last === stored.steps[stored.steps.length - 1];
      const run = new Reading(shapeOf(settings), repeated ? endOf(stored) : null);
      const training = new Training(stored, settings, last, run), box = document.createElement("div");
      box.className = "lab";
      box.innerHTML = BOX;
      button.after(box);
      button.hidden = true;
      const bar = barFor(box, () => this.close());
      this.open_ = { group: Group.of(stored.name), training, run, how: { repeated, last }, box, button, bar };
      this.seen = 0;
      find(box, ".stop", HTMLElement).addEventListener("click", () => (training.paused ? this.goOn() : this.pause("Stopped.")));
      find(box, ".shut", HTMLElement).addEventListener("click", () => this.close());
      find(box, ".stop", HTMLElement).focus({ preventScroll: true });
      const chosen = { ...settings, steps: last }, changes = changesOf(stored, chosen), details = find(box, "details", HTMLDetailsElement);
      details.append(formFor(stored, chosen, ({ steps, ...others }) => {
        const same = Object.keys(changesOf(stored, { ...others, steps })).length === 0;
        this.train(button, stored, same ? stored.settings : others, steps);
      }));
      details.open = !repeated;
      find(box, ".link", HTMLElement).addEventListener("click", (event) => this.copyLink(event.currentTarget, linkOf(stored.name, changes)));
      const numbers = Object.values(stored.layout).reduce((sum, [rows, columns]) => sum + rows * columns, 0);
      const slow = small.matches && numbers > HEAVY ? " This is the largest model of the article: on a phone it takes long, and much of its battery." : "";
      const what = repeated ? "this model now, from the same start" : `a model of yours: ${changeWords(changes)}`;
      const whose = repeated ? "the run that your browser trains" : `your model with ${changeWords(changes)}`;
      bar.say(`The figures of this section show ${whose}. The text, captions and numbers speak of the stored one.`);
      this.say(`Your browser trains ${what}. Figures of this section follow it; faint curves are the stored run.${slow}`);
      training.start(() => this.came(), (sentence) => this.fail(sentence));
    }
    // It has come further.
    came() {
      const { open_ } = this;
      if (!open_) return;
      const { group, run, training } = open_, now = performance.now();
      this.progress();
      if (this.seen === 0) {
        this.seen = run.snapshots.length;
        this.shownStep = calm.matches ? group.step : run.snapshots[0].step;
        if (!calm.matches) group.set(this.shownStep);
        for (const figure of figures.values()) this.bring(figure);
      }
      if (training.done) { this.draw(true); this.finish(); }
      else if (now - this.drawing > DRAW_MS) { this.draw(false); this.drawing = performance.now(); }
    }
    /** @param {boolean} whole */
    draw(whole) {
      const { open_ } = this;
      if (!open_) return;
      const { group, run } = open_, newest = run.snapshots[run.snapshots.length - 1].step;
      for (const follower of this.followers.values()) follower.update(whole);
      if (calm.matches || group.step !== this.shownStep) return; // the reader looks at another step
      this.shownStep = newest;
      group.set(newest);
    }
    progress() {
      const { open_ } = this;
      if (!open_) return;
      const { box, training } = open_, left = (training.last - training.made) / training.perSecond;
      find(box, "progress", HTMLProgressElement).value = training.made / training.last;
      const time = left > 90 ? `${Math.round(left / 60)} min` : `${Math.max(1, Math.round(left))} s`;
      const far = `step ${format.format(training.made)} of ${format.format(training.last)}`;
      const fast = `${format.format(Math.round(training.perSecond))} steps a second`;
      const words = training.done ? [`${format.format(training.made)} steps`] : training.paused ? [far] : [far, fast, `${time} left`];
      find(box, "output", HTMLOutputElement).textContent = words.join(" · ");
    }
    finish() {
      const { open_ } = this;
      if (!open_) return;
      const { box, how, run, training } = open_;
      find(box, ".stop", HTMLElement).hidden = true;
      const stored = measuredOf(training.stored), take = find(box, ".take a", HTMLAnchorElement);
      take.hidden = false;
      take.addEventListener("click", () => this.take(take));
      take.href = "#";
      if (how.repeated) { this.say(verdict(run.measured, stored, true)); return; }
      const changes = changesOf(training.stored, { ...training.settings, steps: training.last });
      this.say(`With ${changeWords(changes)} the model ${outcomeWords(outcomeOf(run.measured))}. The stored one ${outcomeWords(outcomeOf(stored))}. The text, captions and numbers speak of the stored one.`);
      for (const figure of [...this.followers.keys()]) { this.followers.delete(figure); this.bring(figure); } // its neurons, in order
    }
    // The file is made when it is asked for: it has megabytes.
    /** @param {HTMLAnchorElement} link */
    take(link) {
      const { open_ } = this;
      if (!open_) return;
      const { training } = open_, { name } = training.stored;
      const file = new Blob(npzOf(training, changesOf(training.stored, { ...training.settings, steps: training.last })), { type: "application/zip" });
      link.href = URL.createObjectURL(file);
      link.download = `${name}-trained-here.npz`;
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    }
    /**
     * @param {EventTarget | null} button
     * @param {string} hash
     */
    async copyLink(button, hash) {
      const address = location.href.replace(/#.*/, "") + hash;
      if (!(button instanceof HTMLElement)) return;
      try { await navigator.clipboard.writeText(address); button.textContent = "Copied"; }
      catch { history.replaceState(null, "", hash); button.textContent = "The link is in the address bar"; }
    }
    /** @param {string} sentence */
    say(sentence) { if (this.open_) find(this.open_.box, ".outcome", HTMLElement).textContent = sentence; }
    /** @param {string} sentence */
    pause(sentence) {
      const { open_ } = this;
      if (!open_ || open_.training.done || open_.training.paused) return;
      open_.training.pause();
      find(open_.box, ".stop", HTMLElement).textContent = "Go on";
      this.progress();
      const { how, run, training } = open_;
      const soFar = how.repeated && run.measured.length > 0;
      this.say(soFar ? `${sentence} ${verdict(run.measured, measuredOf(training.stored), false)}` : sentence);
    }
    goOn() {
      const { open_ } = this;
      if (!open_) return;
      open_.training.goOn();
      find(open_.box, ".stop", HTMLElement).textContent = "Stop";
      this.say("Training goes on.");
    }
    /** @param {string} sentence */
    fail(sentence) {
      this.say(sentence);
      if (this.open_) for (const part of [".stop", "progress"]) find(this.open_.box, part, HTMLElement).hidden = true;
    }
    // Escape first stops what trains, then closes it.
    escape() {
      const { open_ } = this;
      if (!open_) return;
      if (open_.training.done || open_.training.paused) this.close(); else this.pause("Stopped.");
    }
    close() {
      const { open_ } = this;
      if (!open_) return;
      const { bar, box, button, training } = open_, left = box.contains(document.activeElement);
      this.open_ = null;
      training.end();
      bar.end();
      box.remove();
      button.hidden = false;
      button.removeAttribute("disabled");
      if (left) button.focus({ preventScroll: true });
      for (const figure of [...this.followers.keys()]) this.bring(figure);
    }

    /**
     * Bring a live figure to the run that is open here, or back to its own.
     * @param {Figure} figure
     */
    bring(figure) {
      const { open_ } = this;
      if (!open_ ? !this.followers.has(figure) : figure.group !== open_.group || !open_.run.snapshots.length) return;
      figure.bringing = figure.bringing.then(() => this.swap(figure))
        .catch((error) => console.error(`Figure ${figure.element.id} stays as it is:`, error));
    }
    /** @param {Figure} figure */
    async swap(figure) {
      const { open_ } = this, { element } = figure;
      const wanted = open_ && figure.group === open_.group ? open_.run : null;
      if ((this.followers.get(figure)?.run ?? null) === wanted) return;
      const payload = await fetchData(element.dataset.figure, element.dataset.live);
      if (wanted && open_) {
        const follower = new Follower(figure, wanted, open_.how);
        this.followers.set(figure, follower);
        await follower.begin(payload);
      } else {
        this.followers.delete(figure);
        if (figure.run !== YOURS) return; // a seed was opened meanwhile
        await figure.swap(payload, null);
        element.classList.remove("stands-in");
      }
    }
  }

  const lab = new Lab();
  /** @param {StoredRun} run */
  const stored = (run) => { lab.stored.set(run.name, run); };
  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ lab, stored, endOf, measuredOf }));
})();
