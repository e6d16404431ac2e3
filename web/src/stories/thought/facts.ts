/** What is true of a thought: the only derivations from its numbers that are shown. */
import type { AnsweredSegment, ThoughtRecording } from "../../recording/thought.gen";
import { at } from "../../lib/list";
import { memo } from "../../scene/memo";
import { cropOf, wrongCells, type Crop } from "../puzzle/facts";
import type { Scene } from "../../scene/scene";

export type ThoughtScene = Scene<ThoughtRecording>;

/** The answer that counts: after the segment at which the light turned red. */
export function handedIn(recording: ThoughtRecording): AnsweredSegment {
  return at(recording.segments, recording.segments_used - 1);
}

/** Of each segment, asked cells that are wrong; null where the solution is not known. */
export const wrongOf = memo(({ solution, segments }: ThoughtRecording): readonly number[] | null =>
  solution ? segments.map(({ answer }) => wrongCells(answer, solution)) : null,
);

/** The cells worth showing; of a solution that is not known, those that the answer uses. */
export const cropOfThought = memo((recording: ThoughtRecording): Crop => {
  const { board, given, solution } = recording;
  return cropOf(board, [given, solution ?? handedIn(recording).answer]);
});

/** What is to be said of the answer that counts. */
export function verdict({ valid, exact }: ThoughtRecording): string {
  if (exact) return "Solved: every cell is right.";
  if (valid === null) return "Nothing here can tell whether it is right.";
  if (valid)
    return exact === false ? "Correct, though not the known solution." : "A correct answer.";
  return "Not solved.";
}
