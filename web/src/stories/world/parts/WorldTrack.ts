/** A world in a state or on its way to the next: its places, and who is there. */
import type { WorldTable } from "../../../recording/types.gen";
import { group, path, round, type Box } from "../../../scene/build";
import { arch, clamp, easeOut, mix, progress, swing, type Point } from "../../../scene/ease";
import type { Ground } from "../definition";
import { agentOf, motions, placeOfAction } from "../facts";
import { at } from "../../../lib/list";
import { count } from "../../../scene/numbers";
import type { Shape } from "../../../scene/shape";
import { plain } from "../../../scene/words";
import { cross, tick } from "../../../scene/parts/marks";
import { agent, thing } from "./drawings";
import { ground, oval, tileCentre, trackGeometry, type TrackGeometry } from "./ground";
import {
  coveredBy,
  describeState,
  iconOf,
  poseOf,
  standings,
  type Standing,
  type TrackMove,
} from "./standing";

export interface TrackProps {
  readonly id: string;
  readonly box: Box;
  readonly table: WorldTable;
  readonly state: number;
  /** What its places are called. */
  readonly ground: Ground;
  readonly move?: TrackMove;
  /** Tick or cross over the place of the action, 0 to 1. */
  readonly mark?: { readonly right: boolean; readonly share: number };
  /** Opacity by entity, to dim the others; 1 where absent. */
  readonly light?: readonly number[];
  /** How far what covers something is lifted to look under it, 0 to 1. */
  readonly peek?: number;
  /** Seconds, for the blinking of eyes. */
  readonly time?: number;
  /** Numbers below the places. */
  readonly numbered?: boolean;
}

export function worldTrack(props: TrackProps): Shape[] {
  const { id, box, table } = props;
  const geometry = trackGeometry(box, table);
  const { whole, place } = props.ground;
  const state = props.move && props.move.share >= 1 ? props.move.next : props.state;
  const label = `The ${whole} of ${count(table.tiles, place)}: ${describeState(table, state, props.ground)}`;
  return [
    group(`${id}.tiles`, ground(id, table.tiles, geometry, props.numbered ?? false), { label }),
    ...figures(props, geometry),
    ...marked(props, geometry),
  ];
}

/** The agent on its place: where it stands, and how large it is beside others. */
interface Actor {
  readonly index: number;
  readonly tile: number;
  readonly point: Point;
  readonly size: number;
  /** How much it shares its place with others, 0 to 1. */
  readonly shared: number;
  readonly pose: Pose;
}

/** Everybody: what lies there, then the agent, then what it carries. */
function figures(props: TrackProps, geometry: TrackGeometry): Shape[] {
  const { table, state, move, peek } = props;
  const now = move && move.share >= 1 ? move.next : state;
  const all = standings(table, state, move, peek ? now : -1);
  const actor = actorOf(props, all, geometry);
  const others = all.filter(({ index }) => index !== actor?.index);
  const put = (one: Standing): Shape => standing(props, one, geometry, actor);
  return [
    ...others
      .filter(({ held }) => held <= 0.5)
      .toSorted((a, b) => depthOf(props, a) - depthOf(props, b))
      .map(put),
    ...(actor ? actorShapes(props, actor, all, geometry) : []),
    ...others.filter(({ held }) => held > 0.5).map(put),
  ];
}

/** What is drawn first: what lies under something, then what passes behind others. */
function depthOf({ table }: TrackProps, { index, passes }: Standing): number {
  return (iconOf(table, index)?.covers ? 10 : 0) + passes;
}

