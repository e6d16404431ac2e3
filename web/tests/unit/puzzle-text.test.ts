/** What people paste is read as the command line reads it: tests/rule_vectors.py. */
import { expect, test } from "vitest";

import { mazeLines, readMaze } from "../../src/recording/puzzles/maze";
import { readSudoku } from "../../src/recording/puzzles/sudoku";
import { Problem } from "../../src/recording/problem";
import vectors from "../vectors/rules.json";

/** As Python has it: on a canvas of 30 x 30. */
function onCanvas({ height, width, grid }: ReturnType<typeof readMaze>): number[] {
  return Array.from({ length: 900 }, (_, i) => {
    const [row, column] = [Math.floor(i / 30), i % 30];
    return row < height && column < width ? (grid[row * width + column] ?? 0) : 0;
  });
}

test.each(vectors.texts)("a $kind: $text", ({ kind, text, grid, problem }) => {
  const read = () => (kind === "sudoku" ? readSudoku(text, 9) : onCanvas(readMaze(text)));
  if (problem === null) expect(read()).toEqual(grid);
  else {
    expect(read).toThrow(Problem);
    expect(read).toThrow(problem);
  }
});

test("a maze that is written is read as the same", () => {
  for (const { kind, text, grid } of vectors.texts) {
    if (kind !== "maze" || !grid) continue;
    const one = readMaze(text);
    expect(readMaze(mazeLines(one).join("/"))).toEqual(one);
  }
});
