/**
 * What happens in the states of one thought, for its recording: as `recording/thought/inside.py`
 * finds it for thoughts that Python records.
 */
import type { Inside, StatePath } from "../recording/thought.gen";
import { at, row, sum } from "../lib/list";

/** One call of a module, about one puzzle. */
export interface SeenCall {
  /** Which state it wrote: zH, or zL, which is also the only one where there is no hierarchy. */
  readonly module: "H" | "L";
  /** The state that it was called with: tokens x width numbers. */
  readonly before: Float32Array;
  /** The state that it returned. */
  readonly after: Float32Array;
}

/** Digits of a residual, and of coordinates behind the point. */
const DIGITS = 4;
/** Certainty is written in such parts. */
const PARTS = 1000;
/** Points that are so nearly the farthest are taken for equally far: rounding must not choose. */
const CLOSE = 0.999;
/** Variance, in sizes of a state, below which states do not differ. */
const NOTHING = 1e-9;

/**
 * What to record of all calls of one thought, in their order, and of its cells' certainty: a list a
 * segment, in the puzzle's own cells (see `certaintyOf`).
 */
export function insideOf(
  calls: readonly SeenCall[],
  certainty: readonly (readonly number[])[] | null,
): Inside {
  const of = (module: "H" | "L") => calls.filter((call) => call.module === module);
  const high = of("H");
  return {
    high: high.length ? pathOf(high) : null,
    low: pathOf(of("L")),
    certainty: certainty?.map((one) => [...one]) ?? null,
  };
}

/** The probability of each cell's answer, rounded down, from its logits: cells x `vocab` numbers. */
export function certaintyOf(logits: Float32Array, vocab: number): number[] {
  return Array.from({ length: logits.length / vocab }, (_, cell) => {
    const own = row(logits, cell, vocab);
    const largest = own.reduce((most, logit) => Math.max(most, logit), -Infinity);
    const total = own.reduce((so, logit) => so + Math.exp(logit - largest), 0);
    return Math.floor(PARTS / total) / PARTS;
  });
}

function pathOf(calls: readonly SeenCall[]): StatePath {
  const { x, y, explained } = principalPath(calls.map(({ after }) => after));
  return {
    residuals: calls.map(({ before, after }) =>
      Number(residual(before, after).toPrecision(DIGITS)),
    ),
    x: x.map(rounded),
    y: y.map(rounded),
    explained: [rounded(explained[0]), rounded(explained[1])],
  };
}

/** How far a call moved a state: ||after - before|| / ||after||. */
export function residual(before: Float32Array, after: Float32Array): number {
  let [moved, size] = [0, 0];
  for (let i = 0; i < after.length; i++) {
    const now = at(after, i);
    moved += (now - at(before, i)) ** 2;
    size += now * now;
  }
  return Math.sqrt(moved / size);
}

export interface Path {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Shares of the variance that lie along the two. */
  readonly explained: readonly [number, number];
}

/**
 * The way through states in their own first two principal components, from the products of the
 * states, seen from their mean. Of each component, the farthest point has a positive coordinate,
 * the first one if several are as far. 1 is the size of a state.
 */
export function principalPath(states: readonly Float32Array[]): Path {
  const matrix = products(states);
  const total = sum(matrix.map((one, i) => at(one, i))); // its trace: all eigenvalues
  const { values, vectors } = largest(matrix);
  const component = (place: number): { line: number[]; share: number } => {
    const value = Math.max(0, values[place] ?? 0);
    if (place >= values.length || total <= NOTHING) {
      return { line: states.map(() => 0), share: 0 };
    }
    const line = at(vectors, place).map((one) => one * Math.sqrt(value));
    return { line: turned(line), share: value / total };
  };
  const [first, second] = [component(0), component(1)];
  return { x: first.line, y: second.line, explained: [first.share, second.share] };
}

/** The coordinates or their negative: see `principalPath`. */
function turned(line: readonly number[]): number[] {
  const most = Math.max(...line.map(Math.abs));
  const first = line.find((one) => Math.abs(one) >= CLOSE * most) ?? 0;
  return line.map((one) => (first < 0 ? -one : one));
}

/** Products of states, seen from their mean; 1 is the size of a state. */
function products(states: readonly Float32Array[]): number[][] {
  const size = states[0]?.length ?? 0;
  const mean = new Float64Array(size);
  for (const state of states) for (let i = 0; i < size; i++) mean[i]! += at(state, i);
  for (let i = 0; i < size; i++) mean[i]! /= states.length;
  const centred = states.map((state) => Float64Array.from(state, (one, i) => one - mean[i]!));
  const found = centred.map(() => new Array<number>(centred.length).fill(0));
  centred.forEach((one, i) => {
    for (let j = 0; j <= i; j++) {
      const value = dot(one, centred[j]!) / size;
      found[i]![j] = value;
      found[j]![i] = value;
    }
  });
  return found;
}

/** Vectors that are turned together: many more than are wanted, so that those wanted settle soon. */
const BLOCK = 12;
/** Steps of the iteration; a thought's states take some ten. */
const MOST_STEPS = 400;
/** Eigenvalues that change by less, of themselves, are found. */
const SETTLED = 1e-14;

