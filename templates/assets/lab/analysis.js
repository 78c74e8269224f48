// What the figures read from a model's weights, as reportgen/analysis/ reads it. Matrices are flat, row by row:
// W_input (K, H), W_output (H, C). Angles are radians.
"use strict";
(() => {
  const USED = 10, LEARNED = 0.99;

  /**
   * The transform of one neuron's weights over the P numbers: const, cos 1, sin 1, … P is odd.
   * @param {(number: number) => number} weight
   * @param {number} modulus
   */
  function transform(weight, modulus) {
    const { cos, sin } = waves(modulus), found = new Float64Array(modulus);
    for (let i = 0; i < modulus; i++) {
      const value = weight(i);
      found[0] += value / Math.sqrt(modulus);
      for (let f = 1; 2 * f < modulus; f++) {
        found[2 * f - 1] += value * cos[f * i % modulus];
        found[2 * f] += value * sin[f * i % modulus];
      }
    }
    return found;
  }
  /** @type {Map<number, { cos: Float64Array, sin: Float64Array }>} */
  const known = new Map();
  /** @param {number} modulus */
  function waves(modulus) {
    const found = known.get(modulus) ?? {
      cos: Float64Array.from({ length: modulus }, (_, i) => Math.sqrt(2 / modulus) * Math.cos(2 * Math.PI * i / modulus)),
      sin: Float64Array.from({ length: modulus }, (_, i) => Math.sqrt(2 / modulus) * Math.sin(2 * Math.PI * i / modulus)),
    };
    known.set(modulus, found);
    return found;
  }

  /**
   * The transforms of all neurons, of the way in and of the way out.
   * @param {LabSnapshot} snapshot
   * @param {LabShape} shape
   */
  function spectra({ input, output }, { modulus, neurons }) {
    const each = (/** @type {(neuron: number) => (number: number) => number} */ weights) =>
      Array.from({ length: neurons }, (_, h) => transform(weights(h), modulus));
    return {
      input: each((h) => (i) => input[i * neurons + h]),
      output: each((h) => (i) => output[h * modulus + i]),
    };
  }

  /**
   * What each neuron is, read from W_input; as analysis/modular.py. `order`: the order in which they are shown.
   * @param {LabSnapshot} snapshot
   * @param {LabShape} shape
   */
  function neuronsOf(snapshot, shape) {
    const found = spectra(snapshot, shape).input.map((waveform) => {
      let frequency = 1, amplitude = -1;
      for (let f = 1; 2 * f < shape.modulus; f++) {
        const size = Math.hypot(waveform[2 * f - 1], waveform[2 * f]);
        if (size > amplitude) { amplitude = size; frequency = f; }
      }
      return { frequency, amplitude, phase: Math.atan2(waveform[2 * frequency], waveform[2 * frequency - 1]), used: amplitude > USED };
    });
    const order = ordered(found.length, (a, b) => found[a].frequency - found[b].frequency || found[a].phase - found[b].phase);
    return { neurons: found, order };
  }
  /**
   * @param {number} count
   * @param {(a: number, b: number) => number} compare
   */
  function ordered(count, compare) { return Array.from({ length: count }, (_, i) => i).sort(compare); }

  /**
   * The neurons of the 1s and 0s by ‖w_in‖·‖w_out‖, strongest first; as analysis/parity.py.
   * @param {LabSnapshot} snapshot
   * @param {LabShape} shape
   */
  function strongestFirst({ input, output }, { neurons }) {
    const strength = Array.from({ length: neurons }, (_, h) => {
      let squares = 0;
      for (let i = h; i < input.length; i += neurons) squares += input[i] ** 2;
      return Math.sqrt(squares) * Math.abs(output[h]);
    });
    return ordered(neurons, (a, b) => strength[b] - strength[a]);
  }

  /**
   * Of a model on the frozen circle: its neurons in the order of their in-angle, from 0 to 2π. A neuron's vector is its
   * part at the lowest frequency.
   * @param {LabSnapshot} snapshot
   * @param {LabShape} shape
   */
  function aroundCircle(snapshot, shape) {
    const angles = spectra(snapshot, shape).input.map(([, x, y]) => (Math.atan2(y, x) + 2 * Math.PI) % (2 * Math.PI));
    return ordered(shape.neurons, (a, b) => angles[a] - angles[b]);
  }

  /**
   * The answer with the largest logit for every ordered pair, (P²), row a·P + b.
   * @param {LabSnapshot} snapshot
   * @param {LabShape} shape
   */
  function answersOf({ input, output }, { modulus, neurons }) {
    const second = input.length - modulus * neurons, found = new Int32Array(modulus * modulus);
    const active = new Float64Array(neurons), logits = new Float64Array(modulus);
    for (let a = 0, row = 0; a < modulus; a++) {
      for (let b = 0; b < modulus; b++, row++) {
        for (let h = 0; h < neurons; h++) active[h] = Math.max(0, input[a * neurons + h] + input[second + b * neurons + h]);
        logits.fill(0);
        for (let h = 0; h < neurons; h++) {
          if (active[h] === 0) continue;
          for (let c = 0; c < modulus; c++) logits[c] += active[h] * output[h * modulus + c];
        }
        for (let c = 1; c < modulus; c++) if (logits[c] > logits[found[row]]) found[row] = c;
      }
    }
    return found;
  }

  /**
   * What this share of all sizes stays below, with NumPy's interpolation, to two digits; 1 of zeros.
   * @param {ArrayLike<number>} weights
   */
  function sizeLimit(weights, share = 0.99) {
    const sizes = Float64Array.from(weights, (w) => (Number.isFinite(w) ? Math.abs(w) : 0)).sort();
    const at = share * (sizes.length - 1), low = Math.floor(at);
    const limit = sizes[low] + (at - low) * ((sizes[low + 1] ?? sizes[low]) - sizes[low]);
    return limit > 0 ? +limit.toPrecision(2) : 1;
  }

  /**
   * The step from which accuracy is 99 % and stays so, but for a hundredth of what follows; null where it is not so at
   * the end. As analysis/curves.py.
   * @param {readonly number[]} steps
   * @param {readonly number[]} accuracy
   */
  function learnedAt(steps, accuracy) {
    const reached = accuracy.map((value) => value >= LEARNED - 1e-6);
    if (!reached[reached.length - 1]) return null;
    let kept = 0, found = reached.length - 1;
    for (let i = reached.length - 1; i >= 0; i--) {
      if (reached[i] && kept >= LEARNED * (reached.length - 1 - i)) found = i;
      kept += Number(reached[i]);
    }
    return steps[found];
  }

  Object.assign(window.reportgen, /** @satisfies {Partial<Reportgen>} */ ({
    spectra, neuronsOf, strongestFirst, aroundCircle, answersOf, sizeLimit, learnedAt,
  }));
})();
