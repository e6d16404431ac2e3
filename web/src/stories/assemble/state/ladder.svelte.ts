/**
 * A ladder on stage: every rung of the kit, and a bench where a wiring of one's own is trained.
 */
import { checkRung } from "../check";
import type { LadderRecording, LadderSettings, Wires } from "../../../recording/ladder.gen";
import type { AnyRecording } from "../../../recording/kinds";
import type { Scene } from "../../../scene/scene";
import type { Action } from "../../../scene/shape";
import { oneSide, standAlone } from "../../alone";
import { Workshop } from "./bench.svelte";
import type { Host, OnStage, Side } from "../../host";
import type { State } from "../../../state/state";
import { pluggedWires, startingWires, toggled, writeWires } from "../wires";

export const BENCH = "bench";

export class Ladder implements OnStage {
  readonly kind = "ladder";
  readonly scenes: readonly Scene<AnyRecording>[];
  /** What was loaded, without what is measured at the bench meanwhile. */
  readonly told: LadderRecording;
  readonly workshop: Workshop;
  readonly finale = null;

  /** The loaded recording, with what the bench has measured. */
  readonly recording: LadderRecording = $derived.by(() => this.#joined());

  readonly #host: Host;

  constructor(host: Host, recording: LadderRecording, scenes: readonly Scene<AnyRecording>[]) {
    this.#host = host;
    this.told = recording;
    this.scenes = scenes;
    this.workshop = new Workshop((settings) => sameTask(settings, recording.settings));
  }

  /** The wires that are plugged in at the bench. */
  get wires(): Wires {
    return pluggedWires(this.told, this.#host.state.wires);
  }

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
    standAlone(this.#host);
  }

  leave(): void {
    this.workshop.leave();
  }

  act(action: Action): void {
    if (action.kind === "toggle-wire") this.plug(toggled(this.wires, action.wire));
  }

  /** Plugs in other wires at the bench. */
  plug(patch: Partial<Wires>): void {
    const text = writeWires({ ...this.wires, ...patch });
    this.#host.update({ wires: text === writeWires(startingWires(this.told)) ? null : text });
  }

  /** Back to the wires that the bench starts from. */
  unplug(): void {
    this.#host.update({ wires: null });
  }

  #joined(): LadderRecording {
    const { told } = this;
    const known = new Set([...told.rungs, ...told.bench].map(({ name }) => name));
    const more = this.workshop.measured.filter(
      (rung) => !known.has(rung.name) && checkRung(rung, told) === null,
    );
    return more.length ? { ...told, bench: [...told.bench, ...more] } : told;
  }
}

/** Whether both settings train and measure on the same puzzles, with the same compute. */
function sameTask(a: LadderSettings | null, b: LadderSettings): boolean {
  return (
    a !== null &&
    (["units", "batch", "train_puzzles", "test_puzzles"] as const).every(
      (name) => a[name] === b[name],
    )
  );
}
