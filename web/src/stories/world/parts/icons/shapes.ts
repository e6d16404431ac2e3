/** A card that turns over, and the plain shapes that it may speak of. */
import { circle, path, rect, round } from "../../../../scene/build";
import type { Point } from "../../../../scene/ease";
import { placed, type Place } from "../../../../scene/parts/marks";
import type { Group, Paint, Shape } from "../../../../scene/shape";
import { toneOf, type ThingPose } from "./icon";

/** What a card says: a colour, and a form that no other has; paths of points, without arcs. */
const FACES: Readonly<Record<string, { readonly tone: Paint; readonly d: string }>> = {
  blue: {
    tone: "agent",
    d: "M0 -28C8 -15 19 -3 19 9C19 20 10 28 0 28C-10 28 -19 20 -19 9C-19 -3 -8 -15 0 -28Z",
  },
  red: {
    tone: "blame-planner",
    d: "M0 28C-13 14 -26 6 -26 -8C-26 -23 -7 -27 0 -11C7 -27 26 -23 26 -8C26 6 13 14 0 28Z",
  },
};
const BACK = "face-down";

/** A card that hangs there, face down until its looks are others; then it turns over. */
export function card(id: string, place: Place, pose: ThingPose): Group {
  const { look, next, turn } = pose;
  const turns = look !== next;
  const shown = turns && turn >= 0.5 ? next : look;
  const wide = turns ? Math.max(0.06, Math.abs(Math.cos(Math.PI * turn))) : 1;
  const half = round(33 * wide);
  const face = FACES[shown];
  const back = shown === BACK;
  const box = { x: -half, y: -45, width: 2 * half, height: 90 };
  return placed(id, place, [
    rect(`${id}.card`, box, {
      radius: Math.min(9, half),
      fill: back ? "planner" : "surface",
      stroke: "ink",
      strokeWidth: 3.5,
    }),
    ...(back && half > 12
      ? [
          path(`${id}.pattern`, pattern(half - 8), {
            fill: "none",
            stroke: "planner-soft",
            strokeWidth: 4,
          }),
        ]
      : []),
    ...(!back && half > 12
      ? [
          path(`${id}.face`, squeezed(face?.d ?? CIRCLE, wide), {
            fill: face?.tone ?? toneOf(shown, "input"),
            stroke: "ink",
            strokeWidth: 3,
          }),
        ]
      : []),
  ]);
}

const CIRCLE =
  "M-20 0C-20 -11 -11 -20 0 -20C11 -20 20 -11 20 0C20 11 11 20 0 20C-11 20 -20 11 -20 0Z";

/** Lozenges on the back of a card. */
function pattern(half: number): string {
  const lozenge = (y: number): string =>
    `M0 ${y - 16}L${half * 0.8} ${y}L0 ${y + 16}L${-half * 0.8} ${y}Z`;
  return lozenge(-18) + lozenge(18);
}

/** A path of points (no arcs), as it looks on a card that is turned half away. */
function squeezed(d: string, wide: number): string {
  const across = (_: string, x: string, y: string): string => `${round(Number(x) * wide)} ${y}`;
  return d.replaceAll(/(-?[\d.]+) (-?[\d.]+)/g, across);
}

/** A triangle that stands on its base. */
export function triangle(id: string, place: Place, { attributes }: ThingPose): Group {
  return placed(id, place, [
    path(`${id}.triangle`, "M0 -42L44 36L-44 36Z", {
      fill: toneOf(attributes["colour"], "gold"),
      stroke: "ink",
      strokeWidth: 5,
    }),
    path(`${id}.shine`, "M-22 18L-3 -16", {
      fill: "none",
      stroke: "surface",
      strokeWidth: 6,
      opacity: 0.7,
    }),
  ]);
}

/** A disc. */
export function disc(id: string, place: Place, { attributes }: ThingPose): Group {
  return placed(id, place, [
    circle(`${id}.disc`, 0, 0, 41, {
      fill: toneOf(attributes["colour"], "right"),
      stroke: "ink",
      strokeWidth: 5,
    }),
    path(`${id}.shine`, "M-27 -6A27 27 0 0 1 -6 -27", {
      fill: "none",
      stroke: "surface",
      strokeWidth: 6,
      opacity: 0.7,
    }),
  ]);
}

export function sketchedCard(
  id: string,
  { x, y }: Point,
  size: number,
  thin: number,
  { look }: ThingPose,
): Shape[] {
  const [w, h] = [size * 0.33, size * 0.45];
  const box = { x: round(x - w), y: round(y - h), width: round(2 * w), height: round(2 * h) };
  const fill = look === BACK ? "planner" : (FACES[look]?.tone ?? toneOf(look, "input"));
  return [rect(id, box, { radius: round(size * 0.08), fill, stroke: "ink", strokeWidth: thin })];
}

export function sketchedTriangle(
  id: string,
  { x, y }: Point,
  size: number,
  thin: number,
  { attributes }: ThingPose,
): Shape[] {
  const r = size * 0.44;
  const d = `M${round(x)} ${round(y - r)}L${round(x + r)} ${round(y + r * 0.82)}H${round(x - r)}Z`;
  const fill = toneOf(attributes["colour"], "gold");
  return [path(id, d, { fill, stroke: "ink", strokeWidth: thin })];
}

export function sketchedDisc(
  id: string,
  { x, y }: Point,
  size: number,
  thin: number,
  { attributes }: ThingPose,
): Shape[] {
  const fill = toneOf(attributes["colour"], "right");
  return [
    circle(id, round(x), round(y), round(size * 0.4), { fill, stroke: "ink", strokeWidth: thin }),
  ];
}
