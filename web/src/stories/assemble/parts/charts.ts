/** Charts of a ladder: a dot for every seed, so that luck can be seen. */
import type { Rung } from "../../../recording/ladder.gen";
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
import { memoByValue } from "../../../scene/memo";
import { mean, percent } from "../../../scene/numbers";
import type { Paint, Shape, Tone } from "../../../scene/shape";
import { textWidth, wrap } from "../../../scene/text";
import { spreadWords } from "../facts";
import { words } from "../../../scene/parts/paragraphs";

export interface DotRow {
  readonly id: string;
  readonly name: string;
  /** One value a seed, 0 to 1; empty where nothing was measured. */
  readonly values: readonly number[];
  readonly tone: Tone;
  readonly what: string;
  readonly strong?: boolean;
  /** A second measure on the same row, as rings. */
  readonly second?: readonly number[];
  readonly secondWhat?: string;
}

/** Rows of dots on a scale from 0% to 100%; the bar ends at the mean. */
export const dotRows = memoByValue(drawDotRows);

function drawDotRows(
  id: string,
  box: Box,
  rows: readonly DotRow[],
  drawn: number,
  size: number,
  step = 0,
): Shape[] {
  const high = step || Math.min(box.height / Math.max(rows.length, 1), size * 3.2);
  const nameWidth = round(box.width * 0.38);
  const valueWidth = size * 3.3;
  const track = {
    x: box.x + nameWidth + 6,
    width: box.width - nameWidth - valueWidth - 14,
  };
  return rows.map((row, i) => {
    const y = round(box.y + (i + 0.5) * high);
    const base = round(y + size * 0.35);
    const shown = clamp(drawn * rows.length - i);
    const name = `${id}.${row.id}`;
    const x = (value: number) => round(track.x + clamp(value) * track.width);
    const measured = row.values.length > 0;
    // Two measures keep to lanes of their own, above the bar and below it.
    const lane = row.second?.length ? round(high * 0.22) : 0;
    const room = lane ? high * 0.44 - 6 : high - 10;
    const told = measured
      ? `${row.what}: ${percent(mean(row.values))} on average, ${row.values.length === 1 ? "one seed" : `seeds ${spreadWords(row.values)}`}.${row.second ? ` ${row.secondWhat ?? ""}: ${percent(mean(row.second))}.` : ""}`
      : `${row.what}: this ladder did not measure it.`;
    return group(
      name,
      [
        rect(
          `${name}.row`,
          {
            x: box.x - 6,
            y: round(y - high / 2 + 1),
            width: box.width + 12,
            height: round(high - 2),
          },
          row.strong ? { radius: 8, fill: "faint", opacity: 0.35 } : { fill: "none" },
        ),
        ...rowName(`${name}.name`, row, box.x, y, nameWidth, size, high),
        rect(
          `${name}.track`,
          { x: track.x, y: y - 3, width: track.width, height: 6 },
          { radius: 3, fill: "faint", opacity: 0.5 },
        ),
        ...(measured && shown > 0
          ? [
              rect(
                `${name}.bar`,
                {
                  x: track.x,
                  y: y - 3,
                  width: round(clamp(mean(row.values)) * track.width * shown),
                  height: 6,
                },
                { radius: 3, fill: row.tone, opacity: 0.45 },
              ),
            ]
          : []),
        ...(measured && shown >= 1
          ? [
              ...dots(`${name}.d`, row.values, x, y - lane, room, (key, cx, cy) =>
                circle(key, cx, cy, 3.8, { fill: row.tone, stroke: "surface", strokeWidth: 1.2 }),
              ),
              ...dots(`${name}.e`, row.second ?? [], x, y + lane, room, (key, cx, cy) =>
                rect(
                  key,
                  { x: cx - 3.4, y: round(cy - 3.4), width: 6.8, height: 6.8 },
                  { fill: "surface", stroke: "ink", strokeWidth: 1.6 },
                ),
              ),
              ...rowValues(`${name}.value`, row, box.x + box.width, base, size, high),
            ]
          : []),
        ...(measured
          ? []
          : [
              fitted(
                `${name}.none`,
                "not measured",
                track.x,
                base,
                track.width + valueWidth,
                size,
                {
                  fill: "muted",
                },
              ),
            ]),
      ],
      { label: told, tip: told },
    );
  });
}

