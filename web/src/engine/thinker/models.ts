/** What can think here: `thinkers/index.json`, which src/hrmkit/studio/thinkers.py writes. */
import { fetchFile, onlyPlays } from "../../lib/files";
import { Problem } from "../../recording/problem";
import type { ThoughtRecording } from "../../recording/thought.gen";
import type { ThinkerModel } from "./messages";

/** A model as the index has it. */
export interface ThinkerEntry {
  readonly name: string;
  readonly title: string;
  readonly abilities: string | null;
  readonly puzzle: string;
  readonly canvas: readonly [number, number];
  readonly holds_smaller: boolean;
  readonly padding: number;
  readonly board: ThoughtRecording["board"];
  readonly model: ThoughtRecording["model"];
  /** What a recording is called unless somebody says otherwise. */
  readonly thought: string;
  readonly trained_on: ThoughtRecording["trained_on"];
  readonly step: number | null;
  readonly halt_threshold: number | null;
  readonly views: number;
  readonly most_views: number;
  /** The file of its graph: `segment`, without weights. */
  readonly graph: string;
  /** The file of its weights, one after the other as the graph has them. */
  readonly weights: string;
  readonly dtype: "bfloat16" | "float32";
  /** SHA-256 of the file. */
  readonly sha256: string;
  readonly bytes: number;
  /** How many weights there are. */
  readonly size: number;
  /** Where thinking starts: zH and zL before the first segment, the same for every token. */
  readonly start: { readonly high: readonly number[]; readonly low: readonly number[] };
  /** Numbers in the state of a token. */
  readonly width: number;
  /** Tokens that it thinks with: the prefix and the cells. */
  readonly tokens: number;
  /** The calls of a segment in order; the graph gives the state after each. */
  readonly calls: readonly ("L" | "H")[];
  /** The file of its views; null where tasks have their own. */
  readonly symmetries: string | null;
  /** The file of the tasks that it can be asked about; null where any puzzle can be handed in. */
  readonly tasks: string | null;
  /** Tests of these that it was measured to solve, as task:test from 1; none where nothing says. */
  readonly solved: readonly string[];
  /** The embeddings of all views of these, one after the other; null for a model without. */
  readonly tags: NumbersFile | null;
}

/** A file of numbers. */
export interface NumbersFile {
  readonly file: string;
  readonly dtype: "bfloat16" | "float32";
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** How many numbers there are. */
  readonly size: number;
}

/** A task that can be put on the table, as studio/tasks.py writes it; grids are whole canvases. */
export interface TableTask {
  readonly id: string;
  readonly examples: readonly Demonstration[];
  readonly tests: readonly {
    readonly given: readonly number[];
    /** Null where it is not known. */
    readonly answer: readonly number[] | null;
  }[];
  /** Of each view its turn, and what becomes of each colour. */
  readonly views: readonly (readonly number[])[];
  /** Which of the embeddings is that of the first view. */
  readonly first: number;
}

interface Demonstration {
  readonly given: readonly number[];
  readonly answer: readonly number[];
}

/** `index.json` as it is sent. */
export interface ThinkerIndex {
  /** Version of hrmkit that wrote it. */
  readonly version: string;
  readonly models: readonly ThinkerEntry[];
}

export const INDEX = "index.json";

/** Fetches one file of `thinkers/`; in tests it reads from the disk. */
export type Fetcher = (name: string) => Promise<ArrayBuffer>;

/** Fetches from the folder at an address. */
export function fetcherOf(folder: string): Fetcher {
  return async (name) => {
    if (onlyPlays()) {
      throw new Problem(
        "This page came with its recording alone, and plays it: to have puzzles thought about " +
          "here too, start hrmkit studio.",
      );
    }
    const response = await fetchFile(folder + name).catch(() => {
      throw new Problem(
        "Thinking needs a model, but the server does not answer. Is the studio running? What is " +
          "on screen still plays.",
      );
    });
    if (!response.ok) {
      throw new Problem(
        `Thinking needs a model, but thinkers/${name} is not here (the server says ` +
          `${response.status}). What is on screen still plays.`,
      );
    }
    return response.arrayBuffer().catch(() => {
      throw new Problem(
        `Thinking needs thinkers/${name}, which arrived only in part: the server stopped ` +
          "answering. What is on screen still plays.",
      );
    });
  };
}

/** The index: which models can think here. */
export async function readIndex(fetcher: Fetcher): Promise<ThinkerIndex> {
  return json<ThinkerIndex>(await fetcher(INDEX), INDEX);
}

/** The JSON in a file of `thinkers/`. */
export function json<T>(bytes: ArrayBuffer, name: string): T {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as T;
  } catch {
    throw new Problem(`The models cannot be read: thinkers/${name} is not JSON.`);
  }
}

/** The tasks in the file of that name. */
export async function readTasks(fetcher: Fetcher, file: string): Promise<readonly TableTask[]> {
  return json<readonly TableTask[]>(await fetcher(file), file);
}

/** What the page has to know of a model. */
export function modelOf(entry: ThinkerEntry): ThinkerModel {
  return {
    name: entry.name,
    title: entry.title,
    abilities: entry.abilities,
    puzzle: entry.puzzle,
    canvas: entry.canvas,
    holdsSmaller: entry.holds_smaller,
    padding: entry.padding,
    board: entry.board,
    segments: entry.model.segments,
    haltThreshold: entry.halt_threshold,
    halts: entry.model.halting !== "none",
    views: entry.views,
    mostViews: entry.most_views,
    bytes: entry.bytes,
    tasks: entry.tasks ?? null,
    solved: entry.solved ?? [],
  };
}
