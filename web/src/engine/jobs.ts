/**
 * Jobs that a worker does one after the other, from the page's side: each ends with a result, is
 * cancelled, or fails with one sentence. `serve.ts` is the worker's side.
 */
import { Problem } from "../recording/problem";

export type ToServer<Job> =
  | { readonly kind: "start"; readonly id: number; readonly folder: string; readonly job: Job }
  | { readonly kind: "cancel"; readonly id: number };

export type FromServer<Progress, Result> =
  | { readonly kind: "progress"; readonly id: number; readonly progress: Progress }
  | { readonly kind: "done"; readonly id: number; readonly result: Result | null }
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly message: string;
      /** Whether the worker may be of no more use, as with a runtime that was not loaded. */
      readonly broken: boolean;
    };

/** Makes the worker; handed in so that the page decides when its code is fetched. */
export type Spawn = () => Worker;

/** What is said where a job cannot be done at all, or its worker stops. */
export interface Told {
  readonly noWebAssembly: string;
  readonly noWorkers: string;
  readonly crashed: string;
}

interface Waiting<Progress, Result> {
  resolve(result: Result | null): void;
  reject(error: Error): void;
  progress(progress: Progress): void;
}

export class Jobs<Job, Progress, Result> {
  readonly #spawn: Spawn;
  readonly #folder: string;
  readonly #told: Told;
  readonly #waiting = new Map<number, Waiting<Progress, Result>>();
  #worker: Worker | null = null;
  #next = 0;
  #answered = false;

  /** `folder` is the address of what the worker loads, with the slash at its end. */
  constructor(spawn: Spawn, folder: string, told: Told) {
    this.#spawn = spawn;
    this.#folder = folder;
    this.#told = told;
  }

  /** Whether the worker that is there has done a job. */
  get answered(): boolean {
    return this.#answered;
  }

  /** The result; null of a job that has none. A `Problem`, or an `AbortError` once cancelled. */
  run(
    job: Job,
    progress: (progress: Progress) => void,
    signal?: AbortSignal,
  ): Promise<Result | null> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(new DOMException("cancelled", "AbortError"));
        return;
      }
      if (!(globalThis as { WebAssembly?: unknown }).WebAssembly) {
        reject(new Problem(this.#told.noWebAssembly));
        return;
      }
      let worker: Worker;
      try {
        worker = this.#worker ??= this.#start();
      } catch {
        reject(new Problem(this.#told.noWorkers));
        return;
      }
      const send = (message: ToServer<Job>): void => worker.postMessage(message);
      this.#waiting.set(id, { resolve, reject, progress });
      signal?.addEventListener("abort", () => {
        if (!this.#waiting.delete(id)) return;
        send({ kind: "cancel", id });
        reject(new DOMException("cancelled", "AbortError"));
      });
      send({ kind: "start", id, folder: this.#folder, job });
    });
  }

  #start(): Worker {
    const worker = this.#spawn();
    worker.addEventListener("message", ({ data }: MessageEvent<FromServer<Progress, Result>>) => {
      const waiting = this.#waiting.get(data.id);
      if (!waiting) return; // cancelled meanwhile
      if (data.kind === "progress") {
        waiting.progress(data.progress);
        return;
      }
      this.#waiting.delete(data.id);
      if (data.kind === "done") {
        this.#answered = true;
        waiting.resolve(data.result);
        return;
      }
      waiting.reject(new Problem(data.message));
      if (data.broken && this.#worker === worker && this.#waiting.size === 0) this.#end(worker);
    });
    const crashed = (event: Event): void => {
      event.preventDefault();
      this.#end(worker);
      const all = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const waiting of all) waiting.reject(new Problem(this.#told.crashed));
    };
    worker.addEventListener("error", crashed);
    worker.addEventListener("messageerror", crashed);
    return worker;
  }

  /** The next job starts a fresh worker. */
  #end(worker: Worker): void {
    this.#answered = false;
    this.#worker = null;
    worker.terminate();
  }
}
