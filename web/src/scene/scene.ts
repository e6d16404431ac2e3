/**
 * A scene: one numbered phase of a story, a pure function of (recording, time, view).
 *
 * Playing only adds to time. Whatever else changes a frame is in `View`, which comes from the
 * page's state and so from the URL.
 */
import type { Recording } from "../recording/types.gen";
import type { Shape } from "./shape";

/** How the stage is laid out: 960 x 540 units, or 390 x 640 on narrow screens. */
export type Layout = "wide" | "tall";

export const stageSize: Record<Layout, { readonly width: number; readonly height: number }> = {
  wide: { width: 960, height: 540 },
  tall: { width: 390, height: 640 },
};

/** Everything but recording and time that a frame depends on. */
export interface View {
  readonly layout: Layout;
  /** 0: always the best action. Above: sub-goals and actions are drawn at this temperature. */
  readonly exploration: number;
  /** Seed of those draws. */
  readonly drawSeed: number;
  /** The start chosen in scene 6; null is the recording's showcase. */
  readonly start: number | null;
  /** The run chosen in scene 6, by name; null is the main one. */
  readonly run: string | null;
  /** The wires plugged in at the bench, as `state/wires.ts` writes them; null is step 6's. */
  readonly wires: string | null;
}

/** One narration bubble. */
export interface Caption {
  /** Seconds into the scene at which it appears; it stays until the next one. */
  readonly at: number;
  readonly text: string;
}

/** An equation behind "show me the maths", with this moment's real numbers filled in. */
export interface Equation {
  readonly title: string;
  /** TeX. */
  readonly tex: string;
  /** What it says, in a sentence. */
  readonly meaning: string;
}

/** `R` is the kind of recording that it tells. */
export interface Scene<R = Recording> {
  /** E.g. 'clumsy-rollout'; it stands in the URL. */
  readonly id: string;
  /** Its number in its story. */
  readonly phase: number;
  readonly title: string;
  /** Seconds at speed 1: 10 to 45. */
  duration(recording: R, view: View): number;
  captions(recording: R, view: View): readonly Caption[];
  /** Times worth stopping at, ascending, the first 0: steps of the buttons and of reduced motion. */
  stops(recording: R, view: View): readonly number[];
  draw(recording: R, time: number, view: View): readonly Shape[];
  /** The maths of this moment; absent where a scene has none. */
  maths?(recording: R, time: number, view: View): readonly Equation[];
}
