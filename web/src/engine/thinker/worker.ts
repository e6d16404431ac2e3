/** The worker that thinks: loads the runtime and a model when it is first asked for one. */
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";

import { Problem, sentence } from "../../recording/problem";
import type { ThoughtRecording } from "../../recording/thought.gen";
import { loadOrt } from "../runtime";
import type { FromThinker, ThinkerTask, ToThinker } from "./messages";
import { helpBy } from "./beside";
import { Minds } from "./mind";
import { fetcherOf } from "./models";
import { recordThought } from "./record";
import type { Watch } from "./think";

interface Engine {
  readonly minds: Minds;
  readonly name: string;
}

/** A cancelled task ends with this; the page has stopped listening by then. */
class Cancelled extends Error {}

const cancelled = new Set<number>();
let engine: Promise<Engine> | null = null;
let queue: Promise<void> = Promise.resolve();

function send(message: FromThinker): void {
  postMessage(message);
}

/** Lets messages in, so that a cancel is heard between two segments. */
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

async function start(folder: string): Promise<Engine> {
  const { ort, name } = await loadOrt(new URL(wasm, import.meta.url).href);
  const help = helpBy(
    () => new Worker(new URL("./helper.ts", import.meta.url), { type: "module" }),
  );
  const many = navigator.hardwareConcurrency > 1;
  return { minds: new Minds(fetcherOf(folder), ort, many ? help : undefined), name };
}

async function run(
  id: number,
  folder: string,
  task: ThinkerTask,
): Promise<ThoughtRecording | null> {
  engine ??= start(folder);
  const { minds, name } = await engine.catch((error: unknown) => {
    engine = null; // the next task tries again
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem(`The runtime for thinking cannot be loaded (${reason}).`);
  });
  const watch: Watch = async (progress) => {
    send({ kind: "progress", id, progress });
    await breathe();
    if (cancelled.has(id)) throw new Cancelled();
  };
  if (task.kind === "think") return recordThought(minds, task.asked, name, watch);
  const { start: states, entry, segment } = await minds.mind(task.model);
  // The first segment of a session is slow.
  await segment([states], [new Array<number>(entry.board.cells).fill(entry.padding)]);
  return null;
}

self.addEventListener("message", ({ data }: MessageEvent<ToThinker>) => {
  if (data.kind === "cancel") {
    cancelled.add(data.id);
    return;
  }
  const { id, folder, task } = data;
  queue = queue.then(async () => {
    try {
      if (cancelled.has(id)) throw new Cancelled();
      send({ kind: "done", id, recording: await run(id, folder, task) });
    } catch (error) {
      if (!(error instanceof Cancelled)) send({ kind: "failed", id, message: sentence(error) });
    } finally {
      cancelled.delete(id);
    }
  });
});
