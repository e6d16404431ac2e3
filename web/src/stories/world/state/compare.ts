/** What can stand beside a story, and what it takes to have it. */
import type { Settings } from "../../../recording/types.gen";
import { count } from "../../../scene/numbers";
import { WIRINGS, type KnobName, type Knobs, type Training } from "../knobs";
import { knobsOf, settingsFor, turned } from "../settings";
import { countedOf } from "../ways";

export type Comparison =
  /** The same story before and after its training. */
  | { readonly kind: "before" }
  /** The same story under other settings, trained in the page. */
  | { readonly kind: "settings"; readonly settings: Settings; readonly label: string }
  /** Another story of the list. */
  | { readonly kind: "story"; readonly name: string };

/** Reads `State.compare`, which was checked when it was read from the link. */
export function comparisonOf(compare: string, settings: Settings, training: Training): Comparison {
  if (compare === "before") return { kind: "before" };
  if (compare.startsWith("story:")) return { kind: "story", name: compare.slice("story:".length) };
  const knobs = knobsOf(training, settings);
  const under = <K extends KnobName>(knob: K, value: Knobs[K]): Settings =>
    settingsFor(training, settings, turned(knobs, knob, value));
  if (compare === "flat" || compare === "hierarchy") {
    return { kind: "settings", settings: under("preset", compare), label: WIRINGS[compare] };
  }
  if (compare === "labels" || compare === "preferences") {
    const other = under("learn", compare);
    return { kind: "settings", settings: other, label: wayLabel(other) };
  }
  const other = under("examples", Number(compare.slice("examples-".length)));
  return { kind: "settings", settings: other, label: lessons(other) };
}

/** How much it learned from, e.g. '10 preferences'. */
function lessons(settings: Settings): string {
  return count(settings.examples, countedOf(settings));
}

function wayLabel(settings: Settings): string {
  return `From ${lessons(settings)}`;
}

/** What to write above the story that was there first, against `compare`. */
export function ownLabel(compare: string, settings: Settings, training: Training): string {
  const knobs = knobsOf(training, settings);
  if (compare === "flat" || compare === "hierarchy") return WIRINGS[knobs.preset];
  if (compare === "labels" || compare === "preferences") return wayLabel(settings);
  if (compare.startsWith("examples-")) return lessons(settings);
  return `${WIRINGS[knobs.preset]}, ${lessons(settings)}, seed ${knobs.seed}`;
}