function actorOf(
  props: TrackProps,
  all: readonly Standing[],
  geometry: TrackGeometry,
): Actor | null {
  const index = agentOf(props.table);
  const own = all.find((one) => one.index === index);
  if (!own) return null;
  const { side, gap } = geometry;
  const pose = agentPose(props);
  const shared = Math.max(
    0,
    ...all
      .filter((one) => one.index !== index && one.held < 1)
      .map((one) => clamp(1 - Math.abs(one.tile - own.tile)) * (1 - one.held) * (1 - one.gone)),
  );
  const foot = tileCentre(geometry, own.tile);
  const size = side * mix(0.74, 0.62, shared);
  return {
    index,
    tile: own.tile,
    size,
    shared,
    pose,
    point: {
      x: foot.x + pose.shiftX * (side + gap) - shared * side * 0.15,
      y: foot.y + side * 0.46 - size * 0.45 - side * 0.05 - pose.hop * side,
    },
  };
}

function actorShapes(
  props: TrackProps,
  { index, tile, point, size, pose }: Actor,
  all: readonly Standing[],
  geometry: TrackGeometry,
): Shape[] {
  const { id } = props;
  const light = props.light?.[index] ?? 1;
  const shadow = { wide: size * 0.3 * (1 - pose.hop), high: size * 0.05 };
  const y = tileCentre(geometry, tile).y + geometry.side * 0.41;
  return [
    path(`${id}.shadow`, oval(point.x, y, shadow.wide, shadow.high), {
      fill: "faint",
      opacity: round(0.7 * light, 3),
    }),
    agent(
      `${id}.entity${index}`,
      {
        x: point.x,
        y: point.y,
        size,
        rotate: pose.tilt,
        opacity: light,
        ...named(props, index),
      },
      {
        look: pose.look,
        hold: Math.max(0, ...all.map((one) => one.held)),
        stretch: pose.stretch,
        mood: pose.mood,
        blink: ((props.time ?? 0) + 9.3) % 3.4 > 3.28,
      },
    ),
  ];
}

/** The tick or cross: over the agent, or over what the action was about. */
function marked(props: TrackProps, geometry: TrackGeometry): Shape[] {
  const { id, table, state, move, mark } = props;
  if (!mark || mark.share <= 0 || !move) return [];
  const actor = actorOf(props, standings(table, state, move), geometry);
  const size = geometry.side * (geometry.table ? 0.3 : 0.36) * mark.share;
  const about = tileCentre(geometry, placeOfAction(table, state, move.action));
  const place = actor
    ? {
        x: actor.point.x + actor.size * 0.02,
        y: tileCentre(geometry, actor.tile).y - geometry.side * 0.5,
        size,
      }
    : { x: about.x + geometry.side * 0.5, y: about.y - geometry.side * 0.32, size };
  return [mark.right ? tick(`${id}.mark`, place) : cross(`${id}.mark`, place)];
}

function named(props: TrackProps, index: number): { label: string; tip: string } {
  const one = at(props.table.entities, index);
  return { label: plain(one.name), tip: `The ${plain(one.name)}.` };
}

/** Someone other than the agent, on a place, on the way to the hand, or in it. */
function standing(
  props: TrackProps,
  one: Standing,
  geometry: TrackGeometry,
  actor: Actor | null,
): Shape {
  const { table, id, move } = props;
  const { side } = geometry;
  const near = actor ? clamp(1 - Math.abs(one.tile - actor.tile)) : 0;
  const rest = resting(props, one, geometry, near);
  const inHand: Point = actor
    ? { x: actor.point.x + actor.size * 0.46, y: actor.point.y - actor.size * 0.3 }
    : rest;
  const rattle = rattling(props, one, actor);
  const away = leaving(props, one, actor, side);
  const own = iconOf(table, one.index);
  const upright = geometry.table || own?.stands || own?.hangs || own?.upright;
  const now = move && move.share >= 1 ? move.next : props.state;
  const peeks = props.peek && coveredBy(table, now, one.index).length ? props.peek : 0;
  const { icon, name } = at(table.entities, one.index);
  return thing(
    `${id}.entity${one.index}`,
    icon,
    name,
    {
      x: mix(rest.x, inHand.x, one.held) + rattle * 0.4 + away.x,
      y: mix(rest.y, inHand.y, one.held) - arch(one.held) * side * 0.25 + away.y,
      size:
        mix(rest.size, (actor?.size ?? side) * (own?.upright ? 0.44 : 0.62), one.held) * away.scale,
      rotate: mix(upright ? 0 : 18, 24, one.held) + rattle + away.rotate,
      opacity: (props.light?.[one.index] ?? 1) * away.opacity,
      ...named(props, one.index),
    },
    {
      ...poseOf(table, props.state, one.index, move),
      ...(peeks ? { peek: peeks } : {}),
    },
  );
}

