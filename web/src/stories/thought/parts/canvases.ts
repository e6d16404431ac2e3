/** Grids of a task, each without the empty canvas around it. */
import { fitted, group, rect, round, type Box } from "../../../scene/build";
import { arrow } from "../../../scene/parts/marks";
import type { Shape, Tone } from "../../../scene/shape";
import { puzzleBoard } from "../../puzzle/board";
import type { Board, Grid } from "../../puzzle/facts";
import { cropOfGrid } from "../vote";

export interface CanvasProps {
  readonly id: string;
  /** The room for it; it stands in the middle. */
  readonly box: Box;
  readonly board: Board;
  readonly grid: Grid;
  /** Cells that are wrong. */
  readonly wrong?: readonly number[];
  readonly tone?: Tone;
  readonly small?: boolean;
  readonly label: string;
  readonly tip: string;
}

/** A cell is never larger, so that a grid of one cell is no poster. */
const LARGEST = 64;

/** The grid at the top left of a canvas. */
export function canvas({ box, grid, wrong, ...props }: CanvasProps): Shape {
  const crop = cropOfGrid(grid);
  const { id, label, tip, tone = "input" } = props;
  if (!crop) {
    const size = Math.min(12, Math.max(11, box.width / 7));
    const [x, y] = [round(box.x + box.width / 2), round(box.y + box.height / 2 + size * 0.35)];
    return group(
      id,
      [
        rect(`${id}.frame`, rounded(box), {
          radius: 4,
          fill: "surface",
          stroke: tone,
          strokeWidth: 1.4,
        }),
        ...(box.width > 40
          ? [fitted(`${id}.none`, "no grid", x, y, box.width - 6, size, { anchor: "middle" })]
          : []),
      ],
      { label: `${label}: no grid`, tip: `${tip} There is no grid in it.` },
    );
  }
  const cell = Math.min(LARGEST, box.width / crop.width, box.height / crop.height);
  const [width, height] = [cell * crop.width, cell * crop.height];
  return puzzleBoard({
    ...props,
    box: {
      x: round(box.x + (box.width - width) / 2),
      y: round(box.y + (box.height - height) / 2),
      width: round(width),
      height: round(height),
    },
    crop,
    grid,
    ...(wrong ? { wrong } : {}),
  });
}

function rounded({ x, y, width, height }: Box): Box {
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

export interface PairProps extends Pick<CanvasProps, "id" | "box" | "board" | "small"> {
  readonly from: Omit<CanvasProps, "id" | "box" | "board" | "small">;
  /** Null leaves its place empty. */
  readonly to: Omit<CanvasProps, "id" | "box" | "board" | "small"> | null;
}

/** A grid, an arrow, and what became of it. */
export function pair({ id, box, from, to, ...rest }: PairProps): Shape[] {
  const gap = Math.min(34, box.width * 0.14);
  const width = (box.width - gap) / 2;
  const left = { ...box, width };
  return [
    canvas({ ...rest, ...from, id: `${id}.from`, box: left }),
    arrow(`${id}.arrow`, box.x + box.width / 2, box.y + box.height / 2, gap * 0.3),
    ...(to
      ? [canvas({ ...rest, ...to, id: `${id}.to`, box: { ...left, x: box.x + width + gap } })]
      : []),
  ];
}
