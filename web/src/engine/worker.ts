/** The worker: loads the runtime and the graphs, trains, and never blocks the page. */
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";

import { fetchFile } from "../lib/files";
import { Problem } from "../recording/problem";
import type { Recording } from "../recording/types.gen";
import { Library, type Opener } from "./graphs";
import type { Training } from "./messages";
import { record, warmUp, withAblations, withSpread, type Progress, type Watch } from "./record";
import { loadRuntime } from "./runtime";
import { serve, type Report } from "./serve";

interface Engine {
  readonly library: Library;
  readonly name: string;
}

const YIELD_EVERY_MS = 30;
let engine: Promise<Engine> | null = null;

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function fetchGraph(graphs: string, name: string): Promise<ArrayBuffer> {
  let response: Response;
  try {
    response = await fetchFile(graphs + name);
  } catch {
    throw new Problem(
      "Training needs the exported graphs, but the server does not answer. Is the studio " +
        "running? What is on screen still plays.",
    );
  }
  if (!response.ok) {
    throw new Problem(
      `Knobs need models that are not here (graphs/${name}, ${response.status}). Where the studio ` +
        "is training them, turn the knob again once it says that they are trained. What is on " +
        "screen still plays.",
    );
  }
  return response.arrayBuffer().catch(() => {
    throw new Problem(
      `Training needs graphs/${name}, which arrived only in part: the server stopped answering. ` +
        "What is on screen still plays.",
    );
  });
}

async function start(graphs: string): Promise<Engine> {
  const { opener, name } = await loadRuntime(new URL(wasm, import.meta.url).href);
  const started: Opener = (bytes) =>
    opener(bytes).catch((error: unknown) => {
      throw new Problem(`The training runtime cannot be started (${wordsOf(error)}).`);
    });
  return { library: new Library((file) => fetchGraph(graphs, file), started), name };
}

async function run(
  graphs: string,
  training: Training,
  report: Report<Progress>,
): Promise<Recording | null> {
  engine ??= start(graphs);
  const { library, name } = await engine.catch((error: unknown) => {
    engine = null; // the next one tries again
    throw error instanceof Problem
      ? error
      : new Problem(`The training runtime cannot be loaded (${wordsOf(error)}).`);
  });
  let breathed = performance.now();
  const watch: Watch = async (progress) => {
    const now = performance.now();
    if (progress.done > 0 && progress.done < progress.of && now - breathed < YIELD_EVERY_MS) return;
    await report(progress);
    breathed = performance.now();
  };
  switch (training.kind) {
    case "warm":
      await warmUp(library, training.settings);
      return null;
    case "record":
      return record(library, training.settings, training.title, training.carried, name, watch);
    case "ablations":
      return withAblations(library, training.recording, training.variants, watch);
    case "spread":
      return withSpread(library, training.recording, training.seeds, watch);
  }
}

// A runtime that could not be loaded stays unusable in its worker.
serve(run, () => true);