/** Its point and size while nobody carries it; `near` is how close the agent is. */
function resting(
  { table, move, state }: TrackProps,
  one: Standing,
  geometry: TrackGeometry,
  near: number,
): Point & { readonly size: number } {
  const { side } = geometry;
  const icon = iconOf(table, one.index);
  const tile = tileCentre(geometry, one.tile);
  if (geometry.table) {
    // Who passes in front comes nearer, who passes behind goes farther away.
    const way = one.passes * arch(clamp(move?.share ?? 0)) * Math.sqrt(one.distance);
    return {
      x: tile.x,
      y: tile.y + (icon?.low ?? 0) * side + way * side * 0.15,
      size: side * (icon?.size ?? 0.86) * (1 + 0.1 * way),
    };
  }
  if (icon?.hangs) {
    return {
      x: tile.x + near * side * 0.21,
      y: tile.y - mix(0.08, 0.17, near) * side,
      size: side * mix(0.62, 0.52, near),
    };
  }
  if (icon?.stands) {
    return { x: tile.x + near * side * 0.08, y: tile.y, size: side * (icon.size ?? 0.86) };
  }
  const below = sharesWithHanging(table, state, one);
  return {
    x: tile.x + Math.max(near, below) * side * 0.26,
    y: tile.y + (below ? 0.24 : -0.2 * near) * side,
    size: side * (icon?.size ?? mix(0.56, below ? 0.4 : 0.5, Math.max(near, below))),
  };
}

/** 1 where something hangs above the place of what lies there. */
function sharesWithHanging(table: WorldTable, state: number, { index, tile }: Standing): number {
  const places = at(table.places, state);
  const hangs = table.entities.some(
    (_, other) =>
      other !== index && iconOf(table, other)?.hangs === true && at(places, other) === tile,
  );
  return hangs ? 1 : 0;
}

/** Degrees by which what an action strikes in the wrong order is shaken. */
function rattling(props: TrackProps, one: Standing, actor: Actor | null): number {
  const { table, state, move } = props;
  if (move?.outcome !== "wrong-order" || move.share <= 0.35) return 0;
  const struck = placeOfAction(table, state, move.action) + at(motions(table), move.action);
  const stands = iconOf(table, one.index)?.stands ?? false;
  if (!stands || Math.abs(one.tile - struck) > 0.5) return 0;
  // Where nobody acts, it is waved off rather than struck.
  return (actor ? 5 : 3) * swing(progress(move.share, 0.35, 1), 3);
}

/** On its way off the line: pushed away from the agent and from us, tumbling; what lies there fades. */
function leaving(props: TrackProps, one: Standing, actor: Actor | null, side: number) {
  const stays = { x: 0, y: 0, scale: 1, rotate: 0, opacity: one.seen };
  if (one.gone <= 0 || !iconOf(props.table, one.index)?.stands) return stays;
  const way = Math.sign(one.tile - (actor?.tile ?? one.tile)) || 1;
  const share = progress(props.move?.share ?? 1, 0.2, 1);
  return {
    x: way * side * 0.2 * easeOut(share),
    y: -side * 0.28 * arch(share * 0.7),
    scale: mix(1, 0.55, share),
    rotate: way * 62 * share ** 1.4,
    opacity: 1 - progress(share, 0.6, 1),
  };
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
