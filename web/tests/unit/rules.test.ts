/** The page's rules of puzzles, held to what Python's say: tests/rule_vectors.py. */
import { describe, expect, test } from "vitest";

import * as maze from "../../src/lib/rules/maze";
import * as sudoku from "../../src/lib/rules/sudoku";
import vectors from "../vectors/rules.json";

describe("sudoku", () => {
  test.each(vectors.sudokus)("is judged as in Python: $side x $side, $flaw", (one) => {
    expect(sudoku.flaw(one.given, one.side)).toBe(one.flaw);
    const { solutions, first, guesses } = sudoku.solve(one.given, one.side);
    if (one.flaw) expect(solutions).not.toBe(1);
    else {
      expect(solutions).toBe(1);
      expect(first).toEqual(one.solution);
      expect(guesses).toBe(one.guesses);
    }
  });

  test("an answer is valid where Python says so", () => {
    for (const { given, answer, side, valid } of vectors.sudoku_answers) {
      expect(sudoku.isValid(given, answer, side, side)).toBe(valid);
      // A valid answer has no cell that is wrong, and any other has one.
      expect(sudoku.wrongCells(given, answer, side).length === 0).toBe(valid);
    }
    expect(new Set(vectors.sudoku_answers.map(({ valid }) => valid)).size).toBe(2);
  });

  test("an answer of another size is not valid", () => {
    const one = vectors.sudoku_answers.find(({ valid, side }) => valid && side === 9);
    expect(one && sudoku.isValid(one.given, one.answer.slice(1), 9, 9)).toBe(false);
  });

  test("what was given is not blamed for meeting its like", () => {
    const given = Array<number>(16).fill(sudoku.BLANK);
    given[0] = 2;
    const answer = [2, 2, 3, 4, 4, 5, 2, 3, 3, 4, 5, 5, 5, 3, 4, 2];
    expect(sudoku.wrongCells(given, answer, 4)).toContain(1);
    expect(sudoku.wrongCells(given, answer, 4)).not.toContain(0);
  });

  test("every clash is found, not only the first", () => {
    const given = Array<number>(81).fill(sudoku.BLANK);
    for (const cell of [0, 8, 72]) given[cell] = 6;
    expect(sudoku.clashes(given, 9)).toEqual([
      { digit: 5, kind: "row", number: 1, cells: [0, 8] },
      { digit: 5, kind: "column", number: 1, cells: [0, 72] },
    ]);
  });

  test("the search is bounded", () => {
    const hard = vectors.sudokus.find(({ guesses }) => (guesses ?? 0) > 50);
    expect(hard && sudoku.solve(hard.given, 9, 10).givenUp).toBe(true);
  });
});

describe("maze", () => {
  test.each(vectors.mazes)("is judged as in Python: side $side, $flaw", (one) => {
    expect(maze.flaw(one.given, one.side, one.side)).toBe(one.flaw);
    if (one.flaw) return;
    expect(maze.solution(one.given, one.side, one.side)).toEqual(one.solution);
    expect(maze.wayThrough(one.given, one.side, one.side)).toHaveLength(one.length);
  });

  test("an answer is valid where Python says so", () => {
    for (const { given, answer, side, valid } of vectors.maze_answers) {
      expect(maze.isValid(given, answer, side, side)).toBe(valid);
      if (valid) expect(maze.wrongCells(given, answer, side, side)).toEqual([]);
    }
    expect(new Set(vectors.maze_answers.map(({ valid }) => valid)).size).toBe(2);
  });

  test("cells of a path that lead nowhere are wrong, and what was given and is not kept", () => {
    const { PATH, FREE, WALL, START, GOAL } = maze;
    const given = [START, FREE, GOAL, FREE, WALL, FREE, FREE, FREE, FREE];
    const stray = [START, PATH, GOAL, FREE, WALL, FREE, PATH, PATH, FREE];
    expect(maze.wrongCells(given, stray, 3, 3)).toEqual([6, 7]);
    const through = [START, PATH, GOAL, FREE, PATH, FREE, FREE, FREE, FREE];
    expect(maze.wrongCells(given, through, 3, 3)).toEqual([4]);
  });
});
