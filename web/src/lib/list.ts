/** The entry at `index`; lists of a recording are checked for length, so a missing one is a bug. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`no entry ${index} in a list of ${list.length}`);
  return value;
}

export function last<T>(list: ArrayLike<T>): T {
  return at(list, list.length - 1);
}

/** Index of the first largest value, as NumPy's argmax. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (at(values, i) > at(values, best)) best = i;
  return best;
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Derivation: the mean; 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/** Derivation: what a head's logits mean, as shares of 1. */
export function softmax(logits: readonly number[], temperature = 1): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp((logit - largest) / temperature));
  const total = sum(powers);
  return powers.map((power) => power / total);
}

/** Derivation: the logarithms of those shares at temperature 1. */
export function logSoftmax(logits: ArrayLike<number>): number[] {
  const all = Array.from(logits);
  const largest = Math.max(...all);
  const total = Math.log(sum(all.map((logit) => Math.exp(logit - largest))));
  return all.map((logit) => logit - largest - total);
}

/** Row `index` of a matrix that stands row by row in `data`. */
export function row(data: Float32Array, index: number, width: number): Float32Array {
  return data.subarray(index * width, (index + 1) * width);
}
