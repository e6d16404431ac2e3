/** What a link carries for this story, and what of it the frames depend on. */
import type { ThoughtRecording } from "../../recording/thought.gen";
import type { Scene, View } from "../../scene/scene";
import {
  decimal,
  field,
  flag,
  name,
  optional,
  place,
  whole,
  type Field,
  type ValuesOf,
} from "../fields";

/** As in recording/board.py and solving/inference.py. */
export const MOST_SEGMENTS = 64;
const MOST_VIEWS = 256;

/** A sudoku on one line, a maze in rows, or a task's id; see `write` in draft.ts. */
const WRITTEN = /^(?:[1-9.]{81}|(?=.*\/)[1.SGo/]{3,960}|arc:[\w.-]{1,60}(?::[1-9]\d?)?)$/;

export const fields = {
  /** The puzzle that is thought about, as `write` has it; null for the recording's own. */
  puzzle: place(
    optional<string>({
      // What it says is read when the story is on stage: a link's first look needs no rules.
      read: (text) => (WRITTEN.test(text) ? text : undefined),
      write: String,
      accepted:
        "81 digits and dots, a maze's rows of 1 and dots with / between and one S and G, or arc: and a task's id",
    }),
  ),
  /** The model that thinks; null is the usual one for the puzzle. */
  thinker: optional(name),
  /** The most segments; null are the model's own. */
  segments: optional(whole(1, MOST_SEGMENTS)),
  /** How sure the model has to be; null is its own. */
  halt: optional(decimal(0.5, 1)),
  views: optional(whole(1, MOST_VIEWS)),
  /** Whether the true answer is shown. */
  truth: field(flag, false),
} as const;

export type ThoughtValues = ValuesOf<typeof fields>;

export interface ThoughtView extends View {
  /**
   * False where answers are judged by the rules alone, as far as they can; otherwise by the true
   * answer where it is known.
   */
  readonly truth?: boolean;
}

export type ThoughtScene = Scene<ThoughtRecording, ThoughtView>;

/** What was asked of the page: a puzzle, and how to think about it. */
export interface Question extends Omit<ThoughtValues, "truth" | "puzzle"> {
  /** As `write` has it. */
  readonly puzzle: string;
}

const ASKED = "asked:";
const BETWEEN = "~";

/** A question as `compare=` in a link. */
export function writeQuestion({ puzzle, thinker, segments, halt, views }: Question): string {
  return ASKED + [puzzle, thinker, segments, halt, views].map((one) => one ?? "").join(BETWEEN);
}

/** What `writeQuestion` wrote; null for anything else. */
export function readQuestion(text: string): Question | null {
  if (!text.startsWith(ASKED)) return null;
  const [puzzle = "", ...rest] = text.slice(ASKED.length).split(BETWEEN);
  const [thinker = "", segments = "", halt = "", views = "", ...more] = rest;
  if (more.length || fields.puzzle.read(puzzle) === undefined) return null;
  const part = <T>(one: Field<T | null>, said: string): T | null | undefined =>
    said ? one.read(said) : null;
  const read = {
    thinker: part(fields.thinker, thinker),
    segments: part(fields.segments, segments),
    halt: part(fields.halt, halt),
    views: part(fields.views, views),
  };
  if (Object.values(read).includes(undefined)) return null;
  return { puzzle, ...(read as Omit<Question, "puzzle">) };
}

/** What can stand beside it, as a link has it. */
export const beside: Pick<Field<string>, "read" | "accepted"> = {
  read: (text) => (readQuestion(text) ? text : undefined),
  accepted: `${ASKED} and a puzzle`,
};
