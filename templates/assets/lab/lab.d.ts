// What the scripts of this folder give each other, in `window.reportgen`, and what they exchange with their Worker.

interface Reportgen {
  // the data and the kernels, each a script of its own
  /** What data/runs/GROUP.js calls. */
  stored(run: StoredRun): void;
  /** The compiled kernels: gzip, in base64. */
  kernels: string;
  // worker.js
  startWorker(): Worker;
  // analysis.js
  spectra(snapshot: LabSnapshot, shape: LabShape): { input: Float64Array[]; output: Float64Array[] };
  neuronsOf(snapshot: LabSnapshot, shape: LabShape): { neurons: LabNeuron[]; order: number[] };
  strongestFirst(snapshot: LabSnapshot, shape: LabShape): number[];
  aroundCircle(snapshot: LabSnapshot, shape: LabShape): number[];
  answersOf(snapshot: LabSnapshot, shape: LabShape): Int32Array;
  sizeLimit(weights: ArrayLike<number>, share?: number): number;
  learnedAt(steps: readonly number[], accuracy: readonly number[]): number | null;
  // figures.js
  Reading: new (shape: LabShape, end: LabSnapshot | null) => LabRun;
  VALUES: Record<string, (run: LabRun, panel: string, rows: readonly StepRow[]) => (row: StepRow, snapshot: LabSnapshot) => number>;
  curvesOfRun(run: Pick<LabRun, "measured">, kind: string): CurvePoint[];
  trajectories(run: LabRun, name: string): { input: number; neuron: number; at: number[]; value: number[] }[];
  simplified(across: readonly number[], up: readonly number[], allowed: number): number[];
  fill(block: Unpacked, index: number, value: (row: StepRow) => number): void;
  limitOf(figure: string, panel: string, snapshot: LabSnapshot): number;
  // compare.js
  agreement(own: LabMeasured, stored: LabMeasured): { compared: number; agreed: number; parted: number | null; least: number; atEnd: number };
  digits(a: number, b: number): number;
  outcomeOf(run: LabMeasured): { memorises: number | null; generalises: number | null };
  outcomeWords(outcome: { memorises: number | null; generalises: number | null }): string;
  verdict(own: LabMeasured, stored: LabMeasured, whole: boolean): string;
  // training.js
  Training: new (stored: StoredRun, settings: Record<string, number>, last: number, run: LabRun) => Training;
  savedSteps(last: number, every: readonly number[]): { steps: number[]; snapshots: number[] };
  shapeOf(settings: Record<string, number>): LabShape;
  // change.js
  fieldsOf(stored: StoredRun): { name: string; words: string; min: number; max: number; step: number | "any" }[];
  presetsOf(stored: StoredRun): Record<string, Record<string, number>>;
  changesOf(stored: StoredRun, chosen: Record<string, number>): Record<string, number>;
  changeWords(changes: Record<string, number>): string;
  linkOf(group: string, changes: Record<string, number>): string;
  readChanges(stored: StoredRun, text: string): Record<string, number>;
  formFor(stored: StoredRun, chosen: Record<string, number>, train: (chosen: Record<string, number>) => void): HTMLFormElement;
  // rows.js
  madeOver(payload: FigurePayload, run: LabRun): void;
  // following.js
  Follower: new (figure: Figure, run: LabRun, how: { repeated: boolean; last: number }) => Follower;
  // npz.js
  configOf(stored: StoredRun, changes: Record<string, number>): Record<string, unknown>;
  npzOf(training: Training, changes: Record<string, number>): Uint8Array<ArrayBuffer>[];
  // look.js
  BOX: string;
  STYLE: string;
  // bar.js
  barFor(box: HTMLElement, close: () => void): { say(words: string): void; end(): void };
  // panel.js
  lab: Lab;
  endOf(stored: StoredRun): LabSnapshot;
  measuredOf(stored: StoredRun): LabMeasured;
}

/** The matrices of a model at a step, row by row: W_input (K, H) and W_output (H, C). */
interface LabSnapshot {
  step: number;
  input: Float32Array;
  output: Float32Array;
}
/** What they measure; modulus or digits is 0 where the task has none. */
interface LabShape {
  modulus: number;
  digits: number;
  deciding: number;
  neurons: number;
  inputs: number;
  outputs: number;
  symmetric: boolean;
  circle: boolean;
}
interface LabNeuron {
  frequency: number;
  amplitude: number;
  phase: number;
  used: boolean;
}
/** values: train and test loss, train and test accuracy, norm of the weights. */
type LabMeasured = readonly { step: number; values: number[] }[];

/** A run as figures read it. */
interface LabRun {
  readonly shape: LabShape;
  snapshots: LabSnapshot[];
  measured: { step: number; values: number[] }[];
  train: Int32Array;
  readonly last: LabSnapshot;
  readonly order: number[];
  spectra(snapshot: LabSnapshot): { input: Float64Array[]; output: Float64Array[] };
}

interface Training {
  readonly stored: StoredRun;
  readonly settings: Record<string, number>;
  readonly last: number;
  readonly run: LabRun;
  made: number;
  perSecond: number;
  bytes: number;
  final: Float64Array | null;
  paused: boolean;
  readonly done: boolean;
  start(changed: () => void, failed: (sentence: string) => void): Promise<void>;
  pause(): void;
  goOn(): void;
  end(): void;
}

// Between the page and the Worker.
interface LabOrder {
  wasm: ArrayBuffer;
  /** `Settings` of reportgen/browser/examples.hpp. */
  numbers: Float64Array;
  /** Where to measure, ascending; the last one is the end. */
  steps: number[];
  /** Where to take a snapshot: some of them. */
  snapshots: number[];
  /** Of an example. */
  columns: number;
  /** Of W_input and W_output, in numbers. */
  sizes: [number, number];
}
interface LabReport {
  step: number;
  /** Each a step and five values. */
  measured: number[][];
  snapshots: LabSnapshot[];
  /** Steps a second, of the last slice. */
  perSecond: number;
  bytes?: number;
  /** The examples it is trained on, with the first report. */
  train?: Int32Array;
  /** The trained numbers, with the last one. */
  final?: Float64Array;
}
/** What the kernels export: places are addresses in their memory, in bytes. */
interface LabKernels {
  memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(bytes: number): number;
  free(place: number): void;
  run_begin(settings: number): number;
  run_end(run: number): void;
  run_advance(run: number, steps: number): void;
  run_measure(run: number, five: number): void;
  run_effective(run: number, input: number, output: number): void;
  run_numbers(run: number, place: number): number;
  run_examples(run: number, test: number, examples: number, targets: number): number;
}

/** What a reader's browser trains. */
interface Lab {
  open(button: HTMLButtonElement): void;
  offer(button: HTMLButtonElement, group: string, text: string): void;
  bring(figure: Figure): void;
  close(): void;
}
interface Follower {
  readonly run: LabRun;
  begin(payload: FigurePayload): Promise<void>;
  update(whole?: boolean): void;
}
