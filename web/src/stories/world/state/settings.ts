/** Between the page's knobs and a recording's settings. */
import type { Settings } from "../../../recording/types.gen";
import type { Knobs } from "../../../state/state";

/** The knobs as they stand for a story. */
export function knobsOf(settings: Settings): Knobs {
  const { examples, noise, distractors, passes, seed, tiles, preset } = settings;
  const flat = preset === "keydoor-flat" || preset === "keydoor-flat-labelled";
  return { examples, noise, distractors, passes, seed, tiles, preset: flat ? "flat" : "hierarchy" };
}

/** What to train for some knobs; all else is as in `settings`. */
export function settingsFor(settings: Settings, knobs: Knobs): Settings {
  const { preset, ...rest } = knobs;
  if (preset === knobsOf(settings).preset) return { ...settings, ...rest };
  return {
    ...settings,
    ...rest,
    preset: preset === "flat" ? "keydoor-flat" : "keydoor",
    freeze: "none",
  };
}

/** Where `knobs` differ from those of `settings`. */
export function changesFrom(settings: Settings, knobs: Knobs): Partial<Knobs> {
  const own = knobsOf(settings);
  return Object.fromEntries(
    Object.entries(knobs).filter(([key, value]) => value !== own[key as keyof Knobs]),
  );
}

/** A text that is the same for the same settings only. */
export function keyOf(settings: Settings): string {
  return JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Gradient steps that settings plan: passes x batches x segments. */
export function gradientSteps(knobs: Knobs, batch: number, segments: number): number {
  return knobs.passes * Math.ceil(knobs.examples / batch) * segments;
}
