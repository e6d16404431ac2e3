/** The line of tiles, and who stands on it. */
import type { Outcome, WorldTable } from "../../../recording/types.gen";
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
import { agentOf, motions } from "../facts";
import { at } from "../../../lib/list";
import { memoByValue } from "../../../scene/memo";
import type { Shape } from "../../../scene/shape";
import { plain } from "../../../scene/words";
import { cross, tick } from "../../../scene/parts/marks";
import { entity } from "./drawings";

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

/** A sentence about a state, for screen readers. */
export function describeState(table: WorldTable, state: number): string {
  const parts = table.entities.map((entity, i) => {
    const tile = at(at(table.places, state), i);
    return tile < 0 ? `${entity.name} in hand` : `${entity.name} on tile ${tile + 1}`;
  });
  return parts.join(", ");
}

interface Standing {
  readonly index: number;
  readonly tile: number;
  /** 0: on its tile. 1: in the agent's hand. */
  readonly held: number;
}

/** Where everybody stands during a move. */
function standings(props: TrackProps): readonly Standing[] {
  const { table, state, move } = props;
  const now = at(table.places, state);
  return table.entities.map((_, index) => {
    const from = at(now, index);
    const to = move ? at(at(table.places, move.next), index) : from;
    const share = move ? easeInOut(move.share) : 0;
    if (from >= 0 && to >= 0) return { index, tile: mix(from, to, share), held: 0 };
    const held = mix(from < 0 ? 1 : 0, to < 0 ? 1 : 0, share);
    return { index, tile: Math.max(from, to), held };
  });
}

export function worldTrack(props: TrackProps): Shape[] {
  const { id, box, table } = props;
  const geometry = trackGeometry(box, table.tiles);
  const label = `The line of ${table.tiles} tiles: ${describeState(table, props.move && props.move.share >= 1 ? props.move.next : props.state)}`;
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

/** Everybody on the line, the agent in front. */
function figures(props: TrackProps, geometry: TrackGeometry): Shape[] {
  const { id, table, move } = props;
  const agentIndex = agentOf(table);
  const all = standings(props);
  const agentAt = at(all, agentIndex);
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
  const shapes: Shape[] = [];
  for (const one of all) {
    if (one.index === agentIndex || one.held > 0.5) continue;
    shapes.push(
      standing(props, one, geometry, agentAt.tile, agentPoint, agentSize, light(one.index), move),
    );
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
    shapes.push(
      standing(props, one, geometry, agentAt.tile, agentPoint, agentSize, light(one.index), move),
    );
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
  const tall = at(table.entities, one.index).icon === "door";
  const size = side * (tall ? 0.86 : mix(0.56, 0.5, near));
  const onTile: Point = tall
    ? { x: tile.x + near * side * 0.08, y: tile.y - side * 0.0 }
    : { x: tile.x + near * side * 0.26, y: tile.y - near * side * 0.2 };
  const inHand: Point = { x: agentPoint.x + agentSize * 0.46, y: agentPoint.y - agentSize * 0.3 };
  const rattle =
    move && move.outcome === "wrong-order" && near > 0.5 && tall
      ? 5 * swing(progress(move.share, 0.35, 1), 3) * (move.share > 0.35 ? 1 : 0)
      : 0;
  const open =
    move && move.outcome === "success" && tall
      ? easeOut(progress(move.share, 0.15, 0.9))
      : tall && props.state >= table.live_states
        ? 1
        : 0;
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
  const here = at(at(table.places, state), agentOf(table));
  const others = table.entities
    .map((_, index) => index)
    .filter((index) => index !== agentOf(table));
  const hands = others.filter((index) => at(at(table.places, state), index) < 0);
  const shared = others.some((index) => at(at(table.places, state), index) === here);
  return [
    tilesAsOne(`${id}.tiles`, geometry, table.tiles),
    ...others.flatMap((index) => sketchedEntity(id, geometry, table, state, index, here)),
    ...sketchedAgent(`${id}.agent`, geometry, Math.max(0, here), shared),
    ...hands.flatMap((index) =>
      sketchedHand(id, geometry, table, index, Math.max(0, here), shared),
    ),
  ];
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
  const name = `${id}.e${index}`;
  const thin = side < 16 ? 0.6 : 1.2;
  switch (at(table.entities, index).icon) {
    case "door": {
      const w = side * 0.3;
      const top = y - side * 0.38;
      const d = `M${round(x - w)} ${round(y + side * 0.38)}V${round(top + w)}A${round(w)} ${round(w)} 0 0 1 ${round(x + w)} ${round(top + w)}V${round(y + side * 0.38)}Z`;
      return [path(name, d, { fill: "door", stroke: "ink", strokeWidth: thin })];
    }
    case "key":
      return sketchedKey(name, x + (tile === agentTile ? side * 0.24 : 0), y, side * 0.62, thin);
    default:
      return [
        circle(name, round(x), round(y), round(side * 0.24), {
          fill: "input",
          stroke: "ink",
          strokeWidth: thin,
        }),
      ];
  }
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
  const thin = side < 16 ? 0.6 : 1.2;
  const right = x + side * (shared ? 0.14 : 0.3);
  const name = `${id}.e${index}`;
  return at(table.entities, index).icon === "key"
    ? sketchedKey(name, right, y - side * 0.1, side * 0.5, thin)
    : [
        circle(name, round(right), round(y - side * 0.15), round(side * 0.14), {
          fill: "input",
          stroke: "ink",
          strokeWidth: thin,
        }),
      ];
}

/** Bow and blade in one stroke-and-fill each. */
function sketchedKey(id: string, x: number, y: number, size: number, thin: number): Shape[] {
  const r = size * 0.24;
  return [
    path(
      `${id}.blade`,
      `M${round(x)} ${round(y)}V${round(y + size * 0.5)}M${round(x)} ${round(y + size * 0.42)}h${round(size * 0.2)}M${round(x)} ${round(y + size * 0.24)}h${round(size * 0.16)}`,
      { fill: "none", stroke: "ink", strokeWidth: round(size * 0.13) },
    ),
    circle(`${id}.bow`, round(x), round(y - size * 0.22), round(r), {
      fill: "key",
      stroke: "ink",
      strokeWidth: thin,
    }),
  ];
}
