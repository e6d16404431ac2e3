/** A block that stands in the way, and the goal behind it. */
import { circle, path, rect, round } from "../../../../scene/build";
import type { Point } from "../../../../scene/ease";
import { placed, type Place } from "../../../../scene/parts/marks";
import type { Group, Shape } from "../../../../scene/shape";
import { toneOf, type ThingPose } from "./icon";

/** A wooden crate. */
export function block(id: string, place: Place, { attributes }: ThingPose): Group {
  const ink = { stroke: "ink", strokeWidth: 3 } as const;
  return placed(id, place, [
    rect(
      `${id}.crate`,
      { x: -40, y: -34, width: 80, height: 80 },
      { radius: 7, fill: toneOf(attributes["colour"], "wood"), ...ink },
    ),
    path(`${id}.brace`, "M-28 34L28 -22M-28 -22L28 34", {
      fill: "none",
      stroke: "ink",
      strokeWidth: 5,
      opacity: 0.4,
    }),
    path(`${id}.frame`, "M-29 -23L29 -23L29 35L-29 35Z", {
      fill: "none",
      ...ink,
      strokeWidth: 2.5,
    }),
    ...[-34, 34].flatMap((x) =>
      [-28, 40].map((y) => circle(`${id}.nail${x}.${y}`, x, y, 2.4, { fill: "ink" })),
    ),
  ]);
}

/** A flag on a pole: here is where to go. Reached, it is fully unfurled. */
export function goal(id: string, place: Place, { attributes }: ThingPose): Group {
  return placed(id, place, [
    path(`${id}.hill`, "M-40 46Q-34 31 4 31Q36 31 40 46Z", {
      fill: "faint",
      stroke: "ink",
      strokeWidth: 2.5,
    }),
    path(`${id}.pole`, "M-18 36L-18 -44", { fill: "none", stroke: "ink", strokeWidth: 5.5 }),
    circle(`${id}.top`, -18, -46, 4.5, { fill: "gold", stroke: "ink", strokeWidth: 2 }),
    path(`${id}.flag`, "M-15 -41Q6 -50 16 -39Q26 -30 40 -36L36 -6Q24 0 12 -9Q0 -18 -15 -10Z", {
      fill: toneOf(attributes["colour"], "right"),
      stroke: "ink",
      strokeWidth: 3,
    }),
  ]);
}

export function sketchedBlock(
  id: string,
  { x, y }: Point,
  size: number,
  thin: number,
  { attributes }: ThingPose,
): Shape[] {
  const r = size * 0.32;
  const fill = toneOf(attributes["colour"], "wood");
  const [left, top, side] = [round(x - r), round(y - r * 0.8), round(2 * r)];
  return [
    rect(
      id,
      { x: left, y: top, width: side, height: side },
      { radius: round(r * 0.2), fill, stroke: "ink", strokeWidth: thin },
    ),
    ...(size < 16
      ? []
      : [
          path(`${id}.brace`, `M${left} ${top}l${side} ${side}m0 ${-side}l${-side} ${side}`, {
            fill: "none",
            stroke: "ink",
            strokeWidth: thin,
            opacity: 0.5,
          }),
        ]),
  ];
}

export function sketchedGoal(
  id: string,
  { x, y }: Point,
  size: number,
  thin: number,
  { attributes }: ThingPose,
): Shape[] {
  const k = size / 100;
  const at = (px: number, py: number): string => `${round(x + px * k)} ${round(y + py * k)}`;
  return [
    path(`${id}.pole`, `M${at(-16, 40)}L${at(-16, -38)}`, {
      fill: "none",
      stroke: "ink",
      strokeWidth: Math.max(thin, round(size * 0.06)),
    }),
    path(id, `M${at(-14, -38)}L${at(36, -24)}L${at(-14, -4)}Z`, {
      fill: toneOf(attributes["colour"], "right"),
      stroke: "ink",
      strokeWidth: thin,
    }),
  ];
}
