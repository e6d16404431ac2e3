/**
 * How fast a story plays, so that everybody can read along: where a caption is long and its pictures
 * are short, they go by more slowly. A scene's own clock and the links know nothing of this.
 */
import { clamp, progress } from "./ease";
import { last } from "../lib/list";
import type { Caption } from "./scene";

/** Letters a second that are read at ease beside a picture. */
export const LETTERS_A_SECOND = 17;

/** From one caption to the next, on the clock of the story. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  /** Seconds of playing before it, and in it, at speed 1. */
  readonly before: number;
  readonly seconds: number;
}

export interface Pace {
  /** Seconds of playing at speed 1 from the beginning to a moment of the story. */
  played(moment: number): number;
  /** The moment of the story after so many seconds of playing. */
  moment(played: number): number;
  /** Seconds that the whole story plays. */
  readonly total: number;
}

/** The captions of a story, on its clock, in order, the first at 0; and when it ends. */
export function paceOf(captions: readonly Caption[], end: number): Pace {
  let before = 0;
  const stretches = captions.map((caption, i): Stretch => {
    const next = captions[i + 1]?.at ?? end;
    const seconds = Math.max(next - caption.at, readingSeconds(caption));
    const stretch = { start: caption.at, end: next, before, seconds };
    before += seconds;
    return stretch;
  });
  const total = before;
  return {
    total,
    played(moment) {
      const now = clamp(moment, 0, end);
      const one = stretches.findLast(({ start }) => start <= now) ?? last(stretches);
      return one.before + one.seconds * progress(now, one.start, one.end);
    },
    moment(played) {
      const now = clamp(played, 0, total);
      const one = stretches.findLast((stretch) => stretch.before <= now) ?? last(stretches);
      return (
        one.start + (one.end - one.start) * progress(now, one.before, one.before + one.seconds)
      );
    },
  };
}

/** How long a caption stays at least. */
export function readingSeconds({ text, glance }: Caption): number {
  return glance ? 0 : text.length / LETTERS_A_SECOND;
}
