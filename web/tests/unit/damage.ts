/**
 * Recordings that are damaged on purpose, with the right hash: what the page's checks let through
 * has to be drawable.
 */
import { checkRecording } from "../../src/recording/load";
import type { AnyRecording } from "../../src/recording/form";
import { sealed } from "../../src/recording/write";
import type { Layout } from "../../src/scene/scene";
import { STORIES, storyOf } from "../../src/stories/registry";
import { scenesOf } from "../../src/stories/scenes";
import { everyShape, numbersOf, tall, wide } from "./story-helpers";

/** Where something stands in a document. */
export type Path = readonly (string | number)[];

/** One way to damage what stands at a place. */
export interface Damage {
  readonly name: string;
  /** What stands there then; undefined where this damage makes no sense. */
  readonly change: (value: unknown) => unknown;
}

const number = (to: number): Damage => ({
  name: `= ${to}`,
  change: (value) => (typeof value === "number" && value !== to ? to : undefined),
});

const list = (name: string, change: (items: unknown[]) => unknown[]): Damage => ({
  name,
  change: (value) => (Array.isArray(value) ? change(value) : undefined),
});

export const DAMAGES: readonly Damage[] = [
  ...[0, 1, -1, 2, 63, 1e3, 1e5, 2 ** 31, 1e30, 1e300, 0.5].map(number),
  list("empty", () => []),
  list("one short", (items) => items.slice(0, -1)),
  list("its first only", (items) => items.slice(0, 1)),
  list("its last twice", (items) => [...items, ...items.slice(-1)]),
  list("turned round", (items) => items.toReversed()),
  list("a thousand times", (items) => (items.length ? Array<unknown>(1000).fill(items[0]) : items)),
  { name: "null", change: (value) => (value === null ? undefined : null) },
  { name: "not", change: (value) => (typeof value === "boolean" ? !value : undefined) },
  { name: "no text", change: (value) => (typeof value === "string" ? "" : undefined) },
  {
    name: "a long text",
    change: (value) => (typeof value === "string" ? "long ".repeat(990) : undefined),
  },
];

/** Every place in a document, by its path with a `*` for a position in a list. */
export function placesIn(document: unknown): Map<string, Path[]> {
  const places = new Map<string, Path[]>();
  const walk = (value: unknown, path: Path): void => {
    const name = path.map((step) => (typeof step === "number" ? "*" : step)).join(".");
    if (path.length) places.set(name, [...(places.get(name) ?? []), path]);
    if (Array.isArray(value)) value.forEach((item, i) => walk(item, [...path, i]));
    else if (value !== null && typeof value === "object") {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    }
  };
  walk(document, []);
  return places;
}

/** The recording with one place damaged; null where the damage makes no sense there. */
export function damaged(recording: AnyRecording, path: Path, damage: Damage): unknown {
  const copy = structuredClone(recording) as unknown;
  const last = path.at(-1);
  if (last === undefined) return null;
  let holder = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) holder = holder[step] as typeof holder;
  const now = damage.change(holder[last]);
  if (now === undefined) return null;
  holder[last] = now;
  return copy;
}

/** What a check says; null if it takes the document. */
export async function refusal(document: unknown): Promise<string | null> {
  try {
    await checkRecording(await sealed(document as AnyRecording), "x", STORIES);
    return null;
  } catch (error) {
    if (error instanceof Error && error.name === "Problem") return error.message;
    throw error;
  }
}

/** More could not be told apart, and would take the page long to draw. */
const MOST_SHAPES = 20_000;

/** What goes wrong when a recording is drawn; null if nothing does. */
export async function troubleIn(recording: AnyRecording): Promise<string | null> {
  for (const scene of await scenesOf(storyOf(recording.kind)?.id ?? "")) {
    for (const layout of ["wide", "tall"] as const satisfies readonly Layout[]) {
      const view = layout === "wide" ? wide : tall;
      const where = `${scene.id}, ${layout}`;
      try {
        const duration = scene.duration(recording, view);
        if (!(duration > 0 && duration < 3600)) return `${where} lasts ${duration} s`;
        const stops = scene.stops(recording, view);
        if (stops.length > 5000) return `${where} has ${stops.length} stops`;
        scene.captions(recording, view);
        for (const time of [0, duration / 3, (2 * duration) / 3, duration]) {
          const shapes = scene.draw(recording, time, view);
          scene.maths?.(recording, time, view);
          let count = 0;
          for (const shape of everyShape(shapes)) {
            count += 1;
            for (const [name, value] of numbersOf(shape)) {
              if (!Number.isFinite(value)) return `${where}: ${name} is ${value} at ${time}`;
            }
            if (shape.kind === "path" && /NaN|undefined|Infinity/.test(shape.d)) {
              return `${where}: ${shape.id} at ${time}`;
            }
          }
          if (count > MOST_SHAPES) return `${where} has ${count} shapes at ${time}`;
        }
      } catch (error) {
        return `${where}: ${String(error)}`;
      }
    }
  }
  return null;
}
