/** The places of a world in a row, and who is there. */
import type { Outcome, Whereabouts, WorldTable } from "../../../recording/types.gen";
import { circle, group, path, rect, round, text, type Box } from "../../../scene/build";
import {
  arch,
  clamp,
  easeInOut,
  easeOut,
  mix,
  progress,
  swing,
  type Point,
} from "../../../scene/ease";
import type { Ground } from "../definition";
import { agentOf, motions } from "../facts";
import { at } from "../../../lib/list";
import { memoByValue } from "../../../scene/memo";
import { count } from "../../../scene/numbers";
import type { Shape } from "../../../scene/shape";
import { plain } from "../../../scene/words";
import { cross, tick } from "../../../scene/parts/marks";
import { entity } from "./drawings";
import { ICONS, sketchedToken, type Icon } from "./icons";

export interface TrackMove {
  readonly next: number;
  readonly action: number;
  readonly outcome: Outcome;
  /** How far the move has come, 0 to 1. */
  readonly share: number;
}

export interface TrackProps {
  readonly id: string;
  readonly box: Box;
  readonly table: WorldTable;
  readonly state: number;
  /** What its places are called. */
  readonly ground: Ground;
  readonly move?: TrackMove;
  /** Tick or cross over the agent, 0 to 1. */
  readonly mark?: { readonly right: boolean; readonly share: number };
  /** Opacity by entity, to dim the others; 1 where absent. */
  readonly light?: readonly number[];
  /** Seconds, for the blinking of eyes. */
  readonly time?: number;
  /** Tile numbers below the tiles. */
  readonly numbered?: boolean;
}

export interface TrackGeometry {
  readonly side: number;
  readonly gap: number;
  readonly left: number;
  readonly top: number;
}

/** Where the tiles are; scenes use it to point at them. */
export function trackGeometry(box: Box, tiles: number): TrackGeometry {
  const share = 0.1;
  const side = Math.min(box.width / (tiles + share * (tiles - 1)), box.height);
  const gap = side * share;
  const width = tiles * side + (tiles - 1) * gap;
  return {
    side,
    gap,
    left: box.x + (box.width - width) / 2,
    top: box.y + (box.height - side) / 2,
  };
}

export function tileCentre(geometry: TrackGeometry, tile: number): Point {
  const { side, gap, left, top } = geometry;
  return { x: left + tile * (side + gap) + side / 2, y: top + side / 2 };
}

/** Where an entity is; older files leave it out: what is on no tile is carried. */
function whereOf(table: WorldTable, state: number, index: number): Whereabouts {
  const carried = at(at(table.places, state), index) < 0;
  return table.whereabouts?.[state]?.[index] ?? (carried ? "hand" : "tile");
}

/** A sentence about a state, for screen readers; `place` is what a place is called. */
export function describeState(table: WorldTable, state: number, place: string): string {
  const parts = table.entities.map(({ name }, i) => {
    const here = `on ${place} ${at(at(table.places, state), i) + 1}`;
    const where: Record<Whereabouts, string> = {
      tile: here,
      hand: "in hand",
      covered: `covered ${here}`,
      "out-of-sight": "out of sight",
    };
    return `${name} ${where[whereOf(table, state, i)]}`;
  });
  return parts.join(", ");
}

/** Whether anything is seen of an entity that is there. */
function isSeen(where: Whereabouts): boolean {
  return where === "tile" || where === "hand";
}

interface Standing {
  readonly index: number;
  readonly tile: number;
  /** 0: on its tile. 1: in the agent's hand. */
  readonly held: number;
  /** How much of it is seen, 0 to 1. */
  readonly seen: number;
}

/** Where everybody is during a move; who is not seen is left out. */
function standings({ table, state, move }: TrackProps): readonly Standing[] {
  const next = move?.next ?? state;
  const share = move ? easeInOut(move.share) : 0;
  const all = table.entities.map((_, index): Standing => {
    const [from, to] = [at(at(table.places, state), index), at(at(table.places, next), index)];
    const [was, will] = [whereOf(table, state, index), whereOf(table, next, index)];
    return {
      index,
      tile: from >= 0 && to >= 0 ? mix(from, to, share) : Math.max(from, to),
      held: mix(was === "hand" ? 1 : 0, will === "hand" ? 1 : 0, share),
      seen: mix(isSeen(was) ? 1 : 0, isSeen(will) ? 1 : 0, share),
    };
  });
  return all.filter(({ index, seen }) => seen > 0 || index === agentOf(table));
}

