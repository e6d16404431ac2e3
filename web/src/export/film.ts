/**
 * Scenes as a film, one or a whole story, as GIF or as video: drawn and encoded in a worker of its
 * own, so that the page stays smooth.
 */
import type { AnyRecording } from "../recording/form";
import { Problem } from "../recording/problem";
import type { ThemeName } from "../stage/theme";
import type { View } from "../scene/scene";

export type FilmForm = "gif" | "video";

export interface FilmRequest {
  readonly form: FilmForm;
  /** The story's id, and those of the scenes, in the order in which they play. */
  readonly story: string;
  readonly recording: AnyRecording;
  readonly scenes: readonly string[];
  readonly view: View;
  readonly theme: ThemeName;
}

export interface Film {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The media type, and how such a file's name ends. */
  readonly type: string;
  readonly ending: string;
}

export type FromFilmWorker =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "done"; readonly film: Film }
  | { readonly kind: "failed"; readonly message: string };

/** The film; `progress` hears the share that is done. Aborting the signal ends the worker. */
export function exportFilm(
  request: FilmRequest,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Film> {
  const worker = new Worker(new URL("./film.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Film>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    worker.addEventListener("message", ({ data }: MessageEvent<FromFilmWorker>) => {
      if (data.kind === "progress") progress(data.share);
      else if (data.kind === "done") resolve(data.film);
      else reject(new Problem(data.message));
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      reject(
        new Problem("The film could not be made: its worker stopped, or could not be loaded."),
      );
    });
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
