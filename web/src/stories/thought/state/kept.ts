/** What was typed or drawn stays in this browser: after a reload, and after another story. */
import { isKind, readWritten, write, type Draft, type Kind } from "../draft";

/** What of `Storage` is used. */
export type Shelf = Pick<Storage, "getItem" | "setItem">;

const KEY = "hrmkit.solve";

interface Stored {
  /** What stood in the editor last. */
  readonly last?: string;
  /** The link's puzzle meanwhile: what the thought on stage was about. */
  readonly shown?: string;
  /** What the visitor herself wrote last, of each kind. */
  readonly own?: Readonly<Partial<Record<Kind, string>>>;
}

export class Kept {
  readonly #shelf: Shelf | null;

  /** `shelf` is null where the browser keeps nothing: all is as if it were empty. */
  constructor(shelf: Shelf | null) {
    this.#shelf = shelf;
  }

  /**
   * What stood in the editor last, while the link had the puzzle `shown`; null has the story's own
   * puzzle on stage, and goes on with whatever was written.
   */
  last(shown: string | null): Draft | null {
    const stored = this.#read();
    const goesOn = shown === null || stored.shown === shown;
    return goesOn ? readWritten(stored.last ?? "") : null;
  }

  /** What the visitor wrote last herself. */
  own(kind: Kind): Draft | null {
    const draft = readWritten(this.#read().own?.[kind] ?? "");
    return draft?.kind === kind ? draft : null;
  }

  /**
   * Keeps what stands in the editor, and the link's puzzle; `own` says whether the visitor wrote
   * it herself.
   */
  keep(draft: Draft, shown: string | null, own: boolean): void {
    const before = this.#read();
    const text = write(draft);
    const next: Stored = {
      last: text,
      ...(shown === null ? {} : { shown }),
      own: own ? { ...before.own, [draft.kind]: text } : (before.own ?? {}),
    };
    try {
      this.#shelf?.setItem(KEY, JSON.stringify(next));
    } catch {
      // The browser has no room: what was thought about is in the link.
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
    const { last, shown, own } = Object(read) as Record<keyof Stored, unknown>;
    const texts = Object.entries(Object(own) as Record<string, unknown>).filter(
      (entry): entry is [Kind, string] => isKind(entry[0]) && typeof entry[1] === "string",
    );
    return {
      ...(typeof last === "string" ? { last } : {}),
      ...(typeof shown === "string" ? { shown } : {}),
      own: Object.fromEntries(texts),
    };
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
