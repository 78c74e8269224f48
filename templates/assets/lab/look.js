// What the laboratory's box is made of, and its style: neither is needed before it is asked for.
"use strict";
(() => {
  const BOX = `
    <div class="run"><progress max="1" value="0" aria-label="Training in your browser"></progress><output></output>
    <button type="button" class="stop">Stop</button><button type="button" class="shut">Close</button></div>
    <p class="outcome" role="status"></p>
    <details><summary>Change it</summary></details>
    <p class="take"><button type="button" class="link">Copy a link to this training</button><a hidden download>Take the run along (.npz)</a></p>`;
  const STYLE = `
    .lab { max-width: var(--text); margin: .6rem 0 0; padding: .7rem .9rem; border: 1px solid var(--accent); border-radius: 6px; font: .8125rem/1.5 var(--sans); }
    body > .standing { font-family: var(--sans); }
    .lab .run { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .9rem; }
    .lab progress { flex: 1 1 8rem; accent-color: var(--accent); }
    .lab output { flex: 2 1 14rem; color: var(--muted); font-variant-numeric: tabular-nums; }
    .lab button { padding: .35rem .7rem; border: 1px solid var(--accent); border-radius: 1rem; background: var(--paper); color: var(--ink); font: inherit; line-height: 1.2; cursor: pointer; }
    .lab button:hover { background: color-mix(in srgb, var(--accent) 14%, var(--paper)); }
    .lab .outcome { margin: .4rem 0 0; }
    .lab summary { margin-top: .4rem; cursor: pointer; }
    .lab .presets { display: flex; flex-wrap: wrap; gap: .4rem; margin: .6rem 0; }
    .lab .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .5rem .9rem; margin: .6rem 0; }
    .lab label { display: grid; color: var(--muted); }
    .lab :is(input, select) { width: 100%; box-sizing: border-box; padding: .25rem .4rem; border: 1px solid var(--muted); border-radius: 4px; background: var(--paper); color: var(--ink); font: inherit; }
    .lab :is(input, select):invalid { border-color: var(--test); outline: 1px dashed; }
    .lab .take { margin: .6rem 0 0; display: flex; flex-wrap: wrap; gap: .4rem; }
    .lab .outcome:empty { display: none; }
    @media print { .lab { display: none; } }`;

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ BOX, STYLE }));
})();
