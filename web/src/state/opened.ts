/**
 * Recordings from files that were dropped on the page or picked: offered like those beside it.
 *
 * Only the files are kept, and read again when one is chosen: many large recordings would fill the
 * memory.
 */
import type { AnyRecording } from "../recording/form";
import { openRecording, type Listed } from "../recording/load";
import { STORIES } from "../stories/registry";

/** A link's names have at most 200 letters. */
const LONGEST_NAME = 180;

interface Kept {
  readonly listed: Listed;
  readonly file: File;
  readonly hash: string;
}

const KEY = "hrmkit.opened";
const MOST_REMEMBERED = 50;

export class Opened {
  /** What of the browser outlives a reload; null where it is forbidden. */
  readonly #shelf: Pick<Storage, "getItem" | "setItem"> | null;
  #kept: readonly Kept[] = [];

  constructor(shelf = shelfOfBrowser()) {
    this.#shelf = shelf;
  }

  /** Whether a file was opened under that name, in this tab and before it was loaded again too. */
  wasOpened(name: string): boolean {
    return this.#names().includes(name);
  }

  #names(): readonly string[] {
    try {
      const read: unknown = JSON.parse(this.#shelf?.getItem(KEY) ?? "[]");
      return Array.isArray(read) ? read.filter((one) => typeof one === "string") : [];
    } catch {
      return [];
    }
  }

  #remember(name: string): void {
    const names = [...this.#names().filter((one) => one !== name), name].slice(-MOST_REMEMBERED);
    try {
      this.#shelf?.setItem(KEY, JSON.stringify(names));
    } catch {
      // The browser has no room: after a reload it is said less plainly.
    }
  }

  get listed(): readonly Listed[] {
    return this.#kept.map(({ listed }) => listed);
  }

  /**
   * Checks and keeps a file under a name that none of `taken` has; one with the same numbers and
   * the same name is the same. Throws a Problem for what is no recording.
   */
  async add(
    file: File,
    taken: readonly Listed[],
  ): Promise<{ readonly name: string; readonly recording: AnyRecording }> {
    const recording = await openRecording(file, STORIES);
    const { title, kind, hash } = recording;
    const known = this.#kept.find((one) => one.file.name === file.name && one.hash === hash);
    const name = known?.listed.name ?? this.#unused(file.name, taken);
    const listed = { name, title: `${title} (${file.name})`, kind, bytes: file.size };
    const others = this.#kept.filter((one) => one !== known);
    this.#kept = [...others, { listed, file, hash }];
    this.#remember(name);
    return { name, recording };
  }

  /** The recording of that name; null if no file was opened under it. */
  async read(name: string): Promise<AnyRecording | null> {
    const found = this.#kept.find(({ listed }) => listed.name === name);
    return found ? openRecording(found.file, STORIES) : null;
  }

  #unused(name: string, taken: readonly Listed[]): string {
    const names = new Set([...taken, ...this.listed].map((one) => one.name));
    const short = name.slice(0, LONGEST_NAME);
    let candidate = short;
    for (let number = 2; names.has(candidate); number++) candidate = `${short} (${number})`;
    return candidate;
  }
}

function shelfOfBrowser(): Pick<Storage, "getItem" | "setItem"> | null {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
