// The contract between Python and the page: all that a built site hands to the scripts in this folder.
//
// It is written here once. `make test-js` holds the scripts to it, and tests/js/examples.js, which shows
// one of everything; tests/test_page_contract.py holds what Python really writes to those examples. So a
// field that is renamed on one side alone fails a test. What the scripts give each other is in
// scripts.d.ts. Neither file becomes part of a site.
//
// Words: a *step* is one update of the weights. A *snapshot* is a step whose weights are stored; T is
// their number. A *group* is a single experiment whose figures follow one step together. A *run* is a
// model; of a sweep that is named by its seed.

/** data/FIGURE.js, one call: `reportgen.figure(PAYLOAD)`. data/FIGURE-SEED.js is the same of another run. */
interface FigurePayload {
  /** The figure's name: the element's `id` and `data-figure`. */
  id: string;
  /** The group whose step it follows; null where it follows none. */
  group: string | null;
  /** Whether it is one of its group's lead charts, by which the step is set. They have a player. */
  lead: boolean;
  /** Names of the inputs below it. The page reads them from the inputs themselves. */
  inputs: string[];
  /** The steps of this run's snapshots, ascending, (T); empty without a group. */
  steps: number[];
  /** Its charts, left to right, then downwards. */
  panels: PanelPayload[];
}

/** data/SWEEP-SEED-text.js, one call: `reportgen.passages(TEXTS)`: what the text says while that run is open. */
interface RunTexts {
  /** SWEEP:SEED, as a link names it, and the element with the file's path. */
  id: string;
  /** The steps of its moments, ascending. */
  moments: number[];
  passages: Passage[];
}

/** Where the text differs from the page's own. */
interface Passage {
  /** The id of an element of the page. */
  id: string;
  /** What stands in its place, complete elements; empty for nothing. */
  html: string;
  /** The element stays where it is, and the passage comes behind it. */
  stays: boolean;
}

/** One chart, a Vega view of its own. */
interface PanelPayload {
  /** Its name within the figure, for messages. */
  name: string;
  /** The compiled chart, without the rows that change with the step: those datasets are empty. */
  spec: VegaSpec;
  /** What it measures as drawn, px: its share of the figure's box. */
  width: number;
  height: number;
  /** Its plot's width and height are multiples of this, px, so that cells of a heatmap have whole pixels. */
  snap: [number, number];
  /** Whether it is worth drawing again for a narrow screen although it follows nothing. */
  responsive: boolean;
  /** The datasets that change with the step. */
  data: SteppedBlock[];
  /** Of a chart whose one such dataset holds the weights of a network, which it sums up as far as its first `aggregate`. */
  votes?: Voting;
}

/**
 * How a chart's transforms read weights, so that the page can do it in their place. Rows say `matrix`, `neuron`, `number`
 * and `strip`, the group of their neuron. A neuron's activation is the sum, if positive, of its weights for the inputs;
 * times a weight of the output it is its vote. The result: the sum of votes for each strip and number.
 */
interface Voting {
  /** Signals that choose a number → the matrix that is read there. */
  inputs: Record<string, string>;
  /** The matrix of the output. */
  output: string;
  /** The strip that sums over all neurons, the last. */
  all: number;
}

/** A dataset of n rows, and the one number of each row that changes with the step, at all T snapshots. */
interface SteppedBlock {
  /** The dataset's name in the chart. */
  name: string;
  /** How many rows it has, n. */
  cells: number;
  /** Its columns, (n) each, without the number that changes. Written by column, rows take a third of the room. */
  columns: Record<string, unknown[]>;
  /** The column that changes. */
  field: "value";
  /** How a number is packed: a signed whole number, little-endian. */
  dtype: "int8" | "int16";
  /** What 1 stands for at each snapshot (T): number = packed · scale. The lowest of all, -128 or -32768, is no number: null. */
  scale: number[];
  /**
   * What is added to the packed numbers of the snapshot before, (T, n), of the first to 0; sums go over the end of
   * the type and around. Row by row: snapshot t's of row r is at t · n + r.cell. In base64.
   */
  base64: string;
  /** Never written by Python: the numbers themselves, where the page has them already. */
  values?: Int16Array;
}

/** A row as the page makes it of the columns, with whatever columns its chart needs. */
interface StepRow {
  /** Its place among the n numbers of a snapshot, from 0. */
  cell: number;
  /** The neuron it belongs to, from 0: pointing at it marks that neuron in all figures of the group. */
  neuron?: number;
  [column: string]: unknown;
}

/** A Vega chart: the parts that the page looks at. */
interface VegaSpec {
  data: VegaDataset[];
  /**
   * Those with a meaning on the page: `step`, the group's step, is set to it; `neuron`, -1 for none, to the
   * one pointed at; `chosen` to what was pointed at in any panel of the figure; `opened`, -1 for none, to the
   * seed that is open; an input's name to its value, NAME_text puts that in words. A chart with `child_width`
   * and `child_height` repeats a plot; others have `width` and `height`, px.
   */
  signals?: { name: string; [more: string]: unknown }[];
  marks?: VegaMark[];
  scales?: VegaScale[];
  axes?: { scale?: string; values?: unknown; encode?: unknown; grid?: boolean; zindex?: number; [more: string]: unknown }[];
  legends?: { fill?: string; [more: string]: unknown }[];
  [more: string]: unknown;
}

