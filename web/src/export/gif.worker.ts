/** Draws scenes frame by frame and encodes it, away from the page. */
import { Problem, sentence } from "../recording/problem";
import { paintCanvas } from "../stage/canvas";
import { fontReady } from "../stage/font";
import { direct } from "../scene/director";
import { stageSize } from "../scene/scene";
import { scenesOf } from "../stories/scenes";
import type { FromGifWorker, GifRequest } from "./exportGif";
import { encodeGif } from "./gif";

/** 12.5 frames a second: GIF's delays are tens of milliseconds. */
const DELAY = 80;
/** The last frame stays for a moment before the animation begins again. */
const REST_SECONDS = 1.6;
const WIDTH = { wide: 720, tall: 390 } as const;

function send(message: FromGifWorker): void {
  postMessage(message);
}

async function draw({ story, recording, scenes: ids, view, theme }: GifRequest): Promise<void> {
  const scenes = await scenesOf(story).catch(() => {
    throw new Problem("The GIF could not be made: the story's scenes cannot be loaded.");
  });
  const played = ids.map((id) => {
    const scene = scenes.find((one) => one.id === id);
    if (!scene) throw new Error(`there is no scene ${id}`);
    return scene;
  });
  const director = direct(recording, view, played);
  const size = stageSize[view.layout];
  const width = WIDTH[view.layout];
  const height = Math.round((width * size.height) / size.width);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser draws no canvas in a worker");
  await fontReady();
  const duration = director.total;
  const bytes = await encodeGif(
    {
      width,
      height,
      frames: Math.ceil(((duration + REST_SECONDS) * 1000) / DELAY),
      delay: DELAY,
      frame(index) {
        const { entry, time: within } = director.locate(Math.min((index * DELAY) / 1000, duration));
        context.setTransform(width / size.width, 0, 0, height / size.height, 0, 0);
        paintCanvas(context, entry.scene.draw(recording, within, view), view.layout, theme);
        return context.getImageData(0, 0, width, height).data;
      },
    },
    async (share) => send({ kind: "progress", share }),
  );
  send({ kind: "done", bytes });
}

self.addEventListener("message", ({ data }: MessageEvent<GifRequest>) => {
  draw(data).catch((error: unknown) => send({ kind: "failed", message: sentence(error) }));
});