export function worldTrack(props: TrackProps): Shape[] {
  const { id, box, table } = props;
  const geometry = trackGeometry(box, table.tiles);
  const { whole, place } = props.ground;
  const state = props.move && props.move.share >= 1 ? props.move.next : props.state;
  const label = `The ${whole} of ${count(table.tiles, place)}: ${describeState(table, state, place)}`;
  return [
    group(`${id}.tiles`, tiles(id, table.tiles, geometry, props.numbered ?? false), { label }),
    ...figures(props, geometry),
  ];
}

const tiles = memoByValue(drawTiles);

function drawTiles(
  id: string,
  many: number,
  geometry: TrackGeometry,
  numbered: boolean,
): readonly Shape[] {
  const { side } = geometry;
  return Array.from({ length: many }, (_, tile) => {
    const { x, y } = tileCentre(geometry, tile);
    const shapes: Shape[] = [
      rect(
        `${id}.tile${tile}`,
        { x: x - side / 2, y: y - side / 2, width: side, height: side },
        {
          radius: side * 0.22,
          fill: "surface",
          stroke: "faint",
          strokeWidth: Math.max(1.2, side / 45),
        },
      ),
    ];
    if (numbered && side >= 30) {
      shapes.push(
        text(
          `${id}.number${tile}`,
          String(tile + 1),
          x,
          y + side / 2 + Math.max(15, side * 0.19),
          clamp(side * 0.15, 11, 14),
          {
            anchor: "middle",
            fill: "muted",
          },
        ),
      );
    }
    return shapes;
  }).flat();
}

/** Everybody, the agent in front. */
function figures(props: TrackProps, geometry: TrackGeometry): Shape[] {
  const { id, table, move } = props;
  const agentIndex = agentOf(table);
  const all = standings(props);
  const agentAt = all.find(({ index }) => index === agentIndex) ?? at(all, 0);
  const { side, gap } = geometry;
  const pose = agentPose(props);
  const shared = Math.max(
    0,
    ...all
      .filter((one) => one.index !== agentIndex && one.held < 1)
      .map((one) => clamp(1 - Math.abs(one.tile - agentAt.tile)) * (1 - one.held)),
  );
  const ground = tileCentre(geometry, agentAt.tile);
  const agentSize = side * mix(0.74, 0.62, shared);
  const agentPoint: Point = {
    x: ground.x + pose.shiftX * (side + gap) - shared * side * 0.15,
    y: ground.y + side * 0.46 - agentSize * 0.45 - side * 0.05 - pose.hop * side,
  };
  const light = (index: number) => props.light?.[index] ?? 1;
  const put = (one: Standing): Shape =>
    standing(
      props,
      one,
      geometry,
      agentAt.tile,
      agentPoint,
      agentSize,
      light(one.index) * one.seen,
      move,
    );
  const shapes: Shape[] = [];
  for (const one of all) {
    if (one.index === agentIndex || one.held > 0.5) continue;
    shapes.push(put(one));
  }
  shapes.push(
    circleShadow(
      `${id}.shadow`,
      ground.x + pose.shiftX * (side + gap) - shared * side * 0.15,
      ground.y + side * 0.41,
      agentSize,
      pose.hop,
      light(agentIndex),
    ),
    entity(
      `${id}.entity${agentIndex}`,
      at(table.entities, agentIndex).icon,
      at(table.entities, agentIndex).name,
      {
        x: agentPoint.x,
        y: agentPoint.y,
        size: agentSize,
        rotate: pose.tilt,
        opacity: light(agentIndex),
        ...named(props, agentIndex),
      },
      {
        look: pose.look,
        hold: Math.max(0, ...all.map((one) => one.held)),
        stretch: pose.stretch,
        mood: pose.mood,
        blink: ((props.time ?? 0) + 9.3) % 3.4 > 3.28,
      },
    ),
  );
  for (const one of all) {
    if (one.index === agentIndex || one.held <= 0.5) continue;
    shapes.push(put(one));
  }
  if (props.mark && props.mark.share > 0) {
    const size = side * 0.36 * props.mark.share;
    const place = { x: agentPoint.x + agentSize * 0.02, y: ground.y - side * 0.5, size };
    shapes.push(props.mark.right ? tick(`${id}.mark`, place) : cross(`${id}.mark`, place));
  }
  return shapes;
}

