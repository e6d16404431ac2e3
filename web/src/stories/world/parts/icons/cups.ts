/** Cups, upside down, and a ball that lies under one of them. */
import { circle, path, round } from "../../../../scene/build";
import type { Point } from "../../../../scene/ease";
import { placed, type Place } from "../../../../scene/parts/marks";
import type { Group, Paint, Shape } from "../../../../scene/shape";
import { shareOf, toneOf, type ThingPose } from "./icon";

const TONES: readonly Paint[] = ["agent", "wood", "right"];

function toneOfCup({ attributes, nth }: ThingPose): Paint {
  return toneOf(attributes["colour"], TONES[nth % TONES.length] ?? "agent");
}

/** A cup, its mouth down; lifted, it rises and tilts. Its stripes tell it from the others. */
export function cup(id: string, place: Place, pose: ThingPose): Group {
  const up = Math.max(pose.peek ?? 0, shareOf(pose, "lifted"));
  const lifted = {
    ...place,
    y: place.y - (place.size / 100) * 58 * up,
    rotate: (place.rotate ?? 0) - 16 * up,
  };
  const ink = { stroke: "ink", strokeWidth: 3 } as const;
  const stripe = (k: number): Shape => {
    const y = 6 - 15 * k;
    const wide = 30 + (y + 46) * 0.135;
    return path(`${id}.stripe${k}`, `M${-round(wide)} ${y}Q0 ${y + 9} ${round(wide)} ${y}`, {
      fill: "none",
      stroke: "surface",
      strokeWidth: 6,
    });
  };
  return placed(id, lifted, [
    path(
      `${id}.body`,
      "M-29 -40Q-29 -46 -22 -46L22 -46Q29 -46 29 -40L40 36Q40 47 0 47Q-40 47 -40 36Z",
      { fill: toneOfCup(pose), ...ink },
    ),
    ...(up > 0.02
      ? [path(`${id}.mouth`, "M-39 37Q0 26 39 37Q36 46 0 46Q-36 46 -39 37Z", { fill: "pupil" })]
      : []),
    path(`${id}.rim`, "M-41 35Q0 50 41 35", { fill: "none", ...ink, strokeWidth: 6 }),
    ...Array.from({ length: 1 + (pose.nth % 3) }, (_, k) => stripe(k)),
    ...aboutToMove(id, shareOf(pose, "about to move")),
    path(`${id}.shine`, "M-21 -36L-26 8", {
      fill: "none",
      stroke: "surface",
      strokeWidth: 4,
      opacity: 0.55,
    }),
  ]);
}

/** Marks on either side of a cup that will not stay where it is. */
function aboutToMove(id: string, share: number): Shape[] {
  if (share <= 0.02) return [];
  const marks = "M-50 -30Q-58 -8 -52 14M50 -30Q58 -8 52 14M-61 -20Q-66 -8 -62 6M61 -20Q66 -8 62 6";
  return [
    path(`${id}.moves`, marks, {
      fill: "none",
      stroke: "muted",
      strokeWidth: 4,
      opacity: round(share, 3),
    }),
  ];
}

/** A ball with a band around it. */
export function ball(id: string, place: Place, { attributes }: ThingPose): Group {
  return placed(id, place, [
    circle(`${id}.ball`, 0, 0, 44, {
      fill: toneOf(attributes["colour"], "gold"),
      stroke: "ink",
      strokeWidth: 6,
    }),
    path(`${id}.band`, "M-40 14Q0 34 40 14", { fill: "none", stroke: "surface", strokeWidth: 11 }),
    circle(`${id}.shine`, -15, -17, 8, { fill: "surface", opacity: 0.8 }),
  ]);
}

export function sketchedCup(
  id: string,
  { x, y }: Point,
  size: number,
  thin: number,
  pose: ThingPose,
): Shape[] {
  const k = size / 100;
  const rise = shareOf(pose, "lifted") * 46;
  const at = (px: number, py: number): string =>
    `${round(x + px * k)} ${round(y + (py - rise) * k)}`;
  const d = `M${at(-28, -42)}L${at(28, -42)}L${at(39, 42)}L${at(-39, 42)}Z`;
  const stripes = Array.from({ length: 1 + (pose.nth % 3) }, (_, i) => {
    const py = 14 - 22 * i;
    return `M${at(-33 + i * 3, py)}L${at(33 - i * 3, py)}`;
  }).join("");
  return [
    path(id, d, { fill: toneOfCup(pose), stroke: "ink", strokeWidth: thin }),
    ...(size < 14
      ? []
      : [
          path(`${id}.stripes`, stripes, {
            fill: "none",
            stroke: "surface",
            strokeWidth: round(7 * k),
          }),
        ]),
  ];
}

export function sketchedBall(
  id: string,
  { x, y }: Point,
  size: number,
  thin: number,
  { attributes }: ThingPose,
): Shape[] {
  return [
    circle(id, round(x), round(y), round(size * 0.44), {
      fill: toneOf(attributes["colour"], "gold"),
      stroke: "surface",
      strokeWidth: thin,
    }),
  ];
}
