// What helps reading the text: cards of notes, formulas that scroll, drawings that are there on paper.
"use strict";
(() => {
  const { find } = window.reportgen;

  /**
   * A note's card is a copy of the note, made when it is first wanted.
   * @param {Element} reference
   */
  function noteCard(reference) {
    const note = find(document, find(reference, "a", HTMLAnchorElement).hash, HTMLElement);
    const card = document.createElement("span");
    card.className = "card";
    card.innerHTML = note.innerHTML.replace(/<\/?p>/g, "");
    for (const extra of card.querySelectorAll(".footnote-backref, .card")) extra.remove();
    reference.classList.add("with-card");
    reference.append(card);
  }
  /**
   * A mark's card is a copy of what the page says of its claim.
   * @param {Element} holder
   */
  function claimCard(holder) {
    const name = find(holder, ".mark", HTMLElement).dataset.claim, card = document.createElement("span");
    card.className = "card";
    for (const part of document.querySelector(`[data-verdict="${name}"]`)?.children ?? []) {
      const line = document.createElement("span");
      line.className = part.matches("dt") ? "card-title" : part.className;
      line.innerHTML = part.innerHTML;
      card.append(line, " ");
    }
    holder.classList.add("with-card");
    holder.append(card);
  }
  /**
   * A card for a link to a section: its title and how it begins.
   * @param {HTMLAnchorElement} link
   */
  function sectionCard(link) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!heading?.matches("h2, h3")) return;
    let begins = heading.nextElementSibling;
    while (begins && !begins.matches("p")) begins = begins.nextElementSibling;
    const holder = document.createElement("span"), card = document.createElement("span"), title = document.createElement("span");
    holder.className = "with-card";
    card.className = "card";
    title.className = "card-title";
    title.textContent = textOf(heading);
    card.append(title, begins ? /^.*?[.?!](?= |$)/s.exec(textOf(begins))?.[0] ?? textOf(begins) : "");
    link.replaceWith(holder);
    holder.append(link, card);
  }
  /**
   * What an element says, without cards and marks.
   * @param {Element} element
   */
  function textOf(element) {
    const copy = /** @type {Element} */ (element.cloneNode(true));
    for (const extra of copy.querySelectorAll(".card, .anchor, .footnote-ref, .citation, .claim, annotation")) extra.remove();
    return (copy.textContent ?? "").trim().replace(/\s+/g, " ");
  }
  /**
   * Cards for the links to sections in paragraphs and lists.
   * @param {ParentNode} within
   */
  function linkCards(within) {
    for (const link of within.querySelectorAll('a[href^="#"]:not(.with-card a, .footnote-ref a, .claim a)')) {
      if (link instanceof HTMLAnchorElement) sectionCard(link);
    }
  }
  for (const block of document.querySelectorAll("article > :is(p, ul, ol)")) linkCards(block);
  // Cards start at their paragraph's edge; with a script they stand under their word.
  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, ({ target }) => {
      if (!(target instanceof Element)) return;
      const note = target.closest(".footnote-ref:not(.with-card)");
      if (note) noteCard(note);
      const claim = target.closest(".claim:not(.with-card)");
      if (claim) claimCard(claim);
      const holder = target.closest(".with-card");
      if (holder && !target.closest(".card")) place(find(holder, ".card", HTMLElement), holder);
    });
  }
  // Where nothing hovers, a tap on a mark shows its card; the card's link leads to the scorecard.
  document.addEventListener("click", (event) => {
    const mark = event.target instanceof Element && event.target.closest("a.mark");
    if (!(mark instanceof HTMLElement) || !matchMedia("(hover: none)").matches) return;
    event.preventDefault();
    mark.focus();
  });
  /**
   * @param {HTMLElement} card
   * @param {Element} holder
   */
  function place(card, holder) {
    card.style.marginLeft = "0";
    const edge = card.getBoundingClientRect(), word = holder.getBoundingClientRect();
    const text = (card.offsetParent ?? document.body).getBoundingClientRect();
    const room = Math.max(text.right, word.right + 12) - edge.right; // a mark may stand in the margin
    card.style.marginLeft = `${Math.max(0, Math.min(word.left - edge.left - 12, room))}px`;
  }

  // A formula wider than the screen scrolls, so the keyboard has to reach it.
  const wide = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
      else target.removeAttribute("tabindex");
    }
  });
  for (const formula of document.querySelectorAll(".math.block")) wide.observe(formula);

  // Lazy frames are wanted on paper.
  addEventListener("beforeprint", () => {
    /** @type {NodeListOf<HTMLImageElement>} */
    const images = document.querySelectorAll("img[loading=lazy]");
    for (const image of images) image.loading = "eager";
  });

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ linkCards }));
})();
