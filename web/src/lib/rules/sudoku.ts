/**
 * The rules of sudoku, as `hrmkit.puzzles.sudoku` has them: 4 x 4, 6 x 6, 9 x 9 and 16 x 16. In the
 * models' tokens: 1 is a blank, 2 and on are the digits from 1.
 */
import { at, range } from "../list";
import type { Grid } from "./grid";

export const BLANK = 1;
/** The token of digit 0 would be this; of digit d it is d more. */
const ZERO = BLANK;
/** As in `search.py`: the hardest puzzles that are known need far fewer nodes. */
const MOST_NODES = 20_000;
/**
 * For what is said while somebody types: some hundredths of a second at most, and several times what
 * puzzles as hard as Sudoku-Extreme need. A number of nodes, so that the same is said everywhere.
 */
export const QUICK_NODES = 2_000;
/** No sudoku of 9 x 9 with fewer clues has one solution only (McGuire, Tugemann and Civario, 2012). */
export const FEWEST_CLUES = 17;
const BOXES: Readonly<Record<number, readonly [high: number, wide: number]>> = {
  4: [2, 2],
  6: [2, 3],
  9: [3, 3],
  16: [4, 4],
};
const KINDS = ["row", "column", "box"] as const;

/** Rows, then columns, then boxes: the cells of each. */
const UNITS = new Map<number, readonly (readonly number[])[]>();

/** The units of a sudoku of `side` x `side`; throws where there is no such sudoku. */
export function unitsOf(side: number): readonly (readonly number[])[] {
  const known = UNITS.get(side);
  if (known) return known;
  const box = BOXES[side];
  if (!box) throw new RangeError(`no sudoku has ${side} x ${side} cells`);
  const [high, wide] = box;
  const across = side / wide;
  const made = [
    ...range(side).map((row) => range(side).map((column) => row * side + column)),
    ...range(side).map((column) => range(side).map((row) => row * side + column)),
    ...range(side).map((number) => {
      const [top, left] = [Math.floor(number / across) * high, (number % across) * wide];
      return range(side).map((i) => (top + Math.floor(i / wide)) * side + left + (i % wide));
    }),
  ];
  UNITS.set(side, made);
  return made;
}

/** Two equal digits in one unit. */
export interface Clash {
  readonly digit: number;
  readonly kind: (typeof KINDS)[number];
  /** Which row, column or box, from 1. */
  readonly number: number;
  readonly cells: readonly [first: number, second: number];
}

/** Every two equal digits that meet, rows first; each digit with the one before it in its unit. */
export function clashes(grid: Grid, side: number): readonly Clash[] {
  return unitsOf(side).flatMap((unit, index) => {
    const seen = new Map<number, number>();
    return unit.flatMap((cell): Clash[] => {
      const token = at(grid, cell);
      if (token <= BLANK) return [];
      const before = seen.get(token);
      seen.set(token, cell);
      if (before === undefined) return [];
      const kind = at(KINDS, Math.floor(index / side));
      return [{ digit: token - ZERO, kind, number: (index % side) + 1, cells: [before, cell] }];
    });
  });
}

/** Two equal digits that meet, no solution, several, or too hard to tell; null if it is proper. */
export function flaw(given: Grid, side: number): string | null {
  const [clash] = clashes(given, side);
  if (clash) return clashWords(clash, side);
  const { solutions, guesses, givenUp } = solve(given, side);
  if (givenUp) {
    return `after ${guesses} guesses it is not known how many solutions it has: give more digits`;
  }
  return solutions === 1 ? null : solutions ? "it has several solutions" : "it has no solution";
}

/** '9 is twice in row 1: row 1 column 1 and row 1 column 2'. */
export function clashWords({ digit, kind, number, cells }: Clash, side: number): string {
  const [first, second] = cells.map(
    (cell) => `row ${Math.floor(cell / side) + 1} column ${(cell % side) + 1}`,
  );
  return `${digit} is twice in ${kind} ${number}: ${first} and ${second}`;
}

/** Whether every unit of `answer` holds each digit once, and what was given stays. */
export function isValid(given: Grid, answer: Grid, height: number, width: number): boolean {
  if (height !== width || answer.length !== height * width) return false;
  for (let i = 0; i < given.length; i++) {
    if (given[i] !== BLANK && given[i] !== answer[i]) return false;
  }
  return unitsOf(width).every((unit) => {
    const seen = new Set(unit.map((cell) => at(answer, cell)));
    return (
      seen.size === width && Math.min(...seen) === BLANK + 1 && Math.max(...seen) === BLANK + width
    );
  });
}

