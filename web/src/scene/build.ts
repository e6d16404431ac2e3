/** Short ways to write shapes. */
import type { Circle, Group, Paint, Path, Rect, Shape, Text } from "./shape";
import { fitSize, shorten } from "./text";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Rest<T, K extends keyof T> = Partial<Omit<T, K | "kind" | "id">>;

export function rect(id: string, box: Box, rest: Rest<Rect, keyof Box> = {}): Rect {
  return { kind: "rect", id, ...box, ...rest };
}

export function circle(
  id: string,
  cx: number,
  cy: number,
  r: number,
  rest: Rest<Circle, "cx" | "cy" | "r"> = {},
): Circle {
  return { kind: "circle", id, cx, cy, r, ...rest };
}

export function path(id: string, d: string, rest: Rest<Path, "d"> = {}): Path {
  return { kind: "path", id, d, ...rest };
}

export function line(
  id: string,
  points: readonly (readonly [number, number])[],
  stroke: Paint,
  strokeWidth: number,
  rest: Rest<Path, "d"> = {},
): Path {
  const d = points.map(([x, y], i) => `${i ? "L" : "M"}${round(x)} ${round(y)}`).join("");
  return { kind: "path", id, d, fill: "none", stroke, strokeWidth, ...rest };
}

export function text(
  id: string,
  words: string,
  x: number,
  y: number,
  size: number,
  rest: Rest<Text, "text" | "x" | "y" | "size"> = {},
): Text {
  return { kind: "text", id, text: words, x, y, size, ...rest };
}

/** A text that is made smaller, then shortened, until it fits in `width`. */
export function fitted(
  id: string,
  words: string,
  x: number,
  y: number,
  width: number,
  size: number,
  rest: Rest<Text, "text" | "x" | "y" | "size"> = {},
): Text {
  const weight = rest.weight ?? 400;
  const smaller = fitSize(words, width, size, weight);
  return text(id, shorten(words, width, smaller, weight), x, y, smaller, rest);
}

export function group(
  id: string,
  children: readonly Shape[],
  rest: Rest<Group, "children"> = {},
): Group {
  return { kind: "group", id, children, ...rest };
}

/** The shapes as one group of the given opacity; nothing at all when it is 0. */
export function faded(id: string, opacity: number, children: readonly Shape[]): Group[] {
  if (opacity <= 0.004 || children.length === 0) return [];
  return [group(id, children, opacity < 1 ? { opacity: round(opacity, 3) } : {})];
}

/** Fewer digits than a float carries: frames stay small and comparable. */
export function round(value: number, digits = 2): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale || 0;
}

export function inset(box: Box, by: number, vertically = by): Box {
  return {
    x: box.x + by,
    y: box.y + vertically,
    width: box.width - 2 * by,
    height: box.height - 2 * vertically,
  };
}

export function centre(box: Box): { readonly x: number; readonly y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** `count` equal boxes side by side, `gap` apart. */
export function columns(box: Box, count: number, gap: number): Box[] {
  const width = (box.width - gap * (count - 1)) / count;
  return Array.from({ length: count }, (_, i) => ({
    x: box.x + i * (width + gap),
    y: box.y,
    width,
    height: box.height,
  }));
}

/** `count` equal boxes below each other, `gap` apart. */
export function rows(box: Box, count: number, gap: number): Box[] {
  const height = (box.height - gap * (count - 1)) / count;
  return Array.from({ length: count }, (_, i) => ({
    x: box.x,
    y: box.y + i * (height + gap),
    width: box.width,
    height,
  }));
}

/** One sentence in the middle of a box, where there is nothing to draw. */
export function notice(id: string, sentence: string, box: Box, size: number): Shape[] {
  const { x, y, width, height } = box;
  return [
    fitted(id, sentence, x + width / 2, y + height / 2, width, size, {
      anchor: "middle",
      fill: "muted",
    }),
  ];
}
