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
import type { ThoughtRecording } from "../../recording/thought.gen";
import { Jobs, type Spawn } from "../jobs";
import { fetcherOf, modelOf, readIndex, readTasks, type TableTask } from "./models";
import type { Asked, AskedTask, ThinkerJob, ThinkerModel, ThoughtProgress } from "./messages";

export type { Asked, AskedTask, TableTask, ThinkerModel, ThoughtProgress };

const TOLD = {
  noWebAssembly: "This browser does not run WebAssembly, so nothing can think here.",
  noWorkers: "This browser does not start workers, so nothing can think here.",
  crashed:
    "The thinking stopped unexpectedly (its worker crashed or could not be loaded). " +
    "Nothing on screen is lost; try again.",
};

export class Thinker {
  readonly #folder: string;
  readonly #jobs: Jobs<ThinkerJob, ThoughtProgress, ThoughtRecording>;
  readonly #tasks = new Map<string, Promise<readonly TableTask[]>>();
  #models: Promise<ThinkerModel[]> | null = null;

  /** `folder` is the address of `thinkers/`, with the slash at its end. */
  constructor(spawn: Spawn, folder: string) {
    this.#folder = folder;
    this.#jobs = new Jobs(spawn, folder, TOLD);
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
    await this.#jobs.run({ kind: "warm", model }, () => undefined, signal);
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
    const recording = await this.#jobs.run({ kind: "think", asked }, progress, signal);
    if (!recording) throw new Error("the worker sent no recording");
    return recording;
  }
}
