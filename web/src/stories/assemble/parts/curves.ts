/** How many puzzles each rung solves along its training: a line a rung, its name at the end. */
import { clamp } from "../../../scene/ease";
import { circle, fitted, group, line, round, text, type Box } from "../../../scene/build";
import { at } from "../../../lib/list";
import { memoByValue } from "../../../scene/memo";
import { grouped, percent } from "../../../scene/numbers";
import { levels } from "../../../scene/parts/axes";
import type { Shape, Tone } from "../../../scene/shape";

export interface NamedCurve {
  readonly id: string;
  readonly name: string;
  readonly tone: Tone;
  readonly dash?: readonly number[];
  readonly units: readonly number[];
  readonly shares: readonly number[];
}

/** Lines up to `drawn` of the way, from nothing at the start. */
export const curves = memoByValue(drawCurves);

function drawCurves(
  id: string,
  box: Box,
  all: readonly NamedCurve[],
  most: number,
  drawn: number,
  size: number,
): Shape[] {
  const plot = plotOf(box, size);
  const x = (units: number) => plot.x + clamp(units / most) * plot.width;
  const y = (share: number) => plot.y + plot.height * (1 - clamp(share));
  const until = clamp(drawn) * most;
  const names = apart(
    all.map((one) => y(at(one.shares, one.shares.length - 1))),
    size * 1.25,
    plot.y,
    plot.y + plot.height,
  );
  return [
    group(
      `${id}.axes`,
      [
        ...levels(id, plot, [0, 1], percent, size),
        fitted(
          `${id}.xt`,
          `compute, up to ${grouped(most)} units; dashed: no outer loop`,
          plot.x,
          plot.y + plot.height + size * 1.5,
          // Below the names of the curves there is room as well.
          box.x + box.width - plot.x,
          size,
          { fill: "muted" },
        ),
      ],
      {
        label: "New puzzles solved, by compute spent on the training",
        tip: "A unit is one block that looks once at some puzzles; learning from them costs two.",
      },
    ),
    ...all.flatMap((one, i) => {
      const told = `${one.name}: ${one.shares.map(percent).join(", ")}.`;
      const points = upTo(one, until).map(
        ([units, share]) => [round(x(units)), round(y(share))] as const,
      );
      const end = at(points, points.length - 1);
      const level = round(at(names, i));
      const finished = drawn >= 1;
      const dash = one.dash ? { dash: one.dash } : {};
      return group(
        `${id}.${one.id}`,
        [
          line(`${id}.${one.id}.line`, points, one.tone, 2.4, dash),
          circle(`${id}.${one.id}.end`, end[0], end[1], 3.4, {
            fill: one.tone,
            stroke: "surface",
            strokeWidth: 1.2,
          }),
          ...(finished
            ? [
                line(
                  `${id}.${one.id}.lead`,
                  [
                    [end[0] + 5, end[1]],
                    [round(plot.x + plot.width + 10), level],
                  ],
                  one.tone,
                  1.4,
                  { opacity: 0.75 },
                ),
                circle(`${id}.${one.id}.at`, round(plot.x + plot.width + 10), level, 2.2, {
                  fill: one.tone,
                }),
              ]
            : []),
          text(
            `${id}.${one.id}.name`,
            finished ? `${one.name} ${percent(at(one.shares, one.shares.length - 1))}` : one.name,
            round(plot.x + plot.width + 15),
            round(level + size * 0.35),
            size,
            { weight: 700 },
          ),
        ],
        { label: told, tip: told },
      );
    }),
  ];
}

function plotOf(box: Box, size: number): Box {
  const left = size * 3.2;
  return {
    x: round(box.x + left),
    y: round(box.y + size),
    width: round(box.width - left - size * 6.6),
    height: round(box.height - size * 3.2),
  };
}

/** The points of a curve up to an amount of compute, from the empty beginning on. */
function upTo({ units, shares }: NamedCurve, until: number): [number, number][] {
  const points: [number, number][] = [[0, 0]];
  for (const [i, here] of units.entries()) {
    const [before, share] = at(points, points.length - 1);
    const next = at(shares, i);
    if (here > until) {
      const part = clamp((until - before) / (here - before));
      points.push([before + (here - before) * part, share + (next - share) * part]);
      break;
    }
    points.push([here, next]);
  }
  return points;
}

/** Levels moved apart until they are `gap` from each other, between `top` and `foot`. */
function apart(wanted: readonly number[], gap: number, top: number, foot: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => at(wanted, a) - at(wanted, b));
  const placed = [...wanted];
  let least = top;
  for (const i of order) {
    placed[i] = Math.max(at(wanted, i), least);
    least = at(placed, i) + gap;
  }
  let most = foot;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(at(placed, i), most);
    most = at(placed, i) - gap;
  }
  return placed;
}
