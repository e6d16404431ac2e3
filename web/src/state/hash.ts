/**
 * State <-> the URL's hash, e.g. `#scene=clumsy-rollout&time=4.2&examples=5`.
 *
 * Whatever is not understood falls back to its default, and a sentence says so.
 */
import { initial, MAX_SEED, RANGES, SPEEDS, THEMES, type Knobs, type State } from "./state";
import { EXAMPLE, readWires, writeWires } from "../stories/assemble/wires";

/** How one value is read from a link's text and written to it. */
interface Field<T> {
  /** The value, or undefined if the text is none. */
  read(text: string): T | undefined;
  write(value: T): string;
  /** What is accepted, as the end of a sentence. */
  readonly accepted: string;
}

function decimal(min: number, max: number): Field<number> {
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

function whole(min: number, max: number): Field<number> {
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

function oneOf<T extends string | number>(values: readonly T[]): Field<T> {
  return {
    read: (text) => values.find((value) => String(value) === text),
    write: String,
    accepted: `one of ${values.join(", ")}`,
  };
}

const flag: Field<boolean> = {
  read: (text) => (text === "1" ? true : text === "0" ? false : undefined),
  write: (value) => (value ? "1" : "0"),
  accepted: "0 or 1",
};

/** A name, whatever it names: whether it exists shows when it is looked up. */
const name: Field<string> = {
  read: (text) => (text.length > 0 && text.length <= 200 ? text : undefined),
  write: String,
  accepted: "a name of at most 200 letters",
};

const compared: Field<string> = {
  read: (text) =>
    /^(before|hierarchy|flat|examples-([1-9]|[1-4]\d|50)|story:.{1,200})$/.test(text)
      ? text
      : undefined,
  write: String,
  accepted: "before, hierarchy, flat, examples-1 to examples-50, or story: and a story's name",
};

const wiring: Field<string> = {
  read(text) {
    const wires = readWires(text);
    return wires ? writeWires(wires) : undefined;
  },
  write: String,
  accepted: `a wiring such as ${EXAMPLE}`,
};

type Nullable<T> = { [K in keyof T]: Field<NonNullable<T[K]>> };

const knobFields: Nullable<Knobs> = {
  examples: whole(RANGES.examples.min, RANGES.examples.max),
  noise: decimal(RANGES.noise.min, RANGES.noise.max),
  distractors: decimal(RANGES.distractors.min, RANGES.distractors.max),
  passes: whole(RANGES.passes.min, RANGES.passes.max),
  seed: whole(0, MAX_SEED),
  tiles: whole(RANGES.tiles.min, RANGES.tiles.max),
  preset: oneOf(["hierarchy", "flat"]),
};

const stateFields: Nullable<Omit<State, "knobs">> = {
  story: name,
  scene: name,
  time: decimal(0, Infinity),
  speed: oneOf<number>(SPEEDS),
  playing: flag,
  loop: flag,
  theme: oneOf(THEMES),
  captions: flag,
  exploration: decimal(RANGES.exploration.min, RANGES.exploration.max),
  drawSeed: whole(0, MAX_SEED),
  start: whole(0, Infinity),
  run: name,
  compare: compared,
  wires: wiring,
};

/** A state read from a link, and a sentence for everything in the link that was not taken. */
export interface Read {
  readonly state: State;
  readonly problems: readonly string[];
}

/** Reads the hash of a URL (with or without its `#`). */
export function readHash(hash: string): Read {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const state: Record<string, unknown> = { ...initial };
  const knobs: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, text] of new Map(given)) {
    const isKnob = Object.hasOwn(knobFields, key);
    const field: Field<unknown> | undefined = isKnob
      ? (knobFields[key as keyof Knobs] as Field<unknown>)
      : Object.hasOwn(stateFields, key)
        ? (stateFields[key as keyof typeof stateFields] as Field<unknown>)
        : undefined;
    if (!field) {
      problems.push(`The link sets “${shown(key)}”, which this page does not know; it is ignored.`);
      continue;
    }
    const value = field.read(text);
    if (value === undefined) {
      problems.push(
        `The link asks for ${key} = ${shown(text) || "nothing"}, but accepted is ` +
          `${field.accepted}; the default is used.`,
      );
    } else if (isKnob) knobs[key] = value;
    else state[key] = value;
  }
  return { state: { ...(state as unknown as State), knobs: knobs as Partial<Knobs> }, problems };
}

/** The hash for a state, with its `#`; what is at its default is left out. */
export function writeHash(state: State): string {
  const out = new URLSearchParams();
  for (const [key, field] of Object.entries(stateFields)) {
    const value = state[key as keyof typeof initial];
    if (value !== initial[key as keyof typeof initial]) {
      out.set(key, (field as Field<unknown>).write(value));
    }
  }
  for (const [key, field] of Object.entries(knobFields)) {
    const value = state.knobs[key as keyof Knobs];
    if (value !== undefined) out.set(key, (field as Field<unknown>).write(value));
  }
  const text = out.toString().replaceAll("%3A", ":");
  return text ? `#${text}` : "";
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
