/**
 * The number with the fewest decimal digits that is the same float32; Python's `shortest` in
 * recording/part.py. Nine digits always bring a float32 back, six are never fewer than needed
 * for a number that had that many.
 */
export function shortest(value: number): number {
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) throw new RangeError(`${value} cannot stand in a recording`);
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(rounded.toPrecision(digits));
    if (Math.fround(candidate) === rounded) return candidate + 0; // JSON.stringify drops -0's sign
  }
  return Number(rounded.toPrecision(9));
}

/** `shortest` of each number. */
export function shortestAll(values: ArrayLike<number>): number[] {
  return Array.from(values, shortest);
}
