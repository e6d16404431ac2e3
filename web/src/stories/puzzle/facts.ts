/** What is true of a grid of a full-size puzzle: the only derivations from its tokens shown. */
import type { Board } from "../../recording/run.gen";
import { count } from "../../scene/numbers";

export type Grid = readonly number[];
export type { Board };

/** In a solution: a cell that is not asked about. */
export const IGNORED = -100;

/** Derivation: asked cells that are not as in the solution. */
export function wrongCells(answer: Grid, solution: Grid): number {
  return answer.filter((token, i) => isWrong(token, solution[i])).length;
}

export function isWrong(token: number, label: number | undefined): boolean {
  return label !== IGNORED && token !== label;
}

/** Derivation: cells that are asked about. */
export function askedCells(solution: Grid): number {
  return solution.filter((token) => token !== IGNORED).length;
}

/** Derivation: cells of a puzzle that are to be filled in. */
export function blankCells(board: Board, given: Grid): number {
  return given.filter((token) => token === board.blank).length;
}

/** Derivation: cells in which two answers differ. */
export function changedCells(before: Grid, after: Grid): number[] {
  return after.flatMap((token, i) => (token === before[i] ? [] : [i]));
}

/** 'all 81 cells right', '5 of 81 cells wrong'. */
export function judged(answer: Grid, solution: Grid): string {
  const [wrong, asked] = [wrongCells(answer, solution), askedCells(solution)];
  return wrong === 0 ? `all ${count(asked, "cell")} right` : `${wrong} of ${asked} cells wrong`;
}

/** A part of a board: the cells from a corner on. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The cells worth showing: all, but of ARC, whose grids lie somewhere on 30 x 30 cells, those that
 * any of `grids` uses. Token 0 pads there, and what is not asked about is not used.
 */
export function cropOf(board: Board, grids: readonly (Grid | null)[]): Crop {
  const whole = { left: 0, top: 0, width: board.width, height: board.height };
  if (board.kind !== "arc") return whole;
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (const grid of grids) {
    grid?.forEach((token, i) => {
      if (token <= 0) return;
      const [x, y] = [i % board.width, Math.floor(i / board.width)];
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    });
  }
  return right < 0 ? whole : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** '9 × 9'. */
export function sizeOf({ width, height }: Pick<Crop, "width" | "height">): string {
  return `${width} × ${height}`;
}

/** The name of a puzzle; of one's own, FILE.py:Class, the class. */
export function puzzleName(puzzle: string): string {
  return puzzle.split(":").at(-1) || puzzle;
}

/** A puzzle's name as a part of a file's name. */
export function puzzleInFileName(puzzle: string): string {
  return puzzleName(puzzle).replaceAll(/[^\w-]+/g, "-");
}
