/** A story that stands on stage by itself: nothing can be put beside it. */
import type { AnyRecording } from "../recording/form";
import type { Scene } from "../scene/scene";
import type { Drawn, Fold, PageAccess, PageState, OnStage, Side } from "./onStage";
import type { Loaded } from "./story";

export class SingleStory<R extends AnyRecording = AnyRecording> implements OnStage {
  readonly scenes: readonly Scene[];
  readonly finale = null;
  readonly #loaded: R;

  constructor(
    protected readonly page: PageAccess,
    { recording, scenes }: Loaded<R>,
  ) {
    this.#loaded = recording;
    this.scenes = scenes;
  }

  get recording(): R {
    return this.#loaded;
  }

  get timeline(): readonly Scene[] {
    return this.scenes;
  }

  get view(): object {
    return {};
  }

  sides(id: string): readonly Side[] {
    const scene = this.scenes.find((one) => one.id === id);
    return scene ? [{ recording: this.recording, scene, label: "" }] : [];
  }

  get folds(): readonly Fold[] {
    return [];
  }

  get legendOpen(): boolean {
    return true;
  }

  get floating(): Drawn | null {
    return null;
  }

  changesAt(_scene: string, _time: number): Partial<Omit<PageState, "own">> {
    return {};
  }

  /** A link that asks for something beside such a story is not followed there. */
  async follow(): Promise<void> {
    if (!this.page.state.compare) return;
    this.page.say("problem", "This story stands alone: nothing can be put beside it.");
    this.page.update({ compare: null });
  }

  leave(): void {
    // Nothing goes on in the background.
  }
}
