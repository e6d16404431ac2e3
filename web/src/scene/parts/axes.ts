/** What every chart stands on. */
import { line, rect, round, text, type Box } from "../build";
import type { Shape } from "../shape";

/** Lines at nothing, half and `most` of a plot, with words at the two ends. */
export function levels(
  id: string,
  plot: Box,
  most: number,
  format: (value: number) => string,
  size: number,
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
    ...[0, 1].map((share) =>
      text(
        `${id}.y${share}`,
        share === 0 ? "0" : format(most),
        plot.x - 5,
        round(y(share) + size * 0.35),
        size,
        { anchor: "end", fill: "muted" },
      ),
    ),
  ];
}
