/**
 * The knobs, a row each. Whatever the page knows of a knob comes from here: its control with its
 * words and its range, what a link carries, what a file is called, how one run is told from another,
 * and which setting it is to the engine and to Python.
 */
import type { Settings } from "../../recording/types.gen";
import { count, percent } from "../../scene/numbers";
import { decimal, field, MAX_SEED, oneOf, optional, whole, type Field } from "../fields";
import { FLAT, presetOf, wiringOf } from "./definition";

/** How a value is chosen: on a slider, or between some. */
export type Control<T> =
  | { readonly kind: "slider"; readonly min: number; readonly max: number; readonly step: number }
  | { readonly kind: "choice"; readonly choices: readonly (readonly [value: T, label: string])[] };

/** What the controls, the link and the words know of a knob. */
interface Knob<T> {
  readonly label: string;
  readonly hint: string;
  readonly control: Control<T>;
  /** What a link accepts. */
  readonly link: Pick<Field<T>, "read" | "write" | "accepted">;
  /** Its value beside its slider. */
  shown(value: T): string;
}

/** A knob that asks for another training. */
export interface TrainingKnob<T> extends Knob<T> {
  /** Where it stands for some settings. */
  of(settings: Settings): T;
  /** What of the settings is another when it stands at `value`. */
  into(settings: Settings, value: T): Partial<Settings>;
  /** How a run with this value is told from one with another; absent where its title says it. */
  words?(value: T): string;
  /** Its part of a file's name, and the part's place there. */
  readonly file?: { readonly place: number; part(value: T): string };
  /** Whether what it means is said below it: gradient steps. */
  readonly countsSteps?: boolean;
}

/** A knob that only changes how the trained model is played. */
export interface PlayingKnob extends Knob<number> {
  readonly initial: number;
  /** The knob without which it means nothing. */
  readonly needs?: string;
}

interface Slider {
  readonly label: string;
  readonly hint: string;
  readonly range: readonly [min: number, max: number, step: number];
  /** Where a link may go further than the slider. */
  readonly most?: number;
  readonly shown?: (value: number) => string;
}

function slider({ label, hint, range, most, shown = String }: Slider): Knob<number> {
  const [min, max, step] = range;
  const number = Number.isInteger(step) ? whole : decimal;
  return {
    label,
    hint,
    control: { kind: "slider", min, max, step },
    link: number(min, most ?? max),
    shown,
  };
}

/** A knob that is a setting of the same name. */
function setting<K extends keyof Settings>(
  key: K,
  knob: Slider,
  rest: Pick<TrainingKnob<number>, "words" | "file" | "countsSteps">,
): TrainingKnob<number> {
  return {
    ...slider(knob),
    of: (settings) => settings[key] as number,
    into: (_, value) => ({ [key]: value }),
    ...rest,
  };
}

/** Which wiring a knob asks for. */
export type Wiring = "hierarchy" | "flat";

const wiring: TrainingKnob<Wiring> = {
  label: "Wiring",
  hint: "",
  control: {
    kind: "choice",
    choices: [
      ["hierarchy", "With hierarchy"],
      ["flat", "Flat"],
    ],
  },
  link: oneOf<Wiring>(["hierarchy", "flat"]),
  shown: (value) => (value === "flat" ? "Flat" : "With hierarchy"),
  of: ({ preset }) => (FLAT.includes(wiringOf(preset)) ? "flat" : "hierarchy"),
  into: (settings, value) =>
    value === wiring.of(settings)
      ? {}
      : { preset: presetOf(settings.preset, value === "flat" ? "flat" : ""), freeze: "none" },
};

const examples = (value: number): string => count(value, "example");

/** In the order of their controls. */
export const TRAINING = {
  preset: wiring,
  examples: setting(
    "examples",
    {
      label: "Dataset size",
      hint: "How many example episodes the model learns from.",
      range: [1, 50, 1],
      shown: examples,
    },
    { words: examples, file: { place: 2, part: (value) => `${value}-examples` } },
  ),
  noise: setting(
    "noise",
    {
      label: "Noise",
      hint: "The chance that a step's label is wrong.",
      range: [0, 0.5, 0.05],
      shown: percentShown,
    },
    {
      words: (value) => `${percent(value)} noise`,
      file: { place: 3, part: (value) => (value ? `noise-${value}` : "") },
    },
  ),
  distractors: setting(
    "distractors",
    {
      label: "Distractor mistakes",
      hint: "The chance that an example takes a wrong action and shows how to recover.",
      range: [0, 0.5, 0.05],
      shown: percentShown,
    },
    { words: (value) => `${percent(value)} distractors` },
  ),
  passes: setting(
    "passes",
    {
      label: "Training passes",
      hint: "How often every example is seen, unless training stops early.",
      range: [3, 10, 1],
    },
    { words: (value) => count(value, "pass", "passes"), countsSteps: true },
  ),
  tiles: setting(
    "tiles",
    {
      label: "Line length",
      hint: "Tiles on the line.",
      range: [3, 9, 1],
      shown: (value) => `${value} tiles`,
    },
    {
      words: (value) => count(value, "tile"),
      file: { place: 1, part: (value) => `${value}-tiles` },
    },
  ),
  seed: setting(
    "seed",
    {
      label: "Seed",
      hint: "Which examples are drawn and in which order they are learned. The base model stays.",
      range: [0, 99, 1],
      most: MAX_SEED,
    },
    { words: (value) => `seed ${value}`, file: { place: 4, part: (value) => `seed-${value}` } },
  ),
} as const;

export const PLAYING = {
  exploration: {
    ...slider({
      label: "Exploration",
      hint: "0 takes the best action. Above, actions are drawn at this temperature.",
      range: [0, 2, 0.1],
      shown: (value) => (value === 0 ? "off" : value.toFixed(1)),
    }),
    initial: 0,
  },
  drawSeed: {
    ...slider({
      label: "Exploration seed",
      hint: "Which draws exploration makes.",
      range: [0, 99, 1],
      most: MAX_SEED,
    }),
    initial: 0,
    needs: "exploration",
  },
} as const satisfies Record<string, PlayingKnob>;

function percentShown(value: number): string {
  return `${Math.round(value * 100)}%`;
}

/** Where the knobs of a training stand. */
export type Knobs = {
  readonly [K in keyof typeof TRAINING]: (typeof TRAINING)[K] extends TrainingKnob<infer T>
    ? T
    : never;
};

/** Where they were moved to; null where they stand as in the story. */
export type Moved = { readonly [K in keyof Knobs]: Knobs[K] | null };

/** The rows, for what treats all alike. */
export const ROWS = Object.entries(TRAINING) as readonly (readonly [
  keyof Knobs,
  TrainingKnob<unknown>,
])[];

/** `make` of each row. */
export function ofEach<T>(make: (key: keyof Knobs, knob: TrainingKnob<unknown>) => T) {
  return Object.fromEntries(ROWS.map(([key, knob]) => [key, make(key, knob)]));
}

/** What a link carries of the knobs. */
export const knobFields = {
  exploration: field(PLAYING.exploration.link, PLAYING.exploration.initial, true),
  drawSeed: field(PLAYING.drawSeed.link, PLAYING.drawSeed.initial, true),
  ...(ofEach((_, knob) => optional(knob.link)) as {
    readonly [K in keyof Knobs]: Field<Knobs[K] | null>;
  }),
};