/** Whether a row so high has room for the number of a second measure, too. */
export function hasBoth(high: number, size: number): boolean {
  return high >= size * 2.1;
}

/** The mean; and, where the row is high enough, that of the second measure under it. */
function rowValues(
  id: string,
  { values, second = [] }: DotRow,
  right: number,
  base: number,
  size: number,
  high: number,
): Shape[] {
  const said = (key: string, of: readonly number[], y: number, weight: 400 | 700) =>
    text(key, percent(mean(of)), right, round(y), size, { anchor: "end", weight });
  if (second.length === 0 || !hasBoth(high, size)) return [said(id, values, base, 700)];
  const apart = size * 0.56;
  return [said(id, values, base - apart, 700), said(`${id}.second`, second, base + apart, 400)];
}

/** A name in one line, or in two where it is long and the row is high. */
function rowName(
  id: string,
  { name, strong }: DotRow,
  x: number,
  y: number,
  width: number,
  size: number,
  high: number,
): Shape[] {
  const weight = strong ? 700 : 400;
  const small = Math.max(11, size * 0.92);
  const lines = wrap(name, width, small, weight);
  const room = Math.min(3, Math.floor(high / (small * 1.15)));
  if (textWidth(name, size, weight) <= width || lines.length === 1 || room < 2) {
    return [fitted(id, name, x, round(y + size * 0.35), width, size, { weight })];
  }
  const shown = [...lines.slice(0, room - 1), lines.slice(room - 1).join(" ")].filter(Boolean);
  const top = y + small * (0.35 - 0.57 * (shown.length - 1));
  return shown.map((words, i) =>
    fitted(`${id}${i}`, words, x, round(top + i * small * 1.14), width, small, { weight }),
  );
}

/** How the dots are to be read. */
export function dotNote(rung: Rung, box: Box, size: number): Shape[] {
  const seeds = rung.seeds.length;
  return words(
    "dots.note",
    box,
    seeds === 1
      ? "Puzzles solved, all cells right. Only one seed was trained: luck cannot be told from skill."
      : `Puzzles solved, all cells right. Each dot is one of ${seeds} seeds, the same training with other dice; the bar ends at their mean.`,
    Math.max(11, size * 0.92),
  );
}

/** Dots that would hide each other stand above each other. */
function dots(
  id: string,
  values: readonly number[],
  x: (value: number) => number,
  y: number,
  room: number,
  draw: (id: string, cx: number, cy: number) => Shape,
): Shape[] {
  const rise = clamp(room / Math.max(1, values.length), 0, 5);
  return values.map((value, i) =>
    draw(`${id}${i}`, x(value), round(y + (i - (values.length - 1) / 2) * rise)),
  );
}

export interface Bar {
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly tone: Paint;
  readonly tip: string;
}

/** Plain bars on a scale of their own: the largest is full. */
export const bars = memoByValue(drawBars);

function drawBars(id: string, box: Box, all: readonly Bar[], drawn: number, size: number): Shape[] {
  const most = Math.max(...all.map((bar) => bar.value), 1e-9);
  const high = Math.min(box.height / Math.max(all.length, 1), size * 2.6);
  return all.map((bar, i) => {
    const y = box.y + i * high;
    const name = `${id}.${bar.id}`;
    const width = (box.width * bar.value * clamp(drawn)) / most;
    return group(
      name,
      [
        fitted(`${name}.name`, bar.name, box.x, round(y + size), box.width * 0.7, size),
        ...(drawn >= 1
          ? [
              text(`${name}.value`, bar.text, box.x + box.width, round(y + size), size, {
                anchor: "end",
                weight: 700,
              }),
            ]
          : []),
        rect(
          `${name}.track`,
          { x: box.x, y: round(y + size * 1.4), width: box.width, height: 8 },
          { radius: 4, fill: "faint", opacity: 0.5 },
        ),
        rect(
          `${name}.bar`,
          { x: box.x, y: round(y + size * 1.4), width: round(width), height: 8 },
          { radius: Math.min(4, width / 2), fill: bar.tone },
        ),
      ],
      { label: `${bar.name}: ${bar.text}`, tip: bar.tip },
    );
  });
}

