/**
 * The graphs that Python exported, `graphs/` beside the page: the model's only implementation here.
 *
 * See src/hrmkit/studio/export.py, which makes them, and stories.py, which lays them out.
 */
import { Problem } from "../recording/problem";
import { sizeKey, wayOf } from "../recording/settings";
import type { ModelCard, Settings, WorldTable } from "../recording/types.gen";

/** A tensor of float32, row by row. */
export interface Values {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** One exported graph, ready to run. */
export type Graph = (inputs: Record<string, Values>) => Promise<Record<string, Values>>;

export type Owner = "planner" | "doer" | "halting";

/** One parameter of the model, a stretch of the flat vector theta. */
export interface GraphParameter {
  readonly name: string;
  readonly owner: Owner;
  readonly offset: number;
  readonly shape: readonly number[];
  /** Learning rate before the schedule. */
  readonly rate: number;
  /** The same when learning from preferences. */
  readonly preference_rate: number;
}

export interface GraphPreset {
  /** The world that it is of. */
  readonly world: string;
  readonly card: ModelCard;
  readonly think: string;
  readonly step: string;
  readonly prefer: string;
  /** Base seed -> the file with its theta. */
  readonly base: Readonly<Record<string, string>>;
  readonly size: number;
  readonly width: number;
  /** Where thinking starts: zH and zL before the first segment, the same for every token. */
  readonly initial: { readonly high: readonly number[]; readonly low: readonly number[] };
  readonly parameters: readonly GraphParameter[];
  /** The calls of a segment in order, without the told ones that follow. */
  readonly calls: readonly ("L" | "H")[];
  /** How many sub-goals the Doer can be told; 1 if none. */
  readonly told: number;
}

export interface GraphSettings {
  readonly batch: number;
  readonly passes: number;
  readonly final_rate: number;
  readonly clip: number;
  readonly enough: number;
  readonly halt_weight: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Points of a training's curve, the base's not counted. */
  readonly evaluations: number;
}

export interface GraphIndex {
  /** Version of hrmkit that exported the graphs. */
  readonly version: string;
  /** What exported them, e.g. 'torch 2.13.0'. */
  readonly engine: string;
  readonly presets: Readonly<Record<string, GraphPreset>>;
  /** World -> size, see `sizeKey` -> the file with its table. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly settings: GraphSettings;
}

/** Fetches one file of `graphs/`; in tests it reads from the disk. */
export type Fetcher = (name: string) => Promise<ArrayBuffer>;

/** Makes a graph runnable. */
export type Opener = (bytes: Uint8Array) => Promise<Graph>;

/** A model of a preset: its graphs and the base it starts from. */
export interface Model {
  readonly preset: GraphPreset;
  readonly base: Float32Array;
  readonly think: Graph;
  /** One gradient step, the way that it learns. */
  readonly step: Graph;
}

const INDEX = "index.json";

/** All graphs and tables, each read when it is first asked for and kept. */
export class Library {
  readonly #fetcher: Fetcher;
  readonly #opener: Opener;
  readonly #kept = new Map<string, Promise<unknown>>();

  constructor(fetcher: Fetcher, opener: Opener) {
    this.#fetcher = fetcher;
    this.#opener = opener;
  }

  /** The index; read again where it does not have the preset: its world may have come since. */
  async index(preset: string): Promise<GraphIndex> {
    const read = this.#index();
    const known = await read;
    if (preset in known.presets) return known;
    // Whoever asks at the same time reads it again only once.
    if (this.#kept.get(INDEX) === read) this.#kept.delete(INDEX);
    return this.#index();
  }

  #index(): Promise<GraphIndex> {
    return this.#keep(INDEX, async () => parse<GraphIndex>(await this.#read(INDEX)));
  }

  /** The world of some settings, in their size. */
  async table(settings: Settings): Promise<WorldTable> {
    const { preset } = settings;
    const { presets, tables } = await this.index(preset);
    const size = sizeKey(settings);
    const file = tables[presets[preset]?.world ?? ""]?.[size];
    if (!file) throw new Problem(`The graphs here have no world of size ${size} for “${preset}”.`);
    return this.#keep(file, async () => parse<WorldTable>(await this.#read(file)));
  }

  /** A model that learns the way that settings say. */
  async model(settings: Pick<Settings, "preset" | "base_seed" | "learn">): Promise<Model> {
    const { preset, base_seed: baseSeed } = settings;
    const found = (await this.index(preset)).presets[preset];
    if (!found) throw new Problem(`The graphs here have no model “${preset}”.`);
    const file = found.base[String(baseSeed)];
    if (!file) throw new Problem(`The graphs here have no base model of seed ${baseSeed}.`);
    const [base, think, step] = await Promise.all([
      this.#keep(file, async () => new Float32Array(await this.#read(file))),
      this.#graph(found.think),
      this.#graph(wayOf(settings) === "preferences" ? found.prefer : found.step),
    ]);
    if (base.length !== found.size) throw new Problem(`graphs/${file} is not complete.`);
    return { preset: found, base, think, step };
  }

  /** What was computed once under `key`, by `make` the first time. */
  remember<T>(key: string, make: () => Promise<T>): Promise<T> {
    return this.#keep(`computed ${key}`, make);
  }

  #graph(file: string): Promise<Graph> {
    return this.#keep(file, async () => this.#opener(new Uint8Array(await this.#read(file))));
  }

  #read(file: string): Promise<ArrayBuffer> {
    return this.#fetcher(file);
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

function parse<T>(bytes: ArrayBuffer): T {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch {
    throw new Problem("The exported graphs cannot be read: a file of graphs/ is not JSON.");
  }
}
