/** Puzzle boards: sudoku grids, grids of symbols, and how far each cell's state moved. */
import { circle, group, path, rect, round, text } from "../../../scene/build";
import { at, range } from "../../../lib/list";
import { memoByValue } from "../../../scene/memo";
import type { Paint, Shape, Tone } from "../../../scene/shape";
import type { Grid } from "../facts";

export interface BoardProps {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly width: number;
  /** Cells in a box of the sudoku; `width` draws no boxes. */
  readonly box: number;
  readonly given: Grid;
  /** What stands in the blanks; null leaves them empty. */
  readonly answer?: Grid | null;
  /** Marks each filled blank as right or wrong. */
  readonly solution?: Grid;
  readonly tone?: Tone;
  /** Cells with a ring: those that have just changed. */
  readonly changed?: readonly number[];
  readonly label: string;
  readonly tip: string;
  readonly opacity?: number;
}

/** A sudoku: given tokens are bold; a right blank is underlined, a wrong one crossed out. */
export const board = memoByValue(drawBoard);

function drawBoard(props: BoardProps): Shape {
  const { id, x, y, size, width, given, answer, solution, tone = "input" } = props;
  const cell = size / width;
  const digit = Math.max(11, round(cell * 0.58));
  const marks = { right: "", wrong: "" };
  const texts: Shape[] = [];
  for (const i of range(width * width)) {
    const [cx, cy] = [x + ((i % width) + 0.5) * cell, y + (Math.floor(i / width) + 0.5) * cell];
    const fixed = at(given, i);
    const token = fixed || (answer?.[i] ?? 0);
    if (!token) {
      // A blank that was answered with a blank.
      if (answer && solution) marks.wrong += stroke(cx, cy, cell * 0.34);
      continue;
    }
    let fill: Paint = fixed ? "ink" : "agent";
    if (!fixed && solution) {
      const right = token === at(solution, i);
      fill = right ? "right" : "wrong";
      const half = cell * 0.34;
      marks[right ? "right" : "wrong"] += right
        ? `M${round(cx - half * 0.8)} ${round(cy + cell * 0.4)}H${round(cx + half * 0.8)}`
        : stroke(cx, cy, half);
    }
    texts.push(
      text(`${id}.t${i}`, String(token), round(cx), round(cy + digit * 0.35), digit, {
        anchor: "middle",
        weight: fixed ? 700 : 600,
        fill,
      }),
    );
  }
  const wide = Math.max(1.6, size / 70);
  return group(
    id,
    [
      rect(`${id}.ground`, { x, y, width: size, height: size }, { radius: 5, fill: "surface" }),
      path(`${id}.cells`, lines(x, y, size, width, 1), {
        fill: "none",
        stroke: "faint",
        strokeWidth: 1,
      }),
      path(`${id}.boxes`, lines(x, y, size, width, props.box), {
        fill: "none",
        stroke: tone,
        strokeWidth: round(wide * 0.8),
      }),
      rect(
        `${id}.frame`,
        { x, y, width: size, height: size },
        { radius: 5, fill: "none", stroke: tone, strokeWidth: round(wide) },
      ),
      ...(props.changed ?? []).map((i) =>
        rect(
          `${id}.c${i}`,
          {
            x: round(x + (i % width) * cell + 1.5),
            y: round(y + Math.floor(i / width) * cell + 1.5),
            width: round(cell - 3),
            height: round(cell - 3),
          },
          { radius: 4, fill: "halting", opacity: 0.35 },
        ),
      ),
      ...(marks.wrong
        ? [
            path(`${id}.wrong`, marks.wrong, {
              fill: "none",
              stroke: "wrong",
              strokeWidth: round(wide),
            }),
          ]
        : []),
      ...(marks.right
        ? [
            path(`${id}.right`, marks.right, {
              fill: "none",
              stroke: "right",
              strokeWidth: round(wide),
            }),
          ]
        : []),
      ...texts,
    ],
    {
      label: props.label,
      tip: props.tip,
      ...(props.opacity !== undefined && props.opacity < 1
        ? { opacity: round(props.opacity, 3) }
        : {}),
    },
  );
}

function stroke(cx: number, cy: number, half: number): string {
  return `M${round(cx - half)} ${round(cy + half)}L${round(cx + half)} ${round(cy - half)}`;
}

/** The inner lines of a grid, every `every` cells. */
function lines(x: number, y: number, size: number, width: number, every: number): string {
  const cell = size / width;
  let d = "M0 0";
  for (let i = every; i < width; i += every) {
    const [gx, gy] = [round(x + i * cell), round(y + i * cell)];
    d += `M${gx} ${round(y)}V${round(y + size)}M${round(x)} ${gy}H${round(x + size)}`;
  }
  return d.replace(/^M0 0(?=M)/, "").replace(/^M0 0$/, `M${round(x)} ${round(y)}`);
}

