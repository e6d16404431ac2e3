/** A thought on stage. */
import type { AnyRecording } from "../../../recording/kinds";
import type { ThoughtRecording } from "../../../recording/thought.gen";
import type { Scene } from "../../../scene/scene";
import { oneSide, standAlone } from "../../alone";
import type { Host, OnStage, Side } from "../../host";
import type { State } from "../../../state/state";

export class Thought implements OnStage {
  readonly kind = "thought";
  readonly finale = null;

  constructor(
    private readonly host: Host,
    readonly recording: ThoughtRecording,
    readonly scenes: readonly Scene<AnyRecording>[],
  ) {}

  get timeline(): readonly Scene<AnyRecording>[] {
    return this.scenes;
  }

  sides(id: string): readonly Side[] {
    return oneSide(id, this.scenes, this.recording);
  }

  changesAt(): Partial<State> {
    return {};
  }

  async follow(): Promise<void> {
    standAlone(this.host);
  }

  leave(): void {
    // Nothing goes on in the background.
  }

  act(): void {
    // No shape of it does anything that is the story's own.
  }
}
