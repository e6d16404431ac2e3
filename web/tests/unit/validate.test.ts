/** Each kind's check, with sound recordings of its own kind and with wrong ones. */
import { describe, expect, test } from "vitest";

import type { AnyRecording } from "../../src/recording/form";
import { STORIES, storyOf } from "../../src/stories/registry";
import { EXAMPLES } from "./recordings";

/** Where Python's schema takes more fields than it names: its dataclasses of worlds and examples. */
const OPEN = /^(world|examples)\b/;

/** What recordings made before there were more worlds, and ways to learn, lack; they still open. */
const LATER =
  /(settings\.(world|sizes|learn|choices)|^world\.(whereabouts|looks|entities\.0\.attributes)|^(preferences|standings)|^fine_tuning\.0\.preference|seeds\.0\.by_step) missing$/;

interface Place {
  /** Where it is in the recording, e.g. ['world', 'entities', '0']. */
  readonly path: readonly string[];
  readonly keys: readonly string[];
}

/** One object of each form: of a list only the first. */
function* objectsOf(value: unknown, path: readonly string[] = []): Generator<Place> {
  if (typeof value !== "object" || value === null) return;
  const entries = Object.entries(value);
  if (!Array.isArray(value)) yield { path, keys: entries.map(([key]) => key) };
  for (const [key, inner] of Array.isArray(value) ? entries.slice(0, 1) : entries) {
    yield* objectsOf(inner, [...path, key]);
  }
}

function objectAt(recording: unknown, path: readonly string[]): Record<string, unknown> {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)[key],
    recording,
  ) as Record<string, unknown>;
}

/** The usual recording of a kind. */
function usual(kind: string): AnyRecording {
  const first = EXAMPLES[kind]?.recordings()[0];
  if (!first) throw new Error(`no example of ${kind}`);
  return structuredClone(first[1]);
}

describe.each(STORIES.map(({ kind }) => kind))("a recording of the kind %s", (kind) => {
  async function checked() {
    const check = await storyOf(kind)?.fetchCheck();
    if (!check) throw new Error(`no story of the kind ${kind}`);
    return { check, recording: usual(kind) };
  }

  test("is taken when it is whole", async () => {
    const { check, recording } = await checked();
    expect(check.validate(recording), JSON.stringify(check.validate.errors)).toBe(true);
    expect(check.check(recording)).toBeNull();
  });

  test("is refused without any one of its fields, with one of another type, and with one more", async () => {
    const { check, recording } = await checked();
    let tried = 0;
    const taken: string[] = [];
    for (const { path, keys } of objectsOf(structuredClone(recording))) {
      const object = objectAt(recording, path);
      const refused = (what: string): void => {
        tried++;
        const place = [...path, what].join(".");
        if (LATER.test(place)) expect(check.validate(recording), place).toBe(true);
        else if (check.validate(recording)) taken.push(place);
        else expect(check.validate.errors?.length).toBeGreaterThan(0);
      };
      for (const key of keys) {
        const value = object[key];
        delete object[key];
        refused(`${key} missing`);
        object[key] = typeof value === "string" ? 7 : "another type";
        refused(`${key} of another type`);
        object[key] = value;
      }
      if (OPEN.test(path.join("."))) continue;
      object["more"] = 1;
      refused("more");
      delete object["more"];
    }
    expect(taken).toEqual([]);
    expect(tried).toBeGreaterThan(10);
    expect(check.validate(recording)).toBe(true);
  });

  test("of another kind is refused, whatever it holds", async () => {
    const { check } = await checked();
    for (const other of Object.keys(EXAMPLES)) {
      if (other !== kind) expect(check.validate({ ...usual(other), kind }), other).toBe(false);
    }
    expect(check.validate("not a recording")).toBe(false);
    expect(check.validate.errors?.[0]?.message).toBe("must be object");
  });
});
