/**
 * State <-> the URL's hash, e.g. `#scene=clumsy-rollout&time=4.2&examples=5`.
 *
 * Whatever is not understood falls back to its default, and a sentence says so.
 */
import {
  decimal,
  field,
  flag,
  name,
  oneOf,
  optional,
  place,
  type Field,
  type Fields,
} from "../stories/fields";
import { STORIES } from "../stories/registry";
import { initial, OWN, SPEEDS, THEMES, type State } from "./state";

const BESIDE = STORIES.flatMap(({ beside }) => (beside ? [beside] : []));

/** What stands beside a story is for the stories to say. */
const beside: Pick<Field<string>, "read" | "write" | "accepted"> = {
  read: (text) => BESIDE.map(({ read }) => read(text)).find((value) => value !== undefined),
  write: String,
  accepted: BESIDE.map(({ accepted }) => accepted).join("; "),
};

/** Seconds: no scene lasts a day. */
const LONGEST = 86_400;

const SHARED: Fields & { readonly [K in keyof Omit<State, "own">]: Field<State[K]> } = {
  story: place(optional(name)),
  scene: optional(name),
  time: field(decimal(0, LONGEST), initial.time),
  speed: field<number>(oneOf<number>(SPEEDS), initial.speed),
  playing: field(flag, initial.playing),
  loop: field(flag, initial.loop),
  theme: field(oneOf(THEMES), initial.theme),
  captions: field(flag, initial.captions),
  compare: optional(beside),
};

/** A state read from a link, and a sentence for everything in the link that was not taken. */
export interface Read {
  readonly state: State;
  readonly problems: readonly string[];
}

/** Reads the hash of a URL (with or without its `#`). */
export function readHash(hash: string): Read {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const shared: Record<string, unknown> = { ...initial };
  const own: Record<string, unknown> = { ...initial.own };
  const problems: string[] = [];
  for (const [key, text] of new Map(given)) {
    const isShared = Object.hasOwn(SHARED, key);
    const field = isShared ? SHARED[key] : Object.hasOwn(OWN, key) ? OWN[key] : undefined;
    if (!field) {
      problems.push(`The link sets “${shown(key)}”, which this page does not know; it is ignored.`);
      continue;
    }
    const value: unknown = field.read(text);
    if (value === undefined) {
      problems.push(
        `The link asks for ${key} = ${shown(text) || "nothing"}, but accepted is ` +
          `${field.accepted}; the default is used.`,
      );
    } else (isShared ? shared : own)[key] = value;
  }
  return { state: { ...(shared as unknown as State), own }, problems };
}

/** The hash for a state, with its `#`; what is at its default is left out. */
export function writeHash(state: State): string {
  const out = new URLSearchParams();
  const write = (fields: Fields, values: Readonly<Record<string, unknown>>): void => {
    for (const [key, field] of Object.entries(fields)) {
      const value = values[key];
      if (value !== field.initial) out.set(key, field.write(value));
    }
  };
  write(SHARED, { ...state });
  write(OWN, state.own);
  // These need no escape in a link, and are easier to read.
  const text = out.toString().replaceAll(/%(3A|2C|2F|7E)/g, decodeURIComponent);
  return text ? `#${text}` : "";
}

/** Where a state is; from another place the browser's back button leads to it. */
export function placeOf(state: State): string {
  const values: Readonly<Record<string, unknown>> = { ...state.own, ...state };
  const places = Object.entries({ ...OWN, ...SHARED }).filter(([, { isPlace }]) => isPlace);
  return JSON.stringify(places.map(([key]) => values[key]));
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
