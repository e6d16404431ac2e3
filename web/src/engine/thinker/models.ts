/** What can think here: `thinkers/index.json`, which src/hrmkit/studio/thinkers.py writes. */
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
  /** Tokens that it thinks with: the prefix and the cells. */
  readonly tokens: number;
  /** The calls of a segment in order; the graph gives the state after each. */
  readonly calls: readonly ("L" | "H")[];
  /** The file of its views. */
  readonly symmetries: string;
}

/** `index.json` as it is sent. */
export interface ThinkerIndex {
  /** Version of hrmkit that wrote it. */
  readonly version: string;
  readonly models: readonly ThinkerEntry[];
}

export const INDEX = "index.json";

/** The models that can think here. */
export async function readModels(folder: string): Promise<ThinkerModel[]> {
  const { models } = await readIndex(async (name) => {
    const response = await fetch(new URL(name, folder)).catch(() => {
      throw new Problem("Thinking needs the models, but the server does not answer.");
    });
    if (!response.ok) {
      throw new Problem(
        `Thinking needs the models, but thinkers/${name} is not here (the server says ` +
          `${response.status}).`,
      );
    }
    return response.arrayBuffer();
  });
  return models.map(modelOf);
}

/** The index, read by `fetcher`. */
export async function readIndex(
  fetcher: (name: string) => Promise<ArrayBuffer>,
): Promise<ThinkerIndex> {
  const bytes = await fetcher(INDEX);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as ThinkerIndex;
  } catch {
    throw new Problem("The models cannot be read: thinkers/index.json is not JSON.");
  }
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
  };
}
