/**
 * When things happen in a scene: beats with names, one after the other. A beat that is put between
 * others moves what follows; captions, stops and drawings name the beat that they belong to.
 */
import { within } from "./ease";
import type { Caption } from "./scene";

/** Seconds a caption stays at least, to be read. */
export const READ = 3.2;
/** The same of a handful of words that hardly change from one caption to the next. */
export const GLANCE = 1.1;

/** Beats of equal length, one after the other. */
export interface Repeated {
  readonly many: number;
  readonly seconds: number;
}

export function each(many: number, seconds: number): Repeated {
  return { many, seconds };
}

/** The start of each beat, and the end of the last. */
export type Starts<K extends string> = Readonly<Record<K | "end", number>>;

export type Timeline<K extends string> = Starts<K> & {
  /** The start of one of the beats that are repeated, the first being 0. */
  nth(beat: K, index: number): number;
};

/** The beats of a scene, from their lengths in seconds, in order; one may have none. */
export function timeline<K extends string>(
  lengths: Readonly<Record<K, number | Repeated>>,
): Timeline<K> {
  let now = 0;
  const starts = {} as Record<K | "end", number>;
  for (const [name, length] of Object.entries(lengths) as [K, number | Repeated][]) {
    starts[name] = now;
    now += typeof length === "number" ? length : length.many * length.seconds;
  }
  starts.end = now;
  return {
    ...starts,
    nth(beat, index) {
      const length = lengths[beat];
      return starts[beat] + index * (typeof length === "number" ? length : length.seconds);
    },
  };
}

/** The same beats from `by` seconds on: for what a scene goes through several times. */
export function shifted<K extends string>({ nth, ...starts }: Timeline<K>, by: number): Starts<K> {
  const entries = Object.entries<number>(starts as unknown as Starts<K>);
  return Object.fromEntries(entries.map(([name, start]) => [name, by + start])) as Starts<K>;
}

/** Captions in the order of their times; one that is null is left out. */
export function inOrder(captions: readonly (Caption | null)[]): readonly Caption[] {
  return captions.filter((one) => one !== null).toSorted((a, b) => a.at - b.at);
}

/** From when to when the eye should be on one thing. */
export type Window = readonly [from: number, to: number];

/** How strongly what is elsewhere stands back: 1 outside `windows`, less inside. */
export function aside(t: number, windows: readonly Window[]): number {
  const most = Math.max(0, ...windows.map(([from, to]) => within(t, from, to, 0.4)));
  return 1 - 0.42 * most;
}
