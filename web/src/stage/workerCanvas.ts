/**
 * Frames for as long as time moves, drawn on a canvas in a worker.
 *
 * However little has moved, a new frame of the SVG costs the page's thread script, style, layout and
 * painting; one of these costs it a message. Nothing on the canvas can be pointed at or read out:
 * the SVG beneath is there for that, and follows as soon as time rests.
 */
import type { AnyRecording } from "../recording/form";
import type { View } from "../scene/scene";
import type { ThemeName } from "./theme";

/** A moment of a scene, and how it is seen; sizes are in the screen's pixels. */
export interface WorkerFrame {
  /** The story's id, and the scene's. */
  readonly story: string;
  readonly scene: string;
  readonly time: number;
  readonly view: View;
  readonly theme: ThemeName;
  readonly width: number;
  readonly height: number;
  /** Of one of the stage's units. Rounded like the size, it would shift what is drawn. */
  readonly scale: number;
}

export type ToCanvasWorker =
  | { readonly kind: "canvas"; readonly canvas: OffscreenCanvas }
  | { readonly kind: "recording"; readonly recording: AnyRecording }
  | { readonly kind: "frame"; readonly frame: WorkerFrame; readonly answer: boolean };

/** Whether a frame shows that was to be answered, or could not be drawn. */
export type FromCanvasWorker = "shown" | "failed";

export interface WorkerCanvas {
  /** Draws a frame, unless another is asked for before; `answer` asks to be told once it shows. */
  show(recording: AnyRecording, frame: WorkerFrame, answer: boolean): void;
  /** Ends it; the canvas cannot be used again. */
  stop(): void;
}

/**
 * Draws on `canvas`; `shown` is called when a frame shows that was to be answered, or with false
 * when one could not be drawn; `ended` when nothing can be drawn any more. The SVG goes on.
 *
 * Throws where the browser has no such workers or canvases.
 */
export function workerCanvas(
  canvas: HTMLCanvasElement,
  shown: (drawn: boolean) => void,
  ended: () => void,
): WorkerCanvas {
  const worker = new Worker(new URL("./canvas.worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<FromCanvasWorker>) =>
    shown(data === "shown"),
  );
  // Its code cannot be fetched, or it has crashed.
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    worker.terminate();
    ended();
  });
  const tell = (message: ToCanvasWorker, transfer: Transferable[] = []): void =>
    worker.postMessage(message, transfer);
  const paper = canvas.transferControlToOffscreen();
  tell({ kind: "canvas", canvas: paper }, [paper]);
  let told: AnyRecording | undefined;
  return {
    show(recording, frame, answer) {
      if (told !== recording) tell({ kind: "recording", recording });
      told = recording;
      tell({ kind: "frame", frame, answer });
    },
    stop: () => worker.terminate(),
  };
}
