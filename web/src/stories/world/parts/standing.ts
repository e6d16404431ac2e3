/** Where everything of a world is during a move, and how it looks. */
import type { Outcome, Whereabouts } from "../../../recording/types.gen";
import { at, range } from "../../../lib/list";
import { easeInOut, easeOut, mix, progress } from "../../../scene/ease";
import { memo } from "../../../scene/memo";
import type { Ground } from "../definition";
import { agentOf } from "../facts";
import type { Scenery } from "./ground";
import { ICONS, type Icon } from "./icons";
import type { ThingPose } from "./icons/icon";

export interface TrackMove {
  readonly next: number;
  readonly action: number;
  readonly outcome: Outcome;
  /** How far the move has come, 0 to 1. */
  readonly share: number;
}

/** Where an entity is; older files leave it out: what is on no tile is carried. */
export function whereOf(scenery: Scenery, state: number, index: number): Whereabouts {
  const carried = at(at(scenery.places, state), index) < 0;
  return scenery.whereabouts?.[state]?.[index] ?? (carried ? "hand" : "tile");
}

/** Whether anything is seen of an entity that is there. */
export function isSeen(where: Whereabouts): boolean {
  return where === "tile" || where === "hand";
}

/** The entities that are anywhere at all; a world of another size may have more of them. */
export const presentIn = memo((scenery: Scenery): readonly number[] =>
  range(scenery.entities.length).filter((index) =>
    range(scenery.places.length).some((state) => whereOf(scenery, state, index) !== "out-of-sight"),
  ),
);

/** A sentence about a state, for screen readers. */
export function describeState(scenery: Scenery, state: number, ground: Ground): string {
  const parts = presentIn(scenery).map((i) => {
    const { name } = at(scenery.entities, i);
    const here = ground.at(at(at(scenery.places, state), i) + 1);
    const where: Record<Whereabouts, string> = {
      tile: here,
      hand: "in hand",
      covered: `covered ${here}`,
      "out-of-sight": "out of sight",
    };
    return `${name} ${where[whereOf(scenery, state, i)]}`;
  });
  return parts.join(", ");
}

/** The drawing of an entity; none where it has a plain token. */
export function iconOf(scenery: Scenery, index: number): Icon | undefined {
  return ICONS[at(scenery.entities, index).icon];
}

/** What is special about its looks; older files leave it out: what stands there opens at the end. */
function lookOf(scenery: Scenery, state: number, index: number): string {
  if (scenery.looks?.length) return scenery.looks[state]?.[index] ?? "";
  return state >= scenery.live_states && iconOf(scenery, index)?.stands ? "open" : "";
}

/** How many entities of its icon come before it. */
function nthOf({ entities }: Scenery, index: number): number {
  const { icon } = at(entities, index);
  return entities.slice(0, index).filter((one) => one.icon === icon).length;
}

/** How an entity looks, in a state or on its way to the next. */
export function poseOf(
  scenery: Scenery,
  state: number,
  index: number,
  move?: Pick<TrackMove, "next" | "share">,
): ThingPose {
  return {
    look: lookOf(scenery, state, index),
    next: lookOf(scenery, move?.next ?? state, index),
    turn: move ? easeOut(progress(move.share, 0.15, 0.9)) : 0,
    attributes: at(scenery.entities, index).attributes ?? {},
    nth: nthOf(scenery, index),
  };
}

/** What lies under it and is not seen. */
export function coveredBy(scenery: Scenery, state: number, index: number): readonly number[] {
  if (!iconOf(scenery, index)?.covers) return [];
  const places = at(scenery.places, state);
  return range(scenery.entities.length).filter(
    (other) =>
      other !== index &&
      at(places, other) === at(places, index) &&
      whereOf(scenery, state, other) === "covered",
  );
}

/** Whether it is covered by something that can be lifted. */
function liesUnder(scenery: Scenery, state: number, index: number): boolean {
  if (whereOf(scenery, state, index) !== "covered") return false;
  const places = at(scenery.places, state);
  return scenery.entities.some(
    (_, other) =>
      iconOf(scenery, other)?.covers === true && at(places, other) === at(places, index),
  );
}

export interface Standing {
  readonly index: number;
  /** Its place, with a fraction while it is on its way. */
  readonly tile: number;
  /** 0: on its place. 1: in the agent's hand. */
  readonly held: number;
  /** How much of it is seen, 0 to 1. */
  readonly seen: number;
  /** How far it has gone out of sight from a place where it was seen, 0 to 1. */
  readonly gone: number;
  /** On its way past another: 1 in front of it, -1 behind it, 0 where it passes none. */
  readonly passes: number;
  /** How many places it goes. */
  readonly distance: number;
}

/**
 * Where everybody is during a move; who is not seen is left out. What lies under something in the
 * state `uncovered` is seen: that is lifted to look under it.
 */
export function standings(
  scenery: Scenery,
  state: number,
  move: TrackMove | undefined,
  uncovered = -1,
): readonly Standing[] {
  const next = move?.next ?? state;
  const share = move ? easeInOut(move.share) : 0;
  const all = scenery.entities.map((_, index): Standing => {
    const [from, to] = [at(at(scenery.places, state), index), at(at(scenery.places, next), index)];
    const [was, will] = [whereOf(scenery, state, index), whereOf(scenery, next, index)];
    const revealed = uncovered >= 0 && liesUnder(scenery, uncovered, index) ? 1 : 0;
    // What lay under something is there at once when that is lifted: it does not appear slowly.
    const lifted = was === "covered" && will === "tile" && liesUnder(scenery, state, index);
    const seen = lifted && share > 0 ? 1 : mix(isSeen(was) ? 1 : 0, isSeen(will) ? 1 : 0, share);
    return {
      index,
      tile: from >= 0 && to >= 0 ? mix(from, to, share) : Math.max(from, to),
      held: mix(was === "hand" ? 1 : 0, will === "hand" ? 1 : 0, share),
      seen: Math.max(revealed, seen),
      gone: was === "tile" && will === "out-of-sight" ? share : 0,
      passes: passing(scenery, state, next, index),
      distance: from >= 0 && to >= 0 ? Math.abs(to - from) : 0,
    };
  });
  return all.filter(({ index, seen }) => seen > 0 || index === agentOf(scenery));
}

/** Whether it changes places with another of its kind: who goes to the right passes in front. */
function passing(scenery: Scenery, state: number, next: number, index: number): number {
  const [before, after] = [at(scenery.places, state), at(scenery.places, next)];
  const [from, to] = [at(before, index), at(after, index)];
  if (from < 0 || to < 0 || from === to) return 0;
  const { icon } = at(scenery.entities, index);
  const exchanges = scenery.entities.some(
    (one, other) => one.icon === icon && at(before, other) === to && at(after, other) === from,
  );
  return exchanges ? Math.sign(to - from) : 0;
}
