/** What a link carries for this story, and what of it the frames depend on. */
import type { Recording, Settings } from "../../recording/types.gen";
import type { Scene, View } from "../../scene/scene";
import { name, optional, start, type Field, type ValuesOf } from "../fields";
import constants from "../../recording/constants.json";
import type { Defined } from "./definition";
import { knobFields, LINKS } from "./knobs";

export const fields = {
  ...knobFields,
  start,
  run: optional(name),
} as const;

export type WorldValues = ValuesOf<typeof fields>;

export interface WorldView extends View, Defined {
  /** 0: always the best action. Above: sub-goals and actions are drawn at this temperature. */
  readonly exploration: number;
  /** Seed of those draws. */
  readonly drawSeed: number;
  /** The start chosen in scene 6; null is one that nothing was learned from, if there is one. */
  readonly start: number | null;
  /** The run chosen in scene 6, by name; null is the main one. */
  readonly run: string | null;
}

/** How much the model on stage has learned. */
export interface Learned {
  readonly kind: "no-model" | "before" | "during" | "after" | "both";
  /** Gradient steps so far, with a fraction, during training. */
  readonly steps: number;
  /** What it was trained with, where that is not the recording's. */
  readonly settings?: Settings;
  /** The fewest and the most lessons, where trainings with different numbers are on stage. */
  readonly range?: readonly [number, number];
}

export const NO_MODEL: Learned = { kind: "no-model", steps: 0 };
export const BEFORE: Learned = { kind: "before", steps: 0 };
export const AFTER: Learned = { kind: "after", steps: 0 };
export const BOTH: Learned = { kind: "both", steps: 0 };

export interface WorldScene extends Scene<Recording, WorldView> {
  /** How much the model has learned that is on stage at a time. */
  learned(recording: Recording, time: number, view: WorldView): Learned;
}

const { least, most } = constants.knobs.examples;
const EXAMPLES = /^examples-([1-9]\d*)$/;

/** What can stand beside it, as a link has it. */
export const beside: Pick<Field<string>, "read" | "accepted"> = {
  read(text) {
    const known =
      text === "before" ||
      LINKS.preset.read(text) !== undefined ||
      LINKS.learn.read(text) !== undefined ||
      LINKS.examples.read(EXAMPLES.exec(text)?.[1] ?? "") !== undefined ||
      /^story:.{1,200}$/.test(text);
    return known ? text : undefined;
  },
  accepted: `before, hierarchy, flat, labels, preferences, examples-${least} to examples-${most}, or story: and a story's name`,
};
