import type { Definitions } from "./definitions.gen";
import { formOf, type AnyRecording, type Form } from "./form";
import { gzip } from "./gzip";
import { hashOf } from "./hash";

/** A finished recording: the same with its hash (empty where the browser cannot compute one). */
export async function sealed<R extends AnyRecording>(recording: Omit<R, "hash">): Promise<R> {
  return { ...recording, hash: (await hashOf(recording)) ?? "" } as R;
}

/** The bytes of a recording's file, `.hrm.json.gz`. */
export async function packed(recording: AnyRecording): Promise<Blob> {
  // JSON.stringify drops the sign of -0, which Python writes and the hash counts.
  const text = JSON.stringify(recording, (_, value: unknown) =>
    Object.is(value, -0) ? MINUS_ZERO : value,
  ).replaceAll(JSON.stringify(MINUS_ZERO), "-0.0");
  return gzip(new TextEncoder().encode(text));
}

/** Stands for -0 until the text is whole; no recording has such a text. */
const MINUS_ZERO = "\u0000-0";

/** A file name for a recording that says what it is. */
export function fileName(
  recording: AnyRecording,
  forms: readonly Form[],
  definitions: Definitions | null,
): string {
  const form = formOf(recording.kind, forms);
  const parts = form?.nameParts(recording, definitions) ?? [recording.kind];
  return `${parts.filter(Boolean).join("-")}.hrm.json.gz`;
}
