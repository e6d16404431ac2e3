/** A model that is ready to think: its graph with its weights, and how its views are changed. */
import { Problem } from "../../recording/problem";
import { at, range } from "../../lib/list";
import type { Ort } from "../runtime";
import {
  json,
  readIndex,
  readTasks,
  type Fetcher,
  type NumbersFile,
  type TableTask,
  type ThinkerEntry,
  type ThinkerIndex,
} from "./models";
import type { SymmetriesFile } from "./views";

/** What a graph calls the file of its weights, as in studio/shapes.py. */
const WEIGHTS = "weights";

/** The states of one puzzle: tokens x width numbers each. */
export interface States {
  readonly high: Float32Array;
  readonly low: Float32Array;
  /** The embedding of the puzzle; absent where the model has none. */
  readonly tag?: Float32Array;
}

/** What one segment comes to, for one puzzle. */
export interface Segmented {
  /** Cells x vocab numbers. */
  readonly logits: Float32Array;
  readonly qHalt: number;
  readonly qContinue: number;
  /** The state after each call, in the order of `ThinkerEntry.calls`. */
  readonly calls: readonly Float32Array[];
}

/** One segment for some puzzles at once: a state and a grid for each. */
export type Segment = (
  states: readonly States[],
  given: readonly (readonly number[])[],
) => Promise<Segmented[]>;

export interface Mind {
  readonly entry: ThinkerEntry;
  readonly graph: Uint8Array<ArrayBuffer>;
  readonly weights: Float32Array<ArrayBuffer>;
  /** Null where tasks have views of their own. */
  readonly symmetries: SymmetriesFile | null;
  /** Null where any puzzle can be handed in. */
  readonly table: TaskTable | null;
  /** Where every thought starts. */
  readonly start: States;
  readonly segment: Segment;
  /** How many puzzles are best thought about at once. */
  together(): number;
}

/** The tasks that a model can be asked about. */
export interface TaskTable {
  readonly tasks: readonly TableTask[];
  /** The embeddings of all of their views; null for a model without. */
  readonly tags: Float32Array | null;
}

/** Puzzles at once: with more, the runtime is no faster. */
const TOGETHER = 4;

/** All minds, each made when it is first asked for, and kept: nothing is fetched twice. */
export class Minds {
  readonly #fetcher: Fetcher;
  readonly #ort: Ort;
  readonly #helped: (mind: Mind) => Mind;
  readonly #kept = new Map<string, Promise<unknown>>();

  /** `helped` gives a mind help, where there is some: see beside.ts. */
  constructor(fetcher: Fetcher, ort: Ort, helped: (mind: Mind) => Mind = (mind) => mind) {
    this.#fetcher = fetcher;
    this.#ort = ort;
    this.#helped = helped;
  }

  index(): Promise<ThinkerIndex> {
    return this.#keep("index", () => readIndex(this.#fetcher));
  }

  /** The mind of that name. */
  async mind(name: string): Promise<Mind> {
    const { models } = await this.index();
    const entry = models.find((model) => model.name === name);
    if (!entry) {
      const known = models.map((model) => model.name).join(", ");
      throw new Problem(`No model here is called “${name}”: there are ${known}.`);
    }
    return this.#keep(`mind ${name}`, () => this.#make(entry));
  }

  async #make(entry: ThinkerEntry): Promise<Mind> {
    const [graph, weights, symmetries, table] = await Promise.all([
      this.#keep(entry.graph, () => this.#fetcher(entry.graph)),
      this.#fetcher(entry.weights).then((bytes) =>
        numbersOf({ ...entry, file: entry.weights }, bytes, `The weights of ${entry.name}`),
      ),
      this.#symmetries(entry),
      this.#table(entry),
    ]);
    const bytes = new Uint8Array(graph);
    const segment = await openSegment(this.#ort, entry, bytes, weights);
    const start = { high: everywhere(entry, "high"), low: everywhere(entry, "low") };
    const mind = { entry, graph: bytes, weights, symmetries, table, start, segment };
    return this.#helped({ ...mind, together: () => TOGETHER });
  }

  async #symmetries({ symmetries: file }: ThinkerEntry): Promise<SymmetriesFile | null> {
    if (!file) return null;
    return this.#keep(file, async () => json<SymmetriesFile>(await this.#fetcher(file), file));
  }

  async #table({ name, tasks, tags }: ThinkerEntry): Promise<TaskTable | null> {
    if (!tasks) return null;
    const [read, numbers] = await Promise.all([
      readTasks(this.#fetcher, tasks),
      tags &&
        this.#fetcher(tags.file).then((bytes) =>
          numbersOf(tags, bytes, `The embeddings of ${name}`),
        ),
    ]);
    return { tasks: read, tags: numbers };
  }

  /** What failed is forgotten, so that it can be tried again. */
  #keep<T>(key: string, make: () => Promise<T>): Promise<T> {
    let kept = this.#kept.get(key) as Promise<T> | undefined;
    if (!kept) {
      kept = make();
      kept.catch(() => this.#kept.delete(key));
      this.#kept.set(key, kept);
    }
    return kept;
  }
}

