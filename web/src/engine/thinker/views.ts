/** The views of a puzzle: the puzzle as it is, and the same under symmetries that Python drew. */
import { at } from "../../lib/list";
import { disguised, undoing, type Disguise } from "../../lib/rules/arc";

/** As studio/symmetries.py writes them: the changes of the views from 2 on. */
export type SymmetriesFile =
  { readonly exchanges: readonly Exchange[] } | { readonly turns: readonly Turn[] };

/** Which cell each cell of the result comes from, and the new token of each token. */
type Exchange = readonly [cells: readonly number[], tokens: readonly number[]];

/** Whether a grid, within its own size, is transposed, then turned upside down, then mirrored. */
type Turn = readonly [transposed: boolean, upended: boolean, mirrored: boolean];

/** A change of grids that can be undone: of the cells of every grid alike, or of the grid on it. */
export type Change = Exchanged | Disguise;

interface Exchanged {
  /** Which cell each cell of the changed grid comes from. */
  readonly cells: readonly number[];
  /** The new token of each token; null where they stay. */
  readonly tokens: readonly number[] | null;
}

/**
 * The change of the view `number`, from 1, of a puzzle of `height` x `width` at the top left of a
 * canvas; null for the first, which is the puzzle as it is.
 */
export function changeOf(
  file: SymmetriesFile,
  number: number,
  height: number,
  width: number,
  canvas: readonly [number, number],
): Change | null {
  if (number === 1) return null;
  if ("turns" in file) {
    return { cells: turned(at(file.turns, number - 2), height, width, canvas), tokens: null };
  }
  const [cells, tokens] = at(file.exchanges, number - 2);
  return { cells, tokens };
}

/** The cells of a turned puzzle, what is beside it left where it is; as `Maze` turns them. */
function turned(
  [transposed, upended, mirrored]: Turn,
  height: number,
  width: number,
  [rows, columns]: readonly [number, number],
): readonly number[] {
  const [high, wide] = transposed ? [width, height] : [height, width];
  return Array.from({ length: rows * columns }, (_, cell) => {
    let [row, column] = [Math.floor(cell / columns), cell % columns];
    if (upended && row < high) row = high - 1 - row;
    if (mirrored && column < wide) column = wide - 1 - column;
    return transposed ? column * columns + row : row * columns + column;
  });
}

/** The changed grid. */
export function applied(change: Change | null, grid: readonly number[]): readonly number[] {
  if (!change) return grid;
  if ("turn" in change) return disguised(grid, change);
  const { cells, tokens } = change;
  return cells.map((from) => (tokens ? at(tokens, at(grid, from)) : at(grid, from)));
}

/** The grid that `applied` changes into this one. */
export function undone(change: Change | null, grid: readonly number[]): readonly number[] {
  if (!change) return grid;
  if ("turn" in change) return disguised(grid, undoing(change));
  const { tokens } = change;
  const before = tokens && inverse(tokens);
  return putBack(change, before ? grid.map((token) => at(before, token)) : grid);
}

/** Values of a changed grid's cells, in the order of the cells before the change. */
export function putBack(change: Exchanged | null, values: readonly number[]): readonly number[] {
  if (!change) return values;
  const places = inverse(change.cells);
  return places.map((place) => at(values, place));
}

function inverse(order: readonly number[]): number[] {
  const out = new Array<number>(order.length);
  order.forEach((to, from) => {
    out[to] = from;
  });
  return out;
}
