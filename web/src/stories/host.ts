/** Between the page and the story on its stage. */
import type { AnyRecording } from "../recording/kinds";
import type { Scene, View } from "../scene/scene";
import type { State } from "../state/state";

/** What a story may ask of the page. */
export interface Host {
  readonly state: State;
  readonly view: View;
  update(patch: Partial<State>): void;
  say(kind: "problem" | "news", text: string): void;
}

/** One stage: a scene of a recording, with a label where two stand side by side. */
export interface Side {
  readonly recording: AnyRecording;
  /** Only ever drawn with the recording beside it, whose kind it tells. */
  readonly scene: Scene<AnyRecording>;
  readonly label: string;
}

/** What the page needs to know of a story, whatever its kind. */
export interface OnStage {
  /** The recording on screen. */
  readonly recording: AnyRecording;
  /** Its chapters. */
  readonly scenes: readonly Scene<AnyRecording>[];
  /** What plays, usually the chapters; of two stories side by side, with the longer one's clock. */
  readonly timeline: readonly Scene<AnyRecording>[];
  /** What stands on stage in a scene of the timeline. */
  sides(scene: string): readonly Side[];
  /** The one side worth showing around, if there is one. */
  readonly finale: Side | null;
  /** What else changes when the reader goes to a moment of a scene; 0 is its beginning. */
  changesAt(scene: string, time: number): Partial<State>;
  /** Brings what is on screen to what the state asks for. */
  follow(): Promise<void>;
  /** Another story takes the stage: nothing goes on in the background. */
  leave(): void;
}
