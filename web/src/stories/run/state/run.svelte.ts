/**
 * A run on stage. One that the studio reads from its folder may still be training: it is asked for
 * again and again, and whoever looks at its newest point goes on seeing the newest.
 */
import type { AnyRecording } from "../../../recording/form";
import { sentence } from "../../../recording/problem";
import type { RunRecording } from "../../../recording/run.gen";
import { drawn, type Fold, type PageAccess, type PageState, type OnStage } from "../../onStage";
import { SingleStory } from "../../single";
import type { Loaded } from "../../story";
import { about } from "../about";
import { endWords } from "../facts";
import { atNewest, stepAt, SWEEP, timeOf } from "../moment";
import LiveRun from "../panel/LiveRun.svelte";

/** Scenes that go through the training as their time passes. */
export const SWEEPING: readonly string[] = ["learning", "thinking"];
const ASK_AFTER_MS = 2000;
/** With nothing new for so long, the training may have been killed. */
const QUIET_MS = 60_000;

export function putOnStage(page: PageAccess, loaded: Loaded<RunRecording>): OnStage {
  return new Run(page, loaded);
}

export class Run extends SingleStory<RunRecording> {
  /** Whether it is read from a folder, and may grow. */
  readonly live: boolean;
  /** Why it cannot be read at the moment. */
  problem = $state<string | null>(null);
  /** Whether nothing new has come for long, though it has no end. */
  quiet = $state(false);

  #newest = $state.raw() as RunRecording;
  readonly #name: string;
  #tag: string | null;
  #changed = performance.now();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #controller: AbortController | null = null;

  constructor(page: PageAccess, loaded: Loaded<RunRecording>) {
    super(page, loaded);
    const { recording, live } = loaded;
    this.#newest = recording;
    this.live = live !== null;
    this.#name = live?.name ?? "";
    this.#tag = live?.tag ?? null;
  }

  override get recording(): RunRecording {
    return this.#newest;
  }

  override get folds(): readonly Fold[] {
    if (!this.live) return [];
    return [{ title: "The run", content: drawn(LiveRun, { story: this }), open: () => true }];
  }

  /** Whether the stage shows the newest point, and will go on to. */
  get following(): boolean {
    const { scene, time } = this.page.state;
    return this.live && SWEEPING.includes(scene ?? "") && atNewest(time);
  }

  /** Whoever follows the newest point goes on following it in another scene. */
  override changesAt(scene: string, time: number): Partial<Omit<PageState, "own">> {
    const another = time === 0 && scene !== this.page.state.scene && SWEEPING.includes(scene);
    return this.following && another ? { time: SWEEP.to } : {};
  }

  override async follow(): Promise<void> {
    await super.follow();
    if (!this.live) return;
    const { scene, time } = this.page.state;
    if (scene === null && time === 0) this.toNewest();
    if (this.#timer === null && this.#controller === null) this.#askSoon();
  }

  override leave(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#controller?.abort();
    this.#timer = null;
    this.#gone = true;
  }

  /** To the newest point. */
  toNewest(): void {
    const { scene } = this.page.state;
    const sweeping = SWEEPING.includes(scene ?? "") ? scene : (SWEEPING[0] ?? null);
    this.page.update({ scene: sweeping, time: SWEEP.to, playing: false });
  }

  #gone = false;

  #askSoon(): void {
    if (this.#gone) return;
    this.#timer = setTimeout(() => void this.#ask(), ASK_AFTER_MS);
  }

  async #ask(): Promise<void> {
    this.#timer = null;
    const controller = new AbortController();
    this.#controller = controller;
    try {
      const fresh = await this.page.fetchFresh(this.#name, this.#tag, controller.signal);
      if (controller.signal.aborted) return;
      this.problem = null;
      if (fresh && isOurs(fresh.recording)) {
        this.#tag = fresh.tag;
        this.#take(fresh.recording);
      }
      this.quiet = !this.recording.end && performance.now() - this.#changed > QUIET_MS;
    } catch (error) {
      if (controller.signal.aborted) return;
      this.problem = sentence(error);
    } finally {
      this.#controller = null;
      this.#askSoon();
    }
  }

  /** What has grown is shown; the gradient step that is on stage stays, unless it is the newest. */
  #take(recording: RunRecording): void {
    const before = this.recording;
    const { scene, time } = this.page.state;
    const stays = SWEEPING.includes(scene ?? "") && time > SWEEP.from && !atNewest(time);
    const step = stepAt(before, time);
    this.#changed = performance.now();
    this.#newest = recording;
    if (stays) this.page.update({ time: Math.min(timeOf(recording, step), SWEEP.to - 0.01) });
    if (recording.end && !before.end) this.page.say("news", endWords(recording));
  }
}

function isOurs(recording: AnyRecording): recording is RunRecording {
  return recording.kind === about.kind;
}
