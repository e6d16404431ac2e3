/**
 * Curves over gradient steps. What was measured is drawn once and stands still; what is still to
 * come at the moment shown lies under a veil.
 */
import { circle, fitted, group, line, path, rect, round, text, type Box } from "../../scene/build";
import { clamp } from "../../scene/ease";
import { at } from "../../lib/list";
import { memoByValueOf } from "../../scene/memo";
import { grouped } from "../../scene/numbers";
import { levels } from "../../scene/parts/axes";
import type { Action, Shape, Tone } from "../../scene/shape";
import type { Extent } from "./facts";

export interface Curve {
  readonly id: string;
  readonly name: string;
  readonly tone: Tone;
  readonly dash?: readonly number[];
  /** [gradient step, value], in order; null breaks the line. */
  readonly points: readonly (readonly [number, number | null])[];
  /** Points that can be pressed. */
  readonly marks?: readonly Mark[];
}

export interface Mark {
  readonly step: number;
  readonly value: number;
  readonly tip: string;
  readonly action: Action;
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly most: number;
  readonly format: (value: number) => string;
  readonly extent: Extent;
  readonly curves: readonly Curve[];
  readonly tip: string;
}

/** A chart at a gradient step; `values` are what its curves have come to, in words. */
export function chartAt(
  chart: Chart,
  box: Box,
  size: number,
  step: number,
  values: readonly string[],
): Shape[] {
  const plot = plotOf(box, size, chart.curves.length);
  const x = round(xOf(chart, plot, step));
  const { id } = chart;
  const marks = chart.curves.flatMap((curve) => curve.marks ?? []);
  const reached = marks.filter((mark) => mark.step <= step).length;
  return [
    ...standing(chart, box, size),
    rect(
      `${id}.veil`,
      { x, y: plot.y - 6, width: round(plot.x + plot.width + 6 - x), height: plot.height + 6 },
      { fill: "surface", opacity: 0.78 },
    ),
    line(
      `${id}.now`,
      [
        [x, plot.y - 4],
        [x, plot.y + plot.height],
      ],
      "muted",
      1.4,
    ),
    ...marksOn(chart, box, size, reached),
    ...legend(chart, box, size, values),
  ];
}

function plotOf(box: Box, size: number, curves: number): Box {
  const head = size * (1.9 + 1.45 * Math.ceil(curves / 2));
  const left = size * 3.2;
  return {
    x: box.x + left,
    y: box.y + head,
    width: box.width - left - 8,
    height: box.height - head - size * 2,
  };
}

function xOf({ extent: { first, last } }: Chart, plot: Box, step: number): number {
  return plot.x + (last > first ? clamp((step - first) / (last - first)) : 1) * plot.width;
}

function legend(chart: Chart, box: Box, size: number, values: readonly string[]): Shape[] {
  const { id, curves } = chart;
  const each = box.width / Math.min(2, curves.length);
  return curves.flatMap((curve, i) => {
    const x = round(box.x + (i % 2) * each);
    const y = round(box.y + size * (2.35 + 1.45 * Math.floor(i / 2)));
    const value = values[i] ?? "";
    return [
      line(
        `${id}.${curve.id}.key`,
        [
          [x, y - size * 0.35],
          [x + 20, y - size * 0.35],
        ],
        curve.tone,
        3,
        curve.dash ? { dash: curve.dash } : {},
      ),
      fitted(
        `${id}.${curve.id}.value`,
        value ? `${curve.name} ${value}` : curve.name,
        x + 26,
        y,
        each - 32,
        size,
        { weight: value ? 700 : 400 },
      ),
    ];
  });
}

/** Points that can be pressed, on top of all else: full once they are reached, before it hollow. */
const marksOn = memoByValueOf((chart: Chart, box: Box, size: number, reached: number): Shape[] => {
  const plot = plotOf(box, size, chart.curves.length);
  return chart.curves.flatMap((curve) =>
    (curve.marks ?? []).map((mark, i) =>
      circle(
        `${chart.id}.${curve.id}.m${i}`,
        round(xOf(chart, plot, mark.step)),
        round(plot.y + plot.height * (1 - clamp(mark.value / chart.most))),
        4.4,
        {
          fill: i < reached ? curve.tone : "surface",
          stroke: i < reached ? "surface" : curve.tone,
          strokeWidth: 1.4,
          label: mark.tip,
          tip: mark.tip,
          action: mark.action,
        },
      ),
    ),
  );
});

/** All that does not change with the moment. */
const standing = memoByValueOf((chart: Chart, box: Box, size: number): Shape[] => {
  const { id, extent, curves, most, format } = chart;
  const plot = plotOf(box, size, curves.length);
  const y = (value: number) => plot.y + plot.height * (1 - clamp(value / most));
  const x = (step: number) => xOf(chart, plot, step);
  const foot = plot.y + plot.height;
  return [
    fitted(`${id}.title`, chart.title, box.x, box.y + size, box.width, size, { weight: 700 }),
    group(
      `${id}.axes`,
      [
        ...levels(id, plot, [0, most], format, size),
        text(`${id}.first`, grouped(extent.first), plot.x, round(foot + size * 1.4), size, {
          fill: "muted",
        }),
        fitted(
          `${id}.steps`,
          "gradient steps",
          plot.x + plot.width / 2,
          round(foot + size * 1.4),
          plot.width * 0.5,
          size,
          { anchor: "middle", fill: "muted" },
        ),
        ...(extent.last > extent.first
          ? [
              text(
                `${id}.last`,
                grouped(extent.last),
                plot.x + plot.width,
                round(foot + size * 1.4),
                size,
                { anchor: "end", fill: "muted" },
              ),
            ]
          : []),
      ],
      { label: chart.tip, tip: chart.tip },
    ),
    ...curves.flatMap((curve) => curvePaths(`${id}.${curve.id}`, curve, x, y)),
  ];
});

/** A line through at most so many points of a curve, and how far it swings between them. */
const MOST_POINTS = 240;

function curvePaths(
  id: string,
  { points, tone, dash }: Curve,
  x: (step: number) => number,
  y: (value: number) => number,
): Shape[] {
  const every = Math.max(1, Math.ceil(points.length / MOST_POINTS));
  let d = "";
  let swing = "";
  let pen = false;
  for (let i = 0; i < points.length; i += every) {
    // The last point of all is the newest, and always drawn.
    const [step, value] = at(points, i + every >= points.length ? points.length - 1 : i);
    pen = value !== null && pen;
    if (value !== null) {
      // A point on its own is a dash, as a line of no length is not drawn.
      d += pen
        ? `L${round(x(step))} ${round(y(value))}`
        : `M${round(x(step))} ${round(y(value))}h0.5`;
      pen = true;
    }
    const bin = points.slice(i, i + every).flatMap(([, one]) => (one === null ? [] : [one]));
    if (bin.length > 1) {
      const [low, high] = [Math.min(...bin), Math.max(...bin)];
      swing += `M${round(x(step))} ${round(y(low))}L${round(x(step))} ${round(y(high))}`;
    }
  }
  return [
    ...(swing
      ? [
          path(`${id}.swing`, swing, {
            fill: "none",
            stroke: tone,
            strokeWidth: 1.4,
            opacity: 0.28,
          }),
        ]
      : []),
    ...(d
      ? [
          path(`${id}.line`, d, {
            fill: "none",
            stroke: tone,
            strokeWidth: 2.4,
            ...(dash ? { dash } : {}),
          }),
        ]
      : []),
  ];
}
