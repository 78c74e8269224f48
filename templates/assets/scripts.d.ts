// What the scripts of this folder give each other, in `window.reportgen`. What comes from Python is in
// contract.d.ts. For the type checker and for reading; never part of a site.

declare var reportgen: Reportgen;
declare var provenance: Provenance | undefined;
declare const vega: Vega;

interface Reportgen {
  // common.js
  find<E extends Element>(within: ParentNode, selector: string, Kind: new () => E): E;
  // steps.js
  nearest(step: number, steps: readonly number[]): number;
  place(step: number, steps: readonly number[]): number;
  stepAt(part: number, steps: readonly number[]): number;
  between(from: number, to: number, passed: number, duration: number): number;
  playTime(index: number, last: number): number;
  readSteps(hash: string): [name: string, number: string][];
  writeSteps(steps: Iterable<readonly [name: string, number: number | string]>): string;
  // payload.js
  unpack(block: SteppedBlock): Unpacked;
  numberAt(block: Pick<Unpacked, "rows" | "values" | "scale">, index: number, cell: number): number | null;
  rowsAt(block: Unpacked, index: number): StepRow[];
  curvesIn(panels: FigurePayload["panels"]): (VegaDataset & { values: CurvePoint[] }) | undefined;
  curvesOf(payload: Pick<FigurePayload, "panels">, hidden?: string): ((step: number) => string) | null;
  sketchOf(payload: Pick<FigurePayload, "panels">, steps: readonly number[], hidden?: string): { color: string; path: string }[];
  bySeries(points: readonly CurvePoint[]): Map<string, CurvePoint[]>;
  worded(value: number, kind: string): string;
  delayTooltips(marks?: VegaMark[]): void;
  neuronOf(item: VegaItem | null | undefined): unknown;
  // canvas.js
  canvasOver(canvas: HTMLCanvasElement, size: number[]): CanvasRenderingContext2D | null;
  originOf(view: VegaView): [left: number, top: number];
  isPlain(spec: Partial<VegaSpec>, mark: VegaMark | undefined, known: string, field: string): boolean;
  addPointed(spec: VegaSpec, mark: VegaMark): void;
  inkOf(canvas: HTMLCanvasElement, color: string): string;
  leavesOf(marks: readonly VegaMark[]): { mark: VegaMark; keys: string[] }[];
  // cells.js
  Cells: { of(spec: VegaSpec, data: Unpacked[]): Painter | null };
  heatmapOf(spec: Partial<VegaSpec>, data: readonly Pick<SteppedBlock, "field">[]): { scale: string; x: Band; y: Band } | undefined;
  // lines.js
  linesIn(rows: readonly StepRow[], keys: readonly string[], x: string): Line[];
  Lines: { of(spec: VegaSpec, data: Unpacked[]): Painter | null };
  linesOf(
    spec: Partial<VegaSpec>,
    data: readonly Pick<SteppedBlock, "field">[],
  ): { mark: VegaMark; keys: string[]; x: { field: string; scale: string }; y: string } | undefined;
  // votes.js
  Votes: { of(spec: VegaSpec, block: Unpacked, voting?: Voting): Votes | null };
  // controls.js
  wireInputs(figure: Figure): () => void;
  wireKeys(element: HTMLElement, group: Group): void;
  wireLead(figure: Figure): void;
  // views.js
  Figure: new (element: LiveElement, payload: FigurePayload, group: Group | null) => Figure;
  // pointing.js
  Pointing: new (figure: Figure) => unknown;
  nextTo(from: Target, way: readonly [across: number, down: number], targets: readonly Target[]): Target | undefined;
  // first_play.js
  playOnce(figure: Figure): void;
  // words.js
  /** Those in an element that name a moment become buttons. */
  wireWords(within: ParentNode): void;
  // reading.js
  /** Cards for an element's links to sections. */
  linkCards(within: ParentNode): void;
  // following.js
  Following: new () => Following;
  // opening.js
  Opening: new (
    figures: Map<Element, Figure>,
    fetchData: (figure: string, address: string) => Promise<FigurePayload>,
    fetchTexts: (run: string, address: string) => Promise<RunTexts>,
    changed: () => void,
  ) => Opening;
  // groups.js
  Group: {
    new (name: string): Group;
    /** The group of that name, the same one each time. */
    of(name: string): Group;
    /** Called when a group's step has come to rest. */
    rested: () => void;
  };
  groups: Map<string, Group>;
  // pinned.js
  Pinned: new (figures: Map<Element, Figure>) => Pinned;
  moments: GroupMoments;
  // sheet.js
  /** A line drawn on to a point: what lies to the right of that is drawn anew. */
  drawnOn(line: readonly Share[], point: Share): Share[];
  /** How high a line is there; null where it is not. */
  heightAt(line: readonly Share[], across: number): number | null;
  /** Where a line first reaches a height; null where it never does. */
  reach(line: readonly Share[], height: number): number | null;
  /** The guess and the curve in one sentence. */
  compare(what: string, level: string, guessed: number | null, truth: number | null): string;
  /** Where a line's name of that size has room beside it: the middle of its lower edge. */
  labelPlace(line: readonly Share[], curve: readonly Share[], size: Share): { across: number; up: number } | null;
  Sheet: new (panel: Panel, done: () => void) => Sheet;
  // guess.js
  /** Have a figure ask for its curve, unless it was answered or is wanted at once. */
  ask(element: LiveElement): void;
  /** What asks in such a figure, once it is interactive. */
  Guess: new (figure: Figure, group: Group) => unknown;
  // page.js
  opening: Opening;
  /** What a data file calls. */
  figure(payload: FigurePayload): void;
  load(address: string): Promise<void>;
  figures: Map<Element, Figure>;
  fetchData(figure: string, address: string): Promise<FigurePayload>;
  /** What a file of a run's texts calls. */
  passages(texts: RunTexts): void;
  /** Frames a second while a group's step runs over all its snapshots. */
  measure(group: string): Promise<number>;
}

