/**
 * The director: one timeline of all scenes. Pure: time is a number that somebody else counts up.
 *
 * Global time runs from 0 to `total`; inside, every scene has its own clock that starts at 0.
 */
import type { AnyRecording } from "../recording/form";
import { clamp } from "./ease";
import { at } from "../lib/list";
import { memo } from "./memo";
import { paceOf, type Pace } from "./pace";
import type { Caption, Equation, Scene, View } from "./scene";
import type { Shape } from "./shape";

export interface Entry<R = AnyRecording> {
  readonly scene: Scene<R>;
  readonly index: number;
  /** Global time at which it begins. */
  readonly start: number;
  readonly duration: number;
}

export interface Place<R = AnyRecording> {
  readonly entry: Entry<R>;
  /** Seconds into the scene. */
  readonly time: number;
}

export interface Director<R = AnyRecording> {
  readonly entries: readonly Entry<R>[];
  readonly total: number;
  /** Global time -> scene and local time. */
  locate(global: number): Place<R>;
  /** Scene (by id) and local time -> global time; null for an unknown scene. */
  globalOf(scene: string, local: number): number | null;
  /** The next stop after `global`, in any scene; the end if there is none. */
  nextStop(global: number): number;
  /** The stop before `global`; 0 if there is none. */
  previousStop(global: number): number;
  /** How long playing takes, which waits for readers. */
  readonly pace: Pace;
  /** Where playing arrives `seconds` after `global`; with `loop`, within the scene it is in. */
  advance(global: number, seconds: number, loop: boolean): number;
  /** Every stop of every scene, as global times, ascending. */
  readonly stops: readonly number[];
  draw(global: number): readonly Shape[];
  captionAt(global: number): Caption;
  mathsAt(global: number): readonly Equation[];
}

const CLOSE = 1e-3;

export function direct<R extends object>(
  recording: R,
  view: View,
  scenes: readonly Scene<R>[],
): Director<R> {
  let start = 0;
  const entries = scenes.map((scene, index): Entry<R> => {
    const duration = scene.duration(recording, view);
    const entry = { scene, index, start, duration };
    start += duration;
    return entry;
  });
  const total = start;
  const pace = paceOf(
    entries.flatMap((entry) =>
      captionsOf(entry.scene)(recording)(view).map((caption) => ({
        ...caption,
        at: entry.start + caption.at,
      })),
    ),
    total,
  );
  const stops = entries.flatMap((entry) =>
    entry.scene.stops(recording, view).map((stop) => entry.start + Math.min(stop, entry.duration)),
  );

  function locate(global: number): Place<R> {
    const now = clamp(Number.isFinite(global) ? global : 0, 0, total);
    let entry = at(entries, 0);
    for (const one of entries) if (one.start <= now) entry = one;
    return { entry, time: clamp(now - entry.start, 0, entry.duration) };
  }

  return {
    entries,
    total,
    stops,
    locate,
    globalOf(id, local) {
      const entry = entries.find((one) => one.scene.id === id);
      return entry ? entry.start + clamp(local, 0, entry.duration - CLOSE) : null;
    },
    nextStop: (global) => stops.find((stop) => stop > global + CLOSE) ?? total,
    previousStop: (global) => stops.findLast((stop) => stop < global - CLOSE) ?? 0,
    pace,
    advance(global, seconds, loop) {
      const now = pace.played(clamp(global, 0, total)) + seconds;
      if (!loop) return pace.moment(now);
      const { entry } = locate(global);
      const [from, to] = [entry.start, entry.start + entry.duration].map(pace.played) as [
        number,
        number,
      ];
      return clamp(pace.moment(from + ((now - from) % (to - from))), entry.start, total);
    },
    draw(global) {
      const { entry, time } = locate(global);
      return entry.scene.draw(recording, time, view);
    },
    captionAt(global) {
      const { entry, time } = locate(global);
      return captionAt(entry.scene, recording, time, view);
    },
    mathsAt(global) {
      const { entry, time } = locate(global);
      return entry.scene.maths?.(recording, time, view) ?? [];
    },
  };
}

/** The captions of a scene do not change as it plays, and their sentences take time to write. */
const captionsOf = memo((scene: Scene<never>) =>
  memo((recording: object) => memo((view: View) => scene.captions(recording as never, view))),
);

/** The caption on show at a scene's local time. */
export function captionAt<R extends object>(
  scene: Scene<R>,
  recording: R,
  time: number,
  view: View,
): Caption {
  const captions = captionsOf(scene)(recording)(view);
  return captions.findLast((caption) => caption.at <= time) ?? at(captions, 0);
}
