/** What reading and writing asks of a kind of recording; each kind of story says it of its own. */
import type { Definitions } from "./definitions.gen";
import type { MadeBy } from "./types.gen";

/** What every recording has, whatever its kind. */
export interface AnyRecording {
  readonly format: "hrm-recording";
  readonly version: number;
  /** Which `Form` it has. */
  readonly kind: string;
  readonly title: string;
  readonly made_by: MadeBy;
  readonly hash: string;
}

/** Where something is not as the schema says, and why. */
export interface Failure {
  readonly instancePath: string;
  readonly message?: string;
  readonly params?: { readonly additionalProperty?: string };
}

export interface Validator {
  (data: unknown): boolean;
  errors?: Failure[] | null;
}

/** How a kind of recording is checked. */
export interface Check<R extends AnyRecording = AnyRecording> {
  /** Holds it to its schema. */
  readonly validate: Validator;
  /** What a schema cannot say: what is wrong, as the end of a sentence; null if nothing is. */
  check(recording: R): string | null;
}

/** A kind of recording. */
export interface Form<R extends AnyRecording = AnyRecording> {
  readonly kind: R["kind"];
  /** The check is large, and fetched when the first recording of the kind is read. */
  fetchCheck(): Promise<Check<R>>;
  /** What tells a recording from others of its kind: parts of a file's name; empty ones go. */
  nameParts(recording: R, definitions: Definitions | null): readonly string[];
}

/** The form of that kind, if there is one. */
export function formOf<F extends Form>(kind: unknown, forms: readonly F[]): F | undefined {
  return forms.find((form) => form.kind === kind);
}
