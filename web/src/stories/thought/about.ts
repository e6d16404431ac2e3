/** The table: a puzzle, of the visitor's own too, and what a model makes of it. */
import type { ThoughtRecording } from "../../recording/thought.gen";
import { puzzleInFileName } from "../puzzle/facts";
import type { Story } from "../story";
import { beside, fields } from "./view";

export const about: Story<ThoughtRecording> = {
  id: "thought",
  kind: "thought",
  title: () => "Solve",
  promise: "A trained model thinks about a puzzle, and says how sure it is.",
  legend: [
    ["input", "The puzzle as it is given"],
    ["answer", "What it answers"],
    ["halting", "Cells that changed; how sure it is"],
    ["right", "Right (underlined, a tick)"],
    ["wrong", "Wrong (crossed out)"],
  ],
  fields,
  beside,
  fetchCheck: () => import("./check"),
  nameParts: ({ puzzle, model, step }) => [
    "thought",
    puzzleInFileName(puzzle),
    model.name ?? model.preset ?? "",
    model.name || step === null ? "" : `step-${step}`,
  ],
  help: (title) =>
    `Hand over a puzzle of your own in “${title}”, or drop a text file with one: a model thinks about it, here in the page`,
  takes: async (text) => {
    const { puzzleIn, write } = await import("./draft");
    const draft = puzzleIn(text);
    return draft && { puzzle: write(draft) };
  },
  fetchStage: () => import("./state/solve.svelte"),
};
