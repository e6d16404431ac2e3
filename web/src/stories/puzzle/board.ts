/**
 * Boards of full-size puzzles. Digits are texts; coloured cells are one path a colour, with runs of
 * equal cells merged, so that 900 cells are a few shapes. Every colour also has a form: a digit, a
 * dot or a letter.
 */
import { group, path, rect, round, text, type Box } from "../../scene/build";
import { at } from "../../lib/list";
import { memoByValue } from "../../scene/memo";
import type { Paint, Shape, Tone } from "../../scene/shape";
import { cropOf, isWrong, IGNORED, type Board, type Crop, type Grid } from "./facts";

/** More cells than this are coloured, not written. */
const MOST_TEXTS = 144;
/** Cells smaller than this have no room for a digit. */
const DIGIT_CELL = 8;
const MOST_LETTERS = 12;

export interface BoardProps {
  readonly id: string;
  /** The room for it; it stands in the middle. */
  readonly box: Box;
  readonly board: Board;
  /** The cells of it to show; all where it is not said. */
  readonly crop?: Crop;
  /** The part of them that is a grid of its own; the rest is only room. All where it is not said. */
  readonly own?: Crop | null;
  /** What stands in the cells. */
  readonly grid: Grid;
  /** What was given: bold where `grid` has it too. */
  readonly given?: Grid;
  /** Marks every asked cell as right or wrong; cells that are not asked about stay empty. */
  readonly solution?: Grid | null;
  /** Where no solution marks them: cells that are wrong by the rules. */
  readonly wrong?: readonly number[];
  /** Cells with a ring. */
  readonly changed?: readonly number[];
  readonly tone?: Tone;
  /** A small one: no texts, no lines between cells. */
  readonly small?: boolean;
  readonly label: string;
  readonly tip: string;
}

/** Where the cells are. */
interface Laid {
  readonly box: Box;
  readonly cell: number;
  readonly crop: Crop;
  /** Positions of the cells that are shown, in the grid. */
  readonly cells: readonly number[];
  readonly x: (cell: number) => number;
  readonly y: (cell: number) => number;
}

export const puzzleBoard = memoByValue(drawBoard);

function drawBoard(props: BoardProps): Shape {
  const { id, board, tone = "input", small } = props;
  const laid = layOut(props);
  const written = board.cells <= MOST_TEXTS && board.kind !== "maze" && board.kind !== "arc";
  const inner = written
    ? small
      ? judgedCells(props, laid)
      : letters(props, laid)
    : [...colours(props, laid), ...wrongMarks(props, laid)];
  const edge = Math.max(1.4, round(laid.box.width / 130));
  const frame = frameOf(props, laid);
  const isPart = frame.width < laid.box.width || frame.height < laid.box.height;
  return group(
    id,
    [
      rect(`${id}.ground`, laid.box, { radius: 4, fill: "surface" }),
      ...(isPart
        ? [rect(`${id}.room`, laid.box, { radius: 4, fill: "none", stroke: "faint", dash: [3, 5] })]
        : []),
      ...(written && !small ? cellLines(id, laid, board, tone, edge) : []),
      ...changedRings(props, laid),
      ...inner,
      ...(frame.width
        ? [
            rect(`${id}.frame`, frame, {
              radius: 4,
              fill: "none",
              stroke: tone,
              strokeWidth: small ? 1.4 : edge,
            }),
          ]
        : []),
    ],
    { label: props.label, tip: props.tip },
  );
}

/** Where the cells of a board stand. */
export function layOut({
  box,
  board,
  crop = cropOf(board, []),
}: Pick<BoardProps, "box" | "board" | "crop">): Laid {
  const cell = Math.min(box.width / crop.width, box.height / crop.height);
  const [width, height] = [cell * crop.width, cell * crop.height];
  const inner = {
    x: round(box.x + (box.width - width) / 2),
    y: round(box.y + (box.height - height) / 2),
    width: round(width),
    height: round(height),
  };
  const cells: number[] = [];
  for (let row = crop.top; row < crop.top + crop.height; row++) {
    for (let column = crop.left; column < crop.left + crop.width; column++) {
      const i = row * board.width + column;
      if (i < board.cells) cells.push(i);
    }
  }
  return {
    box: inner,
    cell,
    crop,
    cells,
    x: (i) => inner.x + ((i % board.width) - crop.left) * cell,
    y: (i) => inner.y + (Math.floor(i / board.width) - crop.top) * cell,
  };
}

