/** Seconds of a scene <-> gradient steps of the run: scrubbing goes through the training. */
import type { RunRecording } from "../../recording/run.gen";
import { clamp, mix, progress } from "../../scene/ease";
import { timeline } from "../../scene/timeline";
import { extentOf } from "./facts";

const T = timeline({ before: 1.5, sweep: 24, newest: 2.5 });
/** From when to when the scene goes through the training; after it, it stays at the end. */
export const SWEEP = { from: T.sweep, to: T.newest } as const;
export const END = T.end;

/** The gradient step that a scene is at. */
export function stepAt(recording: RunRecording, t: number): number {
  const { first, last } = extentOf(recording);
  return Math.round(mix(first, last, progress(t, SWEEP.from, SWEEP.to)));
}

/** When a scene is at a gradient step, which `stepAt` brings back. */
export function timeOf(recording: RunRecording, step: number): number {
  const { first, last } = extentOf(recording);
  const share = last > first ? clamp((step - first) / (last - first)) : 1;
  return mix(SWEEP.from, SWEEP.to, share);
}

/** Whether a scene shows the newest of the run, and so follows it while it trains. */
export function atNewest(t: number): boolean {
  return t >= SWEEP.to - 1e-6;
}

/** Times worth stopping at: those of the evaluations, or of the watched puzzle, evenly thinned. */
export function stopsOf(recording: RunRecording): readonly number[] {
  const { evaluations, watched, train } = recording;
  const steps = (
    evaluations.length ? evaluations : watched?.views.length ? watched.views : train
  ).map(({ step }) => step);
  const every = Math.max(1, Math.ceil(steps.length / MOST_STOPS));
  const times = steps
    .filter((_, i) => i % every === 0)
    .map((step) => timeOf(recording, step))
    .filter((time) => time < SWEEP.to - APART);
  const stops = [0];
  for (const time of [...times, SWEEP.to]) if (time - (stops.at(-1) ?? 0) > APART) stops.push(time);
  return stops;
}

const MOST_STOPS = 16;
const APART = 0.2;
