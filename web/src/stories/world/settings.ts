/** Between the page's knobs and a recording's settings. */
import type { Recording, Run, Settings } from "../../recording/types.gen";
import { worldOf, type Defined } from "./definition";
import {
  BY_RETURN,
  KNOBS,
  ofEach,
  trainingOf,
  type KnobName,
  type Knobs,
  type Moved,
  type Training,
  type TrainingKnob,
} from "./knobs";

/** A knob as what treats all alike sees it. */
const knobIn = (training: Training, name: KnobName) => training[name] as TrainingKnob<unknown>;

/** The knobs as they stand for a story. */
export function knobsOf(training: Training, settings: Settings): Knobs {
  return ofEach((name) => knobIn(training, name).of(settings)) as unknown as Knobs;
}

/** The knobs of a story with those that were moved. */
export function knobsWith(training: Training, settings: Settings, moved: Moved): Knobs {
  return ofEach((name) => moved[name] ?? knobIn(training, name).of(settings)) as unknown as Knobs;
}

/** What to train for some knobs; all else is as in `settings`. */
export function settingsFor(training: Training, settings: Settings, knobs: Knobs): Settings {
  const changed = KNOBS.filter((name) => knobs[name] !== knobIn(training, name).of(settings));
  return Object.assign(
    { ...settings },
    ...changed.map((name) => knobIn(training, name).into(settings, knobs[name])),
  ) as Settings;
}

/** Where `knobs` differ from those of `settings`. */
export function changesFrom(training: Training, settings: Settings, knobs: Knobs): Moved {
  return ofEach((name) =>
    knobs[name] === knobIn(training, name).of(settings) ? null : knobs[name],
  ) as unknown as Moved;
}

/** What a visitor's choices are about: of another start, or another model, there are others. */
const CHOSEN_IN: readonly KnobName[] = ["preset", "learn", "examples", "tiles", "sizes", "seed"];

/** The knobs with one of them at another value; choices that are about something else are gone. */
export function turned<K extends KnobName>(knobs: Knobs, knob: K, value: Knobs[K]): Knobs {
  const gone = CHOSEN_IN.includes(knob) ? { choices: BY_RETURN } : {};
  return { ...knobs, ...gone, [knob]: value };
}

/** Whether any knob was moved. */
export function anyMoved(moved: Moved): boolean {
  return KNOBS.some((name) => moved[name] !== null);
}

/** What of a link's knobs the world does not accept: each, and a sentence that says so. */
export function refusedIn(
  training: Training,
  moved: Moved,
): readonly (readonly [KnobName, string])[] {
  return KNOBS.flatMap((name) => {
    const value = moved[name];
    const accepted = value === null ? null : knobIn(training, name).refusal?.(value);
    if (!accepted) return [];
    const words =
      `The link asks for ${name} = ${value}, but accepted in this world is ${accepted}; ` +
      "the default is used.";
    return [[name, words] as const];
  });
}

/** Where the settings of a run differ from the story's, in words; null if nowhere. */
export function settingsDifference(
  training: Training,
  ours: Settings,
  theirs: Settings,
): string | null {
  const words = KNOBS.map((name) => {
    const knob = knobIn(training, name);
    const value = knob.of(theirs);
    return value === knob.of(ours) ? "" : (knob.words?.(value) ?? "");
  });
  if (theirs.batch !== ours.batch) words.push(`batches of ${theirs.batch}`);
  if (theirs.base_seed !== ours.base_seed) words.push(`base seed ${theirs.base_seed}`);
  return words.filter(Boolean).join(", ") || null;
}

/** Where the settings of a run differ from the story's, beyond what makes the run what it is. */
export function otherSettings(
  { settings }: Recording,
  run: Pick<Run, "settings">,
  defined: Defined,
): string | null {
  return settingsDifference(trainingOf(worldOf(defined, settings)), settings, run.settings);
}
