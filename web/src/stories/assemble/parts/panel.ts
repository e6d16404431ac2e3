/** The panel of evidence beside the machine: a title, what was measured, and who is to be thanked. */
import { fitted, rect, round, text, type Box } from "../../../scene/build";
import { radius } from "../../../scene/layout";
import type { Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { textWidth, wrap } from "../../../scene/text";
import { inside, places, sizes } from "../places";

export function panel(layout: Layout, title: string, shapes: readonly Shape[]): Shape[] {
  const { panel: box } = places(layout);
  const inner = inside(layout);
  const size = sizes[layout].title;
  return [
    rect("panel", box, {
      radius: radius.panel,
      fill: "surface",
      stroke: "faint",
      strokeWidth: 1.5,
    }),
    fitted("panel.title", title, inner.x, inner.y + size * 0.8, inner.width, size, { weight: 700 }),
    ...shapes,
  ];
}

/** What is below the panel's title. */
export function below(layout: Layout): Box {
  const inner = inside(layout);
  const head = layout === "wide" ? 28 : 22;
  return { ...inner, y: inner.y + head, height: inner.height - head };
}

/** A paragraph in small print; returns how high it is with `heightOf`. */
export function words(
  id: string,
  box: Box,
  sentence: string,
  size: number,
  rest: { fill?: "muted" | "ink"; weight?: 400 | 600 | 700 } = {},
): Shape[] {
  return wrap(sentence, box.width, size, rest.weight ?? 400).map((one, i) =>
    text(`${id}.${i}`, one, box.x, box.y + size * (0.85 + 1.3 * i), size, {
      fill: rest.fill ?? "muted",
      ...(rest.weight ? { weight: rest.weight } : {}),
    }),
  );
}

/** Paragraphs below each other. */
export function paragraphs(
  id: string,
  box: Box,
  sentences: readonly string[],
  size: number,
  gap: number,
): Shape[] {
  let y = box.y;
  return sentences.flatMap((sentence, i) => {
    const shapes = words(`${id}${i}`, { ...box, y }, sentence, size, { fill: "ink" });
    y += heightOf(sentence, box.width, size) + gap;
    return shapes;
  });
}

export function heightOf(sentence: string, width: number, size: number): number {
  return wrap(sentence, width, size).length * size * 1.3;
}

/** Who did it first, at the foot of the panel. */
export function credit(layout: Layout, sentence: string): Shape[] {
  const inner = inside(layout);
  const size = sizes[layout].small;
  const high = heightOf(sentence, inner.width, size);
  return words(
    "credit",
    { ...inner, y: inner.y + inner.height - high, height: high },
    sentence,
    size,
  );
}

/** How much room the credit takes. */
export function creditHeight(layout: Layout, sentence: string): number {
  return heightOf(sentence, inside(layout).width, sizes[layout].small) + 8;
}

/** A name over at most two lines, centred, broken where both are shortest. */
export function twoLines(
  id: string,
  name: string,
  x: number,
  y: number,
  width: number,
  size: number,
): Shape[] {
  const parts = name.split(" ");
  const broken = parts
    .slice(1)
    .map((_, i) => [parts.slice(0, i + 1).join(" "), parts.slice(i + 1).join(" ")])
    .toSorted((a, b) => widest(a, size) - widest(b, size))[0];
  const lines = textWidth(name, size) <= width || !broken ? [name] : broken;
  return lines.map((line, i) =>
    fitted(`${id}${i}`, line, round(x), round(y + i * size * 1.2), width, size, {
      anchor: "middle",
      fill: "muted",
    }),
  );
}

function widest(lines: readonly string[], size: number): number {
  return Math.max(...lines.map((line) => textWidth(line, size)));
}
