/** The line of tiles, and who stands on it. */
import type { Outcome, WorldTable } from "../recording/types.gen";
import { circle, group, path, rect, round, text, type Box } from "../build";
import { arch, clamp, easeInOut, easeOut, mix, progress, swing, type Point } from "../ease";
import { agentOf, motions } from "../facts";
import { at } from "../list";
import type { Shape } from "../shape";
import { plain } from "../words";
import { cross, entity, tick } from "./drawings";

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
  /** Tile numbers below the tiles. */
  readonly numbered?: boolean;
  /** Only outlines of what the pictures say: for miniatures. */
  readonly plain?: boolean;
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
    group(`${id}.tiles`, tiles(props, geometry), { label }),
    ...figures(props, geometry),
  ];
}

function tiles(props: TrackProps, geometry: TrackGeometry): Shape[] {
  const { id, table } = props;
  const { side } = geometry;
  return Array.from({ length: table.tiles }, (_, tile) => {
    const { x, y } = tileCentre(geometry, tile);
    const shapes: Shape[] = [
      rect(
        `${id}.tile${tile}`,
        { x: x - side / 2, y: y - side / 2, width: side, height: side },
        { radius: side * 0.22, fill: "surface", stroke: "faint", strokeWidth: Math.max(1.2, side / 45) },
      ),
    ];
    if (props.numbered && side >= 30) {
      shapes.push(
        text(`${id}.number${tile}`, String(tile + 1), x, y + side / 2 + Math.max(15, side * 0.19), clamp(side * 0.15, 11, 14), {
          anchor: "middle",
          fill: "muted",
        }),
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
    circleShadow(`${id}.shadow`, ground.x + pose.shiftX * (side + gap) - shared * side * 0.15, ground.y + side * 0.41, agentSize, pose.hop, light(agentIndex)),
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
      { look: pose.look, hold: Math.max(0, ...all.map((one) => one.held)), stretch: pose.stretch, mood: pose.mood },
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
  if (props.plain) return {};
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

function circleShadow(id: string, x: number, y: number, size: number, hop: number, light: number): Shape {
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

const still: Pose = { shiftX: 0, hop: 0, tilt: 0, look: 0, stretch: 0, mood: 0.4 };

/** How the agent carries itself during a move: it hops, reaches up, or bumps and bounces back. */
function agentPose({ table, move, state }: TrackProps): Pose {
  if (!move) return state >= table.live_states ? { ...still, mood: 1 } : still;
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

/** A small picture of a state: tiles and figures without words. */
export function miniTrack(id: string, box: Box, table: WorldTable, state: number): Shape[] {
  const geometry = trackGeometry(box, table.tiles);
  if (geometry.side < 14) return dots(id, geometry, table, state);
  return worldTrack({ id, box, table, state, plain: true }).map((shape) =>
    shape.kind === "group" ? withoutLabel(shape) : shape,
  );
}

function withoutLabel<T extends Shape>(shape: T): T {
  const { label: _, tip: __, ...rest } = shape;
  return rest as T;
}

/** Smaller still: a coloured form on each tile that is not empty. */
function dots(id: string, geometry: TrackGeometry, table: WorldTable, state: number): Shape[] {
  const { side } = geometry;
  const shapes: Shape[] = Array.from({ length: table.tiles }, (_, tile) => {
    const { x, y } = tileCentre(geometry, tile);
    return rect(
      `${id}.tile${tile}`,
      { x: round(x - side / 2), y: round(y - side / 2), width: round(side), height: round(side) },
      { radius: round(side * 0.25), fill: "faint" },
    );
  });
  table.entities.forEach((one, i) => {
    const tile = at(at(table.places, state), i);
    if (tile < 0) return;
    const { x, y } = tileCentre(geometry, tile);
    const tone = one.icon === "agent" || one.icon === "key" || one.icon === "door" ? one.icon : "input";
    if (one.icon === "door") {
      shapes.push(rect(`${id}.e${i}`, { x: round(x - side * 0.36), y: round(y - side * 0.45), width: round(side * 0.72), height: round(side * 0.9) }, { radius: round(side * 0.2), fill: tone }));
    } else {
      shapes.push(circle(`${id}.e${i}`, round(x), round(y), round(side * (one.icon === "agent" ? 0.34 : 0.22)), { fill: tone, stroke: "surface", strokeWidth: 0.8 }));
    }
  });
  return shapes;
}
