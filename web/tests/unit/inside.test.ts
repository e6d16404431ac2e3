/** What the page finds in the states of a thought: as Python does. */
import fc from "fast-check";
import { expect, test } from "vitest";

import {
  certaintyOf,
  eigen,
  insideOf,
  largest,
  principalPath,
  residual,
} from "../../src/engine/inside";
import { at, range, sum } from "../../src/lib/list";
import type { Inside } from "../../src/recording/thought.gen";
import { draws } from "./puzzle-fixture";
import vectors from "./inside-vectors.json";

interface Vector {
  readonly vocab: number;
  readonly calls: {
    readonly module: "H" | "L";
    readonly before: number[];
    readonly after: number[];
  }[];
  readonly logits: number[][];
  readonly inside: Inside;
}

const NEAR = 2e-4;

function expectNear(found: readonly number[], wanted: readonly number[], by = NEAR): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((one, i) => expect(Math.abs(one - at(wanted, i))).toBeLessThanOrEqual(by));
}

test.each(Object.entries(vectors as unknown as Record<string, Vector>))(
  "the same as Python: %s",
  (_name, { vocab, calls, logits, inside }) => {
    const certainty = logits.map((one) => certaintyOf(Float32Array.from(one), vocab));
    const found = insideOf(
      calls.map(({ module, before, after }) => ({
        module,
        before: Float32Array.from(before),
        after: Float32Array.from(after),
      })),
      certainty,
    );
    expect(found.high === null).toBe(inside.high === null);
    for (const name of ["high", "low"] as const) {
      const [own, wanted] = [found[name], inside[name]];
      if (!own || !wanted) continue;
      expectNear(own.residuals, wanted.residuals, 1e-3);
      expectNear(own.x, wanted.x);
      expectNear(own.y, wanted.y);
      expectNear(own.explained, wanted.explained);
    }
    found.certainty?.forEach((one, i) => expectNear(one, at(inside.certainty ?? [], i), 1.1e-3));
  },
);

function symmetric(size: number, seed: number): number[][] {
  const random = draws(seed);
  const half = range(size).map(() => range(size).map(() => random() - 0.5));
  return half.map((row, i) => row.map((one, j) => one + at(at(half, j), i)));
}

test("eigenvectors are what they should be", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 1, max: 1000 }),
      (size, seed) => {
        const matrix = symmetric(size, seed);
        const { values, vectors: found } = eigen(matrix);
        for (const k of range(size)) {
          const column = found.map((row) => at(row, k));
          expect(sum(column.map((one) => one * one))).toBeCloseTo(1, 9);
          matrix.forEach((row, i) => {
            const product = sum(row.map((one, j) => one * at(column, j)));
            expect(product).toBeCloseTo(at(values, k) * at(column, i), 9);
          });
        }
      },
    ),
    { numRuns: 25 },
  );
});

test("the largest eigenvalues are those of the whole matrix, with vectors that belong to them", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 1000 }),
      (size, seed) => {
        const half = symmetric(size, seed);
        const matrix = half.map((a) => half.map((b) => sum(a.map((one, k) => one * at(b, k)))));
        const whole = eigen(matrix).values.toSorted((a, b) => b - a);
        const { values, vectors: found } = largest(matrix);
        const scale = at(whole, 0);
        for (const k of range(Math.min(2, size))) {
          expect(Math.abs(at(values, k) - at(whole, k)) / scale).toBeLessThan(1e-9);
          const vector = at(found, k);
          matrix.forEach((row, i) => {
            const product = sum(row.map((one, j) => one * at(vector, j)));
            const off = Math.abs(product - at(values, k) * at(vector, i));
            expect(off / scale).toBeLessThan(1e-5);
          });
        }
      },
    ),
    { numRuns: 25 },
  );
});

test("a path keeps the distances that lie in its plane", () => {
  const corners = [
    [0, 0, 5],
    [4, 0, 5],
    [4, 2, 5],
  ].map((one) => Float32Array.from(one));
  const { x, y, explained } = principalPath(corners);
  expect(sum(explained)).toBeCloseTo(1, 9);
  const between = (i: number, j: number) =>
    Math.hypot(at(x, i) - at(x, j), at(y, i) - at(y, j)) * Math.sqrt(3);
  expect(between(0, 1)).toBeCloseTo(4, 5);
  expect(between(1, 2)).toBeCloseTo(2, 5);
});

test("states that do not differ are one point", () => {
  const { x, y, explained } = principalPath([1, 2, 3].map(() => Float32Array.from([1, -2, 3])));
  expect([...x, ...y, ...explained]).toEqual(Array(8).fill(0));
});

test("a residual is 0 where nothing moved, and 2 where the state turned round", () => {
  const state = Float32Array.from([1, -2, 3]);
  expect(residual(state, state)).toBe(0);
  expect(
    residual(
      state.map((one) => -one),
      state,
    ),
  ).toBeCloseTo(2, 6);
});

test("certainty is rounded down: only what is quite sure is 1", () => {
  expect(certaintyOf(Float32Array.from([0, 0, 9, -9]), 2)).toEqual([0.5, 0.999]);
});
