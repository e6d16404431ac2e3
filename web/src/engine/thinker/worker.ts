/** The worker that thinks: loads the runtime and a model when it is first asked for one. */
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";

import { Problem } from "../../recording/problem";
import type { ThoughtRecording } from "../../recording/thought.gen";
import { loadOrt } from "../runtime";
import { serve, type Report } from "../serve";
import type { ThinkerJob, ThoughtProgress } from "./messages";
import { helpBy } from "./beside";
import { Minds } from "./mind";
import { fetcherOf } from "./models";
import { recordThought } from "./record";

interface Engine {
  readonly minds: Minds;
  readonly name: string;
}

/** A runtime that could not be loaded stays unusable in its worker. */
class Unloaded extends Problem {}

let engine: Promise<Engine> | null = null;

async function start(folder: string): Promise<Engine> {
  const { ort, name } = await loadOrt(new URL(wasm, import.meta.url).href);
  const help = helpBy(
    () => new Worker(new URL("./helper.ts", import.meta.url), { type: "module" }),
  );
  const many = navigator.hardwareConcurrency > 1;
  return { minds: new Minds(fetcherOf(folder), ort, many ? help : undefined), name };
}

async function run(
  folder: string,
  job: ThinkerJob,
  report: Report<ThoughtProgress>,
): Promise<ThoughtRecording | null> {
  engine ??= start(folder);
  const { minds, name } = await engine.catch((error: unknown) => {
    engine = null;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unloaded(`The runtime for thinking cannot be loaded (${reason}).`);
  });
  if (job.kind === "think") return recordThought(minds, job.asked, name, report);
  const { start: states, entry, segment } = await minds.mind(job.model);
  // The first segment of a session is slow.
  await segment([states], [new Array<number>(entry.board.cells).fill(entry.padding)]);
  return null;
}

serve(run, (error) => error instanceof Unloaded);
