/**
 * What a schema cannot say of a thought: grids of the right size with tokens that exist.
 * A recording that passes can be drawn without a look-up missing.
 */
import type { ThoughtRecording } from "../../recording/thought.gen";
import { index, invalid, problemIn } from "../../recording/invalid";
import { checkBoard, grid, MOST_SEGMENTS } from "../puzzle/check";
import { IGNORED } from "../puzzle/facts";
import { checkInside } from "./inside";
import { checkVote } from "./vote";

/** More views are not tried for one puzzle. */
const MOST_VIEWS = 1024;

export { validate } from "../../recording/validateThought.gen.js";

/** What is wrong, as the end of a sentence; null if nothing is. */
export function check(recording: ThoughtRecording): string | null {
  return problemIn(() => {
    const { board, given, solution, segments, segments_used } = recording;
    checkBoard(board);
    grid(given, board, "the puzzle");
    if (solution) grid(solution, board, "the solution", IGNORED);
    if (segments.length > MOST_SEGMENTS) invalid("segments has too many entries");
    index(segments_used, 1, segments.length + 1, "segments_used");
    for (const { answer, changed } of segments) {
      grid(answer, board, "an answer");
      for (const cell of changed) index(cell, 0, board.cells, "a cell that changed");
    }
    const { tried } = recording;
    if (tried && tried.length > MOST_VIEWS) invalid("tried has too many entries");
    for (const { answer, view } of tried ?? []) {
      grid(answer, board, "an answer in a view");
      index(view, 1, Infinity, "the number of a view");
    }
    checkInside(recording);
    checkVote(recording);
  });
}