/** One training step for all figures of a group. */
interface Group {
  readonly name: string;
  /** What was asked for; Infinity is the end. Figures show the snapshot nearest to it. */
  step: number;
  /** The steps of the group's own run, ascending; empty until a figure of the group is live. */
  steps: number[];
  /** The snapshot shown: its place in `steps`. */
  index: number;
  /** The step that is said: the snapshot's, or that of a moment near it. */
  readonly at: number;
  readonly end: number;
  /** Its players: one under each lead chart, and the one in its strip. */
  readonly players: HTMLElement[];
  /** The first of its lead charts that is live, null before. */
  lead: Figure | null;
  /** The neuron pointed at, -1 for none, and the run it is one of. */
  pointed: { neuron: number; run: string | null };
  figures: Set<Figure>;
  /** A lead chart's player → what it says of a step besides its number. */
  /** Called with every step. */
  readonly readouts: (() => void)[];
  words: Map<Element, ((step: number) => string) | null>;
  /** Player → the steps of the moments marked on it. */
  readonly marked: Map<Element, number[]>;
  mark(player: Element, steps: number[]): void;
  adopt(steps: number[]): void;
  add(player: HTMLElement, shown?: () => void): void;
  nearest(step: number, steps?: number[]): number;
  set(step: number): void;
  move(count: number): void;
  jump(step: number): void;
  stop(): void;
  show(): void;
  readout(): void;
  leads(): boolean;
  point(neuron: number, run: string | null): void;
}

/** A figure that has become interactive. */
interface Figure {
  readonly element: LiveElement;
  readonly group: Group | null;
  payload: FigurePayload;
  panels: Panel[];
  /** The seed of the run shown in place of the group's own, or null. */
  run: string | null;
  onScreen: boolean;
  /** The series that the reader is asked for, and does not see yet; empty for none. */
  asked: string;
  /** What takes the place of the static frames, and in it the box of its views. */
  readonly live: HTMLElement;
  readonly box: HTMLElement;
  readonly index: number;
  /** The last of the changes of run that follow one another. */
  bringing: Promise<void>;
  start(): Promise<void>;
  swap(payload: FigurePayload, run: string | null): Promise<void>;
  /** The group's step, where that is not shown already. */
  show(): void;
  /** The same, whatever is shown. */
  refresh(): void;
  /** One snapshot of its own, until the next `show`. */
  showAt(index: number): void;
}

interface Panel {
  data: Unpacked[];
  show(index: number, step: number | undefined, neuron: number): void;
  readonly element: HTMLElement;
  readonly view: VegaView;
  /** The names of the chart's signals. */
  readonly signals: Set<string>;
  /** The names of its marks that have a tooltip. */
  readonly tips: Set<string>;
  readonly painter: Painter | null;
  point(row: StepRow | undefined, figure: Figure): void;
  /** Show what is shown once more, after an input has changed. */
  again(): void;
}

