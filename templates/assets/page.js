// The page's behaviour: figures become interactive as they come near the screen, and all figures
// of a group follow one training step. Without this file the page reads as it is.
"use strict";
(() => {
  const PLAY_MS = 8000, JUMP_MS = 900, REST_MS = 400, PAUSE_AT_MOMENT_MS = 1500;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const format = new Intl.NumberFormat("en");
  const groups = new Map(); // name → Group
  const figures = new Map(); // element → Figure, once live
  const payloads = new Map(); // figure id → what its data file registered
  const loading = new Map(); // address → promise
  const moments = JSON.parse(document.getElementById("groups").textContent);
  let lastScroll = -1e9;
  addEventListener("scroll", () => { lastScroll = performance.now(); }, { passive: true });

  // A script tag rather than fetch: it also works from disk.
  function load(address) {
    if (!loading.has(address)) {
      loading.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${address} did not load`));
        document.head.append(script);
      }));
    }
    return loading.get(address);
  }

  // One training step for all figures of a group. `step` is what was asked for, Infinity being the
  // end; figures show the nearest snapshot.
  class Group {
    constructor(name) {
      Object.assign(this, { name, step: Infinity, neuron: -1, steps: [], index: 0, motion: 0, due: 0 });
      this.figures = new Set();
      this.player = document.querySelector(`.player[data-group="${CSS.escape(name)}"]`);
    }
    static of(name) {
      if (!groups.has(name)) groups.set(name, new Group(name));
      return groups.get(name);
    }
    adopt(steps) {
      if (this.steps.length) return;
      this.steps = steps;
      this.index = this.nearest(this.step);
      if (this.player) wirePlayer(this);
    }
    nearest(step) {
      const s = this.steps;
      let low = 0, high = s.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (s[middle] <= step) low = middle; else high = middle;
      }
      return step - s[low] < s[high] - step ? low : high;
    }
    set(step) {
      this.step = step;
      if (!this.steps.length) return;
      this.index = this.nearest(step);
      this.schedule();
      clearTimeout(this.resting);
      this.resting = setTimeout(writeLink, REST_MS);
    }
    move(count) { this.set(this.steps[Math.max(0, Math.min(this.steps.length - 1, this.index + count))]); }
    point(neuron) {
      if (neuron !== this.neuron) { this.neuron = neuron; this.schedule(); }
    }
    schedule() {
      this.due ||= requestAnimationFrame(() => { this.due = 0; this.show(); });
    }
    show() {
      for (const figure of this.figures) if (figure.onScreen) figure.show();
      this.readout?.();
    }
    stop() {
      cancelAnimationFrame(this.motion);
      clearTimeout(this.waiting);
      this.motion = this.waiting = 0;
      this.player?.classList.remove("playing");
      this.player?.querySelector(".play").setAttribute("aria-label", "Play the training");
    }
    // Move evenly from here to a step; `then` runs at the end.
    glide(target, duration, then) {
      const from = this.steps[this.index], began = performance.now();
      const frame = (now) => {
        const part = Math.min(1, Math.max(0, (now - began) / duration));
        this.set(from + (target - from) * part);
        if (part < 1) this.motion = requestAnimationFrame(frame); else then?.();
      };
      this.motion = requestAnimationFrame(frame);
    }
    jump(step) {
      this.stop();
      if (calm.matches || !this.steps.length) this.set(step); else this.glide(step, JUMP_MS);
    }
    play() {
      for (const other of groups.values()) other.stop();
      const end = this.steps.at(-1);
      if (this.index === this.steps.length - 1) this.set(this.steps[0]);
      this.player.classList.add("playing");
      this.player.querySelector(".play").setAttribute("aria-label", "Pause");
      if (calm.matches) return this.hop();
      this.glide(end, PLAY_MS * Math.max(0.1, 1 - this.steps[this.index] / end), () => this.stop());
    }
    // Playing without motion: from one named moment to the next.
    hop() {
      const next = moments[this.name].find((step) => step > this.steps[this.index]);
      if (next === undefined) return this.stop();
      this.waiting = setTimeout(() => { this.set(next); this.hop(); }, PAUSE_AT_MOMENT_MS);
    }
  }

  // A figure's views in place of its static frames, in the same box.
  class Figure {
    constructor(element, payload) {
      Object.assign(this, { element, payload, onScreen: false, shown: "" });
      this.stage = element.querySelector(".stage");
      this.group = payload.group ? Group.of(payload.group) : null;
      this.group?.adopt(payload.steps);
      this.live = document.createElement("div");
      this.live.className = "live";
      this.live.setAttribute("role", "group");
      this.live.setAttribute("aria-describedby", `${element.id}-alt`);
      this.live.innerHTML = '<div class="label"></div><div class="panels"></div>';
      this.label = this.live.firstChild;
      this.stage.append(this.live);
      this.panels = payload.panels.map((panel) => new Panel(panel, this));
    }
    // Shown only once every view has its size.
    async start() {
      await this.fit();
      this.group?.figures.add(this);
      this.show();
      this.stage.classList.add("is-live");
      const frames = this.stage.querySelector(".frames");
      frames.removeAttribute("tabindex");
      frames.scrollLeft = 0;
      // The box also changes when its static frames load or the window turns.
      new ResizeObserver(() => {
        cancelAnimationFrame(this.fitting);
        this.fitting = requestAnimationFrame(() => this.fit());
      }).observe(this.stage);
      if (this.payload.lead) wireLead(this);
    }
    async fit() {
      if (!this.stage.clientWidth) return;
      const native = this.payload.panels;
      const frames = this.stage.querySelectorAll(".frame");
      const sideBySide = frames.length > 1 && frames[0].offsetTop === frames[1].offsetTop
        && getComputedStyle(frames[0].parentNode).display === "grid";
      const columns = Math.min(native.length, this.stage.dataset.columns * (sideBySide ? frames.length : 1));
      const rows = [];
      for (let i = 0; i < native.length; i += columns) rows.push(native.slice(i, i + columns));
      const box = this.live.lastChild.style;
      box.gridTemplateColumns = rows[0].map((panel) => `minmax(0, ${panel.width}fr)`).join(" ");
      box.gridTemplateRows = rows.map((row) => `minmax(0, ${Math.max(...row.map((p) => p.height))}fr)`).join(" ");
      for (const panel of this.panels) await panel.fit();
    }
    show() {
      const { index = 0, neuron = -1, steps = [] } = this.group ?? {};
      if (this.shown === `${index} ${neuron}`) return;
      this.shown = `${index} ${neuron}`;
      if (this.stage.querySelector(".frame .label")) this.label.textContent = `step ${format.format(steps[index])}`;
      for (const panel of this.panels) panel.show(index, steps[index], neuron);
    }
  }

  class Panel {
    constructor(panel, figure) {
      this.data = panel.data.map((block) => ({ ...block, values: decode(block) }));
      const at = figure.group?.index ?? 0;
      for (const block of this.data) {
        const cells = block.rows.length, { values, scale, field } = block;
        const rows = block.rows.map((row) => ({ ...row, [field]: values[at * cells + row.cell] * scale }));
        for (const dataset of panel.spec.data) if (dataset.name === block.name) dataset.values = rows;
      }
      this.element = document.createElement("div");
      this.element.className = "panel";
      figure.live.lastChild.append(this.element);
      delayTooltips(panel.spec.marks);
      this.view = new vega.View(vega.parse(panel.spec), { renderer: "svg", container: this.element, hover: true });
      const signals = new Set((panel.spec.signals ?? []).map((signal) => signal.name));
      this.signals = signals;
      this.snap = panel.snap;
      // A facet repeats its cells, so a pixel more for a cell is several for the view.
      this.facet = signals.has("child_width");
      if (figure.group && (signals.has("neuron") || this.data.some((b) => "neuron" in (b.rows[0] ?? {})))) {
        const group = figure.group;
        this.view.addEventListener("pointerover", (event, item) => {
          const neuron = neuronOf(item);
          if (Number.isInteger(neuron)) group.point(neuron);
        });
        this.element.addEventListener("pointerleave", () => group.point(-1));
      }
    }
    // Grow or shrink the plot by what the drawing misses to its box; twice, since labels may change.
    async fit() {
      const signals = this.facet ? ["child_width", "child_height"] : ["width", "height"];
      const box = [this.element.clientWidth, this.element.clientHeight];
      if (!box[0] || !box[1]) return;
      await this.view.runAsync(); // sizes settle only after a run has ended
      this.repeats ??= this.facet ? await this.countRepeats(signals) : [1, 1];
      for (let pass = 0; pass < 2; pass++) {
        const drawn = this.size();
        const goal = signals.map((name, axis) => {
          const now = this.view.signal(name), snap = this.snap[axis];
          const want = now + (box[axis] - drawn[axis]) / this.repeats[axis];
          return Math.max(Math.floor(want / snap) * snap, snap, 20);
        });
        if (signals.every((name, axis) => this.view.signal(name) === goal[axis])) return;
        signals.forEach((name, axis) => this.view.signal(name, goal[axis]));
        await this.view.resize().runAsync();
      }
    }
    async countRepeats(signals) {
      const before = this.size();
      for (const name of signals) this.view.signal(name, this.view.signal(name) + 10);
      await this.view.resize().runAsync();
      return this.size().map((size, axis) => Math.max(1, Math.round((size - before[axis]) / 10)));
    }
    size() {
      const svg = this.element.querySelector("svg");
      return [+svg.getAttribute("width"), +svg.getAttribute("height")];
    }
    show(index, step, neuron) {
      const { view } = this;
      for (const { name, field, rows, values, scale } of this.data) {
        const start = index * rows.length;
        view.change(name, vega.changeset().modify(() => true, field, (row) => values[start + row.cell] * scale));
      }
      if (this.signals.has("step") && step !== undefined) view.signal("step", step);
      if (this.signals.has("neuron")) view.signal("neuron", neuron);
      view.run();
    }
  }

  function decode({ base64, dtype }) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return dtype === "int8" ? new Int8Array(bytes.buffer) : new Int16Array(bytes.buffer);
  }

  // A tooltip is worded when its mark is pointed at, not for thousands of marks at every step.
  function delayTooltips(marks = []) {
    for (const { encode, marks: inner } of marks) {
      if (encode?.update?.tooltip) {
        (encode.hover ??= {}).tooltip = encode.update.tooltip;
        delete encode.update.tooltip;
      }
      delayTooltips(inner);
    }
  }

  // A line's datum is its first row; a facet's is its group's.
  function neuronOf(item) {
    for (let at = item; at; at = at.mark?.group) {
      if (at.datum?.neuron !== undefined) return at.datum.neuron;
    }
  }

  const keys = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
  function wireKeys(element, group) {
    element.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key in keys) group.move(keys[event.key] * (event.shiftKey ? 10 : 1));
      else if (event.key === "Home") group.set(group.steps[0]);
      else if (event.key === "End") group.set(group.steps.at(-1));
      else return;
      group.stop();
      event.preventDefault();
    });
  }

  function wirePlayer(group) {
    const [input, output] = ["input", "output"].map((tag) => group.player.querySelector(tag));
    input.max = group.steps.length - 1;
    input.disabled = false;
    input.addEventListener("input", () => { group.stop(); group.set(group.steps[input.value]); });
    wireKeys(input, group);
    group.player.querySelector(".play").addEventListener("click", () => {
      if (group.player.classList.contains("playing")) group.stop(); else group.play();
    });
    group.readout = () => {
      const step = `step ${format.format(group.steps[group.index])}`;
      const values = group.curves?.(group.steps[group.index]);
      input.value = group.index;
      input.setAttribute("aria-valuetext", values ? `${step}: ${values}` : step);
      output.textContent = values ? `${step} · ${values}` : step;
      input.style.setProperty("--part", group.index / (group.steps.length - 1));
    };
    group.readout();
  }

  // The lead chart sets the step: by pointing, by a sideways drag or tap, and by keys.
  function wireLead(figure) {
    const { group } = figure;
    group.curves = curvesOf(figure);
    group.readout?.();
    for (const panel of figure.panels) {
      const { element, view } = panel;
      element.tabIndex = 0;
      element.classList.add("scrub");
      wireKeys(element, group);
      let last = "", touched = null;
      const scrub = (event) => {
        const left = element.querySelector("svg").getBoundingClientRect().left;
        const x = event.clientX - left - view.padding().left - view.origin()[0];
        const end = group.steps.at(-1);
        group.stop();
        group.set(Math.max(0, Math.min(end, view.scale("x").invert(x))));
      };
      element.addEventListener("pointermove", (event) => {
        const at = `${event.clientX} ${event.clientY}`;
        // Scrolling past moves the page under a pointer that rests: no wish to change the step.
        const resting = at === last || performance.now() - lastScroll < 120;
        last = at;
        if (event.pointerType === "mouse" ? !resting : touched) scrub(event);
      });
      element.addEventListener("pointerdown", (event) => {
        if (event.pointerType !== "mouse") touched = event.pointerId;
      });
      // The browser cancels a touch that turns out to be vertical scrolling.
      for (const type of ["pointerup", "pointercancel"]) element.addEventListener(type, () => { touched = null; });
      element.addEventListener("click", scrub);
    }
  }

  // What the slider says of a step, read from the curves of the chart itself.
  function curvesOf({ payload }) {
    const rows = payload.panels.flatMap((panel) => panel.spec.data)
      .map((dataset) => dataset.values).find((values) => values?.[0]?.series && "step" in values[0]);
    if (!rows) return null;
    const percent = payload.id.includes("accuracy");
    const say = (value) => percent
      ? `${+(100 * value).toFixed(1)}\u202f%` : value.toPrecision(2).replace("e-", " × 10^−");
    const series = bySeries(rows);
    return (step) => [...series].map(([name, points]) => {
      let near = points[0];
      for (const point of points) if (Math.abs(point.step - step) < Math.abs(near.step - step)) near = point;
      return `${name} ${say(near.value)}`;
    }).join(" · ");
  }
  function bySeries(rows) {
    const found = new Map();
    for (const row of rows) found.set(row.series, [...(found.get(row.series) ?? []), row]);
    return found;
  }

  // Whatever fails, the static form stays.
  async function mount(element) {
    try {
      await load(document.body.dataset.vega);
      await load(element.dataset.live);
      const figure = new Figure(element, payloads.get(element.dataset.figure));
      await figure.start();
      payloads.delete(element.dataset.figure);
      figures.set(element, figure);
      seen.observe(element);
    } catch (error) {
      element.querySelector(".live")?.remove();
      console.error(`Figure ${element.id} stays as it is:`, error);
    }
  }
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) { near.unobserve(target); mount(target); }
    }
  }, { rootMargin: "100% 0px" });
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      const figure = figures.get(target);
      figure.onScreen = isIntersecting;
      if (isIntersecting) figure.show();
      else if (figure.payload.lead) figure.group.stop();
    }
  });

  // Links: #step=modular:12300,parity:400
  function readLink() {
    const wanted = /^#step=(.+)$/.exec(location.hash);
    if (!wanted) return;
    let first;
    for (const [, name, step] of wanted[1].matchAll(/([\w-]+):(\d+)/g)) {
      if (!(name in moments)) continue;
      Group.of(name).set(+step);
      first ??= document.querySelector(`figure[data-lead][data-group="${name}"]`);
    }
    first?.scrollIntoView({ block: "center" });
  }
  function writeLink() {
    const parts = [...groups.values()].filter((g) => Number.isFinite(g.step)).map((g) => `${g.name}:${g.steps[g.index]}`);
    try { history.replaceState(null, "", `#step=${parts.join(",")}`); } catch { /* some browsers refuse on disk */ }
  }

  for (const word of document.querySelectorAll(".moment")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = word.className;
    button.textContent = word.textContent;
    button.addEventListener("click", () => Group.of(word.dataset.group).jump(+word.dataset.step));
    word.replaceWith(button);
  }

  // Cards start at their paragraph's edge; with a script they stand under their word.
  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, ({ target }) => {
      const holder = target.closest?.(".with-card");
      if (!holder) return;
      const card = holder.querySelector(".card");
      card.style.marginLeft = 0;
      const edge = card.getBoundingClientRect(), word = holder.getBoundingClientRect();
      const room = card.offsetParent.getBoundingClientRect().right - edge.right;
      card.style.marginLeft = `${Math.max(0, Math.min(word.left - edge.left - 12, room))}px`;
    });
  }
  // A note's card is a copy of the note, made when it is first wanted.
  for (const link of document.querySelectorAll(".footnote-ref a")) {
    const holder = link.parentNode;
    const fill = () => {
      if (holder.querySelector(".card")) return;
      const card = document.createElement("span");
      card.className = "card";
      card.innerHTML = document.querySelector(link.hash).innerHTML.replace(/<\/?p>/g, "");
      card.querySelector(".footnote-backref")?.remove();
      for (const inner of card.querySelectorAll(".card")) inner.remove();
      holder.classList.add("with-card");
      holder.append(card);
    };
    link.addEventListener("pointerenter", fill);
    link.addEventListener("focus", fill);
  }

  // Lazy frames are wanted on paper.
  addEventListener("beforeprint", () => {
    for (const image of document.querySelectorAll("img[loading=lazy]")) image.loading = "eager";
  });
  addEventListener("hashchange", readLink);

  // Frames a second while a group's step runs over all snapshots, one a frame, with what is on
  // screen: `await reportgen.measure("modular")` in the console or a browser test.
  function measure(name) {
    const group = Group.of(name), began = performance.now();
    group.stop();
    return new Promise((resolve) => {
      let at = 0;
      const frame = () => {
        if (at === group.steps.length) return resolve(at / ((performance.now() - began) / 1000));
        group.index = at++;
        group.show();
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
  }

  window.reportgen = { figure: (payload) => payloads.set(payload.id, payload), measure, groups };
  readLink();
  for (const element of document.querySelectorAll("figure[data-live]")) near.observe(element);
})();
