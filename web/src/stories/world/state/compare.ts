/** What can stand beside a story, and what it takes to have it. */
import type { Recording, Settings } from "../../../recording/types.gen";
import { count } from "../../../scene/numbers";
import { WIRINGS, type Training } from "../knobs";
import { knobsOf, settingsFor } from "../settings";
import type { WorldScene } from "../view";

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
  if (compare === "flat" || compare === "hierarchy") {
    return {
      kind: "settings",
      settings: settingsFor(training, settings, { ...knobs, preset: compare }),
      label: WIRINGS[compare],
    };
  }
  const examples = Number(compare.slice("examples-".length));
  return {
    kind: "settings",
    settings: settingsFor(training, settings, { ...knobs, examples }),
    label: count(examples, "example"),
  };
}

/** What to write above the story that was there first, against `compare`. */
export function ownLabel(compare: string, settings: Settings, training: Training): string {
  const knobs = knobsOf(training, settings);
  if (compare === "flat" || compare === "hierarchy") return WIRINGS[knobs.preset];
  if (compare.startsWith("examples-")) return count(knobs.examples, "example");
  return `${WIRINGS[knobs.preset]}, ${count(knobs.examples, "example")}, seed ${knobs.seed}`;
}

/** `left` on a clock that also has the time and the stops of `right`, of `other`. */
export function paired(left: WorldScene, right: WorldScene, other: Recording): WorldScene {
  return {
    ...left,
    duration: (recording, view) =>
      Math.max(left.duration(recording, view), right.duration(other, view)),
    stops: (recording, view) =>
      [...new Set([...left.stops(recording, view), ...right.stops(other, view)])].sort(
        (a, b) => a - b,
      ),
  };
}