/**
 * The largest eigenvalues of a symmetric matrix without negative ones, and their vectors, largest
 * first, by subspace iteration with Rayleigh-Ritz (Golub and Van Loan, 8.2.4): the whole matrix is
 * not worth the time where only the first two are wanted, which are found to the last digits.
 */
export function largest(matrix: readonly (readonly number[])[]): {
  values: number[];
  vectors: number[][];
} {
  const size = matrix.length;
  const rows = matrix.map((one) => Float64Array.from(one));
  const many = Math.min(BLOCK, size);
  // Any vectors will do; these are not orthogonal to what is looked for.
  let block: Float64Array[] = Array.from({ length: many }, (_, k) =>
    Float64Array.from(rows, (__, i) => Math.cos((i + 0.5) * k + 0.1 * i)),
  );
  let values: number[] = [];
  for (let step = 1; ; step++) {
    const basis = orthonormal(block);
    const images = basis.map((one) => Float64Array.from(rows, (r) => dot(r, one)));
    const ritz = eigen(basis.map((one) => images.map((image) => dot(one, image))));
    const order = ritz.values.map((_, i) => i);
    order.sort((a, b) => at(ritz.values, b) - at(ritz.values, a));
    const before = values;
    values = order.map((which) => at(ritz.values, which));
    const mixed = (from: readonly Float64Array[], which: number): Float64Array =>
      Float64Array.from(rows, (_, i) =>
        sum(from.map((one, k) => one[i]! * at(at(ritz.vectors, k), which))),
      );
    const wanted = values.slice(0, 2);
    const scale = Math.abs(values[0] ?? 0);
    const settled = wanted.every(
      (value, i) => Math.abs(value - (before[i] ?? Infinity)) <= SETTLED * scale,
    );
    if (settled || step === MOST_STEPS) {
      return { values, vectors: order.map((which) => [...mixed(basis, which)]) };
    }
    block = order.map((which) => mixed(images, which));
  }
}

/** Orthonormal vectors that span the same, by Gram and Schmidt, twice; what is left of none is 0. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const own = vector.slice();
    const long = Math.sqrt(dot(own, own));
    for (let pass = 0; pass < 2; pass++) {
      for (const one of basis) {
        const along = dot(one, own);
        for (let i = 0; i < own.length; i++) own[i]! -= along * one[i]!;
      }
    }
    const left = Math.sqrt(dot(own, own));
    const scale = left > long * 1e-13 && left > 0 ? 1 / left : 0;
    basis.push(own.map((one) => one * scale));
  }
  return basis;
}

/** Four sums side by side: each waits for its own last addition alone. */
function dot(one: Float64Array, other: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = one.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a += one[i]! * other[i]!;
    b += one[i + 1]! * other[i + 1]!;
    c += one[i + 2]! * other[i + 2]!;
    d += one[i + 3]! * other[i + 3]!;
  }
  for (let i = whole; i < one.length; i++) a += one[i]! * other[i]!;
  return a + b + (c + d);
}

/** Turns of the whole matrix; five or six are enough for any that a thought has. */
const MOST_SWEEPS = 40;

/**
 * Eigenvalues of a symmetric matrix, and its eigenvectors as columns, by Jacobi's method: plane
 * rotations, each of which makes one entry beside the diagonal zero (Golub and Van Loan, Matrix
 * Computations, 8.5).
 */
export function eigen(matrix: readonly (readonly number[])[]): {
  values: number[];
  vectors: number[][];
} {
  const size = matrix.length;
  const a = matrix.map((one) => Float64Array.from(one));
  const v = a.map((_, i) => Float64Array.from(a, (_, j) => (i === j ? 1 : 0)));
  const scale = sum(a.map((one) => dot(one, one)));
  for (let sweep = 0; sweep < MOST_SWEEPS && beside(a) > scale * 1e-28; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, p, q);
  }
  return { values: a.map((one, i) => at(one, i)), vectors: v.map((one) => [...one]) };
}

/** The sum of squares of what is above the diagonal. */
function beside(a: readonly Float64Array[]): number {
  let total = 0;
  a.forEach((one, i) => {
    for (let j = i + 1; j < one.length; j++) total += one[j]! ** 2;
  });
  return total;
}

/** Make the entry at `p`, `q` of `a` zero; `v` collects the rotations. */
function rotate(a: Float64Array[], v: Float64Array[], p: number, q: number): void {
  const [ap, aq] = [at(a, p), at(a, q)];
  const off = at(ap, q);
  if (off === 0) return;
  const slope = (at(aq, q) - at(ap, p)) / (2 * off);
  const t = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(slope, 1));
  const cosine = 1 / Math.hypot(t, 1);
  const sine = t * cosine;
  for (const rows of [a, v]) {
    for (const one of rows) {
      const [x, y] = [one[p]!, one[q]!];
      one[p] = cosine * x - sine * y;
      one[q] = sine * x + cosine * y;
    }
  }
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [ap[i]!, aq[i]!];
    ap[i] = cosine * x - sine * y;
    aq[i] = sine * x + cosine * y;
  }
}

/** With few digits, and no negative zero. */
function rounded(value: number): number {
  const scale = 10 ** DIGITS;
  return Math.round(value * scale) / scale || 0;
}
