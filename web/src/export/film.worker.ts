/** Draws scenes frame by frame and encodes them, away from the page. */
import { Problem, sentence } from "../recording/problem";
import { paintCanvas } from "../stage/canvas";
import { fontReady } from "../stage/font";
import { direct } from "../scene/director";
import { stageSize } from "../scene/scene";
import { scenesOf } from "../stories/scenes";
import type { Film, FilmForm, FilmRequest, FromFilmWorker } from "./film";
import { encodeGif } from "./gif";
import { encodeVideo } from "./video";

/** GIF's delays are tens of milliseconds; a video has sizes that are even. */
const FORMS = {
  gif: { frameMs: 80, width: { wide: 720, tall: 390 } },
  video: { frameMs: 40, width: { wide: 1280, tall: 780 } },
} as const satisfies Record<FilmForm, unknown>;
/** The last frame stays for a moment: a GIF begins again after it. */
const REST_SECONDS = 1.6;

function send(message: FromFilmWorker): void {
  postMessage(message);
}

async function film({ form, story, recording, ...request }: FilmRequest): Promise<Film> {
  const { scenes: ids, view, theme } = request;
  const scenes = await scenesOf(story).catch(() => {
    throw new Problem("The film could not be made: the story's scenes cannot be loaded.");
  });
  const played = ids.map((id) => {
    const scene = scenes.find((one) => one.id === id);
    if (!scene) throw new Error(`there is no scene ${id}`);
    return scene;
  });
  const director = direct(recording, view, played);
  const size = stageSize[view.layout];
  const { frameMs, width: widths } = FORMS[form];
  const width = widths[view.layout];
  const height = 2 * Math.round((width * size.height) / size.width / 2);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: form === "gif" });
  if (!context) throw new Error("this browser draws no canvas in a worker");
  await fontReady();
  const frames = Math.ceil(((director.pace.total + REST_SECONDS) * 1000) / frameMs);
  const draw = (index: number): void => {
    const { entry, time } = director.locate(director.pace.moment((index * frameMs) / 1000));
    context.setTransform(width / size.width, 0, 0, height / size.height, 0, 0);
    paintCanvas(context, entry.scene.draw(recording, time, view), view.layout, theme);
  };
  const progress = async (share: number): Promise<void> => send({ kind: "progress", share });
  if (form === "video") return encodeVideo({ canvas, frames, frameMs, draw }, progress);
  const frame = (index: number): Uint8ClampedArray => {
    draw(index);
    return context.getImageData(0, 0, width, height).data;
  };
  const bytes = await encodeGif({ width, height, frames, delay: frameMs, frame }, progress);
  return { bytes, type: "image/gif", ending: "gif" };
}

self.addEventListener("message", ({ data }: MessageEvent<FilmRequest>) => {
  film(data).then(
    (made) => send({ kind: "done", film: made }),
    (error: unknown) => send({ kind: "failed", message: sentence(error) }),
  );
});
