/** The page's side of the training worker. */
import { onlyPlays } from "../lib/files";
import { Problem } from "../recording/problem";
import type { Recording, Settings } from "../recording/types.gen";
import type { FromWorker, Task, ToWorker } from "./messages";
import type { Carried, Progress, Variant } from "./record";

export type { Carried, Progress, Variant };

interface Waiting {
  resolve(recording: Recording | null): void;
  reject(error: Error): void;
  progress(progress: Progress): void;
}

/** Makes the worker; handed in so that the page decides when its code is fetched. */
export type Spawn = () => Worker;

export class Engine {
  readonly #spawn: Spawn;
  readonly #graphs: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #next = 0;
  #ready = false;

  /** `graphs` is the address of the folder with the exported graphs. */
  constructor(spawn: Spawn, graphs: string) {
    this.#spawn = spawn;
    this.#graphs = graphs;
  }

  /** Whether the runtime was asked for and has answered. */
  get ready(): boolean {
    return this.#ready;
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
    task: Task,
    progress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Recording> {
    const recording = await this.#run(task, progress, signal);
    if (!recording) throw new Error("the worker sent no recording");
    return recording;
  }

  #run(
    task: Task,
    progress: (progress: Progress) => void,
    signal?: AbortSignal,
  ): Promise<Recording | null> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(new DOMException("cancelled", "AbortError"));
        return;
      }
      if (onlyPlays()) {
        reject(
          new Problem(
            "This page came with its recording alone, and plays it: to train here too, save the " +
              "recording and open it with hrmkit play FILE.",
          ),
        );
        return;
      }
      if (!(globalThis as { WebAssembly?: unknown }).WebAssembly) {
        reject(
          new Problem(
            "This browser does not run WebAssembly, so nothing can be trained here; stories " +
              "still play.",
          ),
        );
        return;
      }
      let worker: Worker;
      try {
        worker = this.#worker ??= this.#start();
      } catch {
        reject(new Problem("This browser does not start workers, so nothing can be trained here."));
        return;
      }
      this.#waiting.set(id, { resolve, reject, progress });
      signal?.addEventListener("abort", () => {
        if (!this.#waiting.delete(id)) return;
        worker.postMessage({ kind: "cancel", id } satisfies ToWorker);
        reject(new DOMException("cancelled", "AbortError"));
      });
      worker.postMessage({ kind: "start", id, graphs: this.#graphs, task } satisfies ToWorker);
    });
  }

  #start(): Worker {
    const worker = this.#spawn();
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      const waiting = this.#waiting.get(data.id);
      if (!waiting) return; // cancelled meanwhile
      if (data.kind === "progress") {
        waiting.progress(data.progress);
        return;
      }
      this.#waiting.delete(data.id);
      if (data.kind === "done") {
        this.#ready = true;
        waiting.resolve(data.recording);
        return;
      }
      waiting.reject(new Problem(data.message));
      // A runtime that could not be loaded stays unusable in its worker; the next has a fresh one.
      if (this.#worker === worker && this.#waiting.size === 0) {
        this.#ready = false;
        this.#worker = null;
        worker.terminate();
      }
    });
    const crashed = (event: Event): void => {
      event.preventDefault();
      this.#ready = false;
      this.#worker = null; // the next task starts a fresh one
      worker.terminate();
      const all = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const waiting of all) {
        waiting.reject(
          new Problem(
            "The training stopped unexpectedly (its worker crashed or could not be loaded). " +
              "Nothing on screen is lost; move a knob to try again.",
          ),
        );
      }
    };
    worker.addEventListener("error", crashed);
    worker.addEventListener("messageerror", crashed);
    return worker;
  }
}
