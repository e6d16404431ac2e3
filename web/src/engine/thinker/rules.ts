/** The rules of the puzzles that the page can think about, as the loop over views asks for them. */
import * as maze from "../../lib/rules/maze";
import * as sudoku from "../../lib/rules/sudoku";
import { Problem } from "../../recording/problem";

/** Grids are of the whole canvas, which has `height` x `width` cells. */
export interface Rules {
  /** Why the puzzle has no answer, in one sentence; null if it has, be it one of several. */
  flaw(given: readonly number[], height: number, width: number): string | null;
  isValid(
    given: readonly number[],
    answer: readonly number[],
    height: number,
    width: number,
  ): boolean;
  /** The one solution; null where there are several. */
  solution(given: readonly number[], height: number, width: number): readonly number[] | null;
}

/** In the flaw of a puzzle that has answers all the same, as in puzzles/puzzle.py. */
const SEVERAL = "several";

const hopeless = (flaw: string | null): string | null => (flaw?.includes(SEVERAL) ? null : flaw);

const RULES: Readonly<Record<string, Rules>> = {
  sudoku: {
    flaw: (given, height) => hopeless(sudoku.flaw(given, height)),
    isValid: sudoku.isValid,
    solution: (given, height) => {
      const { solutions, first, givenUp } = sudoku.solve(given, height);
      return solutions === 1 && !givenUp ? first : null;
    },
  },
  maze: {
    flaw: (given, height, width) => hopeless(maze.flaw(given, height, width)),
    isValid: maze.isValid,
    solution: maze.solution,
  },
};

/** The rules of a kind of puzzle. */
export function rulesOf(puzzle: string): Rules {
  const rules = RULES[puzzle];
  if (!rules) throw new Problem(`The page does not know the rules of ${puzzle}.`);
  return rules;
}
