/** The ONNX runtime: WebAssembly on one thread, fetched when this is first called. */
import { fetchFile, isOneFile } from "../lib/files";
import type { Graph, Opener, Values } from "./graphs";

export type Ort = typeof import("onnxruntime-web/wasm");

/** Wraps an already loaded runtime; tests hand in one that runs in node. */
export function openerOf(ort: Ort): Opener {
  return async (bytes) => {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
    });
    const graph: Graph = async (inputs) => {
      const feeds: Record<string, InstanceType<Ort["Tensor"]>> = {};
      for (const name of session.inputNames) {
        const value = inputs[name];
        // The exporter leaves out what a wiring has no use for (the flat model is told nothing).
        if (!value) throw new Error(`the graph wants an input ${name}`);
        feeds[name] = new ort.Tensor("float32", value.data, value.dims);
      }
      const results = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]): [string, Values] => [
          name,
          { data: tensor.data as Float32Array, dims: tensor.dims },
        ]),
      );
    };
    return graph;
  };
}

/** Loads the runtime in the browser, to open graphs of worlds with. */
export async function loadRuntime(wasm: string): Promise<{ opener: Opener; name: string }> {
  const { ort, name } = await loadOrt(wasm);
  return { opener: openerOf(ort), name };
}

/** Loads the runtime in the browser. */
export async function loadOrt(wasm: string): Promise<{ ort: Ort; name: string }> {
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  if (isOneFile()) ort.env.wasm.wasmBinary = await (await fetchFile(wasm)).arrayBuffer();
  else ort.env.wasm.wasmPaths = { wasm };
  ort.env.logLevel = "error";
  return { ort, name: `onnxruntime-web ${ort.env.versions.web ?? ""}`.trim() };
}
