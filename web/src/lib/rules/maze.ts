/**
 * The rules of mazes, as `hrmkit.puzzles.maze` has them. A grid has `height` x `width` cells; a maze
 * that is smaller stands at its top left, and the rest is padding.
 */
import { at } from "../list";
import type { Grid } from "./grid";

/** The models' tokens. */
export const PAD = 0;
export const WALL = 1;
export const FREE = 2;
export const START = 3;
export const GOAL = 4;
export const PATH = 5;

/** Down, left, right, up: the order in which the path of a label prefers. */
const STEPS = [
  [1, 0],
  [0, -1],
  [0, 1],
  [-1, 0],
] as const;

/** The cells beside one, in the order of `STEPS`. */
export function beside(cell: number, height: number, width: number): number[] {
  const [row, column] = [Math.floor(cell / width), cell % width];
  return STEPS.flatMap(([down, right]) => {
    const [r, c] = [row + down, column + right];
    return r >= 0 && r < height && c >= 0 && c < width ? [r * width + c] : [];
  });
}

/** Steps from `from` to every cell through those that are `open`; -1 out of reach. */
function distances(
  open: (cell: number) => boolean,
  from: number,
  height: number,
  width: number,
): Int32Array {
  const steps = new Int32Array(height * width).fill(-1);
  if (from < 0) return steps;
  steps[from] = 0;
  const queue = [from];
  for (const cell of queue) {
    for (const next of beside(cell, height, width)) {
      if (steps[next] !== -1 || !open(next)) continue;
      steps[next] = at(steps, cell) + 1;
      queue.push(next);
    }
  }
  return steps;
}

/** The only cell with that token; -1 where there is none, or several. */
function only(grid: Grid, token: number): number {
  const cells = cellsOf(grid, token);
  return cells.length === 1 ? at(cells, 0) : -1;
}

/** All cells with that token. */
export function cellsOf(grid: Grid, token: number): number[] {
  return Array.from(grid).flatMap((one, cell) => (one === token ? [cell] : []));
}

/**
 * The path of a maze's label, from its start to its goal with both: the shortest which prefers
 * down, then left, right and up. Null where no way leads from one start to one goal.
 */
export function wayThrough(given: Grid, height: number, width: number): readonly number[] | null {
  const [start, goal] = [only(given, START), only(given, GOAL)];
  if (start < 0 || goal < 0) return null;
  const left = distances((cell) => at(given, cell) > WALL, goal, height, width);
  if (at(left, start) < 0) return null;
  const way = [start];
  for (let cell = start; cell !== goal; way.push(cell)) {
    cell = beside(cell, height, width).find((next) => left[next] === at(left, cell) - 1) as number;
  }
  return way;
}

/** No start or goal, several, a path already, or no way; null for a proper maze. */
export function flaw(given: Grid, height: number, width: number): string | null {
  for (const [token, letter] of [
    [START, "S"],
    [GOAL, "G"],
  ] as const) {
    const many = cellsOf(given, token).length;
    if (many !== 1) return `it has ${many || "no"} ${letter}: mark one cell with ${letter}`;
  }
  if (cellsOf(given, PATH).length) return "it has a path already: leave out the o";
  return wayThrough(given, height, width) ? null : "no way leads from S to G";
}

/** The label: the maze with its path marked; null where there is no way. */
export function solution(given: Grid, height: number, width: number): readonly number[] | null {
  const way = wayThrough(given, height, width);
  if (!way) return null;
  const grid = Array.from(given);
  for (const cell of way.slice(1, -1)) grid[cell] = PATH;
  return grid;
}

/** Whether `answer` marks a shortest path, any of them, and changes nothing else. */
export function isValid(given: Grid, answer: Grid, height: number, width: number): boolean {
  const way = wayThrough(given, height, width);
  if (!way || changedCells(given, answer).length > 0) return false;
  const marked = markedIn(given, answer);
  const steps = distances((cell) => marked.has(cell), only(given, START), height, width);
  return at(steps, only(given, GOAL)) === marked.size - 1 && marked.size === way.length;
}

/**
 * The cells of `answer` that are wrong by the rules alone: what was given and is not kept, cells of
 * a path that lead nowhere, and where a path breaks off. A way that is only longer than need be has
 * none.
 */
export function wrongCells(
  given: Grid,
  answer: Grid,
  height: number,
  width: number,
): readonly number[] {
  const changed = changedCells(given, answer);
  const marked = markedIn(given, answer);
  for (const cell of changed) marked.delete(cell);
  const open = (cell: number): boolean => marked.has(cell);
  const [start, goal] = [only(given, START), only(given, GOAL)];
  const from = distances(open, start, height, width);
  const to = distances(open, goal, height, width);
  const length = goal < 0 ? -1 : at(from, goal);
  const stray = [...marked].filter((cell) => {
    const [a, b] = [at(from, cell), at(to, cell)];
    // Through: what is beside the way. Broken off: what hangs on neither end, and where it ends.
    if (length >= 0) return a < 0 || a + b !== length;
    const neighbours = beside(cell, height, width).filter(open).length;
    return (a < 0 && b < 0) || neighbours < (cell === start || cell === goal ? 1 : 2);
  });
  return [...changed, ...stray].sort((a, b) => a - b);
}

/** What is otherwise than it was given, but for a path on free cells. */
function changedCells(given: Grid, answer: Grid): number[] {
  return Array.from(given).flatMap((token, cell) => {
    const walked = token === FREE && answer[cell] === PATH;
    return token === PAD || token === answer[cell] || walked ? [] : [cell];
  });
}

/** The path that an answer marks, with both ends. */
function markedIn(given: Grid, answer: Grid): Set<number> {
  const marked = new Set<number>();
  for (let cell = 0; cell < given.length; cell++) {
    if (at(given, cell) !== PAD && at(answer, cell) >= START) marked.add(cell);
  }
  return marked;
}
