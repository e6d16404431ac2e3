/** Whole recordings of every kind, and how their scenes are seen: what holds for all stories. */
import type { AnyRecording } from "../../src/recording/form";
import { ladder, variants } from "./assemble-helpers";
import { thoughtsInside } from "./inside-fixture";
import { runs, thoughts } from "./puzzle-fixture";
import { votes } from "./vote-fixture";
import { fixture, storyIn, WORLD_STORIES } from "./story-helpers";

export interface Examples {
  /** By what they lack or have; the first is the usual one. */
  recordings(): readonly (readonly [name: string, recording: AnyRecording])[];
  /** With something missing: still told, in words. */
  incomplete?(): readonly (readonly [name: string, recording: AnyRecording])[];
  /** What a link may carry besides. */
  readonly seen?: readonly (readonly [name: string, own: Readonly<Record<string, unknown>>])[];
}

/** By kind; a new kind has to be added here. */
export const EXAMPLES: Readonly<Record<string, Examples>> = {
  "fine-tuning": {
    recordings: () => [
      ["the default story", fixture()],
      ...WORLD_STORIES.slice(1).map(([title, file]) => [title, storyIn(file)] as const),
      ["from preferences", storyIn("preferences/by-return.hrm.json.gz")],
      ["taught by a visitor", storyIn("preferences/chosen.hrm.json.gz")],
      ["another world’s preferences", storyIn("bell/preferences/by-return.hrm.json.gz")],
    ],
    seen: [
      ["exploring", { exploration: 1.5, drawSeed: 7 }],
      ["another start and run", { start: 3, run: "frozen-planner" }],
      ["nothing defined", { definitions: null }],
    ],
  },
  ladder: {
    recordings: () => [["the shipped ladder", ladder()]],
    incomplete: () => variants().map(([missing, one]) => [`without ${missing}`, one]),
    seen: [
      ["another puzzle", { start: 0 }],
      ["other wires", { wires: "lr-m1-n1-t4-gfull-s4-hs" }],
    ],
  },
  run: { recordings: runs },
  thought: {
    recordings: () => [...thoughts(), ...thoughtsInside(), ...votes()],
    seen: [["the true answer hidden", { truth: false }]],
  },
};