/**
 * The cells of `answer` that are wrong by the rules alone: a digit that was given and is not kept,
 * no digit, and digits that meet their like. What was given is not blamed for meeting one.
 */
export function wrongCells(given: Grid, answer: Grid, side: number): readonly number[] {
  const wrong = new Set<number>();
  const isGiven = (cell: number): boolean => at(given, cell) !== BLANK;
  for (let cell = 0; cell < answer.length; cell++) {
    const token = at(answer, cell);
    const kept = !isGiven(cell) || given[cell] === token;
    if (!kept || token <= BLANK || token > BLANK + side) wrong.add(cell);
  }
  for (const { cells } of clashes(answer, side)) {
    const blamed = cells.filter((cell) => !isGiven(cell));
    for (const cell of blamed) wrong.add(cell);
  }
  return [...wrong].sort((a, b) => a - b);
}

export interface Solved {
  /** 0, 1, or 2 for more than one. */
  readonly solutions: 0 | 1 | 2;
  /** A solution, in tokens; null where there is none. */
  readonly first: readonly number[] | null;
  /** Cells in which digits had to be tried, until all was known. */
  readonly guesses: number;
  /** Whether the search was ended by its bound, so that there may be more solutions. */
  readonly givenUp: boolean;
}

/**
 * Finds how many solutions a sudoku has, by singles and by guesses at the first cell with the
 * fewest digits, as `search.py` does. Equal digits that meet have no solution.
 */
export function solve(given: Grid, side: number, mostNodes = MOST_NODES): Solved {
  const every = (1 << side) - 1;
  const start = Int32Array.from(given, (token) =>
    token > BLANK ? 1 << (token - BLANK - 1) : every,
  );
  const open = [start];
  let first: readonly number[] | null = null;
  let [solutions, guesses, nodes] = [0, 0, 1];
  while (open.length && solutions < 2 && nodes <= mostNodes) {
    const node = open.pop() as Int32Array;
    if (!settle(node, side)) continue;
    const cell = fewest(node);
    if (cell < 0) {
      solutions++;
      first ??= Array.from(node, (bits) => BLANK + 1 + Math.log2(bits));
      continue;
    }
    guesses++;
    for (let digit = side - 1; digit >= 0; digit--) {
      if (!(at(node, cell) & (1 << digit))) continue;
      const child = node.slice();
      child[cell] = 1 << digit;
      open.push(child);
      nodes++;
    }
  }
  return {
    solutions: solutions as Solved["solutions"],
    first,
    guesses,
    givenUp: nodes > mostNodes && solutions < 2,
  };
}

/** Fills in singles until none is left; false where the rules forbid what is left. */
function settle(options: Int32Array, side: number): boolean {
  const units = unitsOf(side);
  for (let moved = true; moved;) {
    moved = false;
    for (const unit of units) {
      let [once, twice, single] = [0, 0, 0];
      for (const cell of unit) {
        const bits = options[cell] as number;
        if (bits === 0) return false;
        if ((bits & (bits - 1)) === 0) {
          if (single & bits) return false;
          single |= bits;
        }
        twice |= once & bits;
        once |= bits;
      }
      if (once !== (1 << side) - 1) return false;
      const alone = once & ~twice;
      for (const cell of unit) {
        const bits = options[cell] as number;
        if ((bits & (bits - 1)) === 0) continue;
        const left = bits & ~single;
        const forced = left & alone;
        if (forced & (forced - 1)) return false;
        const now = forced || left;
        if (now !== bits) {
          options[cell] = now;
          moved = true;
        }
      }
    }
  }
  return true;
}

/** The first cell with the fewest digits, of those with several; -1 if there is none. */
function fewest(options: Int32Array): number {
  let [best, least] = [-1, Infinity];
  for (let cell = 0; cell < options.length; cell++) {
    const many = countBits(options[cell] as number);
    if (many > 1 && many < least) [best, least] = [cell, many];
  }
  return best;
}

function countBits(bits: number): number {
  let many = 0;
  for (let left = bits; left; left &= left - 1) many++;
  return many;
}
