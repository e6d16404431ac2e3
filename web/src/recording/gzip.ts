import { Problem } from "./problem";

/** Whether these bytes are gzipped, by their first two. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Packed bytes that are unpacked in one go: to a thousand times as many at most. */
const MORSEL = 2 ** 13;

/**
 * `bytes` little by little. Browsers unpack all that they are handed before anybody can look at how
 * much that is.
 */
function morsels(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (at >= bytes.length) controller.close();
        else controller.enqueue(bytes.subarray(at, (at += MORSEL)));
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Unpacks `bytes`, but never more than `limit` bytes: a small file can unpack to a huge one.
 *
 * `name` is how the messages call the file.
 */
export async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = morsels(bytes).pipeThrough(new DecompressionStream("gzip")).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    let next;
    try {
      next = await reader.read();
    } catch {
      throw new Problem(`${name} is truncated or damaged: it cannot be unpacked.`);
    }
    if (next.done) break;
    size += next.value.length;
    if (size > limit) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(name, limit);
    }
    chunks.push(next.value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** The message for a file beyond `limit` bytes. */
export function tooLarge(name: string, limit: number): Problem {
  return new Problem(`${name} is too large: a recording holds at most ${limit / 2 ** 20} MiB.`);
}

/** Packs `bytes`. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(packed).blob();
}
