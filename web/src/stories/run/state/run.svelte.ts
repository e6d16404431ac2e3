/**
 * A run on stage. One that the studio reads from its folder may still be training: it is asked for
 * again and again, and whoever looks at its newest point goes on seeing the newest.
 */
import type { AnyRecording } from "../../../recording/kinds";
import { fetchFresh } from "../../../recording/load";
import { sentence } from "../../../recording/problem";
import type { RunRecording } from "../../../recording/run.gen";
import { endWords } from "../facts";
import { atNewest, stepAt, SWEEP, timeOf } from "../moment";
import type { Scene } from "../../../scene/scene";
import { oneSide, standAlone } from "../../alone";
import type { Host, OnStage, Side } from "../../host";
import type { State } from "../../../state/state";

/** What the studio's server calls the run, and the state of it that is on stage. */
export interface Live {
  readonly name: string;
  readonly tag: string | null;
}

/** Scenes that go through the training as their time passes. */
export const SWEEPING: readonly string[] = ["learning", "thinking"];
const ASK_AFTER_MS = 2000;
/** With nothing new for so long, the training may have been killed. */
const QUIET_MS = 60_000;

export class Run implements OnStage {
  readonly kind = "run";
  readonly finale = null;
  recording = $state.raw() as RunRecording;
  readonly scenes: readonly Scene<AnyRecording>[];
  /** Whether it is read from a folder, and may grow. */
  readonly live: boolean;
  /** Why it cannot be read at the moment. */
  problem = $state<string | null>(null);
  /** Whether nothing new has come for long, though it has no end. */
  quiet = $state(false);

  readonly #host: Host;
  readonly #name: string;
  #tag: string | null;
  #changed = performance.now();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #controller: AbortController | null = null;

  constructor(
    host: Host,
    recording: RunRecording,
    scenes: readonly Scene<AnyRecording>[],
    live: Live | null,
  ) {
    this.#host = host;
    this.recording = recording;
    this.scenes = scenes;
    this.live = live !== null;
    this.#name = live?.name ?? "";
    this.#tag = live?.tag ?? null;
  }

  get timeline(): readonly Scene<AnyRecording>[] {
    return this.scenes;
  }

  /** Whether the stage shows the newest point, and will go on to. */
  get following(): boolean {
    const { scene, time } = this.#host.state;
    return this.live && SWEEPING.includes(scene ?? "") && atNewest(time);
  }

  sides(id: string): readonly Side[] {
    return oneSide(id, this.scenes, this.recording);
  }

  /** Whoever follows the newest point goes on following it in another scene. */
  changesAt(scene: string, time: number): Partial<State> {
    const another = time === 0 && scene !== this.#host.state.scene && SWEEPING.includes(scene);
    return this.following && another ? { time: SWEEP.to } : {};
  }

  async follow(): Promise<void> {
    standAlone(this.#host);
    if (!this.live) return;
    const { scene, time } = this.#host.state;
    if (scene === null && time === 0) this.toNewest();
    if (this.#timer === null && this.#controller === null) this.#askSoon();
  }

  leave(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#controller?.abort();
    this.#timer = null;
    this.#gone = true;
  }

  act(): void {
    // No shape of it does anything that is the story's own.
  }

  /** To the newest point. */
  toNewest(): void {
    const { scene } = this.#host.state;
    const sweeping = SWEEPING.includes(scene ?? "") ? scene : (SWEEPING[0] ?? null);
    this.#host.update({ scene: sweeping, time: SWEEP.to, playing: false });
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
      const fresh = await fetchFresh(this.#name, this.#tag, controller.signal);
      if (controller.signal.aborted) return;
      this.problem = null;
      if (fresh?.recording.kind === "run") {
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
    const { scene, time } = this.#host.state;
    const stays = SWEEPING.includes(scene ?? "") && time > SWEEP.from && !atNewest(time);
    const step = stepAt(before, time);
    this.#changed = performance.now();
    this.recording = recording;
    if (stays) this.#host.update({ time: Math.min(timeOf(recording, step), SWEEP.to - 0.01) });
    if (recording.end && !before.end) this.#host.say("news", endWords(recording));
  }
}
