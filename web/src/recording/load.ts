/** Reading a recording from a file or an address, trusting nothing about it. */
import type { ErrorObject } from "ajv";

import { checkShape } from "../stories/world/check";
import { checkLadder } from "../stories/assemble/check";
import { checkRun, checkThought } from "../stories/puzzle/check";
import { gunzip, isGzip, tooLarge } from "./gzip";
import { hashOf } from "./hash";
import { KINDS, type AnyRecording, type Kind } from "./kinds";
import { Problem } from "./problem";

/** A recording larger than this, packed or unpacked, is refused; as in recording/schema.py. */
export const MAX_BYTES = 64 * 2 ** 20;

const FORMAT = "hrm-recording";
const VERSION = 1;

/** One line of `recordings/index.json`. */
export interface Listed {
  readonly name: string;
  readonly title: string;
  /** What the file says of its kind; null where it says nothing that can be read. */
  readonly kind: string | null;
  readonly bytes: number;
  /** Whether it is of a run that may still be training: it is asked for again and again. */
  readonly live?: boolean;
}

interface Validator {
  (data: unknown): boolean;
  errors?: ErrorObject[] | null;
}

/** The validator of a kind's schema is large, and fetched when its first recording is. */
const VALIDATORS: Record<Kind, () => Promise<{ readonly validate: Validator }>> = {
  "fine-tuning": () => import("./validate.gen.js"),
  ladder: () => import("./validateLadder.gen.js"),
  run: () => import("./validateRun.gen.js"),
  thought: () => import("./validateThought.gen.js"),
};

/** The stories that stand beside the page; empty where there is no such list. */
export async function listRecordings(signal?: AbortSignal): Promise<Listed[]> {
  const response = await get("recordings/index.json", "The list of stories", signal);
  const list: unknown = await response.json().catch(() => {
    throw new Problem("The list of stories (recordings/index.json) is not JSON.");
  });
  if (!Array.isArray(list)) throw new Problem("The list of stories is not a list.");
  return list.filter(
    (item: unknown): item is Listed =>
      typeof item === "object" &&
      item !== null &&
      typeof (item as Listed).name === "string" &&
      typeof (item as Listed).title === "string",
  );
}

/** The recording of that name, from the folder beside the page. */
export async function fetchRecording(name: string, signal?: AbortSignal): Promise<AnyRecording> {
  const response = await get(`recordings/${encodeURIComponent(name)}`, `The story ${name}`, signal);
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > MAX_BYTES) throw tooLarge(name, MAX_BYTES);
  return readRecording(await bounded(response, name), name);
}

/** A state of a run that may still be training, and what tells it from another. */
export interface Fresh {
  readonly recording: AnyRecording;
  readonly tag: string | null;
}

/** The run of that name as it stands now; null if that is the state called `tag`. */
export async function fetchFresh(
  name: string,
  tag: string | null,
  signal?: AbortSignal,
): Promise<Fresh | null> {
  const what = `The run ${name}`;
  const headers: Record<string, string> = tag ? { "If-None-Match": tag } : {};
  const path = `recordings/${encodeURIComponent(name)}`;
  const response = await answered(path, what, {
    headers,
    cache: "no-store",
    ...(signal ? { signal } : {}),
  });
  if (response.status === 304) return null;
  if (response.status === 409) {
    const said = (await response.json().catch(() => null)) as { problem?: unknown } | null;
    if (typeof said?.problem === "string") throw new Problem(said.problem);
  }
  refused(response, what);
  const recording = await readRecording(await bounded(response, name), name);
  return { recording, tag: response.headers.get("etag") };
}

/** A recording from a file that was dropped on the page or picked. */
export async function openRecording(file: File): Promise<AnyRecording> {
  if (file.size > MAX_BYTES) throw tooLarge(file.name, MAX_BYTES);
  return readRecording(new Uint8Array(await file.arrayBuffer()), file.name);
}

