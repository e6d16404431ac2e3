/** How sure a model is of every cell, drawn on a board: a few shapes, however many cells. */
import { group, path, round, type Box } from "../../../scene/build";
import { at } from "../../../lib/list";
import { memoByValue } from "../../../scene/memo";
import type { Shape } from "../../../scene/shape";
import { layOut } from "../../puzzle/board";
import type { Board, Crop } from "../../puzzle/facts";

export interface CertaintyProps {
  readonly id: string;
  /** As that of the board below. */
  readonly box: Box;
  readonly board: Board;
  readonly crop: Crop;
  readonly certainty: readonly number[];
  /** The cells that it answers. */
  readonly cells: readonly number[];
  readonly said: string;
}

/** Less doubt than this is not drawn. */
const NONE = 0.005;

/** A bar below each digit, as long as it is sure; on colours a hole, as large as its doubt. */
export const certaintyMarks = memoByValue((props: CertaintyProps): Shape[] => {
  const { id, said } = props;
  const laid = layOut(props);
  const written = isWritten(props);
  const tip = written
    ? `The bar below a digit is as long as it is sure of it: ${said}.`
    : `A hole in a cell is as large as its doubt: ${said}.`;
  const marks = written ? bars(props, laid) : holes(props, laid);
  return marks.length ? [group(id, marks, { label: tip, tip })] : [];
});

/** Whether there is room for a bar below each digit. */
function isWritten(props: Pick<CertaintyProps, "box" | "board" | "crop">): boolean {
  const { kind } = props.board;
  return kind !== "maze" && kind !== "arc" && layOut(props).cell >= 16;
}

/** What the marks mean, in a few words beside the board. */
export function certaintyKey(props: Pick<CertaintyProps, "box" | "board" | "crop">): string {
  return isWritten(props)
    ? "The longer the bar below a digit, the surer."
    : "The larger the circle in a cell, the less sure.";
}

type Laid = ReturnType<typeof layOut>;

function bars({ id, certainty, cells }: CertaintyProps, { cell, x, y }: Laid): Shape[] {
  const high = round(Math.max(2, cell * 0.1));
  const long = cell * 0.76;
  const bar = (i: number, width: number) =>
    `M${round(x(i) + cell * 0.12)} ${round(y(i) + cell * 0.84)}h${round(width)}v${high}h${round(-width)}z`;
  const whole = cells.map((i) => bar(i, long)).join("");
  const sure = cells.map((i) => bar(i, long * at(certainty, i))).join("");
  return whole
    ? [path(`${id}.whole`, whole, { fill: "faint" }), path(`${id}.bars`, sure, { fill: "halting" })]
    : [];
}

function holes({ id, certainty, cells }: CertaintyProps, { cell, x, y }: Laid): Shape[] {
  const d = cells
    .filter((i) => at(certainty, i) < 1 - NONE)
    .map((i) => {
      const r = round(Math.max(1, cell * 0.46 * Math.sqrt(1 - at(certainty, i))));
      return `M${round(x(i) + cell / 2 - r)} ${round(y(i) + cell / 2)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    })
    .join("");
  return d
    ? [path(`${id}.holes`, d, { fill: "surface", stroke: "halting", strokeWidth: 1.2 })]
    : [];
}
