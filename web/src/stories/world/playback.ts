/** An episode in time: which step is playing, and how far it has come. */
import type { Episode } from "../../recording/types.gen";
import { progress } from "../../scene/ease";
import { at } from "../../lib/list";

export interface Beat {
  readonly index: number;
  readonly start: number;
  readonly length: number;
  /** A repetition that is shown in a hurry: no thinking, only the deed. */
  readonly quick: boolean;
}

/**
 * Shares `budget` seconds among the steps. The first of its kind gets the most time; the same action
 * again gets less; the same action in the same state the least.
 */
export function beatsOf(episode: Episode, budget: number, longest = 2.8): readonly Beat[] {
  const weights = episode.steps.map((step, i) => {
    const before = episode.steps[i - 1];
    if (!before || before.action !== step.action) return 1;
    return before.state === step.state ? 0.26 : 0.6;
  });
  const total = weights.reduce((all, weight) => all + weight, 0);
  const unit = Math.min(longest, budget / Math.max(total, 1e-9));
  let start = 0;
  return weights.map((weight, index) => {
    const beat = { index, start, length: weight * unit, quick: weight < 0.5 };
    start += beat.length;
    return beat;
  });
}

export function lengthOf(beats: readonly Beat[]): number {
  const end = beats.at(-1);
  return end ? end.start + end.length : 0;
}

export interface Moment {
  readonly beat: Beat;
  /** Thinking, 0 to 1. */
  readonly think: number;
  /** The sub-goal card on its way down, 0 to 1. */
  readonly tell: number;
  /** The action token on its way to the world, 0 to 1. */
  readonly act: number;
  /** The deed in the world, 0 to 1. */
  readonly move: number;
  /** The tick or cross, 0 to 1. */
  readonly mark: number;
}

/** What is going on at `time` seconds into an episode; before it the first step, after it the last. */
export function momentOf(beats: readonly Beat[], time: number): Moment {
  let beat = at(beats, 0);
  for (const one of beats) if (one.start <= time) beat = one;
  const local = progress(time, beat.start, beat.start + beat.length);
  const part = (from: number, to: number) => progress(local, from, to);
  return beat.quick
    ? { beat, think: 1, tell: 1, act: part(0, 0.4), move: part(0.3, 0.85), mark: part(0.6, 0.8) }
    : {
        beat,
        think: part(0, 0.26),
        tell: part(0.24, 0.44),
        act: part(0.46, 0.64),
        move: part(0.6, 0.88),
        mark: part(0.82, 0.94),
      };
}
