/**
 * A scene: one numbered phase of a story, a pure function of (recording, time, view).
 *
 * Playing only adds to time. Whatever else changes a frame is in `View`, which comes from the
 * page's state and so from the URL.
 */
import type { AnyRecording } from "../recording/form";
import type { Shape } from "./shape";

/** How the stage is laid out: 960 x 540 units, or 390 x 640 on narrow screens. */
export type Layout = "wide" | "tall";

export const stageSize: Record<Layout, { readonly width: number; readonly height: number }> = {
  wide: { width: 960, height: 540 },
  tall: { width: 390, height: 640 },
};

/** Everything but recording and time that a frame depends on; a story adds what is its own. */
export interface View {
  readonly layout: Layout;
}

/** One narration bubble. */
export interface Caption {
  /** Seconds into the scene at which it appears; it stays until the next one. */
  readonly at: number;
  readonly text: string;
  /** Whether it is one of many that hardly differ, so that a look is enough (`pace.ts`). */
  readonly glance?: boolean;
}

/** An equation behind "show me the maths", with this moment's real numbers filled in. */
export interface Equation {
  readonly title: string;
  /** TeX. */
  readonly tex: string;
  /** What it says, in a sentence. */
  readonly meaning: string;
}

/** `R` is the kind of recording that it tells, `V` what its frames depend on besides. */
export interface Scene<R = AnyRecording, V extends View = View> {
  /** E.g. 'clumsy-rollout'; it stands in the URL. */
  readonly id: string;
  /** Its number in its story. */
  readonly phase: number;
  readonly title: string;
  /** Seconds at speed 1: 10 to 45. */
  duration(recording: R, view: V): number;
  captions(recording: R, view: V): readonly Caption[];
  /** Times worth stopping at, ascending, the first 0: steps of the buttons and of reduced motion. */
  stops(recording: R, view: V): readonly number[];
  draw(recording: R, time: number, view: V): readonly Shape[];
  /** The maths of this moment; absent where a scene has none. */
  maths?(recording: R, time: number, view: V): readonly Equation[];
}
