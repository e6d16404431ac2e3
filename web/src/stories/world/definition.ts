/**
 * What Python defines of a world's trainings and the page has to know: the wirings that it can train,
 * what is trained beside the main run, and how recordings and runs are called. Which world it is comes
 * from the recording; no world is named here.
 */
import type { Run, Settings } from "../../recording/types.gen";
import { count } from "../../scene/numbers";

type Preset = Settings["preset"];

/** A preset's name begins with its world's, 'keydoor' of 'keydoor-flat'; the rest is its wiring. */
function parts(preset: Preset): readonly [world: string, wiring: string] {
  const [world = "", ...wiring] = preset.split("-");
  return [world, wiring.join("-")];
}

/** The wiring of a preset, e.g. 'flat'; empty for the world's main one. */
export function wiringOf(preset: Preset): string {
  return parts(preset)[1];
}

/** The preset of another wiring of the same world. */
export function presetOf(preset: Preset, wiring: string): Preset {
  return [parts(preset)[0], wiring].filter(Boolean).join("-") as Preset;
}

/** Wirings without a Planner that names sub-goals. */
export const FLAT: readonly string[] = ["flat", "flat-labelled"];

/** A training beside the main one: the same settings but for these. */
export type Variant = Pick<Run, "name"> & Pick<Settings, "preset" | "freeze">;

/** What the page can train beside a main run, by the names of experiments/record.py. */
export function ablationsOf({ preset }: Settings): readonly Variant[] {
  const main = presetOf(preset, "");
  return [
    { name: "flat", preset: presetOf(preset, "flat"), freeze: "none" },
    { name: "frozen-planner", preset: main, freeze: "planner" },
    { name: "frozen-doer", preset: main, freeze: "doer" },
  ];
}

const WIRING_TITLES: Record<string, string> = {
  "": "Planner and Doer",
  flat: "no hierarchy: one module, actions only",
};

/**
 * A line that tells recordings apart, as Python's `title_of` writes it; `like` is the title of
 * another recording of the world.
 */
export function titleOf(settings: Settings, like: string): string {
  const { preset, freeze, examples, tiles, noise, seed } = settings;
  const frozen = freeze === "none" ? "" : `, ${freeze} frozen`;
  return (
    `${like.split(":")[0]}: ${WIRING_TITLES[wiringOf(preset)] ?? preset}${frozen}, ` +
    `${count(examples, "example")}, ${tiles} tiles, noise ${noise}, seed ${seed}`
  );
}

export interface RunWords {
  readonly title: string;
  readonly what: string;
}

/** The runs of a recording, by their names. */
export const RUNS: Readonly<Record<string, RunWords>> = {
  main: { title: "This story", what: "The run that this story shows." },
  flat: { title: "No hierarchy", what: "One module, actions only, with as many parameters." },
  "flat-labelled": {
    title: "No hierarchy, told labels",
    what: "One module that also learns the sub-goal labels.",
  },
  "no-channel": {
    title: "Two boxes, no wire",
    what: "The Doer is never told the sub-goal.",
  },
  "one-module": {
    title: "One box, with wire",
    what: "One module, told its own sub-goal.",
  },
  "frozen-planner": { title: "Frozen Planner", what: "Only the Doer may learn." },
  "frozen-doer": { title: "Frozen Doer", what: "Only the Planner may learn." },
};