/** Checks and returns the recording in `bytes`, gzipped or plain; `name` is for the messages. */
export async function readRecording(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<AnyRecording> {
  if (bytes.length === 0) throw new Problem(`${name} is empty.`);
  const plain = isGzip(bytes) ? await gunzip(bytes, MAX_BYTES, name) : bytes;
  if (plain.length > MAX_BYTES) throw tooLarge(name, MAX_BYTES);
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain));
  } catch {
    throw new Problem(`${name} is not a recording: what is inside is not complete JSON.`);
  }
  return checkRecording(data, name);
}

/** Checks everything about a recording that was already parsed. */
export async function checkRecording(data: unknown, name: string): Promise<AnyRecording> {
  const { format, version, kind } = Object(data) as Record<string, unknown>;
  if (format !== FORMAT) {
    throw new Problem(`${name} is not a recording: its "format" is not "${FORMAT}".`);
  }
  if (typeof version === "number" && version > VERSION) {
    throw new Problem(
      `${name} was written by a newer HRM Kit (recording version ${version}; this page reads ` +
        `version ${VERSION}): update HRM Kit to play it.`,
    );
  }
  const known = KINDS.find((one) => one === kind);
  if (!known) {
    throw new Problem(
      `${name} is a recording of a kind that this page cannot play: its "kind" is ` +
        `${JSON.stringify(kind)?.slice(0, 60) ?? "missing"}, and known are ${KINDS.slice(0, -1).join(", ")} and ${KINDS.at(-1) ?? ""}.`,
    );
  }
  const validate = await validatorOf(known);
  if (!validate(data)) {
    throw new Problem(`${name} is not a valid recording: ${firstError(validate)}.`);
  }
  const recording = data as AnyRecording;
  const wrong = checkWhole(recording);
  if (wrong) throw new Problem(`${name} is not a valid recording: ${wrong}.`);
  const hash = await hashOf(recording);
  // A page without crypto.subtle writes recordings with an empty hash: there is nothing to hold to.
  if (hash !== null && recording.hash !== "" && hash !== recording.hash) {
    throw new Problem(
      `${name} was changed after it was written: its numbers do not match its hash.`,
    );
  }
  return recording;
}

/** What a schema cannot say. */
function checkWhole(recording: AnyRecording): string | null {
  switch (recording.kind) {
    case "fine-tuning":
      return checkShape(recording);
    case "ladder":
      return checkLadder(recording);
    case "run":
      return checkRun(recording);
    case "thought":
      return checkThought(recording);
  }
}

async function validatorOf(kind: Kind): Promise<Validator> {
  try {
    return (await VALIDATORS[kind]()).validate;
  } catch {
    throw new Problem(
      "A part of the page that reads recordings cannot be loaded: the server does not answer. " +
        "Is the studio running?",
    );
  }
}

function firstError({ errors }: Validator): string {
  const error = errors?.[0];
  if (!error) return "its fields are not those of a recording";
  const where = error.instancePath.replaceAll("/", ".").replace(/^\./, "") || "the top level";
  const extra = (error.params as { additionalProperty?: string }).additionalProperty;
  return `at ${where}, it ${error.message ?? "is wrong"}${extra ? ` ("${extra}")` : ""}`;
}

async function get(path: string, what: string, signal?: AbortSignal): Promise<Response> {
  const response = await answered(path, what, signal ? { signal } : {});
  refused(response, what);
  return response;
}

async function answered(path: string, what: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem(`${what} cannot be read: the server does not answer. Is the studio running?`);
  }
}

/** Throws what the server refused. */
function refused(response: Response, what: string): void {
  if (response.status === 404) throw new Problem(`${what} does not exist here.`);
  if (!response.ok)
    throw new Problem(`${what} cannot be read: the server says ${response.status}.`);
}

/** The body of `response`, given up once it is beyond the limit. */
async function bounded(response: Response, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  while (reader) {
    let next;
    try {
      next = await reader.read();
    } catch {
      throw new Problem(`${name} arrived only in part: the server stopped answering.`);
    }
    if (next.done) break;
    size += next.value.length;
    if (size > MAX_BYTES) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(name, MAX_BYTES);
    }
    chunks.push(next.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
