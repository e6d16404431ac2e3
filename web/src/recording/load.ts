/** Reading a recording from a file or an address, trusting nothing about it. */
import { fetchFile } from "../lib/files";
import constants from "./constants.json";
import { checkSizes } from "./checkSizes";
import { formOf, type AnyRecording, type Check, type Form, type Validator } from "./form";
import { gunzip, isGzip, tooLarge } from "./gzip";
import { hashOf } from "./hash";
import { Problem } from "./problem";
import { withNewNames } from "./renamed";
import { tooHeavy } from "./weigh";

/** A recording larger than `MAX_BYTES`, packed or unpacked, is refused. */
export const { max_bytes: MAX_BYTES, format: FORMAT, version: VERSION } = constants;

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

/** The recording of that name, from the folder beside the page; `forms` are the kinds to know. */
export async function fetchRecording(
  name: string,
  forms: readonly Form[],
  signal?: AbortSignal,
): Promise<AnyRecording> {
  const response = await get(`recordings/${encodeURIComponent(name)}`, `The story ${name}`, signal);
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > MAX_BYTES) throw tooLarge(name, MAX_BYTES);
  return readRecording(await bounded(response, name), name, forms);
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
  forms: readonly Form[],
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
    const answer = (await response.json().catch(() => null)) as { problem?: unknown } | null;
    if (typeof answer?.problem === "string") throw new Problem(answer.problem);
  }
  refused(response, what);
  const recording = await readRecording(await bounded(response, name), name, forms);
  return { recording, tag: response.headers.get("etag") };
}

/** A recording from a file that was dropped on the page or picked. */
export async function openRecording(file: File, forms: readonly Form[]): Promise<AnyRecording> {
  if (file.size > MAX_BYTES) throw tooLarge(file.name, MAX_BYTES);
  const bytes = await file.arrayBuffer().catch(() => {
    throw new Problem(`${file.name} cannot be read: it is a folder, or not there any more.`);
  });
  return readRecording(new Uint8Array(bytes), file.name, forms);
}

/** Checks and returns the recording in `bytes`, gzipped or plain; `name` is for the messages. */
export async function readRecording(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  forms: readonly Form[],
): Promise<AnyRecording> {
  if (bytes.length === 0) throw new Problem(`${name} is empty.`);
  const plain = isGzip(bytes) ? await gunzip(bytes, MAX_BYTES, name) : bytes;
  if (plain.length > MAX_BYTES) throw tooLarge(name, MAX_BYTES);
  const heavy = tooHeavy(plain);
  if (heavy) throw new Problem(`${name} is not a recording that can be read: ${heavy}.`);
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain));
  } catch {
    throw new Problem(`${name} is not a recording: what is inside is not complete JSON.`);
  }
  return checkRecording(data, name, forms);
}

/** Checks everything about a recording that was already parsed. */
export async function checkRecording(
  data: unknown,
  name: string,
  forms: readonly Form[],
): Promise<AnyRecording> {
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
  const form = formOf(kind, forms);
  if (!form) {
    const known = forms.map((one) => one.kind);
    throw new Problem(
      `${name} is a recording of a kind that this page cannot play: its "kind" is ` +
        `${JSON.stringify(kind)?.slice(0, 60) ?? "missing"}, and known are ${known.slice(0, -1).join(", ")} and ${known.at(-1) ?? ""}.`,
    );
  }
  const { validate, check } = await checkOf(form);
  const named = withNewNames(data);
  if (!validate(named)) {
    throw new Problem(`${name} is not a valid recording: ${firstError(validate)}.`);
  }
  const recording = named as AnyRecording;
  const wrong = checkSizes(recording) ?? check(recording);
  if (wrong) throw new Problem(`${name} is not a valid recording: ${wrong}.`);
  // Of what the file says: under other names the numbers would be in another order.
  const hash = await hashOf(data as AnyRecording);
  // A page without crypto.subtle writes recordings with an empty hash: there is nothing to hold to.
  if (hash !== null && recording.hash !== "" && hash !== recording.hash) {
    throw new Problem(
      `${name} was changed after it was written: its numbers do not match its hash.`,
    );
  }
  return recording;
}

async function checkOf(form: Form): Promise<Check> {
  try {
    return await form.fetchCheck();
  } catch {
    throw new Problem(
      "A part of the page that reads recordings cannot be loaded: the server does not answer. " +
        "If the studio is running, load the page again.",
    );
  }
}

function firstError({ errors }: Validator): string {
  const error = errors?.[0];
  if (!error) return "its fields are not those of a recording";
  const where = error.instancePath.replaceAll("/", ".").replace(/^\./, "") || "the top level";
  const extra = error.params?.additionalProperty;
  return `at ${where}, it ${error.message ?? "is wrong"}${extra ? ` ("${extra}")` : ""}`;
}

/** What is at an address beside the page; `what` it is called in a sentence. */
export async function get(path: string, what: string, signal?: AbortSignal): Promise<Response> {
  const response = await answered(path, what, signal ? { signal } : {});
  refused(response, what);
  return response;
}

async function answered(path: string, what: string, init: RequestInit): Promise<Response> {
  try {
    return await fetchFile(path, init);
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