/** The strip with a group's curves and player at the top of the screen. */
interface Pinned {
  /** Look again, at the next frame, whose strip is wanted. */
  soon(): void;
}

/** Marks that follow the step, painted on a canvas over their view, which has none of them. */
interface Painter {
  readonly canvas: HTMLCanvasElement;
  /** Whether the canvas lies below the view instead. */
  readonly under: boolean;
  /** Those that the view gets in place of the block's. */
  readonly rows: StepRow[];
  place(view: VegaView, size: number[]): void;
  paint(view: VegaView, index: number, neuron: number): void;
  /** All rows with their places in the view, px. */
  boxes(): RowBox[];
  /** The row at a point of the view, px. */
  at(x: number, y: number): StepRow | undefined;
}

/** Sums that the page makes in place of a chart's transforms. */
interface Votes {
  readonly block: Unpacked;
  /** The sums' rows; `cell` is a sum's place in `sums`. */
  readonly rows: StepRow[];
  readonly field: string;
  readonly sums: Float64Array;
  count(view: VegaView, index: number): void;
}

/** What a reader draws on, over a plot. */
interface Sheet {
  readonly line: Share[];
  draw(line: Share[]): void;
  label(curve: Share[]): void;
}

/** The passages of the text that speak of an open run. */
interface Following {
  show(passages: Passage[], seed: string): void;
  restore(): void;
}

/** Which of a sweep's runs is open in place of the groups' own. */
interface Opening {
  close(): void;
  bring(figure: Figure): void;
  press(figure: Figure, seed: number): void;
  link(): [sweep: string, seed: string][];
  follow(sweep: string, seed: string): Element | null;
}

interface LiveElement extends HTMLElement {
  readonly dataset: FigureData & { live: string };
}

/** A point of a plot: shares of its width and height, from its lower left corner. */
type Share = [across: number, up: number];
type RowBox = [row: StepRow, left: number, top: number, width: number, height: number];
/** What can be pointed at, and where it is in its panel, px. */
interface Target {
  panel: Panel;
  left: number;
  top: number;
  width: number;
  height: number;
  /** Point at it; what it says then. */
  point(): Promise<string>;
  leave(): void;
  press(): void;
}
/** An axis of a heatmap: its scale and the rows' column. */
type Band = { scale: VegaScale; field: string };
/** A line's points: their places among the rows, and their x. */
type Line = { cells: number[]; at: number[] };
type Packed = Int8Array | Int16Array;
type Unpacked = Pick<SteppedBlock, "name" | "field" | "scale"> & { rows: StepRow[]; values: Packed };

/** The part of Vega that the page uses; the bundle in a site has no more than this. */
interface Vega {
  View: new (chart: VegaChart, options: { renderer: "svg"; container: Element; hover: boolean }) => VegaView;
  parse(spec: VegaSpec): VegaChart;
  changeset(): VegaChanges;
}
interface VegaChart {
  readonly signals: unknown[];
}
interface VegaChanges {
  remove(which: () => boolean): VegaChanges;
  insert(rows: object[]): VegaChanges;
  modify(which: () => boolean, field: string, value: (row: StepRow) => unknown): VegaChanges;
}
interface VegaView {
  signal(name: string): any; // whatever the chart's author made it
  signal(name: string, value: unknown): VegaView;
  scale(name: string): { (value: number): any; invert(px: number): number; domain(): number[] };
  change(dataset: string, changes: VegaChanges): VegaView;
  run(): VegaView;
  runAsync(): Promise<VegaView>;
  resize(): VegaView;
  addResizeListener(listener: () => void): VegaView;
  finalize(): VegaView;
  padding(): { left: number; top: number };
  origin(): [x: number, y: number];
  scenegraph(): { root: VegaItem };
  addEventListener(type: string, listener: (event: Event, item?: VegaItem | null) => void): VegaView;
}
/** A mark of a drawn chart, or a group of them. */
interface VegaItem {
  marktype?: string;
  role?: string;
  /** Within its group, px. */
  bounds?: { x1: number; y1: number; x2: number; y2: number };
  _svg?: SVGElement;
  name?: string;
  items?: VegaItem[];
  mark?: { group?: VegaItem };
  datum?: Record<string, any>;
  /** Of a rectangle, within its group, px. */
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  opacity?: number;
  stroke?: string;
  strokeWidth?: number;
  strokeDash?: number[];
  strokeCap?: CanvasLineCap;
  strokeJoin?: CanvasLineJoin;
}
