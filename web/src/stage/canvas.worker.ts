/** Draws the frames of `workerCanvas.ts`: whenever the screen is ready for one, the latest. */
import type { AnyRecording } from "../recording/form";
import { scenesOf } from "../stories/scenes";
import { paintCanvas } from "./canvas";
import { fontReady } from "./font";
import type { FromCanvasWorker, ToCanvasWorker, WorkerFrame } from "./workerCanvas";

interface Wanted {
  readonly frame: WorkerFrame;
  readonly answer: boolean;
}

let canvas: OffscreenCanvas | undefined;
let recording: AnyRecording | undefined;
let wanted: Wanted | undefined;

async function drawLatest(): Promise<void> {
  const shown = recording;
  const story = wanted?.frame.story;
  const [scenes] = await Promise.all([story ? scenesOf(story) : [], fontReady()]);
  const latest = wanted;
  wanted = undefined;
  const scene = scenes.find(({ id }) => id === latest?.frame.scene);
  // Opaque, so that the screen need not blend it with what it covers.
  const context = canvas?.getContext("2d", { alpha: false });
  if (!shown || shown !== recording || !latest || !scene || !context) return;
  const { time, view, theme, width, height, scale } = latest.frame;
  const shapes = scene.draw(shown, time, view);
  // Setting a size clears the canvas, even to the same.
  if (context.canvas.width !== width) context.canvas.width = width;
  if (context.canvas.height !== height) context.canvas.height = height;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  paintCanvas(context, shapes, view.layout, theme);
  // What has been drawn is on its way to the screen by the next frame.
  if (latest.answer) requestAnimationFrame(() => answer("shown"));
}

function answer(message: FromCanvasWorker): void {
  postMessage(message);
}

self.addEventListener("message", ({ data }: MessageEvent<ToCanvasWorker>) => {
  switch (data.kind) {
    case "canvas":
      canvas = data.canvas;
      break;
    case "recording":
      recording = data.recording;
      break;
    case "frame":
      if (!wanted) requestAnimationFrame(() => void drawLatest().catch(() => answer("failed")));
      wanted = data;
  }
});