function named(props: TrackProps, index: number): { label: string; tip: string } | object {
  const one = at(props.table.entities, index);
  return { label: plain(one.name), tip: `The ${plain(one.name)}.` };
}

/** Someone other than the agent, on a tile, on the way to the hand, or in it. */
function standing(
  props: TrackProps,
  one: Standing,
  geometry: TrackGeometry,
  agentTile: number,
  agentPoint: Point,
  agentSize: number,
  opacity: number,
  move: TrackMove | undefined,
): Shape {
  const { table, id } = props;
  const { side } = geometry;
  const tile = tileCentre(geometry, one.tile);
  const near = clamp(1 - Math.abs(one.tile - agentTile));
  const tall = iconOf(table, one.index)?.stands ?? false;
  const size = side * (tall ? 0.86 : mix(0.56, 0.5, near));
  const onTile: Point = tall
    ? { x: tile.x + near * side * 0.08, y: tile.y - side * 0.0 }
    : { x: tile.x + near * side * 0.26, y: tile.y - near * side * 0.2 };
  const inHand: Point = { x: agentPoint.x + agentSize * 0.46, y: agentPoint.y - agentSize * 0.3 };
  const rattle =
    move && move.outcome === "wrong-order" && near > 0.5 && tall
      ? 5 * swing(progress(move.share, 0.35, 1), 3) * (move.share > 0.35 ? 1 : 0)
      : 0;
  const opened = (state: number): boolean =>
    table.looks?.length
      ? table.looks[state]?.[one.index] === "open"
      : tall && state >= table.live_states;
  const opening = move && opened(move.next) ? easeOut(progress(move.share, 0.15, 0.9)) : 0;
  const open = opened(props.state) ? 1 : opening;
  return entity(
    `${id}.entity${one.index}`,
    at(table.entities, one.index).icon,
    at(table.entities, one.index).name,
    {
      x: mix(onTile.x, inHand.x, one.held) + rattle * 0.4,
      y: mix(onTile.y, inHand.y, one.held) - arch(one.held) * side * 0.25,
      size: mix(size, agentSize * 0.62, one.held),
      rotate: mix(tall ? 0 : 18, 24, one.held) + rattle,
      opacity,
      ...named(props, one.index),
    },
    { open },
  );
}

function circleShadow(
  id: string,
  x: number,
  y: number,
  size: number,
  hop: number,
  light: number,
): Shape {
  const wide = size * 0.3 * (1 - hop);
  const high = size * 0.05;
  return path(
    id,
    `M${round(x - wide)} ${round(y)}A${round(wide)} ${round(high)} 0 1 0 ${round(x + wide)} ${round(y)}` +
      `A${round(wide)} ${round(high)} 0 1 0 ${round(x - wide)} ${round(y)}Z`,
    { fill: "faint", opacity: round(0.7 * light, 3) },
  );
}

interface Pose {
  readonly shiftX: number;
  readonly hop: number;
  readonly tilt: number;
  readonly look: number;
  readonly stretch: number;
  readonly mood: number;
}

const calm: Pose = { shiftX: 0, hop: 0, tilt: 0, look: 0, stretch: 0, mood: 0.4 };

