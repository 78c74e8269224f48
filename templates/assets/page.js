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
  const { Figure, Opening, wireKeys } = window.reportgen;

  // A script tag rather than fetch: it also works from disk. A bundle brings its files along as text.
  function load(address) {
    if (!loading.has(address)) {
      loading.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        const kept = document.querySelector(`script[data-src="${CSS.escape(address)}"]`);
        if (kept) script.textContent = kept.textContent; else script.src = address;
        script.onload = () => { script.remove(); resolve(); };
        script.onerror = () => { loading.delete(address); reject(new Error(`${address} did not load`)); };
        document.head.append(script); // runs at once when it has text
        if (kept) { script.remove(); resolve(); }
      }));
    }
    return loading.get(address);
  }
  // What a figure's data file registers. It is not kept: wanted again, the browser still has the file.
  async function fetchData(figure, address) {
    await load(address);
    loading.delete(address);
    const payload = payloads.get(figure);
    payloads.delete(figure);
    return payload;
  }
  const opening = new Opening(figures, fetchData, writeLink);

  // One training step for all figures of a group. `step` is what was asked for, Infinity being the
  // end; figures show the nearest snapshot.
  class Group {
    constructor(name) {
      Object.assign(this, { name, step: Infinity, pointed: { neuron: -1, run: null }, steps: [], index: 0, motion: 0, due: 0 });
      this.figures = new Set();
      // A group may have several lead charts, each with a player under it.
      this.players = [...document.querySelectorAll(`.player[data-group="${CSS.escape(name)}"]`)];
      this.readouts = new Map(); // player → what writes its step and values
    }
    static of(name) {
      if (!groups.has(name)) groups.set(name, new Group(name));
      return groups.get(name);
    }
    adopt(steps) {
      if (this.steps.length) return;
      this.steps = steps;
      this.index = this.nearest(this.step);
      for (const player of this.players) wirePlayer(this, player);
    }
    nearest(step, s = this.steps) {
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
    // A neuron is one of a run's: figures that show another run have none to mark.
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
    readout() { for (const write of this.readouts.values()) write(); }
    playing(on) {
      for (const player of this.players) {
        player.classList.toggle("playing", on);
        player.querySelector(".play").setAttribute("aria-label", on ? "Pause" : "Play the training");
      }
    }
    stop() {
      cancelAnimationFrame(this.motion);
      clearTimeout(this.waiting);
      this.motion = this.waiting = 0;
      this.playing(false);
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
      this.playing(true);
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

  function wirePlayer(group, player) {
    const [input, output] = ["input", "output"].map((tag) => player.querySelector(tag));
    input.max = group.steps.length - 1;
    input.disabled = false;
    input.addEventListener("input", () => { group.stop(); group.set(group.steps[input.value]); });
    wireKeys(input, group);
    player.querySelector(".play").addEventListener("click", () => {
      if (player.classList.contains("playing")) group.stop(); else group.play();
    });
    group.readouts.set(player, () => {
      const step = `step ${format.format(group.steps[group.index])}`;
      const values = player.values?.(group.steps[group.index]);
      input.value = group.index;
      input.setAttribute("aria-valuetext", values ? `${step}: ${values}` : step);
      output.textContent = values ? `${step} · ${values}` : step;
      input.style.setProperty("--part", group.index / (group.steps.length - 1));
    });
    group.readout();
  }

  // Whatever fails, the static form stays.
  async function mount(element) {
    try {
      await load(document.body.dataset.vega);
      const payload = await fetchData(element.dataset.figure, element.dataset.live);
      const group = payload.group ? Group.of(payload.group) : null;
      group?.adopt(payload.steps);
      const figure = new Figure(element, payload, group);
      await figure.start();
      figures.set(element, figure);
      seen.observe(element);
      opening.bring(figure);
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
      else if (figure.payload.lead && !figure.group.leads()) figure.group.stop();
    }
  });

  // Links: #step=modular:12300,parity:400 and, where a run is open, modular-seeds:3
  // Who comes back to a place, by Back or by loading it again, is left there; a link followed leads to its chart.
  function readLink() {
    const back = history.state?.written;
    const wanted = /^#step=(.+)$/.exec(location.hash);
    if (!wanted) return;
    let first;
    for (const [, name, number] of wanted[1].matchAll(/([\w-]+):(\d+)/g)) {
      if (!(name in moments)) { first = opening.follow(name, number) ?? first; continue; }
      Group.of(name).set(+number);
      first ??= document.querySelector(`figure[data-lead][data-group="${name}"]`);
    }
    if (!back) first?.scrollIntoView({ block: "center" });
  }
  function writeLink() {
    const parts = [...groups.values()].filter((g) => Number.isFinite(g.step)).map((g) => `${g.name}:${g.steps.length ? g.steps[g.index] : g.step}`);
    const link = [...parts, ...opening.link()].join(",");
    try { history.replaceState({ written: true }, "", link ? `#step=${link}` : location.pathname + location.search); } catch { /* some browsers refuse on disk */ }
  }

  for (const word of document.querySelectorAll(".moment")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = word.className;
    button.textContent = word.textContent;
    button.addEventListener("click", () => Group.of(word.dataset.group).jump(+word.dataset.step));
    word.replaceWith(button);
  }

  // A note's card is a copy of the note, made when it is first wanted.
  function noteCard(reference) {
    const card = document.createElement("span");
    card.className = "card";
    card.innerHTML = document.querySelector(reference.querySelector("a").hash).innerHTML.replace(/<\/?p>/g, "");
    for (const extra of card.querySelectorAll(".footnote-backref, .card")) extra.remove();
    reference.classList.add("with-card");
    reference.append(card);
  }
  // Cards start at their paragraph's edge; with a script they stand under their word.
  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, ({ target }) => {
      const note = target.closest?.(".footnote-ref:not(.with-card)");
      if (note) noteCard(note);
      const holder = target.closest?.(".with-card");
      if (!holder || target.closest(".card")) return;
      const card = holder.querySelector(".card");
      card.style.marginLeft = 0;
      const edge = card.getBoundingClientRect(), word = holder.getBoundingClientRect();
      const room = card.offsetParent.getBoundingClientRect().right - edge.right;
      card.style.marginLeft = `${Math.max(0, Math.min(word.left - edge.left - 12, room))}px`;
    });
  }

  // A formula wider than the screen scrolls, so the keyboard has to reach it.
  const wide = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0; else target.removeAttribute("tabindex");
    }
  });
  for (const formula of document.querySelectorAll(".math.block")) wide.observe(formula);

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

  Object.assign(window.reportgen, { figure: (payload) => payloads.set(payload.id, payload), measure, groups, opening });
  readLink();
  for (const element of document.querySelectorAll("figure[data-live]")) near.observe(element);
})();
