/** A worker beside the one that thinks: it runs a part of the views on another core. */
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";

import { loadOrt } from "../runtime";
import type { FromHelper, ToHelper } from "./beside";
import { openSegment, type Segment } from "./mind";

let segment: Promise<Segment> | null = null;

async function answer(message: ToHelper): Promise<FromHelper> {
  if (message.kind === "open") {
    const { entry, graph, weights } = message;
    const { ort } = await loadOrt(new URL(wasm, import.meta.url).href);
    segment = openSegment(ort, entry, graph, weights);
    await segment;
    return { kind: "ready" };
  }
  if (!segment) throw new Error("nothing is open");
  return { kind: "done", outputs: await (await segment)(message.states, message.given) };
}

self.addEventListener("message", ({ data }: MessageEvent<ToHelper>) => {
  void answer(data).then(
    (reply) => {
      postMessage(reply);
    },
    () => {
      // Whoever asked computes it; what is wrong shows there, in a sentence.
      postMessage({ kind: "failed" } satisfies FromHelper);
    },
  );
});
