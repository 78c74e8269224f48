// A run to take along: the .npz that the site offers of its own runs, which `reportgen compare` and `load` open. A zip
// whose files are not compressed, each an array as NumPy writes it.
"use strict";
(() => {
  const SIGNATURES = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 };
  const DAY = 0x21; // 1 January 1980: the same run gives the same bytes
  const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  /** @typedef {Float64Array | Float32Array | BigInt64Array | Uint32Array} Numbers */

  /** @param {Uint8Array} bytes */
  function crc32(bytes) {
    let crc = ~0;
    for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
    return ~crc >>> 0;
  }
  /**
   * An array as a .npy file, version 1.0.
   * @param {Numbers} values
   * @param {readonly number[]} shape
   * @param {string} [descr]
   */
  function npy(values, shape, descr = values instanceof Float64Array ? "<f8" : values instanceof Float32Array ? "<f4" : "<i8") {
    const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
    const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
    const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
    const start = Uint8Array.from([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length & 255, header.length >> 8,
      ...new TextEncoder().encode(header)]);
    const found = new Uint8Array(start.length + values.byteLength);
    found.set(start);
    found.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start.length);
    return found;
  }
  /**
   * @param {Record<string, Uint8Array>} files
   * @returns {Uint8Array<ArrayBuffer>[]}
   */
  function zip(files) {
    const parts = [], central = [];
    let at = 0;
    for (const [name, content] of Object.entries(files)) {
      const path = new TextEncoder().encode(name), shared = new DataView(new ArrayBuffer(26));
      const fields = [[2, 20], [2, 0], [2, 0], [2, 0], [2, DAY], [4, crc32(content)], [4, content.length], [4, content.length], [2, path.length], [2, 0]];
      let place = 0;
      for (const [size, value] of fields) {
        if (size === 2) shared.setUint16(place, value, true); else shared.setUint32(place, value, true);
        place += size;
      }
      const common = new Uint8Array(shared.buffer);
      parts.push(words([4, SIGNATURES.local]), common, path, content);
      central.push(words([4, SIGNATURES.central], [2, 20]), common, words([2, 0], [2, 0], [2, 0], [4, 0], [4, at]), path);
      at += 30 + path.length + content.length;
    }
    const count = Object.keys(files).length, size = central.reduce((sum, part) => sum + part.length, 0);
    const end = words([4, SIGNATURES.end], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, at], [2, 0]);
    return /** @type {Uint8Array<ArrayBuffer>[]} */ ([...parts, ...central, end]);
  }
  /** @param {...[size: number, value: number]} fields */
  function words(...fields) {
    return Uint8Array.from(fields.flatMap(([size, value]) => Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 255)));
  }

  /**
   * The run's configuration as reportgen/numerics/config.py writes it.
   * @param {StoredRun} stored
   * @param {Record<string, number>} changes
   */
  function configOf(stored, changes) {
    const config = structuredClone(stored.config);
    for (const [name, value] of Object.entries(changes)) {
      if (name === "l1") config.training.decay = value ? "L1" : "L2";
      else (name === "seed" ? config : name === "neurons" ? config.model : name.startsWith("train_") ? config.task : config.training)[name] = value;
    }
    return config;
  }

  /**
   * A finished training as the parts of a file.
   * @param {Training} training
   * @param {Record<string, number>} changes
   */
  function npzOf({ final, run, stored }, changes) {
    const { inputs, neurons, outputs } = run.shape, metrics = Object.keys(stored.metrics);
    const whole = (/** @type {{ step: number }[]} */ all) => BigInt64Array.from(all, ({ step }) => BigInt(step));
    const joined = (/** @type {"input" | "output"} */ side) => {
      const all = new Float32Array(run.snapshots.length * run.snapshots[0][side].length);
      for (const [i, snapshot] of run.snapshots.entries()) all.set(snapshot[side], i * snapshot[side].length);
      return all;
    };
    /** @type {Record<string, Uint8Array>} */
    const files = { "steps.npy": npy(whole(run.measured), [run.measured.length]), "snapshot_steps.npy": npy(whole(run.snapshots), [run.snapshots.length]) };
    for (const [i, name] of metrics.entries()) files[`${name}.npy`] = npy(Float64Array.from(run.measured, ({ values }) => values[i]), [run.measured.length]);
    files["w_input.npy"] = npy(joined("input"), [run.snapshots.length, inputs, neurons]);
    files["w_output.npy"] = npy(joined("output"), [run.snapshots.length, neurons, outputs]);
    let at = 0;
    for (const [name, shape] of Object.entries(stored.layout)) {
      const [rows, columns] = shape.map((side) => (side === stored.settings.neurons ? neurons : side));
      files[`final_${name}.npy`] = npy((final ?? new Float64Array()).slice(at, at += rows * columns), [rows, columns]);
    }
    const config = Array.from(JSON.stringify(configOf(stored, changes)), (letter) => letter.codePointAt(0) ?? 0);
    files["config.npy"] = npy(Uint32Array.from(config), [], `<U${config.length}`);
    return zip(files);
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({ configOf, npzOf }));
})();