export interface RhythmProps {
  readonly id: string;
  readonly box: Box;
  readonly calls: readonly { readonly module: "L" | "H"; readonly gradient: boolean }[];
  /** Whether L and H are told apart. */
  readonly two: boolean;
  /** Calls that are over, with a fraction. */
  readonly done: number;
  /** How far the gradient marks have appeared. */
  readonly marks: number;
  readonly size: number;
  readonly tip: string;
}

/** A lamp a call: H is a square, L a disc; a flag below says that the call learns. */
export const rhythm = memoByValue(drawRhythm);

function drawRhythm(props: RhythmProps): Shape[] {
  const { id, box, calls, done, two } = props;
  const step = Math.min(box.width / calls.length, 44);
  const r = Math.min(step * 0.36, 12);
  const left = box.x + (box.width - step * calls.length) / 2;
  const y = round(box.y + r + 2);
  return [
    group(
      id,
      calls.flatMap((call, i) => {
        const cx = round(left + (i + 0.5) * step);
        const lit = i < done;
        const half = !two ? "agent" : call.module === "H" ? "planner" : "doer";
        const fill = lit ? half : "faint";
        const name = `${id}.${i}`;
        const current = Math.floor(done) === i && done > 0;
        const shape =
          two && call.module === "H"
            ? rect(
                name,
                { x: round(cx - r), y: round(y - r), width: round(2 * r), height: round(2 * r) },
                { radius: r * 0.4, fill, ...(current ? { stroke: "ink", strokeWidth: 2 } : {}) },
              )
            : circle(name, cx, y, round(r), {
                fill,
                ...(current ? { stroke: "ink", strokeWidth: 2 } : {}),
              });
        return [
          shape,
          ...(call.gradient && props.marks > 0
            ? [
                path(
                  `${name}.learns`,
                  `M${cx} ${round(y + r + 2)}l${round(r * 1.05)} ${round(r * 1.4)}h${round(-2.1 * r)}z`,
                  { fill: "blame-planner", opacity: round(props.marks, 3) },
                ),
              ]
            : []),
        ];
      }),
      { label: props.tip, tip: props.tip },
    ),
  ];
}

export interface CallBar {
  readonly module: "L" | "H";
  readonly value: number;
  readonly tip: string;
}

/** A column a call: how far the state moved. L ends in a disc, H in a square. */
export const callBars = memoByValue(drawCallBars);

function drawCallBars(
  id: string,
  box: Box,
  calls: readonly CallBar[],
  done: number,
  size: number,
  format: (value: number) => string,
): Shape[] {
  const most = Math.max(...calls.map((call) => call.value), 1e-9);
  const foot = box.y + box.height - size * 1.6;
  const high = box.height - size * 4;
  const step = Math.min(box.width / calls.length, 64);
  const left = box.x + (box.width - step * calls.length) / 2;
  const labelled = step >= size * 2.6;
  return [
    line(
      `${id}.foot`,
      [
        [box.x, foot],
        [box.x + box.width, foot],
      ],
      "faint",
      1.6,
    ),
    ...calls.map((call, i) => {
      const shown = clamp(done - i);
      const x = round(left + (i + 0.5) * step);
      const half = call.module === "H" ? "planner" : "doer";
      const r = Math.min(8, step * 0.3);
      // A head stands on the line at first, not on its letter beneath.
      const y = round(foot - Math.max(r, (high * call.value * shown) / most));
      const name = `${id}.${i}`;
      return group(
        name,
        [
          line(
            `${name}.stem`,
            [
              [x, foot],
              [x, y],
            ],
            half,
            r * 0.8,
            { opacity: 0.45 },
          ),
          call.module === "H"
            ? rect(
                `${name}.head`,
                { x: round(x - r), y: round(y - r), width: round(2 * r), height: round(2 * r) },
                { radius: 3, fill: shown > 0 ? half : "faint" },
              )
            : circle(`${name}.head`, x, y, r, { fill: shown > 0 ? half : "faint" }),
          text(`${name}.module`, call.module, x, round(foot + size * 1.25), size, {
            anchor: "middle",
            weight: 700,
            fill: half,
          }),
          ...(shown >= 1 && labelled
            ? [
                text(
                  `${name}.value`,
                  format(call.value),
                  x,
                  round(y - r - 4),
                  Math.max(11, size * 0.88),
                  {
                    anchor: "middle",
                  },
                ),
              ]
            : []),
        ],
        { label: call.tip, tip: call.tip },
      );
    }),
  ];
}

