/** What the checks of full-size puzzles share: boards, and grids on them. */
import type { Board } from "../../recording/run.gen";
import { filled, index, length, invalid } from "../../recording/invalid";

/** As in recording/board.py and recording/run/recorder.py. */
const MOST_CELLS = 900;
const MOST_TOKENS = 64;
export const MOST_SEGMENTS = 64;
const LONGEST_GLYPH = 3;

/** Holds a board to itself. */
export function checkBoard({ width, height, cells, box, blank, glyphs, names }: Board): void {
  index(cells, 1, MOST_CELLS + 1, "board.cells");
  index(width, 1, cells + 1, "board.width");
  index(height, 1, cells + 1, "board.height");
  if (width * height < cells || width * (height - 1) >= cells) {
    invalid(`a board of ${width} x ${height} cells has not ${cells}`);
  }
  if (box !== 0 && (box * box !== width || box * box !== height)) {
    invalid(`board.box is ${box}, but its square is not the board's width and height`);
  }
  filled(glyphs, "board.glyphs");
  index(glyphs.length, 1, MOST_TOKENS + 1, "the number of glyphs");
  length(names, glyphs.length, "board.names");
  index(blank, -1, glyphs.length, "board.blank");
  const long = glyphs.find((glyph) => glyph.length > LONGEST_GLYPH);
  if (long !== undefined) invalid(`the glyph ${long.slice(0, 10)} is too long for a cell`);
}

/** Holds a grid to its board; `besides` is what a cell may be that is no token. */
export function grid(
  cells: readonly number[],
  board: Board,
  where: string,
  besides?: number,
): void {
  length(cells, board.cells, where);
  for (const token of cells) {
    if (token !== besides) index(token, 0, board.glyphs.length, `a cell of ${where}`);
  }
}

/** Holds steps to going forward. */
export function ascending(list: readonly { readonly step: number }[], where: string): void {
  let before = 0;
  for (const { step } of list) {
    index(step, before, Infinity, `a step of ${where}`);
    before = step;
  }
}
