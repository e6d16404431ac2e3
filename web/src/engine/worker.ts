/** The worker: loads the runtime and the graphs, trains, and never blocks the page. */
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";

import { fetchFile } from "../lib/files";
import { Problem, sentence } from "../recording/problem";
import type { Recording } from "../recording/types.gen";
import { Library, type Opener } from "./graphs";
import type { FromWorker, Task, ToWorker } from "./messages";
import { record, warmUp, withAblations, withSpread, type Watch } from "./record";
import { loadRuntime } from "./runtime";

interface Engine {
  readonly library: Library;
  readonly name: string;
}

/** A cancelled task ends with this; the page has stopped listening by then. */
class Cancelled extends Error {}

const cancelled = new Set<number>();
const YIELD_EVERY_MS = 30;
let engine: Promise<Engine> | null = null;
let queue: Promise<void> = Promise.resolve();

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function send(message: FromWorker): void {
  postMessage(message);
}

/** Lets messages in, so that a cancel is heard between two gradient steps. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
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
      `Training needs the exported graphs, but graphs/${name} is not here (the server says ` +
        `${response.status}). What is on screen still plays.`,
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

async function run(id: number, graphs: string, task: Task): Promise<Recording | null> {
  engine ??= start(graphs);
  const { library, name } = await engine.catch((error: unknown) => {
    engine = null; // the next task tries again
    throw error instanceof Problem
      ? error
      : new Problem(`The training runtime cannot be loaded (${wordsOf(error)}).`);
  });
  let breathed = performance.now();
  const watch: Watch = async (progress) => {
    const now = performance.now();
    if (progress.done > 0 && progress.done < progress.of && now - breathed < YIELD_EVERY_MS) return;
    send({ kind: "progress", id, progress });
    await breathe();
    breathed = performance.now();
    if (cancelled.has(id)) throw new Cancelled();
  };
  switch (task.kind) {
    case "warm":
      await warmUp(library, task.settings);
      return null;
    case "record":
      return record(library, task.settings, task.title, task.carried, name, watch);
    case "ablations":
      return withAblations(library, task.recording, task.variants, watch);
    case "spread":
      return withSpread(library, task.recording, task.seeds, watch);
  }
}

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "cancel") {
    cancelled.add(data.id);
    return;
  }
  const { id, graphs, task } = data;
  queue = queue.then(async () => {
    try {
      if (cancelled.has(id)) throw new Cancelled();
      send({ kind: "done", id, recording: await run(id, graphs, task) });
    } catch (error) {
      if (!(error instanceof Cancelled)) send({ kind: "failed", id, message: sentence(error) });
    } finally {
      cancelled.delete(id);
    }
  });
});
