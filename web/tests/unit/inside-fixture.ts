/** Thoughts with what happened in their states, of made-up numbers: to test how they are drawn. */
import type { StatePath, ThoughtRecording } from "../../src/recording/thought.gen";
import { range } from "../../src/lib/list";
import { callsIn, type ModuleName } from "../../src/stories/thought/inside";
import { draws, thought, type ThoughtAsked } from "./puzzle-fixture";

export interface InsideAsked extends ThoughtAsked {
  /** What the residuals fall to, of 1. */
  readonly falling?: number;
  readonly hierarchy?: boolean;
}

export function thoughtInside({
  falling = 0.001,
  hierarchy = true,
  ...asked
}: InsideAsked = {}): ThoughtRecording {
  const plain = thought(asked);
  const one = { ...plain, model: { ...plain.model, hierarchy } };
  const random = draws(one.segments.length + 5);
  const pathOf = (module: ModuleName): StatePath => {
    const calls = one.segments.length * callsIn(one.model, module);
    return {
      residuals: range(calls).map((i) => 1.4 * falling ** (calls > 1 ? i / (calls - 1) : 1)),
      x: range(calls).map((i) => Math.cos(i / 9) + 0.1 * random()),
      y: range(calls).map((i) => Math.sin(i / 7) * 0.6),
      explained: [0.61, 0.23],
    };
  };
  return {
    ...one,
    inside: {
      high: hierarchy ? pathOf("H") : null,
      low: pathOf("L"),
      certainty: one.segments.map((_, k) =>
        range(one.board.cells).map(() => Math.round(1000 * (1 - random() / (k + 1.5))) / 1000),
      ),
    },
  };
}

/** Of every kind, each by a name. */
export function thoughtsInside(): [string, ThoughtRecording][] {
  const sure = thoughtInside({ segments: 3 });
  return [
    ["seen from inside", thoughtInside()],
    ["seen from inside, on a maze", thoughtInside({ on: "maze", segments: 4, hierarchy: false })],
    ["seen from inside, on ARC", thoughtInside({ on: "arc", segments: 4 })],
    ["seen from inside, of one segment", thoughtInside({ segments: 1 })],
    ["seen from inside, of many segments", thoughtInside({ segments: 64 })],
    ["that never settles", thoughtInside({ falling: 0.6 })],
    ["whose states do not move", thoughtInside({ falling: 0 })],
    [
      "whose certainty is not known",
      { ...sure, inside: sure.inside ? { ...sure.inside, certainty: null } : null },
    ],
  ];
}