export interface HeatProps {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly width: number;
  /** A value a cell; `most` fills the cell. */
  readonly values: readonly number[];
  readonly most: number;
  readonly half: "planner" | "doer" | "agent";
  readonly label: string;
  readonly tip: string;
}

/** A disc (L) or a square (H) a cell, the larger the further its state moved. */
export const heat = memoByValue(drawHeat);

function drawHeat(props: HeatProps): Shape {
  const { id, x, y, size, width, values, most, half } = props;
  const cell = size / width;
  return group(
    id,
    [
      rect(
        `${id}.ground`,
        { x, y, width: size, height: size },
        { radius: 5, fill: "surface", stroke: half, strokeWidth: 2 },
      ),
      path(`${id}.cells`, lines(x, y, size, width, 1), {
        fill: "none",
        stroke: "faint",
        strokeWidth: 1,
      }),
      ...values.map((value, i) => {
        const r = round(Math.max(0.8, cell * 0.46 * Math.sqrt(Math.min(1, value / most))));
        const [cx, cy] = [
          round(x + ((i % width) + 0.5) * cell),
          round(y + (Math.floor(i / width) + 0.5) * cell),
        ];
        return half === "planner"
          ? rect(
              `${id}.v${i}`,
              {
                x: round(cx - r * 0.9),
                y: round(cy - r * 0.9),
                width: round(1.8 * r),
                height: round(1.8 * r),
              },
              { radius: 2, fill: half },
            )
          : circle(`${id}.v${i}`, cx, cy, r, { fill: half });
      }),
    ],
    { label: props.label, tip: props.tip },
  );
}

/** The symbols of a grid of colours: each has a hue and a form. */
const SYMBOLS: readonly { readonly fill: Tone; readonly draw: (r: number) => string }[] = [
  {
    fill: "agent",
    draw: (r) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  },
  { fill: "gold", draw: (r) => `m0 ${-r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z` },
  { fill: "wood", draw: (r) => `m0 ${-r}l${r} ${1.9 * r}h${-2 * r}z` },
  { fill: "doer", draw: (r) => `m${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z` },
  {
    fill: "planner",
    draw: (r) =>
      `m${-r} ${-0.4 * r}h${0.6 * r}v${-0.6 * r}h${0.8 * r}v${0.6 * r}h${0.6 * r}v${0.8 * r}h${-0.6 * r}v${0.6 * r}h${-0.8 * r}v${-0.6 * r}h${-0.6 * r}z`,
  },
  { fill: "input", draw: (r) => `m${-r} ${-0.9 * r}h${2 * r}l${-r} ${1.9 * r}z` },
  { fill: "answer", draw: (r) => `m${-r} ${-0.35 * r}h${2 * r}v${0.7 * r}h${-2 * r}z` },
  { fill: "right", draw: (r) => `m${-0.35 * r} ${-r}h${0.7 * r}v${2 * r}h${-0.7 * r}z` },
  {
    fill: "wrong",
    draw: (r) =>
      `m${-r} ${-r}l${r} ${0.6 * r}l${r} ${-0.6 * r}v${2 * r}l${-r} ${-0.6 * r}l${-r} ${0.6 * r}z`,
  },
];

export interface SymbolsProps {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly width: number;
  readonly grid: Grid;
  readonly label: string;
  readonly tip: string;
  readonly tone?: Tone;
  readonly opacity?: number;
}

/** A grid of colours, as in mini-ARC: one path a colour. */
export const symbols = memoByValue(drawSymbols);

function drawSymbols(props: SymbolsProps): Shape {
  const { id, x, y, size, width, grid, tone = "faint" } = props;
  const cell = size / width;
  const r = round(cell * 0.34);
  const paths = new Map<number, string>();
  grid.forEach((token, i) => {
    if (!token) return;
    const kind = (token - 1) % SYMBOLS.length;
    const cx = round(x + ((i % width) + 0.5) * cell);
    const cy = round(y + (Math.floor(i / width) + 0.5) * cell);
    paths.set(kind, `${paths.get(kind) ?? ""}M${cx} ${cy}${at(SYMBOLS, kind).draw(r)}`);
  });
  return group(
    id,
    [
      rect(`${id}.ground`, { x, y, width: size, height: size }, { radius: 4, fill: "surface" }),
      path(`${id}.cells`, lines(x, y, size, width, 1), {
        fill: "none",
        stroke: "faint",
        strokeWidth: 0.8,
      }),
      ...[...paths].map(([kind, d]) => path(`${id}.k${kind}`, d, { fill: at(SYMBOLS, kind).fill })),
      rect(
        `${id}.frame`,
        { x, y, width: size, height: size },
        { radius: 4, fill: "none", stroke: tone, strokeWidth: tone === "faint" ? 1.4 : 2.4 },
      ),
    ],
    {
      label: props.label,
      tip: props.tip,
      ...(props.opacity !== undefined && props.opacity < 1
        ? { opacity: round(props.opacity, 3) }
        : {}),
    },
  );
}
