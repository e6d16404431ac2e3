/**
 * What a schema cannot say of a run: grids of the right size with tokens that exist, steps that go forward.
 * A recording that passes can be drawn without a look-up missing.
 */
import type { RunRecording } from "../../recording/run.gen";
import { index, length, invalid, problemIn } from "../../recording/invalid";
import { ascending, checkBoard, grid, MOST_SEGMENTS } from "../puzzle/check";
import { IGNORED } from "../puzzle/facts";

export { validate } from "../../recording/validateRun.gen.js";

/** What is wrong, as the end of a sentence; null if nothing is. */
export function check(recording: RunRecording): string | null {
  return problemIn(() => {
    const { board, train, evaluations, watched } = recording;
    checkBoard(board);
    ascending(train, "train");
    ascending(evaluations, "evaluations");
    for (const one of evaluations) {
      index(one.puzzles, 1, Infinity, "the puzzles of an evaluation");
      if (one.by_segment.length > MOST_SEGMENTS) invalid("an evaluation has too many segments");
      for (const share of [one.exact, one.tokens ?? 0, one.valid ?? 0, ...one.by_segment]) {
        if (!(share >= 0 && share <= 1)) invalid(`a share in an evaluation is ${share}`);
      }
    }
    for (const { tokens, exact } of train) {
      for (const share of [tokens ?? 0, exact ?? 0]) {
        if (!(share >= 0 && share <= 1)) invalid(`a share in train is ${share}`);
      }
    }
    if (!watched) return;
    grid(watched.given, board, "the watched puzzle");
    grid(watched.solution, board, "the watched solution", IGNORED);
    ascending(watched.views, "watched.views");
    for (const view of watched.views) {
      if (view.answers.length > MOST_SEGMENTS) invalid("a view has too many segments");
      length(view.q_halt, view.answers.length, "a view's q_halt");
      index(view.segments_used, 1, view.answers.length + 1, "the segments used in a view");
      for (const answer of view.answers) grid(answer, board, "an answer to the watched puzzle");
    }
  });
}
