import type { AnyRecording } from "./form";

/** Fields that are not part of what was computed; the last is the old name of the one before. */
const APART = new Set(["hash", "made_by", "maker"]);

/** Every number of a document, object keys in sorted order, lists in theirs. */
function numbers(value: unknown, into: number[]): number[] {
  if (typeof value === "number") into.push(value);
  else if (Array.isArray(value)) for (const item of value) numbers(item, into);
  else if (value !== null && typeof value === "object") {
    const object = value as Record<string, unknown>;
    for (const key of Object.keys(object).sort()) numbers(object[key], into);
  }
  return into;
}

/**
 * SHA-256, in hexadecimal, of every number in a recording but its hash and `made_by`, as float64
 * little-endian; the definition is recording/file.py. Null where the browser cannot compute one
 * (a page that is neither on loopback nor on https).
 */
export async function hashOf(recording: Omit<AnyRecording, "hash">): Promise<string | null> {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (!subtle) return null;
  const kept = Object.fromEntries(Object.entries(recording).filter(([key]) => !APART.has(key)));
  const all = numbers(kept, []);
  const view = new DataView(new ArrayBuffer(8 * all.length));
  all.forEach((number, i) => view.setFloat64(8 * i, number, true));
  const digest = await subtle.digest("SHA-256", view.buffer);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