/** Around the grid of its own, where there is one. */
function frameOf({ own, board }: BoardProps, { box, cell, x, y }: Laid): Box {
  if (!own) return box;
  const first = own.top * board.width + own.left;
  return {
    x: round(x(first)),
    y: round(y(first)),
    width: round(own.width * cell),
    height: round(own.height * cell),
  };
}

function cellLines(id: string, laid: Laid, board: Board, tone: Tone, edge: number): Shape[] {
  const { box, cell, crop } = laid;
  const every = (step: number): string => {
    let d = "";
    for (let i = step; i < crop.width; i += step) {
      d += `M${round(box.x + i * cell)} ${box.y}v${box.height}`;
    }
    for (let i = step; i < crop.height; i += step) {
      d += `M${box.x} ${round(box.y + i * cell)}h${box.width}`;
    }
    return d;
  };
  const stroke = (key: string, d: string, paint: Tone, strokeWidth: number): Shape[] =>
    d ? [path(`${id}.${key}`, d, { fill: "none", stroke: paint, strokeWidth })] : [];
  return [
    ...stroke("cells", every(1), "faint", 1),
    ...(board.box > 1 ? stroke("boxes", every(board.box), tone, round(edge * 0.8)) : []),
  ];
}

function changedRings({ id, changed = [], small }: BoardProps, laid: Laid): Shape[] {
  if (changed.length === 0 || small) return [];
  const shown = new Set(laid.cells);
  const by = laid.cell > 12 ? 1.6 : 0.8;
  const side = round(laid.cell - 2 * by);
  const d = changed
    .filter((i) => shown.has(i))
    .map((i) => `M${round(laid.x(i) + by)} ${round(laid.y(i) + by)}h${side}v${side}h${-side}z`)
    .join("");
  if (!d) return [];
  return [
    path(`${id}.changed`, d, {
      fill: "halting",
      opacity: 0.42,
      stroke: "halting",
      strokeWidth: laid.cell > 12 ? 2 : 1.2,
    }),
  ];
}

// --- cells that are written ---

function letters(props: BoardProps, laid: Laid): Shape[] {
  const { id, board, grid, given, solution } = props;
  const size = Math.max(11, round(laid.cell * 0.58));
  const isOff = offIn(props);
  const marks = { right: "", wrong: "" };
  const texts = laid.cells.flatMap((i): Shape[] => {
    const token = at(grid, i);
    const fixed = given?.[i] === token && token !== board.blank;
    const label = solution?.[i];
    if (label === IGNORED) return [];
    const wrong = label !== undefined ? isWrong(token, label) : isOff(i);
    const [cx, cy] = [laid.x(i) + laid.cell / 2, laid.y(i) + laid.cell / 2];
    if (wrong) marks.wrong += slash(cx, cy, laid.cell * 0.34);
    else if (label !== undefined && !fixed) {
      marks.right += `M${round(cx - laid.cell * 0.28)} ${round(cy + laid.cell * 0.38)}h${round(laid.cell * 0.56)}`;
    }
    const glyph = at(board.glyphs, token);
    if (!glyph.trim()) return [];
    const fill: Paint = wrong ? "wrong" : fixed ? "ink" : label !== undefined ? "right" : "agent";
    return [
      text(`${id}.t${i}`, glyph, round(cx), round(cy + size * 0.35), size, {
        anchor: "middle",
        weight: fixed ? 700 : 600,
        fill,
      }),
    ];
  });
  return [
    ...strokes(`${id}.wrong`, marks.wrong, "wrong", laid),
    ...strokes(`${id}.right`, marks.right, "right", laid),
    ...texts,
  ];
}

/** Which cells are wrong where no solution says so. */
function offIn({ wrong = [], solution }: BoardProps): (cell: number) => boolean {
  const cells = new Set(solution ? [] : wrong);
  return (cell) => cells.has(cell);
}