/** How the agent carries itself during a move: it hops, reaches up, or bumps and bounces back. */
function agentPose({ table, move, state }: TrackProps): Pose {
  if (!move) return state >= table.live_states ? { ...calm, mood: 1 } : calm;
  const { share, outcome } = move;
  const direction = at(motions(table), move.action);
  if (outcome === "blocked" || outcome === "wrong-order") {
    const bump = share < 0.35 ? share / 0.35 : 1 - easeOut(progress(share, 0.35, 0.8));
    const back = direction || 1;
    return {
      shiftX: back * 0.1 * bump - (share > 0.35 ? back * 0.1 * arch(progress(share, 0.35, 1)) : 0),
      hop: 0.12 * arch(progress(share, 0.35, 0.9)),
      tilt: -back * 12 * arch(progress(share, 0.35, 0.9)),
      look: back * (1 - share),
      stretch: -0.4 * arch(progress(share, 0.2, 0.5)),
      mood: mix(0.3, -0.9, progress(share, 0.3, 0.6)),
    };
  }
  const hop = direction === 0 ? 0.1 : 0.16;
  return {
    shiftX: 0,
    hop: hop * arch(share),
    tilt: direction * 5 * arch(share),
    look: direction * arch(share) || (share < 1 ? 0.0 : 0),
    stretch: 0.6 * Math.sin(2 * Math.PI * clamp(share)) * 0.6,
    mood: outcome === "success" ? mix(0.4, 1, share) : 0.5,
  };
}

/** A small picture of a state: a few simple forms, for cards and rows of which there are many. */
export function miniTrack(id: string, box: Box, table: WorldTable, state: number): Shape[] {
  const geometry = trackGeometry(box, table.tiles);
  const agent = agentOf(table);
  const here = Math.max(0, at(at(table.places, state), agent));
  const others = table.entities
    .map((_, index) => ({ index, where: whereOf(table, state, index) }))
    .filter(({ index, where }) => index !== agent && isSeen(where));
  const carried = others.filter(({ where }) => where === "hand");
  const lying = others.filter(({ where }) => where !== "hand");
  const shared = lying.some(({ index }) => at(at(table.places, state), index) === here);
  return [
    tilesAsOne(`${id}.tiles`, geometry, table.tiles),
    ...lying.flatMap(({ index }) => sketchedEntity(id, geometry, table, state, index, here)),
    ...sketchedAgent(`${id}.agent`, geometry, here, shared),
    ...carried.flatMap(({ index }) => sketchedHand(id, geometry, table, index, here, shared)),
  ];
}

/** The drawing of an entity; none where it has a plain token. */
function iconOf(table: WorldTable, index: number): Icon | undefined {
  return ICONS[at(table.entities, index).icon];
}

function tilesAsOne(id: string, { side, gap, left, top }: TrackGeometry, tiles: number): Shape {
  const r = round(side * 0.22);
  const flat = round(side - 2 * r);
  const arc = (x: number, y: number) => `a${r} ${r} 0 0 1 ${x} ${y}`;
  const d = Array.from(
    { length: tiles },
    (_, tile) =>
      `M${round(left + tile * (side + gap) + r)} ${round(top)}h${flat}${arc(r, r)}v${flat}${arc(-r, r)}` +
      `h${-flat}${arc(-r, -r)}v${-flat}${arc(r, -r)}Z`,
  ).join("");
  return path(id, d, { fill: "ground", stroke: "faint", strokeWidth: side < 12 ? 0.7 : 1.1 });
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
  table: WorldTable,
  state: number,
  index: number,
  agentTile: number,
): Shape[] {
  const tile = at(at(table.places, state), index);
  if (tile < 0) return [];
  const { side } = geometry;
  const { x, y } = tileCentre(geometry, tile);
  const { stands = false, sketch = sketchedToken } = iconOf(table, index) ?? {};
  const beside = tile === agentTile && !stands ? side * 0.24 : 0;
  return sketch(`${id}.e${index}`, { x: x + beside, y }, side * (stands ? 1 : 0.62), thinIn(side));
}

function sketchedHand(
  id: string,
  geometry: TrackGeometry,
  table: WorldTable,
  index: number,
  tile: number,
  shared: boolean,
): Shape[] {
  const { side } = geometry;
  const { x, y } = tileCentre(geometry, tile);
  const point = { x: x + side * (shared ? 0.14 : 0.3), y: y - side * 0.1 };
  const { sketch = sketchedToken } = iconOf(table, index) ?? {};
  return sketch(`${id}.e${index}`, point, side * 0.5, thinIn(side));
}

/** How thin the lines of a sketch are. */
function thinIn(side: number): number {
  return side < 16 ? 0.6 : 1.2;
}
