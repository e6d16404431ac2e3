/** The story of a run: how a model learned a puzzle, or learns it still. */
import type { RunRecording } from "../../recording/run.gen";
import { puzzleInFileName } from "../puzzle/facts";
import type { Story } from "../story";

export const about: Story<RunRecording> = {
  id: "run",
  kind: "run",
  title: () => "A run",
  promise: "A model learns, as its own log has it.",
  legend: [
    ["agent", "Training: the batch it learns from"],
    ["planner", "Test; without one, puzzles it has seen"],
    ["halting", "Cells that changed; the segment that counts"],
    ["answer", "What it answers"],
    ["right", "Right (underlined)"],
    ["wrong", "Wrong (crossed out)"],
  ],
  fields: {},
  fetchCheck: () => import("./check"),
  nameParts: ({ puzzle, model, end, train, seed }) => [
    "run",
    puzzleInFileName(puzzle),
    model.preset ?? "",
    `step-${Math.max(end?.step ?? 0, train.at(-1)?.step ?? 0)}`,
    `seed-${seed}`,
  ],
  fetchStage: () => import("./state/run.svelte"),
};
