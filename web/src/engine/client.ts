/** The page's side of the training worker. */
import { onlyPlays } from "../lib/files";
import { Problem } from "../recording/problem";
import type { Recording, Settings } from "../recording/types.gen";
import { Jobs, type Spawn } from "./jobs";
import type { Training } from "./messages";
import type { Carried, Progress, Variant } from "./record";

export type { Carried, Progress, Variant };

const TOLD = {
  noWebAssembly:
    "This browser does not run WebAssembly, so nothing can be trained here; stories still play.",
  noWorkers: "This browser does not start workers, so nothing can be trained here.",
  crashed:
    "The training stopped unexpectedly (its worker crashed or could not be loaded). " +
    "Nothing on screen is lost; move a knob to try again.",
};

export class Engine {
  readonly #jobs: Jobs<Training, Progress, Recording>;

  /** `graphs` is the address of the folder with the exported graphs. */
  constructor(spawn: Spawn, graphs: string) {
    this.#jobs = new Jobs(spawn, graphs, TOLD);
  }

  /** Whether the runtime was asked for and has answered. */
  get ready(): boolean {
    return this.#jobs.answered;
  }

  /** Loads the runtime, and the graphs for such settings, ahead of their use. */
  async warm(settings: Settings): Promise<void> {
    await this.#run({ kind: "warm", settings }, () => undefined);
  }

  /** Trains as `settings` say; the result is a recording like one from Python, called `title`. */
  record(
    settings: Settings,
    title: string,
    carried: Carried,
    progress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Recording> {
    return this.#train({ kind: "record", settings, title, carried }, progress, signal);
  }

  /** `recording` with `variants` trained under its own settings otherwise. */
  ablations(
    recording: Recording,
    variants: readonly Variant[],
    progress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Recording> {
    return this.#train({ kind: "ablations", recording, variants }, progress, signal);
  }

  /** `recording` with its main run on several seeds. */
  spread(
    recording: Recording,
    seeds: number,
    progress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Recording> {
    return this.#train({ kind: "spread", recording, seeds }, progress, signal);
  }

  async #train(
    training: Training,
    progress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Recording> {
    const recording = await this.#run(training, progress, signal);
    if (!recording) throw new Error("the worker sent no recording");
    return recording;
  }

  async #run(
    training: Training,
    progress: (progress: Progress) => void,
    signal?: AbortSignal,
  ): Promise<Recording | null> {
    if (onlyPlays()) {
      throw new Problem(
        "This page came with its recording alone, and plays it: to train here too, save the " +
          "recording and open it with hrmkit play FILE.",
      );
    }
    return this.#jobs.run(training, progress, signal);
  }
}
