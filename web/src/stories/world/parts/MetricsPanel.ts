/** Charts: lines with a band of seeds, sparklines, and bars with their spread. */
import { scaleLinear } from "d3-scale";
import { area, curveLinear, curveMonotoneX, line as lineOf } from "d3-shape";
import {
  circle,
  fitted,
  group,
  line,
  path,
  rect,
  round,
  text,
  type Box,
} from "../../../scene/build";
import { clamp } from "../../../scene/ease";
import { at, range } from "../../../lib/list";
import { memo, memoByValue } from "../../../scene/memo";
import { levels } from "../../../scene/parts/axes";
import type { Action, Paint, Shape } from "../../../scene/shape";

export interface Series {
  readonly name: string;
  readonly tone: Paint;
  readonly points: readonly (readonly [number, number])[];
  readonly dash?: readonly number[];
  /** Lowest and highest over seeds, one pair a point. */
  readonly band?: readonly (readonly [number, number])[];
}

export interface LineChartProps {
  readonly id: string;
  readonly box: Box;
  readonly title: string;
  readonly series: readonly Series[];
  readonly xMax: number;
  readonly yMax: number;
  readonly yMin?: number;
  readonly xTitle: string;
  readonly format: (value: number) => string;
  readonly size: number;
  readonly smooth?: boolean;
  readonly tip?: string;
}

