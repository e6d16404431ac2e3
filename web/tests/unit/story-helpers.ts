/** The fixture, and small tools for looking at shapes. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import type { Recording } from "../../src/recording/types.gen";
import type { Shape } from "../../src/scene/shape";
import { textWidth } from "../../src/scene/text";
import { definitions, fixture as prepared, STORY } from "./fixtures";
import type { LadderView } from "../../src/stories/assemble/view";
import type { WorldScene, WorldView } from "../../src/stories/world/view";

let loaded: Recording | undefined;

/**
 * The recording that Python wrote for the tests; it fails where there is none.
 * STORY_RECORDING names another one to hold the same tests to.
 */
export function fixture(): Recording {
  const named = process.env["STORY_RECORDING"];
  const bytes = named ? readFileSync(named) : prepared(STORY);
  loaded ??= JSON.parse(gunzipSync(bytes).toString("utf8")) as Recording;
  return loaded;
}

/** The recording in one of the prepared files. */
export function storyIn(name: string): Recording {
  return JSON.parse(gunzipSync(prepared(name)).toString("utf8")) as Recording;
}

/** Where the prepared story of each world that is defined is. */
export const WORLD_STORIES: readonly (readonly [title: string, file: string])[] =
  definitions.worlds.map(({ name, title, story }) => [
    title,
    name === "bell" ? `bell/recordings/${story}` : `recordings/${story}`,
  ]);

/** As links without anything of a story's own make it. */
export const wide: WorldView & LadderView = {
  layout: "wide",
  exploration: 0,
  drawSeed: 1,
  start: null,
  run: null,
  wires: null,
  definitions,
};
export const tall = { ...wide, layout: "tall" } as const;

/** Every shape, groups and what is in them. */
export function* everyShape(shapes: readonly Shape[]): Generator<Shape> {
  for (const shape of shapes) {
    yield shape;
    if (shape.kind === "group") yield* everyShape(shape.children);
  }
}

export interface Extent {
  readonly id: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Frame {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly angle: number;
}

/** Where every leaf lies on the stage, strokes left out. */
export function* extents(
  shapes: readonly Shape[],
  frame: Frame = { x: 0, y: 0, scale: 1, angle: 0 },
): Generator<Extent> {
  for (const shape of shapes) {
    if (shape.kind === "group") {
      const [x, y] = moved(frame, shape.x ?? 0, shape.y ?? 0);
      yield* extents(shape.children, {
        x,
        y,
        scale: frame.scale * (shape.scale ?? 1),
        angle: frame.angle + ((shape.rotate ?? 0) * Math.PI) / 180,
      });
      continue;
    }
    const points = corners(shape).map(([x, y]) => moved(frame, x, y));
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    yield {
      id: shape.id,
      left: Math.min(...xs),
      top: Math.min(...ys),
      right: Math.max(...xs),
      bottom: Math.max(...ys),
    };
  }
}

function moved({ x, y, scale, angle }: Frame, dx: number, dy: number): [number, number] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [x + scale * (dx * cos - dy * sin), y + scale * (dx * sin + dy * cos)];
}

function corners(shape: Exclude<Shape, { kind: "group" }>): [number, number][] {
  switch (shape.kind) {
    case "rect":
      return [
        [shape.x, shape.y],
        [shape.x + shape.width, shape.y],
        [shape.x, shape.y + shape.height],
        [shape.x + shape.width, shape.y + shape.height],
      ];
    case "circle":
      return [
        [shape.cx - shape.r, shape.cy - shape.r],
        [shape.cx + shape.r, shape.cy + shape.r],
      ];
    case "text": {
      const width = textWidth(shape.text, shape.size, shape.weight ?? 400);
      const left =
        shape.anchor === "middle"
          ? shape.x - width / 2
          : shape.anchor === "end"
            ? shape.x - width
            : shape.x;
      return [
        [left, shape.y - shape.size * 0.75],
        [left + width, shape.y + shape.size * 0.2],
      ];
    }
    case "path":
      return startsOf(shape.d);
  }
}

/** The points named by a path's absolute M and L commands: enough to see where it lies. */
function startsOf(d: string): [number, number][] {
  return [...d.matchAll(/[ML]\s*(-?[\d.]+)[\s,]+(-?[\d.]+)/g)].map((match) => [
    Number(match[1]),
    Number(match[2]),
  ]);
}

/** Every number in a shape, by the path to it. */
export function* numbersOf(shape: Shape): Generator<[string, number]> {
  for (const [name, value] of Object.entries(shape)) {
    if (typeof value === "number") yield [`${shape.id}.${name}`, value];
  }
}

/** Times that cover a scene: its stops, and points in between. */
export function timesOf(
  scene: WorldScene,
  recording: Recording,
  view: WorldView,
  many = 24,
): number[] {
  const duration = scene.duration(recording, view);
  const even = Array.from({ length: many + 1 }, (_, i) => (duration * i) / many);
  return [...scene.stops(recording, view), ...even];
}
