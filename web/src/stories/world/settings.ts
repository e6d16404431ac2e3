/** Between the page's knobs and a recording's settings. */
import type { Settings } from "../../recording/types.gen";
import { ofEach, ROWS, type Knobs, type Moved } from "./knobs";

/** The knobs as they stand for a story. */
export function knobsOf(settings: Settings): Knobs {
  return ofEach((_, knob) => knob.of(settings)) as Knobs;
}

/** The knobs of a story with those that were moved. */
export function knobsWith(settings: Settings, moved: Moved): Knobs {
  return ofEach((key, knob) => moved[key] ?? knob.of(settings)) as Knobs;
}

/** What to train for some knobs; all else is as in `settings`. */
export function settingsFor(settings: Settings, knobs: Knobs): Settings {
  return Object.assign(
    { ...settings },
    ...ROWS.map(([key, knob]) => knob.into(settings, knobs[key])),
  ) as Settings;
}

/** Where `knobs` differ from those of `settings`. */
export function changesFrom(settings: Settings, knobs: Knobs): Moved {
  return ofEach((key, knob) => (knobs[key] === knob.of(settings) ? null : knobs[key])) as Moved;
}

/** Whether any knob was moved. */
export function anyMoved(moved: Moved): boolean {
  return ROWS.some(([key]) => moved[key] !== null);
}

/** Where the settings of a run differ from the story's, in words; null if nowhere. */
export function settingsDifference(ours: Settings, theirs: Settings): string | null {
  const words = ROWS.map(([, knob]) => {
    const value = knob.of(theirs);
    return value === knob.of(ours) ? "" : (knob.words?.(value) ?? "");
  });
  if (theirs.batch !== ours.batch) words.push(`batches of ${theirs.batch}`);
  if (theirs.base_seed !== ours.base_seed) words.push(`base seed ${theirs.base_seed}`);
  return words.filter(Boolean).join(", ") || null;
}

/** What of a file's name the knobs say. */
export function settingsInFileName(settings: Settings): readonly string[] {
  return ROWS.flatMap(([, { file, of }]) => (file ? [[file.place, file.part(of(settings))]] : []))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, part]) => String(part));
}

/** A text that is the same for the same settings only. */
export function keyOf(settings: Settings): string {
  return JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Gradient steps that settings plan: passes x batches x segments. */
export function gradientSteps(knobs: Knobs, batch: number, segments: number): number {
  return knobs.passes * Math.ceil(knobs.examples / batch) * segments;
}
