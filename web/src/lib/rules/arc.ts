/**
 * Canvases of ARC, as src/hrmkit/puzzles/arc/canvas.py has them: squares of tokens with a grid at
 * the top left. 0 pads, 1 ends a grid (the row below it and the column right of it, not the corner),
 * 2 to 11 are colours 0 to 9.
 */
import { at, range } from "../list";
import type { Grid } from "./grid";

const PAD = 0;
const END = 1;
const FIRST_COLOUR = 2;
const COLOURS = 10;

/** One of the eight turns and flips, and what becomes of each colour. */
export interface Disguise {
  /** As in `TURNS`. */
  readonly turn: number;
  readonly colours: readonly number[];
}

/** What a turn does: transpose, then turn upside down, then mirror. */
export const TURNS: readonly (readonly [
  transposed: boolean,
  upended: boolean,
  mirrored: boolean,
])[] = [
  [false, false, false],
  [true, true, false],
  [false, true, true],
  [true, false, true],
  [false, false, true],
  [false, true, false],
  [true, false, false],
  [true, true, true],
];
/** The turn that undoes each. */
const BACK = [0, 3, 2, 1, 4, 5, 6, 7];

export const PLAIN: Disguise = { turn: 0, colours: range(COLOURS) };

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

function isColour(token: number | undefined): boolean {
  return token !== undefined && token >= FIRST_COLOUR && token < FIRST_COLOUR + COLOURS;
}

/**
 * The size of the grid at the top left: the largest rectangle of nothing but colours that begins
 * there, of equally large ones that with fewer rows; 0 x 0 where there is none.
 */
export function gridIn(canvas: Grid): Size {
  const side = Math.sqrt(canvas.length);
  let best: Size = { rows: 0, columns: 0 };
  let columns = side;
  for (let row = 0; row < side && columns > 0; row++) {
    let wide = 0;
    while (wide < columns && isColour(canvas[row * side + wide])) wide++;
    columns = wide;
    if ((row + 1) * columns > best.rows * best.columns) best = { rows: row + 1, columns };
  }
  return best;
}

/** The grid of a canvas in disguise, and nothing else on it. */
export function disguised(canvas: Grid, { turn, colours }: Disguise): number[] {
  const side = Math.sqrt(canvas.length);
  const [transposed, upended, mirrored] = at(TURNS, turn);
  const own = gridIn(canvas);
  const [rows, columns] = transposed ? [own.columns, own.rows] : [own.rows, own.columns];
  return range(side * side).map((cell) => {
    const [row, column] = [Math.floor(cell / side), cell % side];
    if (row < rows && column < columns) {
      const above = upended ? rows - 1 - row : row;
      const beside = mirrored ? columns - 1 - column : column;
      const token = at(canvas, transposed ? beside * side + above : above * side + beside);
      return FIRST_COLOUR + at(colours, token - FIRST_COLOUR);
    }
    const ends = (row === rows && column < columns) || (column === columns && row < rows);
    return ends ? END : PAD;
  });
}

/** The disguise that undoes another. */
export function undoing({ turn, colours }: Disguise): Disguise {
  const back = range(COLOURS).map((colour) => colours.indexOf(colour));
  return { turn: at(BACK, turn), colours: back };
}

/** Only the colours of the grid of a canvas: without what ends it, and without whatever lies beyond. */
export function coloured(canvas: Grid): number[] {
  return cropped(canvas).map((token) => (isColour(token) ? token : PAD));
}

/** Only the grid of a canvas: two answers are equal exactly if these are. */
export function cropped(canvas: Grid): number[] {
  return disguised(canvas, PLAIN);
}