export interface SegmentBar {
  readonly wrong: number;
  readonly changed: number | null;
}

/** A column a segment: how many blanks are wrong, and below how many cells changed. */
export const segmentBars = memoByValue(drawSegmentBars);

function drawSegmentBars(
  id: string,
  box: Box,
  segments: readonly SegmentBar[],
  blanks: number,
  done: number,
  size: number,
): Shape[] {
  const small = Math.max(11, size * 0.9);
  const name = box.width * 0.2;
  const foot = box.y + box.height - small * 3.4;
  const high = box.height - small * 5.2;
  const step = (box.width - name) / segments.length;
  const label = (key: string, words: string, y: number) =>
    fitted(`${id}.${key}`, words, box.x, round(y), name, small, { fill: "muted" });
  return [
    label("wrong", "wrong", foot - high * 0.5),
    label("segment", "segment", foot + small * 1.3),
    label("changed", "changed", foot + small * 2.8),
    line(
      `${id}.foot`,
      [
        [box.x + name, foot],
        [box.x + box.width, foot],
      ],
      "faint",
      1.6,
    ),
    ...segments.map((segment, i) => {
      const x = round(box.x + name + (i + 0.5) * step);
      const over = done >= i + 0.999;
      const tall = (high * segment.wrong) / Math.max(1, blanks);
      const wide = Math.min(step * 0.6, 26);
      const told =
        `Segment ${i + 1}: ${segment.wrong} of ${blanks} blanks wrong` +
        (segment.changed === null ? "." : `, ${segment.changed} cells changed.`);
      const key = `${id}.${i}`;
      return group(
        key,
        [
          rect(
            `${key}.track`,
            {
              x: round(x - wide / 2),
              y: round(foot - high),
              width: round(wide),
              height: round(high),
            },
            { radius: 4, fill: "faint", opacity: 0.35 },
          ),
          text(`${key}.n`, String(i + 1), x, round(foot + small * 1.3), small, {
            anchor: "middle",
            fill: over ? "ink" : "muted",
            weight: over ? 700 : 400,
          }),
          ...(over
            ? [
                rect(
                  `${key}.bar`,
                  {
                    x: round(x - wide / 2),
                    y: round(foot - tall),
                    width: round(wide),
                    height: round(tall),
                  },
                  { radius: Math.min(4, tall / 2), fill: segment.wrong === 0 ? "right" : "wrong" },
                ),
                text(`${key}.v`, String(segment.wrong), x, round(foot - tall - 4), small, {
                  anchor: "middle",
                  weight: 700,
                  fill: segment.wrong === 0 ? "right" : "wrong",
                }),
                ...(segment.changed === null
                  ? []
                  : [
                      text(
                        `${key}.c`,
                        String(segment.changed),
                        x,
                        round(foot + small * 2.8),
                        small,
                        {
                          anchor: "middle",
                          fill: "muted",
                        },
                      ),
                    ]),
              ]
            : []),
        ],
        { label: told, tip: told },
      );
    }),
  ];
}
