/** The cells of a grid in which each start of a world is one: filled, with a hole, or crossed out. */
import { round, type Box } from "../../../scene/build";
import type { Paint } from "../../../scene/shape";

export interface Cells {
  readonly columns: number;
  readonly side: number;
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

export function cellsIn(box: Box, many: number, tiles: number): Cells {
  const columns = gridColumns(many, tiles, box);
  const rows = Math.ceil(many / columns);
  const side = Math.min(box.width / columns, box.height / rows);
  const left = box.x + (box.width - side * columns) / 2;
  const top = box.y + (box.height - side * rows) / 2;
  return { columns, side, left, top, bottom: top + side * rows };
}

/** How a start that succeeds is filled, and one that fails. */
export function cellLook({ side }: Pick<Cells, "side">, success: boolean) {
  const paint = (tone: Paint): Paint => tone;
  return success
    ? { fill: paint("right") }
    : {
        fill: paint("surface"),
        stroke: paint("wrong"),
        strokeWidth: round(Math.min(1.8, side * 0.09)),
      };
}

/** `missed`: an example began there, and yet it fails. */
export type CellForm = "full" | "seen" | "crossed" | "missed";

/** The form of cell `i`. */
export function cellPath({ columns, side, left, top }: Cells, i: number, form: CellForm): string {
  const x = left + ((i % columns) + 0.5) * side;
  const y = top + (Math.floor(i / columns) + 0.5) * side;
  return boxPath(x, y, side * 0.39, form);
}

/** A rounded box; with a hole in it where an example began, or crossed out. */
export function boxPath(x: number, y: number, half: number, form: CellForm): string {
  const r = round(half * 0.55);
  const flat = round(2 * half - 2 * r);
  const arc = (dx: number, dy: number) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  const box = `M${round(x - half + r)} ${round(y - half)}h${flat}${arc(r, r)}v${flat}${arc(-r, r)}h${-flat}${arc(-r, -r)}v${-flat}${arc(r, -r)}Z`;
  const k = round(half * 0.42);
  const hole = `M${round(x - k)} ${round(y)}a${k} ${k} 0 1 0 ${2 * k} 0a${k} ${k} 0 1 0 ${-2 * k} 0Z`;
  const cross = `M${round(x - k)} ${round(y - k)}l${2 * k} ${2 * k}M${round(x + k)} ${round(y - k)}l${-2 * k} ${2 * k}`;
  return box + { full: "", seen: hole, crossed: cross, missed: hole + cross }[form];
}

/** Columns of the grid: a multiple of the number of places, so that neighbours belong together. */
function gridColumns(many: number, tiles: number, box: Box): number {
  let best = { columns: tiles, cell: 0 };
  for (let columns = tiles; columns <= many; columns += tiles) {
    const cell = Math.min(box.width / columns, box.height / Math.ceil(many / columns));
    if (cell > best.cell) best = { columns, cell };
  }
  return best.columns;
}
