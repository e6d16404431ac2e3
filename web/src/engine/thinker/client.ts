/**
 * The page's side of the worker that thinks about puzzles.
 *
 * - messages.ts: the types that page and worker share (`ThinkerModel`, `Asked`, `ThoughtProgress`).
 * - worker.ts: the worker; it fetches runtime and model when it is first asked.
 *
 *     const thinker = new Thinker(
 *       () => new Worker(new URL("./engine/thinker/worker.ts", import.meta.url), { type: "module" }),
 *       folderBeside("thinkers"),
 *     );
 *     const recording = await thinker.think(asked, (progress) => ..., controller.signal);
 *
 * Whatever goes wrong is a `Problem` with one sentence; a cancel is an `AbortError`.
 */
import { Problem } from "../../recording/problem";
import type { ThoughtRecording } from "../../recording/thought.gen";
import { fetcherOf, modelOf, readIndex, readTasks, type TableTask } from "./models";
import type {
  Asked,
  AskedTask,
  FromThinker,
  ThinkerModel,
  ThinkerTask,
  ThoughtProgress,
  ToThinker,
} from "./messages";

export type { Asked, AskedTask, TableTask, ThinkerModel, ThoughtProgress };

interface Waiting {
  resolve(recording: ThoughtRecording | null): void;
  reject(error: Error): void;
  progress(progress: ThoughtProgress): void;
}

export class Thinker {
  readonly #spawn: () => Worker;
  readonly #folder: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #tasks = new Map<string, Promise<readonly TableTask[]>>();
  #models: Promise<ThinkerModel[]> | null = null;
  #worker: Worker | null = null;
  #next = 0;

  /** `folder` is the address of `thinkers/`, with the slash at its end. */
  constructor(spawn: () => Worker, folder: string) {
    this.#spawn = spawn;
    this.#folder = folder;
  }

  /** What can think here: read once, in the order to offer it in; the usual one of a kind first. */
  models(): Promise<ThinkerModel[]> {
    this.#models ??= readIndex(fetcherOf(this.#folder)).then(
      ({ models }) => models.map(modelOf),
      (error: unknown) => {
        this.#models = null; // the next question tries again
        throw error;
      },
    );
    return this.#models;
  }

  /** The tasks in the file of that name (`ThinkerModel.tasks`): read once. */
  tasks(file: string): Promise<readonly TableTask[]> {
    const known = this.#tasks.get(file);
    if (known) return known;
    const read = readTasks(fetcherOf(this.#folder), file);
    this.#tasks.set(file, read);
    read.catch(() => this.#tasks.delete(file)); // the next question tries again
    return read;
  }

  /** Loads the runtime and a model ahead of their use. */
  async warm(model: string, signal?: AbortSignal): Promise<void> {
    await this.#run({ kind: "warm", model }, () => undefined, signal);
  }

  /**
   * What `hrmkit solve --record` gives for the same puzzle and settings: `tried` in it has every
   * view that was thought about, `segments` every segment of the one that counts; of a task, `vote`
   * has what every view answered, and `segments` are those of the task as it is.
   */
  async think(
    asked: Asked | AskedTask,
    progress: (progress: ThoughtProgress) => void,
    signal: AbortSignal,
  ): Promise<ThoughtRecording> {
    const recording = await this.#run({ kind: "think", asked }, progress, signal);
    if (!recording) throw new Error("the worker sent no recording");
    return recording;
  }

  #run(
    task: ThinkerTask,
    progress: (progress: ThoughtProgress) => void,
    signal?: AbortSignal,
  ): Promise<ThoughtRecording | null> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(new DOMException("cancelled", "AbortError"));
        return;
      }
      if (!(globalThis as { WebAssembly?: unknown }).WebAssembly) {
        reject(new Problem("This browser does not run WebAssembly, so nothing can think here."));
        return;
      }
      let worker: Worker;
      try {
        worker = this.#worker ??= this.#start();
      } catch {
        reject(new Problem("This browser does not start workers, so nothing can think here."));
        return;
      }
      this.#waiting.set(id, { resolve, reject, progress });
      signal?.addEventListener("abort", () => {
        if (!this.#waiting.delete(id)) return;
        worker.postMessage({ kind: "cancel", id } satisfies ToThinker);
        reject(new DOMException("cancelled", "AbortError"));
      });
      worker.postMessage({ kind: "start", id, folder: this.#folder, task } satisfies ToThinker);
    });
  }

  #start(): Worker {
    const worker = this.#spawn();
    worker.addEventListener("message", ({ data }: MessageEvent<FromThinker>) => {
      const waiting = this.#waiting.get(data.id);
      if (!waiting) return; // cancelled meanwhile
      if (data.kind === "progress") {
        waiting.progress(data.progress);
        return;
      }
      this.#waiting.delete(data.id);
      if (data.kind === "done") waiting.resolve(data.recording);
      else waiting.reject(new Problem(data.message));
    });
    const crashed = (event: Event): void => {
      event.preventDefault();
      this.#worker = null; // the next thought starts a fresh one
      worker.terminate();
      const all = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const waiting of all) {
        waiting.reject(
          new Problem(
            "The thinking stopped unexpectedly (its worker crashed or could not be loaded). " +
              "Nothing on screen is lost; try again.",
          ),
        );
      }
    };
    worker.addEventListener("error", crashed);
    worker.addEventListener("messageerror", crashed);
    return worker;
  }
}
