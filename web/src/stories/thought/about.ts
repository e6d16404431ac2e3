/** The story of a thought: a puzzle, and what a model makes of it segment by segment. */
import type { ThoughtRecording } from "../../recording/thought.gen";
import { puzzleInFileName } from "../puzzle/facts";
import type { Story } from "../story";

export const about: Story<ThoughtRecording> = {
  id: "thought",
  kind: "thought",
  title: () => "A thought",
  legend: [
    ["input", "The puzzle as it is given"],
    ["answer", "What it answers"],
    ["halting", "Cells that changed; how sure it is"],
    ["right", "Right (underlined, a tick)"],
    ["wrong", "Wrong (crossed out)"],
  ],
  fields: {},
  fetchCheck: () => import("./check"),
  nameParts: ({ puzzle, model, step }) => [
    "thought",
    puzzleInFileName(puzzle),
    model.preset ?? "",
    step === null ? "" : `step-${step}`,
  ],
};
