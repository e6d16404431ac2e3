/** The engine on the graphs that Python exported, and PyTorch's own numbers to hold it to. */
import * as ort from "onnxruntime-web/wasm";

import {
  Library,
  type Fetcher,
  type GraphIndex,
  type GraphSettings,
} from "../../src/engine/graphs";
import type { Watch } from "../../src/engine/record";
import { openerOf } from "../../src/engine/runtime";
import { fixture } from "./fixtures";

export interface Packed {
  readonly dims: number[];
  readonly data: string;
}
interface Kept {
  readonly inputs: Record<string, Packed>;
  readonly outputs: Record<string, Packed>;
}
interface Parity {
  readonly step: Record<string, Kept>;
  readonly prefer: Record<string, Kept>;
  readonly success: Record<string, Record<string, number>>;
  readonly success_preferred: Record<string, Record<string, number>>;
}

/** A way to learn, and where PyTorch's step and whole runs of it are kept. */
export const WAYS = [
  ["labels", "step", "success"],
  ["preferences", "prefer", "success_preferred"],
] as const;

/** Watches a run without a word. */
export const calm: Watch = async () => undefined;

/** The engine with the graphs of a folder of prepared files. */
export function engineLibrary(folder = "graphs"): Library {
  return libraryOf(async (name) => fixture(`${folder}/${name}`).buffer);
}

/** The same where a run is evaluated at its end alone: most of its time goes by with its curve. */
export function quietLibrary(): Library {
  return libraryOf(async (name) => {
    const bytes = fixture(`graphs/${name}`);
    if (name !== "index.json") return bytes.buffer;
    const index = JSON.parse(new TextDecoder().decode(bytes)) as GraphIndex;
    const settings: GraphSettings = { ...index.settings, evaluations: 1 };
    return new TextEncoder().encode(JSON.stringify({ ...index, settings })).buffer;
  });
}

function libraryOf(fetcher: Fetcher): Library {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  return new Library(fetcher, openerOf(ort as unknown as Parameters<typeof openerOf>[0]));
}

export function parityOfTorch(): Parity {
  return JSON.parse(new TextDecoder().decode(fixture("graphs/parity.json"))) as Parity;
}
