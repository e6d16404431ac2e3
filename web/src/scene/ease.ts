/** Time and easing: pure functions of a number. */

export function clamp(value: number, low = 0, high = 1): number {
  return value < low ? low : value > high ? high : value;
}

export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** How far `time` has come between `start` and `end`, from 0 to 1. */
export function progress(time: number, start: number, end: number): number {
  if (end <= start) return time >= end ? 1 : 0;
  return clamp((time - start) / (end - start));
}

export type Easing = (share: number) => number;

export const linear: Easing = (p) => p;
/** Leaves fast and arrives softly: for things that appear. */
export const easeOut: Easing = (p) => 1 - (1 - p) ** 3;
/** Starts and stops softly: for things that travel. */
export const easeInOut: Easing = (p) => (p < 0.5 ? 4 * p ** 3 : 1 - (2 - 2 * p) ** 3 / 2);
/** Overshoots a little: for cards and marks that land. */
export const easeBack: Easing = (p) => 1 + 2.2 * (p - 1) ** 3 + 1.2 * (p - 1) ** 2;
/** Up and back down: 0, 1, 0. */
export const arch: Easing = (p) => Math.sin(Math.PI * clamp(p));

/** An eased `progress`. */
export function tween(time: number, start: number, end: number, easing: Easing = easeInOut) {
  return easing(progress(time, start, end));
}

/**
 * How much is there still of what makes room for something else, and how much already of that: one
 * goes before the other comes, so that no text ever stands on another.
 */
export const leaving: Easing = (share) => clamp(1 - 2 * share);
export const coming: Easing = (share) => clamp(2 * share - 1);

/** 1 from `start` to `end`, with soft edges of `edge` seconds outside them. */
export function within(time: number, start: number, end: number, edge = 0.3): number {
  return Math.min(progress(time, start - edge, start), 1 - progress(time, end, end + edge));
}

/** A damped swing around 0, for springs: starts at 1 and dies down. */
export function swing(p: number, turns = 2.5): number {
  return Math.cos(2 * Math.PI * turns * p) * (1 - clamp(p)) ** 2;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point on the bow from `from` to `to`; `height` is how far it rises above the straight line. */
export function bow(from: Point, to: Point, share: number, height: number): Point {
  return {
    x: mix(from.x, to.x, share),
    y: mix(from.y, to.y, share) - height * 4 * share * (1 - share),
  };
}