/** Where thinking starts: the same for every token. */
function everywhere({ start, tokens, width }: ThinkerEntry, which: "high" | "low"): Float32Array {
  const states = new Float32Array(tokens * width);
  for (let token = 0; token < tokens; token++) states.set(start[which], token * width);
  return states;
}

/** The numbers in a file, as float32; throws where they are not those that Python wrote. */
export async function numbersOf(
  { file, dtype, size, sha256 }: NumbersFile,
  bytes: ArrayBuffer,
  what: string,
): Promise<Float32Array<ArrayBuffer>> {
  const narrow = dtype === "bfloat16";
  const damaged = new Problem(
    `${what} are damaged: thinkers/${file} is not what was ` +
      "written. Load the page again, or install hrmkit again.",
  );
  if (bytes.byteLength !== size * (narrow ? 2 : 4)) throw damaged;
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (subtle) {
    const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (found !== sha256) throw damaged;
  }
  const view = new DataView(bytes);
  if (!narrow) return Float32Array.from(range(size), (i) => view.getFloat32(4 * i, true));
  // A bfloat16 is the upper half of a float32.
  const bits = Uint32Array.from(range(size), (i) => view.getUint16(2 * i, true) << 16);
  return new Float32Array(bits.buffer);
}

/** Makes a graph runnable with weights. */
export async function openSegment(
  ort: Ort,
  entry: ThinkerEntry,
  graph: Uint8Array<ArrayBuffer>,
  weights: Float32Array<ArrayBuffer>,
): Promise<Segment> {
  const session = await ort.InferenceSession.create(graph, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
    externalData: [{ path: WEIGHTS, data: new Uint8Array(weights.buffer) }],
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem(`The graph of ${entry.name} cannot be started (${reason}).`);
  });
  const { tokens, width, board, calls } = entry;
  return async (states, given) => {
    const count = states.length;
    const stacked = (which: "high" | "low"): Float32Array => {
      const all = new Float32Array(count * tokens * width);
      states.forEach((state, i) => all.set(state[which], i * tokens * width));
      return all;
    };
    const tags = (): Float32Array => {
      const all = new Float32Array(count * width);
      states.forEach(({ tag }, i) => {
        if (tag) all.set(tag, i * width);
      });
      return all;
    };
    const grids = Int32Array.from(given.flat());
    const feeds: Record<string, InstanceType<Ort["Tensor"]>> = {};
    for (const name of session.inputNames) {
      // A model with one state has no use for the other, and its graph no such input.
      feeds[name] =
        name === "given"
          ? new ort.Tensor("int32", grids, [count, board.cells])
          : name === "tag"
            ? new ort.Tensor("float32", tags(), [count, width])
            : new ort.Tensor("float32", stacked(name as "high" | "low"), [count, tokens, width]);
    }
    const results = await session.run(feeds);
    const part = (name: string, i: number): Float32Array => {
      const data = results[name]?.data as Float32Array | undefined;
      if (!data) throw new Error(`the graph gave no ${name}`);
      const size = data.length / count;
      return data.subarray(i * size, (i + 1) * size);
    };
    return range(count).map((i) => {
      const q = part("q", i);
      return {
        logits: part("logits", i),
        qHalt: at(q, 0),
        qContinue: at(q, 1),
        calls: calls.map((_, call) => part(`call_${call + 1}`, i)),
      };
    });
  };
}