interface Frame {
  readonly plot: Box;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function frameOf({ box, xMax, yMax, yMin = 0, size }: LineChartProps): Frame {
  const plot = {
    x: box.x + size * 3.1,
    y: box.y + size * 2.3,
    width: box.width - size * 3.8,
    height: box.height - size * 4.5,
  };
  return {
    plot,
    x: scaleLinear([0, Math.max(xMax, 1)], [plot.x, plot.x + plot.width]),
    y: scaleLinear([yMin, yMax], [plot.y + plot.height, plot.y]),
  };
}

/** A chart with `drawn` of its x axis, 0 to 1; its `props` should be the same object each time. */
export function lineChart(props: LineChartProps, drawn: number): readonly Shape[] {
  if (drawn >= 1) return finished(props);
  const { frame, shapes } = framed(props);
  return [...shapes, ...lines(props, frame, drawn)];
}

/** All of a chart that does not move. */
const framed = memo((props: LineChartProps): { frame: Frame; shapes: readonly Shape[] } => {
  const { id, box, title, size } = props;
  const frame = frameOf(props);
  const shapes = [
    fitted(`${id}.title`, title, box.x, box.y + size * 1.1, box.width, size * 1.12, {
      weight: 700,
    }),
    group(`${id}.axes`, axes(props, frame), {
      label: `${title}: ${props.series.map((s) => summary(s, props.format)).join("; ")}`,
      ...(props.tip === undefined ? {} : { tip: props.tip }),
    }),
  ];
  return { frame, shapes };
});

const finished = memo((props: LineChartProps): readonly Shape[] => {
  const { frame, shapes } = framed(props);
  return [...shapes, ...lines(props, frame, 1)];
});

function lines(props: LineChartProps, frame: Frame, drawn: number): Shape[] {
  return props.series.flatMap((series, i) =>
    drawSeries(`${props.id}.s${i}`, series, props, frame, drawn),
  );
}

function summary(series: Series, format: (value: number) => string): string {
  const first = series.points[0];
  const end = series.points.at(-1);
  return first && end
    ? `${series.name} from ${format(first[1])} to ${format(end[1])}`
    : series.name;
}

function axes(props: LineChartProps, { plot, x }: Frame): Shape[] {
  const { id, xMax, yMax, yMin = 0, size, format } = props;
  const small = Math.max(11, size * 0.86);
  return [
    ...levels(id, plot, [yMin, yMax], format, small, 6),
    text(`${id}.x0`, "0", plot.x, plot.y + plot.height + small * 1.35, small, {
      fill: "muted",
      anchor: "middle",
    }),
    text(`${id}.x1`, String(xMax), round(x(xMax)), plot.y + plot.height + small * 1.35, small, {
      fill: "muted",
      anchor: "end",
    }),
    fitted(
      `${id}.xt`,
      props.xTitle,
      plot.x + plot.width / 2,
      plot.y + plot.height + small * 1.35,
      plot.width - 60,
      small,
      { fill: "muted", anchor: "middle" },
    ),
  ];
}

/** The points up to `limit` on the x axis, the last one interpolated so that the line grows. */
function upTo(points: Series["points"], limit: number): [number, number][] {
  const kept: [number, number][] = [];
  for (let i = 0; i < points.length; i++) {
    const [x, y] = at(points, i);
    if (x <= limit) {
      kept.push([x, y]);
      continue;
    }
    const before = points[i - 1];
    if (before) {
      const share = (limit - before[0]) / (x - before[0]);
      kept.push([limit, before[1] + (y - before[1]) * share]);
    }
    break;
  }
  return kept;
}

function drawSeries(
  id: string,
  series: Series,
  props: LineChartProps,
  { x, y }: Frame,
  drawn: number,
): Shape[] {
  const limit = clamp(drawn) * props.xMax;
  const curve = props.smooth ? curveMonotoneX : curveLinear;
  const points = upTo(series.points, limit);
  if (points.length === 0) return [];
  const draw = lineOf<[number, number]>(
    (p) => round(x(p[0])),
    (p) => round(y(p[1])),
  ).curve(curve);
  const shapes: Shape[] = [];
  if (series.band) {
    const lows = upTo(
      series.points.map(([px], i) => [px, at(series.band ?? [], i)[0]] as const),
      limit,
    );
    const highs = upTo(
      series.points.map(([px], i) => [px, at(series.band ?? [], i)[1]] as const),
      limit,
    );
    const band = area<number>(
      (i) => round(x(at(lows, i)[0])),
      (i) => round(y(at(lows, i)[1])),
      (i) => round(y(at(highs, i)[1])),
    ).curve(curve);
    shapes.push(
      path(`${id}.band`, band(range(lows.length)) ?? "M0 0", { fill: series.tone, opacity: 0.22 }),
    );
  }
  const end = at(points, points.length - 1);
  shapes.push(
    path(`${id}.line`, draw(points) ?? "M0 0", {
      fill: "none",
      stroke: series.tone,
      strokeWidth: 2.6,
      ...(series.dash ? { dash: series.dash } : {}),
    }),
    circle(`${id}.end`, round(x(end[0])), round(y(end[1])), 4, {
      fill: series.tone,
      stroke: "surface",
      strokeWidth: 1.5,
    }),
  );
  return shapes;
}

export interface SparklineProps {
  readonly id: string;
  readonly box: Box;
  readonly values: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly tone: Paint;
  readonly drawn: number;
  /** Length of the axis, in values. */
  readonly longest: number;
}

/** A line without axes. */
export const sparkline = memoByValue(drawSparkline);

function drawSparkline(props: SparklineProps): Shape[] {
  const { id, box, values, low, high, tone, drawn } = props;
  const x = scaleLinear([0, Math.max(1, props.longest)], [box.x, box.x + box.width]);
  const y = scaleLinear([low, high], [box.y + box.height, box.y]);
  const points = upTo(
    values.map((value, i) => [i, value] as const),
    clamp(drawn) * Math.max(1, values.length - 1),
  );
  const draw = lineOf<[number, number]>(
    (p) => round(x(p[0])),
    (p) => round(y(p[1])),
  );
  const end = points.at(-1);
  return [
    line(
      `${id}.zero`,
      [
        [box.x, round(y(0))],
        [box.x + box.width, round(y(0))],
      ],
      "faint",
      1,
      { dash: [2, 4] },
    ),
    path(`${id}.line`, draw(points) ?? "M0 0", { fill: "none", stroke: tone, strokeWidth: 2.2 }),
    ...(end ? [circle(`${id}.end`, round(x(end[0])), round(y(end[1])), 3.4, { fill: tone })] : []),
  ];
}

export interface BarRow {
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly tone: Paint;
  /** Lowest and highest over seeds. */
  readonly spread?: readonly [number, number];
  readonly tip: string;
  /** How much of the bar has grown, 0 to 1. */
  readonly drawn?: number;
  readonly chosen?: boolean;
  readonly action?: Action;
  /** Shown instead of a bar where there is nothing to measure. */
  readonly none?: string;
}

/** Horizontal bars, one a row: name, bar with a whisker for the spread, value. */
export const barRows = memoByValue(drawBarRows);

function drawBarRows(
  id: string,
  box: Box,
  rows: readonly BarRow[],
  most: number,
  size: number,
): Shape[] {
  const step = Math.min(box.height / Math.max(rows.length, 1), size * 2.6);
  const nameWidth = box.width * 0.42;
  const valueWidth = size * 3.4;
  return rows.map((row, i) => {
    const name = `${id}.${row.id}`;
    const middle = round(box.y + (i + 0.5) * step);
    const base = round(middle + size * 0.35);
    const track = {
      x: box.x + nameWidth + 10,
      y: middle - 6,
      width: box.width - nameWidth - valueWidth - 22,
      height: Math.min(12, step * 0.5),
    };
    return spoken(name, row, [
      rect(
        `${name}.row`,
        { x: box.x, y: round(middle - step / 2), width: box.width, height: round(step) },
        { fill: "none" },
      ),
      fitted(`${name}.name`, row.name, box.x + 9, base, nameWidth - 6, size),
      ...(row.none === undefined
        ? [
            ...valueBar(name, row, track, most),
            ...((row.drawn ?? 1) > 0
              ? [
                  text(`${name}.value`, row.text, box.x + box.width - 9, base, size, {
                    anchor: "end",
                    weight: 700,
                  }),
                ]
              : []),
          ]
        : [
            fitted(`${name}.none`, row.none, track.x, base, track.width + valueWidth, size, {
              fill: "muted",
            }),
          ]),
    ]);
  });
}

/** Height of a row of switches. */
export function switchStep(box: Box, rows: number, size: number): number {
  return Math.min(box.height / Math.max(rows, 1), size * 4.6);
}

/** The same as switches: a box a row, its name above its bar. */
export const switchRows = memoByValue(drawSwitchRows);

function drawSwitchRows(
  id: string,
  box: Box,
  rows: readonly BarRow[],
  most: number,
  size: number,
): Shape[] {
  const step = switchStep(box, rows.length, size);
  return rows.map((row, i) => {
    const name = `${id}.${row.id}`;
    const top = round(box.y + i * step);
    const inner = { x: box.x + 13, width: box.width - 26 };
    const high = step - 6;
    const base = round(top + high * 0.5 - size * 0.12);
    return spoken(name, row, [
      rect(
        `${name}.row`,
        { x: box.x, y: top, width: box.width, height: round(high) },
        {
          radius: 11,
          fill: "surface",
          stroke: row.chosen ? "ink" : "faint",
          strokeWidth: row.chosen ? 2.6 : 1.4,
        },
      ),
      fitted(`${name}.name`, row.name, inner.x, base, inner.width - size * 4, size, {
        weight: row.chosen ? 700 : 600,
      }),
      text(`${name}.value`, row.text, inner.x + inner.width, base, size, {
        anchor: "end",
        weight: 700,
      }),
      ...valueBar(
        name,
        row,
        { ...inner, y: round(top + high * 0.64), height: Math.min(9, high * 0.22) },
        most,
      ),
    ]);
  });
}

function spoken(id: string, row: BarRow, shapes: readonly Shape[]): Shape {
  return group(id, shapes, {
    label: `${row.name}: ${row.none ?? row.text}`,
    tip: row.tip,
    ...(row.action ? { action: row.action } : {}),
  });
}

function valueBar(id: string, row: BarRow, track: Box, most: number): Shape[] {
  const { drawn = 1, spread } = row;
  const x = scaleLinear([0, most], [track.x, track.x + track.width]);
  const width = Math.max(0, x(clamp(row.value, 0, most)) - track.x) * drawn;
  const radius = track.height / 2;
  const middle = track.y + radius;
  return [
    rect(`${id}.track`, track, { radius, fill: "faint", opacity: 0.5 }),
    rect(
      `${id}.bar`,
      { ...track, width: round(width) },
      { radius: Math.min(radius, width / 2), fill: row.tone },
    ),
    ...(spread && drawn >= 1 && spread[1] > spread[0]
      ? whisker(`${id}.spread`, round(x(spread[0])), round(x(spread[1])), middle)
      : []),
  ];
}

/** A thin line with two ends: lowest and highest over seeds. */
export function whisker(id: string, from: number, to: number, y: number): Shape[] {
  const cap = 5;
  const d = `M${from} ${y}H${to}M${from} ${y - cap}V${y + cap}M${to} ${y - cap}V${y + cap}`;
  return [path(id, d, { fill: "none", stroke: "ink", strokeWidth: 2 })];
}
