/** Sentences that are broken into lines. */
import { fitted, round, text, type Box } from "../build";
import type { Shape } from "../shape";
import { textWidth, wrap } from "../text";

/** A paragraph; `heightOf` says how high it is. */
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