/** In a small board of digits: given cells, right ones, and wrong ones with a stroke. */
function judgedCells(props: BoardProps, laid: Laid): Shape[] {
  const { id, board, grid, given, solution } = props;
  const runs = new Runs(laid);
  const isOff = offIn(props);
  const marks = laid.cells.map((i): string => {
    const token = at(grid, i);
    const label = solution?.[i];
    if (label === IGNORED) return "";
    const wrong = label !== undefined ? isWrong(token, label) : isOff(i);
    const fixed = given?.[i] === token && token !== board.blank;
    if (token === board.blank && !wrong) return "";
    runs.add(i, wrong ? "wrong" : fixed ? "faint" : label !== undefined ? "right" : "agent");
    return wrong
      ? slash(laid.x(i) + laid.cell / 2, laid.y(i) + laid.cell / 2, laid.cell * 0.3)
      : "";
  });
  return [...runs.paths(id), ...strokes(`${id}.wrong`, marks.join(""), "surface", laid)];
}

// --- cells that are coloured ---

/** The hue of each token; null leaves the cell empty. */
function hueOf(board: Board, token: number): Tone | null {
  switch (board.kind) {
    case "maze":
      return MAZE[token] ?? null;
    case "arc":
      return ARC[token] ?? null;
    default:
      return token === board.blank ? null : at(OWN, token % OWN.length);
  }
}

const MAZE: readonly (Tone | null)[] = [null, "input", null, "gold", "wood", null];
/** ARC's ten colours, as near as the stage's hues come: padding, edge, black, blue, red, … */
const ARC: readonly (Tone | null)[] = [
  null,
  "faint",
  "pupil",
  "agent",
  "blame-planner",
  "right",
  "gold",
  "input",
  "planner",
  "blame-doer",
  "doer",
  "wood",
];
const OWN = ARC.slice(2) as readonly Tone[];

/** What can be read on a hue, in every theme. */
const ON: Partial<Record<Tone, Tone>> = {
  pupil: "eye",
  agent: "pupil",
  gold: "pupil",
  wood: "pupil",
};

function colours(props: BoardProps, laid: Laid): Shape[] {
  const { id, board, grid, solution, small } = props;
  const runs = new Runs(laid);
  const byToken = new Map<number, number[]>();
  for (const i of laid.cells) {
    if (solution?.[i] === IGNORED) continue;
    const token = at(grid, i);
    const hue = hueOf(board, token);
    if (hue) runs.add(i, hue);
    const same = byToken.get(token);
    if (same) same.push(i);
    else byToken.set(token, [i]);
  }
  return [
    ...runs.paths(id),
    ...[...byToken].flatMap(([token, cells]) => forms(props, laid, token, cells, small ?? false)),
  ];
}

/** The forms of a token's cells. */
function forms(
  props: BoardProps,
  laid: Laid,
  token: number,
  cells: readonly number[],
  small: boolean,
): Shape[] {
  const { id, board } = props;
  const glyph = at(board.glyphs, token);
  const name = `${id}.g${token}`;
  if (board.kind === "maze") {
    if (glyph === "o") return pathDots(name, props, laid, token, cells);
    if (small || !/[SG]/.test(glyph) || cells.length > MOST_LETTERS) return [];
    const size = Math.max(11, round(laid.cell * 0.8));
    return cells.map((i) =>
      text(
        `${name}.${i}`,
        glyph,
        round(laid.x(i) + laid.cell / 2),
        round(laid.y(i) + laid.cell / 2 + size * 0.35),
        size,
        { anchor: "middle", weight: 700, fill: "pupil" },
      ),
    );
  }
  const hue = hueOf(board, token);
  if (small || laid.cell < DIGIT_CELL || !hue || !/^\d+$/.test(glyph)) return [];
  const d = cells.map((i) => digits(glyph, laid.x(i), laid.y(i), laid.cell)).join("");
  return [
    path(name, d, {
      fill: "none",
      stroke: ON[hue] ?? "surface",
      strokeWidth: round(Math.max(0.9, laid.cell * 0.07)),
    }),
  ];
}

