/**
 * A ladder on stage: every rung of the kit, and a bench where a wiring of one's own is trained.
 */
import type { LadderRecording, LadderSettings, Wires } from "../../../recording/ladder.gen";
import { drawn, type Fold, type PageAccess, type OnStage } from "../../onStage";
import { SingleStory } from "../../single";
import type { Loaded } from "../../story";
import { BENCH } from "../about";
import { checkRung } from "../check";
import Bench from "../panel/Bench.svelte";
import type { LadderValues, LadderView } from "../view";
import { keptWires, pluggedWires } from "../wires";
import { BenchServer } from "./bench.svelte";

export function putOnStage(page: PageAccess, loaded: Loaded<LadderRecording>): OnStage {
  return new Ladder(page, loaded);
}

export class Ladder extends SingleStory<LadderRecording> {
  /** What was loaded, without what is measured at the bench meanwhile. */
  readonly loaded: LadderRecording;
  readonly server: BenchServer;

  /** The loaded recording, with what the bench has measured. */
  readonly #whole: LadderRecording = $derived.by(() => this.#joined());

  constructor(page: PageAccess, loaded: Loaded<LadderRecording>) {
    super(page, loaded);
    const { recording } = loaded;
    this.loaded = recording;
    this.server = new BenchServer((settings) => sameTask(settings, recording.settings));
  }

  override get recording(): LadderRecording {
    return this.#whole;
  }

  get #values(): LadderValues {
    return this.page.state.own as LadderValues;
  }

  override get view(): Omit<LadderView, "layout"> {
    const { start, wires } = this.#values;
    return { start, wires };
  }

  /** The wires that are plugged in at the bench. */
  get wires(): Wires {
    return pluggedWires(this.loaded, this.#values.wires);
  }

  get #atBench(): boolean {
    return this.page.state.scene === BENCH;
  }

  override get folds(): readonly Fold[] {
    if (!this.#atBench) return [];
    return [{ title: "Build your own", content: drawn(Bench, { story: this }), open: () => true }];
  }

  override get legendOpen(): boolean {
    return !this.#atBench;
  }

  override async follow(): Promise<void> {
    const { start } = this.#values;
    const many = this.loaded.puzzles.length;
    if (start !== null && start >= many) {
      this.page.say(
        "problem",
        `The link asks for start = ${start}, but this ladder shows ${many} puzzles, from 0; its own is shown.`,
      );
      this.page.keep({ start: null });
    }
    await super.follow();
  }

  override leave(): void {
    this.server.leave();
  }

  /** Plugs in other wires at the bench. */
  plug(patch: Partial<Wires>): void {
    this.page.keep(keptWires(this.loaded, { ...this.wires, ...patch }));
  }

  /** Back to the wires that the bench starts from. */
  unplug(): void {
    this.page.keep({ wires: null });
  }

  #joined(): LadderRecording {
    const { loaded } = this;
    const known = new Set([...loaded.rungs, ...loaded.bench].map(({ name }) => name));
    const more = this.server.measured.filter(
      (rung) => !known.has(rung.name) && checkRung(rung, loaded) === null,
    );
    return more.length ? { ...loaded, bench: [...loaded.bench, ...more] } : loaded;
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
