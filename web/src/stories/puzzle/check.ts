/**
 * What a schema cannot say of a run and of a thought: grids of the right size with tokens that
 * exist, steps that go forward. A recording that passes can be drawn without a look-up missing.
 */
import type { Board, RunRecording } from "../../recording/run.gen";
import type { ThoughtRecording } from "../../recording/thought.gen";
import { filled, index, length, wrong, wrongIn } from "../../recording/wrong";

/** As in recording/puzzle_schema.py and recording/run.py. */
const MOST_CELLS = 900;
const MOST_TOKENS = 64;
const MOST_SEGMENTS = 64;
const LONGEST_GLYPH = 3;
/** In a solution: a cell that is not asked about. */
export const IGNORED = -100;

/** What is wrong, as the end of a sentence; null if nothing is. */
export function checkRun(recording: RunRecording): string | null {
  return wrongIn(() => {
    const { board, train, evaluations, watched } = recording;
    checkBoard(board);
    ascending(train, "train");
    ascending(evaluations, "evaluations");
    for (const one of evaluations) {
      index(one.puzzles, 1, Infinity, "the puzzles of an evaluation");
      if (one.by_segment.length > MOST_SEGMENTS) wrong("an evaluation has too many segments");
      for (const share of [one.exact, one.tokens ?? 0, one.valid ?? 0, ...one.by_segment]) {
        if (!(share >= 0 && share <= 1)) wrong(`a share in an evaluation is ${share}`);
      }
    }
    for (const { tokens, exact } of train) {
      for (const share of [tokens ?? 0, exact ?? 0]) {
        if (!(share >= 0 && share <= 1)) wrong(`a share in train is ${share}`);
      }
    }
    if (!watched) return;
    grid(watched.given, board, "the watched puzzle");
    grid(watched.solution, board, "the watched solution", IGNORED);
    ascending(watched.views, "watched.views");
    for (const view of watched.views) {
      if (view.answers.length > MOST_SEGMENTS) wrong("a view has too many segments");
      length(view.q_halt, view.answers.length, "a view's q_halt");
      index(view.used, 1, view.answers.length + 1, "the segments used in a view");
      for (const answer of view.answers) grid(answer, board, "an answer to the watched puzzle");
    }
  });
}

/** What is wrong, as the end of a sentence; null if nothing is. */
export function checkThought(recording: ThoughtRecording): string | null {
  return wrongIn(() => {
    const { board, given, solution, segments, used } = recording;
    checkBoard(board);
    grid(given, board, "the puzzle");
    if (solution) grid(solution, board, "the solution", IGNORED);
    if (segments.length > MOST_SEGMENTS) wrong("segments has too many entries");
    index(used, 1, segments.length + 1, "used");
    for (const { answer, changed } of segments) {
      grid(answer, board, "an answer");
      for (const cell of changed) index(cell, 0, board.cells, "a cell that changed");
    }
  });
}

function checkBoard({ width, height, cells, box, blank, glyphs, names }: Board): void {
  index(cells, 1, MOST_CELLS + 1, "board.cells");
  index(width, 1, cells + 1, "board.width");
  index(height, 1, cells + 1, "board.height");
  if (width * height < cells || width * (height - 1) >= cells) {
    wrong(`a board of ${width} x ${height} cells has not ${cells}`);
  }
  if (box !== 0 && (box * box !== width || box * box !== height)) {
    wrong(`board.box is ${box}, but its square is not the board's width and height`);
  }
  filled(glyphs, "board.glyphs");
  index(glyphs.length, 1, MOST_TOKENS + 1, "the number of glyphs");
  length(names, glyphs.length, "board.names");
  index(blank, -1, glyphs.length, "board.blank");
  const long = glyphs.find((glyph) => glyph.length > LONGEST_GLYPH);
  if (long !== undefined) wrong(`the glyph ${long.slice(0, 10)} is too long for a cell`);
}

function grid(cells: readonly number[], board: Board, where: string, besides?: number): void {
  length(cells, board.cells, where);
  for (const token of cells) {
    if (token !== besides) index(token, 0, board.glyphs.length, `a cell of ${where}`);
  }
}

function ascending(list: readonly { readonly step: number }[], where: string): void {
  let before = 0;
  for (const { step } of list) {
    index(step, before, Infinity, `a step of ${where}`);
    before = step;
  }
}
