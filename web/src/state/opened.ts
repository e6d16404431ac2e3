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

export class Opened {
  #kept: readonly Kept[] = [];

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
