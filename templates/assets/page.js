// The page's behaviour: figures become interactive as they come near the screen, and the address says
// their steps. Without this file the page reads as it is.
"use strict";
(() => {
  const { ask, Figure, Group, groups, Guess, moments, Opening, Pinned, playOnce, readSteps, writeSteps } = window.reportgen;
  /** @type {Map<Element, Figure>} those that are live */
  const figures = new Map();
  /** @type {Map<string, FigurePayload>} figure id → what its data file registered */
  const payloads = new Map();
  /** @type {Map<string, RunTexts>} run → what its file registered */
  const texts = new Map();
  /** @type {Map<string, Promise<void>>} by address */
  const loading = new Map();

  /**
   * Run a script of the site once. A script tag rather than fetch: it also works from disk. A bundle
   * brings its files along as text.
   * @param {string} address
   */
  function load(address) {
    const known = loading.get(address);
    if (known) return known;
    /** @type {Promise<void>} */
    const loaded = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const kept = document.querySelector(`script[data-src="${CSS.escape(address)}"]`);
      if (kept) script.textContent = kept.textContent; else script.src = address;
      script.onload = () => { script.remove(); resolve(); };
      script.onerror = () => { loading.delete(address); reject(new Error(`${address} did not load`)); };
      document.head.append(script); // runs at once when it has text
      if (kept) { script.remove(); resolve(); }
    });
    loading.set(address, loaded);
    return loaded;
  }
  /**
   * What a data file registers under a name. It is not kept: wanted again, the browser still has the file.
   * @template T
   * @param {Map<string, T>} registered
   * @param {string} name
   * @param {string} address
   */
  async function fetched(registered, name, address) {
    await load(address);
    loading.delete(address);
    const found = registered.get(name);
    registered.delete(name);
    if (!found) throw new Error(`${address} holds nothing of ${name}`);
    return found;
  }
  /** @type {(figure: string, address: string) => Promise<FigurePayload>} */
  const fetchData = (figure, address) => fetched(payloads, figure, address);
  /** @type {(run: string, address: string) => Promise<RunTexts>} */
  const fetchTexts = (run, address) => fetched(texts, run, address);
  const opening = new Opening(figures, fetchData, fetchTexts, () => {
    if (opening.link().length) window.reportgen.lab?.close();
    writeLink();
  });
  Group.rested = writeLink;
  const pinned = new Pinned(figures);

  /**
   * Make a figure interactive. Whatever fails, the static form stays.
   * @param {LiveElement} element
   */
  async function mount(element) {
    try {
      await load(document.body.dataset.vega ?? "");
      const payload = await fetchData(element.dataset.figure, element.dataset.live);
      const group = payload.group ? Group.of(payload.group) : null;
      group?.adopt(payload.steps);
      const figure = new Figure(element, payload, group);
      await figure.start();
      figures.set(element, figure);
      seen.observe(element);
      opening.bring(figure);
      window.reportgen.lab?.bring(figure);
      if (element.dataset.guess && group) new Guess(figure, group);
      playOnce(figure);
    } catch (error) {
      for (const part of element.querySelectorAll(".live, .guess")) part.remove();
      element.classList.remove("asks");
      console.error(`Figure ${element.id} stays as it is:`, error);
    }
  }
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      mount(/** @type {LiveElement} */ (target)); // nothing else is observed
    }
  }, { rootMargin: "100% 0px" });
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      const figure = figures.get(target);
      if (!figure) continue;
      figure.onScreen = isIntersecting;
      pinned.soon();
      if (isIntersecting) figure.show();
      else if (figure.payload.lead && !figure.group?.leads()) figure.group?.stop();
    }
  });

  // Who comes back to a place, by Back or by loading it again, is left there; a link followed leads to its chart.
  function readLink() {
    const back = history.state?.written;
    /** @type {Element | null} */
    let first = null;
    for (const [name, number] of readSteps(location.hash)) {
      if (!Object.hasOwn(moments, name)) { first = opening.follow(name, number) ?? first; continue; }
      Group.of(name).set(+number);
      first ??= document.querySelector(`figure[data-lead][data-group="${name}"]`);
    }
    if (!back) first?.scrollIntoView({ block: "center" });
  }
  function writeLink() {
    /** @type {[string, number | string][]} */
    const steps = [...groups.values()].filter((group) => Number.isFinite(group.step))
      .map((group) => [group.name, group.steps.length ? group.at : group.step]);
    const link = writeSteps([...steps, ...opening.link()]);
    try {
      history.replaceState({ written: true }, "", link || location.pathname + location.search);
    } catch { /* some browsers refuse on disk */ }
  }

  /**
   * Frames a second while a group's step runs over all snapshots, one a frame, with what is on
   * screen: `await reportgen.measure("modular")` in the console or a browser test.
   * @param {string} name
   * @returns {Promise<number>}
   */
  function measure(name) {
    const group = Group.of(name), began = performance.now();
    group.stop();
    return new Promise((resolve) => {
      let at = 0;
      const frame = () => {
        if (at === group.steps.length) { resolve(at / ((performance.now() - began) / 1000)); return; }
        group.index = at++;
        group.show();
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
  }

  /** @param {FigurePayload} payload */
  const figure = (payload) => { payloads.set(payload.id, payload); };
  /** @param {RunTexts} found */
  const passages = (found) => { texts.set(found.id, found); };
  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ figure, load, measure, opening, passages, figures, fetchData }));
  addEventListener("hashchange", readLink);
  readLink();
  /** @type {NodeListOf<LiveElement>} */
  const waiting = document.querySelectorAll("figure[data-live]");
  for (const element of waiting) { ask(element); near.observe(element); }
})();
