/** Lines over few, evenly spaced points, a thin one a seed, so that luck can be seen. */
import { circle, fitted, group, line, round, text, type Box } from "../build";
import { clamp } from "../ease";
import { at } from "../../lib/list";
import { memoByValue } from "../memo";
import { mean, percent } from "../numbers";
import { levels } from "./axes";
import type { Shape, Tone } from "../shape";

export interface SeedLine {
  readonly name: string;
  readonly tone: Tone;
  readonly dash?: readonly number[];
  /** A line a seed; all as long as `ticks`. */
  readonly seeds: readonly (readonly number[])[];
}

export interface SeedLinesProps {
  readonly id: string;
  readonly box: Box;
  readonly title: string;
  /** What stands below each point. */
  readonly ticks: readonly string[];
  readonly xTitle: string;
  readonly lines: readonly SeedLine[];
  readonly size: number;
  readonly drawn: number;
  readonly tip: string;
  /** Largest value; 1 where shares are drawn. */
  readonly most?: number;
  readonly format?: (value: number) => string;
}

/** Lines over few, evenly spaced points: the mean bold, each seed thin. */
export const seedLines = memoByValue(drawSeedLines);

function drawSeedLines(props: SeedLinesProps): Shape[] {
  const { id, box, ticks, lines, size, drawn, most = 1, format = percent } = props;
  const legend = lines.length > 1 ? size * 1.5 : 0;
  const plot = {
    x: box.x + size * 3,
    y: box.y + size * 2 + legend,
    width: box.width - size * 3.6,
    height: box.height - size * 4.8 - legend,
  };
  const x = (i: number) =>
    plot.x + (ticks.length === 1 ? 0.5 : i / (ticks.length - 1)) * (plot.width - 16) + 8;
  const y = (value: number) => plot.y + plot.height * (1 - clamp(value / most));
  const small = Math.max(11, size * 0.9);
  return [
    fitted(`${id}.title`, props.title, box.x, box.y + size, box.width, size, { weight: 700 }),
    ...legendOf(id, lines, box.x, box.y + size * 2.4, box.width, small),
    group(
      `${id}.axes`,
      [
        ...levels(id, plot, [0, most], format, small),
        ...ticks.map((tick, i) =>
          text(`${id}.x${i}`, tick, round(x(i)), round(plot.y + plot.height + small * 1.3), small, {
            anchor: "middle",
            fill: "muted",
          }),
        ),
        fitted(
          `${id}.xt`,
          props.xTitle,
          plot.x + plot.width / 2,
          plot.y + plot.height + small * 2.6,
          plot.width,
          small,
          {
            anchor: "middle",
            fill: "muted",
          },
        ),
      ],
      { label: props.tip, tip: props.tip },
    ),
    ...lines.flatMap((one, k) =>
      seedLine(`${id}.l${k}`, one, x, y, clamp(drawn), coveredBy(lines, k, most)),
    ),
  ];
}

/** How many later lines end where line `k` does: its last dot has to show around theirs. */
function coveredBy(lines: readonly SeedLine[], k: number, most: number): number {
  const endOf = ({ seeds }: SeedLine) => mean(seeds.map((seed) => seed.at(-1) ?? 0));
  const mine = endOf(at(lines, k));
  return lines.slice(k + 1).filter((other) => Math.abs(endOf(other) - mine) < NEAR * most).length;
}

/** Nearer than this share of the axis, dots overlap. */
const NEAR = 0.03;

function legendOf(
  id: string,
  lines: readonly SeedLine[],
  x: number,
  y: number,
  width: number,
  size: number,
): Shape[] {
  if (lines.length < 2) return [];
  const each = width / lines.length;
  return lines.flatMap((one, i) => [
    line(
      `${id}.legend${i}`,
      [
        [x + i * each, y - size * 0.35],
        [x + i * each + 20, y - size * 0.35],
      ],
      one.tone,
      3,
      one.dash ? { dash: one.dash } : {},
    ),
    fitted(`${id}.legend${i}.name`, one.name, x + i * each + 26, y, each - 30, size),
  ]);
}

function seedLine(
  id: string,
  { seeds, tone, dash }: SeedLine,
  x: (i: number) => number,
  y: (value: number) => number,
  drawn: number,
  covered: number,
): Shape[] {
  const count = seeds[0]?.length ?? 0;
  if (count === 0 || drawn <= 0) return [];
  const until = drawn * (count - 1);
  const points = (values: readonly number[]) => {
    const out: [number, number][] = [];
    for (let i = 0; i < values.length && i <= until + 1e-9; i++) out.push([x(i), y(at(values, i))]);
    const whole = Math.floor(until + 1e-9);
    if (whole < values.length - 1) {
      const part = until - whole;
      const value = at(values, whole) + (at(values, whole + 1) - at(values, whole)) * part;
      out.push([x(whole + part), y(value)]);
    }
    return out;
  };
  const average = Array.from({ length: count }, (_, i) => mean(seeds.map((seed) => at(seed, i))));
  const bold = points(average);
  const end = at(bold, bold.length - 1);
  return [
    ...(seeds.length > 1
      ? seeds.map((seed, i) =>
          line(`${id}.s${i}`, points(seed), tone, 1.4, {
            opacity: 0.55,
            ...(dash ? { dash } : {}),
          }),
        )
      : []),
    line(`${id}.mean`, bold, tone, 3.2, dash ? { dash } : {}),
    circle(`${id}.end`, round(end[0]), round(end[1]), 4.4 + 3.2 * covered, {
      fill: tone,
      stroke: "surface",
      strokeWidth: 1.5,
    }),
  ];
}
