/** What every chart stands on. */
import { line, rect, round, text, type Box } from "../build";
import type { Shape } from "../shape";

/** Lines at the ends of a plot, `low` and `most`, and half way, with words at the ends, `gap` beside it. */
export function levels(
  id: string,
  plot: Box,
  [low, most]: readonly [number, number],
  format: (value: number) => string,
  size: number,
  gap = 5,
): Shape[] {
  const y = (share: number) => plot.y + plot.height * (1 - share);
  return [
    rect(`${id}.hit`, plot, { fill: "none" }),
    ...[0, 0.5, 1].map((share, i) =>
      line(
        `${id}.grid${i}`,
        [
          [plot.x, y(share)],
          [plot.x + plot.width, y(share)],
        ],
        "faint",
        i === 0 ? 1.6 : 1,
        i === 0 ? {} : { dash: [2, 5] },
      ),
    ),
    ...[low, most].map((level, share) =>
      text(
        `${id}.y${share}`,
        level === 0 ? "0" : format(level),
        plot.x - gap,
        round(y(share) + size * 0.35),
        size,
        { anchor: "end", fill: "muted" },
      ),
    ),
  ];
}
