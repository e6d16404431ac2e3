/** Frames -> MP4 where this browser encodes it, else WebM; by WebCodecs. */
import {
  BufferTarget,
  CanvasSource,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  QUALITY_HIGH,
  WebMOutputFormat,
  type VideoCodec,
} from "mediabunny";

import { Problem } from "../recording/problem";
import type { Film } from "./film";

export interface Frames {
  readonly canvas: OffscreenCanvas;
  readonly frames: number;
  /** Milliseconds a frame stays. */
  readonly frameMs: number;
  /** Draws a frame on the canvas. */
  draw(index: number): void;
}

/** The first that can be encoded is taken: MP4 plays nearly everywhere. */
const KINDS: readonly {
  readonly ending: string;
  readonly codecs: VideoCodec[];
  readonly format: () => Mp4OutputFormat | WebMOutputFormat;
}[] = [
  { ending: "mp4", codecs: ["avc"], format: () => new Mp4OutputFormat() },
  { ending: "webm", codecs: ["vp9", "vp8"], format: () => new WebMOutputFormat() },
];
/** A picture that stands on its own, so that players can jump to it. */
const KEY_FRAME_SECONDS = 4;

/** Encodes frames; `progress` is awaited after each with the share that is done. */
export async function encodeVideo(
  { canvas, frames, frameMs, draw }: Frames,
  progress: (share: number) => Promise<void>,
): Promise<Film> {
  const { kind, codec } = await kindFor(canvas);
  const target = new BufferTarget();
  const output = new Output({ format: kind.format(), target });
  const source = new CanvasSource(canvas, {
    codec,
    bitrate: QUALITY_HIGH,
    keyFrameInterval: KEY_FRAME_SECONDS,
  });
  output.addVideoTrack(source, { frameRate: 1000 / frameMs });
  await output.start();
  for (let i = 0; i < frames; i++) {
    draw(i);
    await source.add((i * frameMs) / 1000, frameMs / 1000);
    await progress((i + 1) / frames);
  }
  await output.finalize();
  if (!target.buffer) throw new Error("the video has no bytes");
  const { ending } = kind;
  return { bytes: new Uint8Array(target.buffer), type: `video/${ending}`, ending };
}

async function kindFor({ width, height }: OffscreenCanvas) {
  for (const kind of KINDS) {
    const codec = await getFirstEncodableVideoCodec(kind.codecs, { width, height });
    if (codec) return { kind, codec };
  }
  throw new Problem("This browser encodes no video; export the story as GIF instead.");
}