/** A path through a maze: a dot a cell, in the hue of what it is worth. */
function pathDots(
  name: string,
  props: BoardProps,
  laid: Laid,
  token: number,
  cells: readonly number[],
): Shape[] {
  const { solution } = props;
  const isOff = offIn(props);
  const r = round(laid.cell * 0.3);
  const dot = (i: number) =>
    `M${round(laid.x(i) + laid.cell / 2 - r)} ${round(laid.y(i) + laid.cell / 2)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  const off = (i: number) => (solution ? isWrong(token, solution[i]) : isOff(i));
  const [right, wrong] = [cells.filter((i) => !off(i)), cells.filter(off)];
  return [
    ...(right.length
      ? [path(`${name}.on`, right.map(dot).join(""), { fill: solution ? "right" : "agent" })]
      : []),
    ...(wrong.length ? [path(`${name}.off`, wrong.map(dot).join(""), { fill: "wrong" })] : []),
  ];
}

function wrongMarks(props: BoardProps, laid: Laid): Shape[] {
  const { id, grid, solution, small } = props;
  if (small && laid.cell < 2) return [];
  const isOff = offIn(props);
  const d = laid.cells
    .filter((i) => (solution ? isWrong(at(grid, i), solution[i]) : isOff(i)))
    .map((i) => slash(laid.x(i) + laid.cell / 2, laid.y(i) + laid.cell / 2, laid.cell * 0.36))
    .join("");
  // With an edge, as it lies on any hue.
  return [
    ...(small ? [] : strokes(`${id}.edge`, d, "surface", laid, 2.2)),
    ...strokes(`${id}.wrong`, d, "wrong", laid),
  ];
}

// --- strokes ---

function strokes(id: string, d: string, tone: Tone, laid: Laid, times = 1): Shape[] {
  const strokeWidth = round(times * Math.max(0.8, Math.min(2.6, laid.cell * 0.08)));
  return d ? [path(id, d, { fill: "none", stroke: tone, strokeWidth })] : [];
}

function slash(cx: number, cy: number, half: number): string {
  return `M${round(cx - half)} ${round(cy + half)}l${round(2 * half)} ${round(-2 * half)}`;
}

/** Cells of a hue, with neighbours in a row as one rectangle. */
class Runs {
  readonly #paths = new Map<Tone, string>();
  readonly #laid: Laid;
  #open: { tone: Tone; first: number; last: number } | null = null;

  constructor(laid: Laid) {
    this.#laid = laid;
  }

  /** Cells come in the order of the grid. */
  add(cell: number, tone: Tone): void {
    const open = this.#open;
    const joins =
      open?.tone === tone &&
      open.last === cell - 1 &&
      this.#laid.y(cell) === this.#laid.y(open.last);
    if (joins) open.last = cell;
    else {
      this.#close();
      this.#open = { tone, first: cell, last: cell };
    }
  }

  #close(): void {
    if (!this.#open) return;
    const { tone, first, last } = this.#open;
    const { x, y, cell } = this.#laid;
    const [left, top] = [round(x(first)), round(y(first))];
    const right = round(x(last) + cell);
    const d = `M${left} ${top}H${right}V${round(y(first) + cell)}H${left}z`;
    this.#paths.set(tone, (this.#paths.get(tone) ?? "") + d);
    this.#open = null;
  }

  paths(id: string): Shape[] {
    this.#close();
    return [...this.#paths].map(([fill, d]) => path(`${id}.h.${fill}`, d, { fill }));
  }
}

/** Which of the seven strokes make a digit: top, upper right, lower right, bottom, … , middle. */
const STROKES = [
  "012345",
  "12",
  "01346",
  "01236",
  "1256",
  "02356",
  "023456",
  "012",
  "0123456",
  "012356",
];

/** A number in a cell, of seven strokes a digit. */
function digits(number: string, x: number, y: number, cell: number): string {
  const many = number.length;
  const w = (cell * 0.62) / (many * 1.4 + 0.4);
  const h = cell * 0.25;
  const top = y + cell / 2 - h;
  const left = x + cell / 2 - (many * w + (many - 1) * 0.5 * w) / 2;
  return [...number]
    .map((digit, k) => {
      const [a, b] = [round(left + k * 1.5 * w), round(left + k * 1.5 * w + w)];
      const [t, m, f] = [round(top), round(top + h), round(top + 2 * h)];
      const lines = [
        `M${a} ${t}H${b}`,
        `M${b} ${t}V${m}`,
        `M${b} ${m}V${f}`,
        `M${a} ${f}H${b}`,
        `M${a} ${m}V${f}`,
        `M${a} ${t}V${m}`,
        `M${a} ${m}H${b}`,
      ];
      return [...at(STROKES, Number(digit))].map((stroke) => at(lines, Number(stroke))).join("");
    })
    .join("");
}
