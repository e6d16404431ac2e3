/** Scenes as GIF, one or a whole story: drawn and encoded in a worker of its own, so that the page stays smooth. */
import type { AnyRecording } from "../recording/form";
import { Problem } from "../recording/problem";
import type { ThemeName } from "../stage/theme";
import type { View } from "../scene/scene";

export interface GifRequest {
  /** The story's id, and those of the scenes, in the order in which they play. */
  readonly story: string;
  readonly recording: AnyRecording;
  readonly scenes: readonly string[];
  readonly view: View;
  readonly theme: ThemeName;
}

export type FromGifWorker =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "done"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };

/** The GIF; `progress` hears the share that is done. Aborting the signal ends the worker. */
export function exportGif(
  request: GifRequest,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const worker = new Worker(new URL("./gif.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Blob>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    worker.addEventListener("message", ({ data }: MessageEvent<FromGifWorker>) => {
      if (data.kind === "progress") progress(data.share);
      else if (data.kind === "done") resolve(new Blob([data.bytes], { type: "image/gif" }));
      else reject(new Problem(data.message));
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      reject(new Problem("The GIF could not be made: its worker stopped, or could not be loaded."));
    });
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
