/** A recorded thought, spread over seconds. */
import type { PuzzleCall, PuzzleThought } from "../../recording/ladder.gen";
import { clamp, progress } from "../../scene/ease";
import { at } from "../../lib/list";
import { memoBy } from "../../scene/memo";
import type { Grid } from "./facts";

/** How long a piece takes from the tray to its place. */
export const PLUG = 1.3;

export interface Step {
  /** Position among all calls of the thought. */
  readonly order: number;
  readonly segment: number;
  /** Position in its segment. */
  readonly index: number;
  readonly last: boolean;
  readonly call: PuzzleCall;
  readonly start: number;
  readonly length: number;
}

export interface Play {
  readonly thought: PuzzleThought;
  readonly steps: readonly Step[];
  readonly start: number;
  readonly end: number;
}

/**
 * The calls of a thought, one after the other, in `budget` seconds at most: the first ones are shown
 * slowly, the others in a hurry.
 */
export function playOf(thought: PuzzleThought, start: number, budget: number, longest = 1.5): Play {
  return played(thought, `${start}/${budget}/${longest}`);
}

const played = memoBy((thought: PuzzleThought, key: string): Play => {
  const [start = 0, budget = 1, longest = 1] = key.split("/").map(Number);
  const calls = thought.segments.flatMap((segment, i) =>
    segment.calls.map((call, index) => ({
      call,
      segment: i,
      index,
      last: index === segment.calls.length - 1,
    })),
  );
  const weights = calls.map((_, i) => Math.max(0.22, 0.86 ** i));
  const total = weights.reduce((all, weight) => all + weight, 0);
  const unit = Math.min(longest, budget / Math.max(total, 1e-9));
  let now = start;
  const steps = calls.map((one, order): Step => {
    const step = { ...one, order, start: now, length: at(weights, order) * unit };
    now += step.length;
    return step;
  });
  return { thought, steps, start, end: now };
});

/** The call that is under way, and how far it has come; null before the first and after the last. */
export function stepAt(play: Play, t: number): { step: Step; share: number } | null {
  if (t < play.start || t >= play.end) return null;
  const step = play.steps.findLast((one) => one.start <= t);
  return step ? { step, share: progress(t, step.start, step.start + step.length) } : null;
}

/** How many calls are over, with the fraction of the one under way. */
export function callsDone(play: Play, t: number): number {
  if (t >= play.end) return play.steps.length;
  const now = stepAt(play, t);
  return now ? now.step.order + clamp(now.share) : 0;
}

/** What the output shows: what was read after the last finished call; null before. */
export function answerAt(play: Play, t: number): Grid | null {
  if (t >= play.end) return play.steps.at(-1)?.call.answer ?? null;
  const now = stepAt(play, t);
  if (!now) return null;
  if (now.share >= 0.8) return now.step.call.answer;
  return play.steps[now.step.order - 1]?.call.answer ?? null;
}
