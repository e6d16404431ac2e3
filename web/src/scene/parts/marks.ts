/** Ticks and crosses; like every figure, each in a square of 100 x 100 units around (0, 0). */
import { circle, group, path, rect, round } from "../build";
import type { Group, Paint, Shape } from "../shape";

export interface Place {
  readonly x: number;
  readonly y: number;
  /** Side of the square, in units of the stage. */
  readonly size: number;
  readonly rotate?: number;
  readonly opacity?: number;
  readonly label?: string;
  readonly tip?: string;
}

/** A drawing of 100 x 100 units around (0, 0), at its place. */
export function placed(id: string, place: Place, children: readonly Shape[]): Group {
  const { x, y, size, rotate, opacity, label, tip } = place;
  return group(id, children, {
    x: round(x),
    y: round(y),
    scale: round(size / 100, 4),
    ...(rotate ? { rotate: round(rotate) } : {}),
    ...(opacity === undefined ? {} : { opacity: round(opacity, 3) }),
    ...(label === undefined ? {} : { label }),
    ...(tip === undefined ? {} : { tip }),
  });
}

/** A tick on a round badge: right. */
export function tick(id: string, place: Place, tone: Paint = "right"): Group {
  return placed(id, place, [
    circle(`${id}.badge`, 0, 0, 44, { fill: tone, stroke: "surface", strokeWidth: 6 }),
    path(`${id}.tick`, "M-20 2L-6 17L21 -15", { fill: "none", stroke: "surface", strokeWidth: 11 }),
  ]);
}

/** A cross on a square badge: wrong. Its form tells it from the tick without its colour. */
export function cross(id: string, place: Place, tone: Paint = "wrong"): Group {
  return placed(id, place, [
    rect(
      `${id}.badge`,
      { x: -40, y: -40, width: 80, height: 80 },
      { radius: 20, fill: tone, stroke: "surface", strokeWidth: 6 },
    ),
    path(`${id}.cross`, "M-17 -17L17 17M17 -17L-17 17", {
      fill: "none",
      stroke: "surface",
      strokeWidth: 11,
    }),
  ]);
}

/** From one thing to the next: to the right, around a point. */
export function arrow(id: string, x: number, y: number, r: number): Shape {
  return path(
    id,
    `M${round(x - r)} ${round(y)}H${round(x + r)}M${round(x + r * 0.2)} ${round(y - r * 0.7)}L${round(x + r)} ${round(y)}L${round(x + r * 0.2)} ${round(y + r * 0.7)}`,
    { fill: "none", stroke: "muted", strokeWidth: 2 },
  );
}
