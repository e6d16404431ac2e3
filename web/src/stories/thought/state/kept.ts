/** What was typed or drawn stays in this browser: after a reload, and after another story. */
import { isKind, readWritten, write, type Draft, type Kind } from "../draft";

/** What of `Storage` is used. */
export type Shelf = Pick<Storage, "getItem" | "setItem">;

const KEY = "hrmkit.solve";

interface Stored {
  /** What stood in the editor last. */
  readonly last?: string;
  /** What the visitor herself wrote last, of each kind. */
  readonly own?: Readonly<Partial<Record<Kind, string>>>;
}

export class Kept {
  readonly #shelf: Shelf | null;

  /** `shelf` is null where the browser keeps nothing: all is as if it were empty. */
  constructor(shelf: Shelf | null) {
    this.#shelf = shelf;
  }

  /** What stood in the editor last; null if nothing is known. */
  get last(): Draft | null {
    return readWritten(this.#read().last ?? "");
  }

  /** What the visitor wrote last herself. */
  own(kind: Kind): Draft | null {
    const draft = readWritten(this.#read().own?.[kind] ?? "");
    return draft?.kind === kind ? draft : null;
  }

  /** Keeps what stands in the editor; `own` says whether the visitor wrote it herself. */
  keep(draft: Draft, own: boolean): void {
    const before = this.#read();
    const text = write(draft);
    const next: Stored = {
      last: text,
      own: own ? { ...before.own, [draft.kind]: text } : (before.own ?? {}),
    };
    try {
      this.#shelf?.setItem(KEY, JSON.stringify(next));
    } catch {
      // The browser has no room: the link still has it.
    }
  }

  /** What is stored, whoever wrote it. */
  #read(): Stored {
    let read: unknown;
    try {
      read = JSON.parse(this.#shelf?.getItem(KEY) ?? "null");
    } catch {
      return {};
    }
    const { last, own } = Object(read) as { last?: unknown; own?: unknown };
    const texts = Object.entries(Object(own) as Record<string, unknown>).filter(
      (entry): entry is [Kind, string] => isKind(entry[0]) && typeof entry[1] === "string",
    );
    return { ...(typeof last === "string" ? { last } : {}), own: Object.fromEntries(texts) };
  }
}

/** The browser's shelf; null where it is forbidden. */
export function shelfOfBrowser(): Shelf | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
