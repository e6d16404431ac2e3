/**
 * What is true of a run: the only derivations from its numbers that are shown.
 *
 * A frame or a caption may show a recorded number in a format of `numbers.ts` or of this module, a
 * count of recorded things, or a derivation; a test holds every number of every scene to that.
 */
import type { Evaluation, RunRecording, TrainPoint, WatchedView } from "../../recording/run.gen";
import { at } from "../../lib/list";
import { memo } from "../../scene/memo";
import { count, grouped } from "../../scene/numbers";
import type { Scene } from "../../scene/scene";
import { wrongCells } from "../puzzle/facts";

export type RunScene = Scene<RunRecording>;

/** The first and the last gradient step of which there is anything; null if there is nothing. */
export const extentOf = memo((recording: RunRecording): Extent => {
  const lists = [recording.train, recording.evaluations, recording.watched?.views ?? []];
  const steps = lists.flatMap((list) => [list[0], list.at(-1)].flatMap((one) => one?.step ?? []));
  return steps.length ? { first: Math.min(...steps), last: Math.max(...steps) } : NOTHING;
});

export interface Extent {
  readonly first: number;
  readonly last: number;
}

const NOTHING: Extent = { first: 0, last: 0 };

export function isEmpty(recording: RunRecording): boolean {
  return recording.train.length === 0 && recording.evaluations.length === 0;
}

interface Stepped {
  readonly step: number;
}

/** The last of what was measured up to a step; before all of it, the first; null where is none. */
export function upTo<T extends Stepped>(list: readonly T[], step: number): T | null {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(list, middle).step <= step) low = middle + 1;
    else high = middle;
  }
  return list[Math.max(0, low - 1)] ?? null;
}

export function trainAt(recording: RunRecording, step: number): TrainPoint | null {
  return upTo(recording.train, step);
}

/** The last evaluation up to a step; null before the first. */
export function evaluationAt(recording: RunRecording, step: number): Evaluation | null {
  return reached(upTo(recording.evaluations, step), step);
}

/** The last view of the watched puzzle up to a step; null before the first. */
export function viewAt(recording: RunRecording, step: number): WatchedView | null {
  return reached(upTo(recording.watched?.views ?? [], step), step);
}

function reached<T extends Stepped>(found: T | null, step: number): T | null {
  return found && found.step <= step ? found : null;
}

/** What the model would hand in: its answer at its red light. */
export function handedIn(view: WatchedView): readonly number[] {
  return at(view.answers, view.segments_used - 1);
}

/**
 * Whether the light was red after a segment of a view, from 0; null where that is not recorded:
 * after the answer was handed in, and after the last segment under Q-learning, which compares with
 * a second value.
 */
export function redAt(
  { model }: RunRecording,
  { segments_used, answers, q_halt }: WatchedView,
  segment: number,
): boolean | null {
  if (model.halting === "none" || segment >= segments_used) return null;
  if (segment < segments_used - 1) return false;
  if (segments_used < answers.length) return true;
  const q = q_halt[segment] ?? null;
  return model.halting === "single-pass" && q !== null ? q > 0 : null;
}

/** The first view in which the watched puzzle is solved; null if there is none. */
export const firstSolved = memo((recording: RunRecording): WatchedView | null => {
  const { watched } = recording;
  const found = watched?.views.find((view) => wrongCells(handedIn(view), watched.solution) === 0);
  return found ?? null;
});

/** The evaluation with the most solved, the first of several; null where there is none. */
export const best = memo((recording: RunRecording): Evaluation | null =>
  recording.evaluations.reduce<Evaluation | null>(
    (most, one) => (most && most.exact >= one.exact ? most : one),
    null,
  ),
);

/** Derivation: seconds as '42 s', '3.5 min' or '2.1 h'. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Derivation: operations as '1.2 GFLOP'. */
export function flops(value: number): string {
  const unit = UNITS.find(([least]) => value >= least) ?? at(UNITS, UNITS.length - 1);
  return `${(value / unit[0]).toFixed(1)} ${unit[1]}`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [1e15, "PFLOP"],
  [1e12, "TFLOP"],
  [1e9, "GFLOP"],
  [1e6, "MFLOP"],
];

/** Derivation: puzzles a second, whole from 10 on. */
export function pace(value: number): string {
  return value >= 10 ? grouped(Math.round(value)) : value.toFixed(1);
}

/** How the run stands, in a few words. */
export function stateWords(recording: RunRecording): string {
  const { end } = recording;
  if (!end) return isEmpty(recording) ? "nothing measured yet" : "no end yet";
  return `ended: ${END_WORDS[end.why]}`;
}

const END_WORDS = {
  steps: "all steps done",
  minutes: "time is up",
  interrupted: "interrupted",
  nan: "the loss was no number",
} as const;

/** How the run ended, as a sentence; of one without an end, that it may go on. */
export function endWords(recording: RunRecording): string {
  const { end, steps, minutes } = recording;
  const { last } = extentOf(recording);
  if (!end) return `Step ${grouped(last)} is the newest that is written: no end is written yet.`;
  const after = `after ${count(end.step, "step")}`;
  switch (end.why) {
    case "steps":
      return `It ended ${after}${steps === end.step ? ", all that were asked for" : ""}.`;
    case "minutes":
      return `It ended ${after}: ${minutes === null ? "its time" : `its ${minutes} min`} were up.`;
    case "interrupted":
      return `It was interrupted ${after}; it can be taken up again from its last checkpoint.`;
    case "nan":
      return `It broke off ${after}: the loss was no number any more.`;
  }
}
