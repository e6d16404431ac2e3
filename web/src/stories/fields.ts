/** How the values that a link carries are read from its text and written to it. */

import constants from "../recording/constants.json";

/** One value. */
export interface Field<T> {
  /** What it is where the link does not say; such a value is left out of links. */
  readonly initial: T;
  /** The value, or undefined if the text is none. */
  read(text: string): T | undefined;
  write(value: T): string;
  /** What is accepted, as the end of a sentence. */
  readonly accepted: string;
  /** Whether it stays as it is when another story begins. */
  readonly lasts?: boolean;
  /** Whether another value is another place, from which the browser's back button leads back. */
  readonly isPlace?: boolean;
}

/** Values by the names that the link has for them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a field of each type, each read and written by itself
export type Fields = Readonly<Record<string, Field<any>>>;

/** The values of some fields. */
export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/** The largest seed that there is. */
export const MAX_SEED = constants.knobs.seed.most;

/** How a text is read as a value and written; the value that a link leaves out is the caller's. */
type Kind<T> = Pick<Field<T>, "read" | "write" | "accepted">;

export function decimal(min: number, max: number): Kind<number> {
  return {
    read(text) {
      const value = text.trim() === "" ? NaN : Number(text);
      return value >= min && value <= max ? value : undefined;
    },
    write: String,
    accepted: Number.isFinite(max)
      ? `a number from ${min} to ${max}`
      : `a number of ${min} or more`,
  };
}

export function whole(min: number, max: number): Kind<number> {
  const any = decimal(min, max);
  return {
    read(text) {
      const value = /^\d+$/.test(text) ? any.read(text) : undefined;
      return Number.isInteger(value) ? value : undefined;
    },
    write: String,
    accepted: Number.isFinite(max)
      ? `a whole number from ${min} to ${max}`
      : `a whole number of ${min} or more`,
  };
}

export function oneOf<T extends string | number>(values: readonly T[]): Kind<T> {
  return {
    read: (text) => values.find((value) => String(value) === text),
    write: String,
    accepted: `one of ${values.join(", ")}`,
  };
}

export const flag: Kind<boolean> = {
  read: (text) => (text === "1" ? true : text === "0" ? false : undefined),
  write: (value) => (value ? "1" : "0"),
  accepted: "0 or 1",
};

/** A name, whatever it names: whether it exists shows when it is looked up. */
export const name: Kind<string> = {
  read: (text) => (text.length > 0 && text.length <= 200 ? text : undefined),
  write: String,
  accepted: "a name of at most 200 letters",
};

/** A field of that kind that is `initial` where a link does not say. */
export function field<T>(kind: Kind<T>, initial: T, lasts = false): Field<T> {
  return { ...kind, initial, lasts };
}

/** A field that is null where a link does not say. */
export function optional<T>(kind: Kind<T>): Field<T | null> {
  return { ...kind, initial: null, write: (value) => (value === null ? "" : kind.write(value)) };
}

/** The field, whose values are places. */
export function place<T>(of: Field<T>): Field<T> {
  return { ...of, isPlace: true };
}

/** The values where a link says nothing. */
export function initialOf<F extends Fields>(fields: F): ValuesOf<F> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, { initial }]) => [key, initial]),
  ) as ValuesOf<F>;
}

/**
 * The example that a story shows of several: a start of a world, a puzzle of a ladder. Stories that
 * have it share the link's name for it.
 */
export const start = optional(whole(0, Infinity));