interface VegaScale {
  name: string;
  domain?: unknown;
  [more: string]: unknown;
}

/**
 * Two columns of a row have a meaning on the page when its mark is pointed at or pressed: `chosen`, a whole
 * number, chooses it for all panels of the figure; `opens`, a whole number, opens the run of that seed.
 */
interface VegaDataset {
  name: string;
  /** Its rows; of a dataset that is made from another one there are none. */
  values?: Record<string, unknown>[];
  /** The dataset that it is made from. */
  source?: string;
  transform?: { type: string; as?: string | string[]; [more: string]: unknown }[];
  [more: string]: unknown;
}

/**
 * Rows of curves. The player of a lead chart says the nearest point of each series in words, from the first
 * such dataset whose name does not end in `_canonical`. One called `accuracy` is in [0, 1], said in percent.
 */
interface CurvePoint {
  series: string;
  step: number;
  value: number;
}

interface VegaMark {
  type: string;
  name?: string;
  from?: { data?: string; facet?: { groupby?: string[]; [more: string]: unknown } };
  encode?: {
    update?: { fill?: unknown; tooltip?: { signal?: string }; [more: string]: unknown };
    hover?: { [more: string]: unknown };
    [more: string]: unknown;
  };
  marks?: VegaMark[];
  [more: string]: unknown;
}

/** data/runs/GROUP.js, one call: `reportgen.stored(RUN)`: a run for the reader's browser to train again. */
interface StoredRun {
  name: string;
  /** As reportgen/numerics/config.py writes it. */
  config: Record<string, any>;
  /** The names of `Settings` in reportgen/browser/examples.hpp, in their order there. */
  fields: string[];
  /** Name → number; what is not there is 0. */
  settings: Record<string, number>;
  /** Of the measurements, (T); of the snapshots, (S). */
  steps: number[];
  snapshot_steps: number[];
  /** Steps between two measurements, and between two snapshots. */
  every: [number, number];
  /** Name of a trained matrix → rows and columns, in the order in which they are drawn. */
  layout: Record<string, [number, number]>;
  /** "train_loss", "test_loss", "train_accuracy", "test_accuracy", "weight_norm" → (T) float64 in base64. */
  metrics: Record<string, string>;
  /** The last snapshot, float32 in base64: (K, H) and (H, C), row by row. */
  w_input: string;
  w_output: string;
}

/** The JSON in the article's #groups: every group with a figure on the page → the steps of its moments, ascending. */
type GroupMoments = Record<string, number[]>;

/** provenance.js, one statement: `window.provenance = PROVENANCE`. */
interface Provenance {
  /** The trainings of an experiment. */
  experiments: Record<string, Made>;
  /** The drawing of a figure. */
  figures: Record<string, Made>;
  /** All trainings together. */
  total: Made;
}
interface Made {
  /** When, how long, by which commit. */
  words: string;
  [more: string]: unknown;
}

/** What `reportgen serve` tells open pages as an event: JSON at /.reportgen/events. */
interface PreviewStatus {
  /** Changes when a build wrote something. A page knows its own from its script's `data-version`. */
  version: string;
  /** Whether a build runs. */
  building: boolean;
  /** What the last build failed with; null when it did not. */
  error: string | null;
}

/** The data-* attributes that the templates write, by element. All are texts; a path is relative to the page. */
interface PageData {
  body: {
    /** Path of Vega. */
    vega: string;
    /** Paths of what trains in the reader's browser: its scripts, and the kernels. */
    lab: string;
    kernels: string;
  };
  figure: FigureData;
  /**
   * Hidden: a run that can stand in. In a figure its `value` is the seed; behind the article, SWEEP:SEED, and what
   * is there are its texts.
   */
  data: {
    /** Path of that run's data file. */
    live: string;
  };
  ".stage": {
    /** So many charts side by side on a wide screen, and on a phone. */
    wide: string;
    narrow: string;
  };
  ".player": {
    group: string;
  };
  ".repeat": {
    /** Path of the stored run that the button has trained again. */
    repeat: string;
  };
  /** Buttons that open runs of a sweep; the bar that says which one is open follows the element. */
  ".openings": {
    /** The sweep's name. */
    sweep: string;
  };
  /** A word or button that moves a group's step. */
  ".moment": {
    group: string;
    /** Absent in the text of a run in which that moment never came. */
    step?: string;
  };
  /** A mark beside a sentence: the claim's number. */
  ".mark": {
    claim: string;
  };
  /** What is known of a claim, by its number: in the fold of its section, then in the scorecard. */
  ".verdict": {
    verdict: string;
  };
  /** A box with a <code> to copy. */
  ".copied": {
    /** What is copied, in words. */
    copy: string;
  };
  /** On the page of methods: a cell for when something was made. */
  ".made": {
    /** Where in the provenance: "total", "figures/NAME", "experiments/NAME". */
    made: string;
  };
}
type FigureData = {
  figure: string;
  /** Path of its data file; absent where it stays an image. */
  live?: string;
  group?: string;
  /** Present, and empty, on the first figure where it moves: it plays once, by itself. */
  plays?: string;
  /** Present, and empty, on a lead chart. */
  lead?: string;
  /** The curve that is asked for before it is shown, by its series; absent where none is. */
  guess?: string;
  /** The value of which is said when guess and curve first reach it. */
  level?: string;
  /** The sweep of whose runs some can stand in for the group's own. */
  also?: string;
};
