/** Frames -> an animated GIF. Equal frames give equal bytes. */
import { GIFEncoder, nearestColorIndex, quantize } from "gifenc";

/** One frame's pixels, RGBA. */
export type Pixels = Uint8ClampedArray | Uint8Array;

export interface Animation {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Milliseconds a frame stays; GIF knows tens of them. */
  readonly delay: number;
  /** The pixels of a frame; called more than once for some of them. */
  frame(index: number): Pixels;
}

/** Frames that the palette is taken from: one a few seconds, so that no scene's colours are missed. */
const SAMPLED = { least: 8, most: 24, every: 60 } as const;
/** One of the 256 entries says "as in the frame before". */
const COLOURS = 255;

/**
 * Encodes an animation. `progress` is awaited after each frame with the share that is done; it may
 * throw to cancel.
 */
export async function encodeGif(
  animation: Animation,
  progress: (share: number) => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, frames, delay } = animation;
  const palette = paletteOf(animation);
  const transparentIndex = palette.length;
  const table = [...palette, [0, 0, 0]];
  const nearest = nearestIn(palette);
  const gif = GIFEncoder();
  let before: Uint8Array | null = null;
  for (let i = 0; i < frames; i++) {
    const indexed = nearest(animation.frame(i));
    const written = before ? onlyChanged(indexed, before, transparentIndex) : indexed;
    gif.writeFrame(written, width, height, {
      ...(i === 0 ? { palette: table } : {}),
      delay,
      transparent: before !== null,
      transparentIndex,
      dispose: 1,
    });
    before = indexed;
    await progress((i + 1) / frames);
  }
  gif.finish();
  return new Uint8Array(gif.bytes());
}

/** One palette for all frames, from some of them, so that colours never flicker. */
function paletteOf(animation: Animation): number[][] {
  const { least, most, every } = SAMPLED;
  const wanted = Math.min(Math.max(least, Math.ceil(animation.frames / every)), most);
  const count = Math.min(wanted, animation.frames);
  const size = animation.width * animation.height * 4;
  const sampled = new Uint8Array(size * count);
  for (let i = 0; i < count; i++) {
    const index = Math.round((i * (animation.frames - 1)) / Math.max(count - 1, 1));
    sampled.set(animation.frame(index), i * size);
  }
  return quantize(sampled, COLOURS, { format: "rgb565" });
}

/** Maps pixels to their nearest palette entries; remembers every colour it has seen. */
function nearestIn(palette: number[][]): (pixels: Pixels) => Uint8Array {
  const known = new Int16Array(1 << 16).fill(-1);
  return (pixels) => {
    const out = new Uint8Array(pixels.length / 4);
    for (let i = 0; i < out.length; i++) {
      const r = pixels[4 * i] ?? 0;
      const g = pixels[4 * i + 1] ?? 0;
      const b = pixels[4 * i + 2] ?? 0;
      const key = ((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3);
      let index = known[key] ?? -1;
      if (index < 0) {
        // The cell's middle, not this pixel, so that the answer does not depend on the order.
        const middle: [number, number, number] = [(r & 0xf8) | 4, (g & 0xfc) | 2, (b & 0xf8) | 4];
        index = nearestColorIndex(palette, middle);
        known[key] = index;
      }
      out[i] = index;
    }
    return out;
  };
}

/** Long runs of "as before" pack well. */
function onlyChanged(now: Uint8Array, before: Uint8Array, transparentIndex: number): Uint8Array {
  const out = new Uint8Array(now.length);
  for (let i = 0; i < now.length; i++) {
    const index = now[i] ?? 0;
    out[i] = index === before[i] ? transparentIndex : index;
  }
  return out;
}
