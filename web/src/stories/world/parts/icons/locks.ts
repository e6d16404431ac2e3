/** What is locked, and what opens it. */
import { circle, path, round } from "../../../../scene/build";
import { mix, type Point } from "../../../../scene/ease";
import { placed, type Place } from "../../../../scene/parts/marks";
import type { Group, Shape } from "../../../../scene/shape";
import { shareOf, type ThingPose } from "./icon";

/** A key, bow up and teeth down. */
export function key(id: string, place: Place): Group {
  return placed(id, place, [
    path(
      `${id}.shaft`,
      "M-6 -6L-6 40Q-6 45 -1 45L1 45Q6 45 6 40L6 36L17 36Q20 36 20 33L20 29Q20 26 17 26L6 26L6 19L14 19" +
        "Q17 19 17 16L17 13Q17 10 14 10L6 10L6 -6Z",
      { fill: "gold", stroke: "ink", strokeWidth: 3 },
    ),
    path(
      `${id}.bow`,
      "M0 -46A22 22 0 1 0 0 -2A22 22 0 1 0 0 -46ZM0 -34A10 10 0 1 1 0 -14A10 10 0 1 1 0 -34Z",
      { fill: "gold", stroke: "ink", strokeWidth: 3 },
    ),
    path(`${id}.shine`, "M-14 -30A15 15 0 0 1 -5 -38", {
      fill: "none",
      stroke: "surface",
      strokeWidth: 3.5,
      opacity: 0.8,
    }),
  ]);
}

/** A door in its frame; where it is open, its leaf has swung. */
export function door(id: string, place: Place, pose: ThingPose): Group {
  const open = shareOf(pose, "open");
  const right = round(mix(27, -13, open));
  const slant = round(9 * open);
  const knob = round(mix(17, -17, open));
  return placed(id, place, [
    path(`${id}.frame`, "M-37 46L-37 -18Q-37 -48 0 -48Q37 -48 37 -18L37 46Z", {
      fill: "muted",
      stroke: "ink",
      strokeWidth: 3,
    }),
    path(`${id}.inside`, "M-28 46L-28 -16Q-28 -39 0 -39Q28 -39 28 -16L28 46Z", {
      fill: open > 0.02 ? "ground" : "ink",
    }),
    ...(open > 0.02
      ? [
          path(`${id}.path`, "M-12 46L-3 8L5 8L26 46Z", {
            fill: "right",
            opacity: round(0.5 * open),
          }),
          circle(`${id}.sun`, 10, -12, 7, { fill: "gold", opacity: round(open) }),
        ]
      : []),
    path(
      `${id}.leaf`,
      `M-28 46L-28 -16Q-28 -39 ${round(mix(0, -21, open))} ${round(-39 + slant * 0.4)}` +
        `Q${right} ${round(-39 + slant)} ${right} ${round(-16 + slant)}L${right} ${round(46 + slant * 0.4)}Z`,
      { fill: "wood", stroke: "ink", strokeWidth: 3 },
    ),
    ...(open < 0.5
      ? [
          path(`${id}.plank1`, "M-10 44L-10 -35", plank(open)),
          path(`${id}.plank2`, "M10 44L10 -35", plank(open)),
          circle(`${id}.hole`, 0, 4, 8.5, {
            fill: "gold",
            stroke: "ink",
            strokeWidth: 2.5,
            opacity: 1 - 2 * open,
          }),
          path(`${id}.slot`, "M0 1L0 9", {
            fill: "none",
            stroke: "ink",
            strokeWidth: 4,
            opacity: 1 - 2 * open,
          }),
        ]
      : []),
    circle(`${id}.knob`, knob, 16, 4, { fill: "gold", stroke: "ink", strokeWidth: 2 }),
  ]);
}

function plank(open: number) {
  return {
    fill: "none",
    stroke: "ink",
    strokeWidth: 2,
    opacity: round(0.3 * (1 - 2 * open)),
  } as const;
}

/** Bow and blade in one stroke-and-fill each. */
export function sketchedKey(id: string, { x, y }: Point, size: number, thin: number): Shape[] {
  const r = size * 0.24;
  return [
    path(
      `${id}.blade`,
      `M${round(x)} ${round(y)}V${round(y + size * 0.5)}M${round(x)} ${round(y + size * 0.42)}h${round(size * 0.2)}M${round(x)} ${round(y + size * 0.24)}h${round(size * 0.16)}`,
      { fill: "none", stroke: "ink", strokeWidth: round(size * 0.13) },
    ),
    circle(`${id}.bow`, round(x), round(y - size * 0.22), round(r), {
      fill: "gold",
      stroke: "ink",
      strokeWidth: thin,
    }),
  ];
}

export function sketchedDoor(id: string, { x, y }: Point, size: number, thin: number): Shape[] {
  const w = size * 0.3;
  const top = y - size * 0.38;
  const d = `M${round(x - w)} ${round(y + size * 0.38)}V${round(top + w)}A${round(w)} ${round(w)} 0 0 1 ${round(x + w)} ${round(top + w)}V${round(y + size * 0.38)}Z`;
  return [path(id, d, { fill: "wood", stroke: "ink", strokeWidth: thin })];
}
