/** A small picture of a state: a few simple forms, for cards and rows of which there are many. */
import { at } from "../../../lib/list";
import { circle, path, round, type Box } from "../../../scene/build";
import type { Shape } from "../../../scene/shape";
import { agentOf } from "../facts";
import { groundAsOne, tileCentre, trackGeometry, type Scenery, type TrackGeometry } from "./ground";
import { sketchedToken } from "./icons";
import { iconOf, poseOf, whereOf } from "./standing";

/** What is covered is sketched as well, before what covers it: who looks at it may know. */
export function miniTrack(id: string, box: Box, scenery: Scenery, state: number): Shape[] {
  const geometry = trackGeometry(box, scenery);
  const agent = agentOf(scenery);
  const places = at(scenery.places, state);
  const others = scenery.entities
    .map((_, index) => ({ index, where: whereOf(scenery, state, index) }))
    .filter(({ index, where }) => index !== agent && where !== "out-of-sight");
  const carried = others.filter(({ where }) => where === "hand");
  const covered = others.filter(({ where }) => where === "covered");
  const lying = others.filter(({ where }) => where === "tile");
  const here = agent < 0 ? -1 : Math.max(0, at(places, agent));
  const shared = lying.some(({ index }) => at(places, index) === here);
  const sketch = ({ index }: { index: number }): Shape[] =>
    sketchedEntity(id, geometry, scenery, state, index, here);
  return [
    groundAsOne(`${id}.tiles`, geometry, scenery.tiles),
    ...lying.flatMap(sketch),
    ...covered.flatMap(sketch),
    ...(agent < 0 ? [] : sketchedAgent(`${id}.agent`, geometry, here, shared)),
    ...carried.flatMap(({ index }) =>
      sketchedHand(id, geometry, scenery, state, index, here, shared),
    ),
  ];
}

function sketchedAgent(
  id: string,
  geometry: TrackGeometry,
  tile: number,
  shared: boolean,
): Shape[] {
  const { side } = geometry;
  const { x, y } = tileCentre(geometry, tile);
  const w = side * (shared ? 0.24 : 0.3);
  const cx = x - (shared ? side * 0.17 : 0);
  const base = y + side * 0.38;
  const high = w * 2.15;
  const body =
    `M${round(cx - w)} ${round(base - w * 0.3)}C${round(cx - w)} ${round(base - high)} ${round(cx + w)} ${round(base - high)} ${round(cx + w)} ${round(base - w * 0.3)}` +
    `Q${round(cx + w)} ${round(base)} ${round(cx + w * 0.6)} ${round(base)}L${round(cx - w * 0.6)} ${round(base)}Q${round(cx - w)} ${round(base)} ${round(cx - w)} ${round(base - w * 0.3)}Z`;
  const eye = (k: number) =>
    circle(`${id}.eye${k}`, round(cx + k * w * 0.4), round(base - high * 0.42), round(w * 0.24), {
      fill: "eye",
    });
  return [
    path(`${id}.body`, body, { fill: "agent", stroke: "ink", strokeWidth: side < 16 ? 0.6 : 1.2 }),
    ...(side < 13 ? [] : [eye(-1), eye(1)]),
  ];
}

function sketchedEntity(
  id: string,
  geometry: TrackGeometry,
  scenery: Scenery,
  state: number,
  index: number,
  agentTile: number,
): Shape[] {
  const tile = at(at(scenery.places, state), index);
  if (tile < 0) return [];
  const { side } = geometry;
  const { x, y } = tileCentre(geometry, tile);
  const icon = iconOf(scenery, index);
  const { stands = false, hangs = false, sketch = sketchedToken } = icon ?? {};
  const beside = tile === agentTile && !stands ? side * 0.24 : 0;
  const size = icon?.size ?? (stands ? 1 : hangs ? 0.56 : 0.62);
  const low = geometry.table ? (icon?.low ?? 0) : hangs ? -0.14 : 0;
  const point = { x: x + beside, y: y + low * side };
  const pose = poseOf(scenery, state, index);
  return sketch(`${id}.e${index}`, point, side * size, thinIn(side), pose);
}

function sketchedHand(
  id: string,
  geometry: TrackGeometry,
  scenery: Scenery,
  state: number,
  index: number,
  tile: number,
  shared: boolean,
): Shape[] {
  const { side } = geometry;
  const { x, y } = tileCentre(geometry, tile);
  const point = { x: x + side * (shared ? 0.14 : 0.3), y: y - side * 0.1 };
  const { sketch = sketchedToken } = iconOf(scenery, index) ?? {};
  const pose = poseOf(scenery, state, index);
  return sketch(`${id}.e${index}`, point, side * 0.5, thinIn(side), pose);
}

/** How thin the lines of a sketch are. */
function thinIn(side: number): number {
  return side < 16 ? 0.6 : 1.2;
}
