/** An episode being played: the world, the model that decides, and the trail of what was done. */
import type { Episode, WorldTable } from "../../../recording/types.gen";
import { faded, group, rect, round, text, type Box } from "../../../scene/build";
import {
  bow,
  clamp,
  easeBack,
  easeInOut,
  easeOut,
  mix,
  progress,
  within,
  type Point,
} from "../../../scene/ease";
import type { Ground } from "../definition";
import { endsLost, fails, isLost, motions, placeOfAction, type Played } from "../facts";
import type { PlayPlaces } from "../places";
import { at, range } from "../../../lib/list";
import { memo, memoByValue } from "../../../scene/memo";
import { softmax } from "../../../scene/numbers";
import { momentOf, type Beat, type Moment } from "../playback";
import { stateAfter, toldActions } from "../../../recording/episode";
import type { Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { textWidth } from "../../../scene/text";
import { cross, tick } from "../../../scene/parts/marks";
import { actionSign } from "./drawings";
import { hierarchyPanel, hierarchyPlaces, type ModuleProps } from "./HierarchyPanel";
import { memoryOf } from "./memory";
import { actionToken } from "./tokens";
import { tileCentre, trackGeometry } from "./ground";
import { worldTrack } from "./WorldTrack";

export interface EpisodeProps {
  readonly table: WorldTable;
  readonly ground: Ground;
  readonly played: Played;
  readonly beats: readonly Beat[];
  /** Seconds into the episode; below 0 nothing has begun. */
  readonly time: number;
  readonly layout: Layout;
  readonly places: PlayPlaces;
  readonly frozen?: { readonly planner: boolean; readonly doer: boolean };
  /** Whether a caption speaks of the Planner: then it is not dimmed while the Doer acts. */
  readonly plannerTold?: boolean;
}

export function playEpisode(props: EpisodeProps): Shape[] {
  const moment = momentOf(props.beats, props.time);
  return [
    ...model(props, moment),
    ...trail(props, moment),
    ...world(props, moment),
    ...flight(props, moment),
    ...complaint(props, moment),
  ];
}

function world(
  { table, ground, played, places, layout, time }: EpisodeProps,
  moment: Moment,
): Shape[] {
  const step = at(played.episode.steps, moment.beat.index);
  const next = stateAfter(table, step);
  return worldTrack({
    id: "world",
    box: places.world,
    table,
    state: step.state,
    ground,
    time,
    numbered: layout === "wide",
    move: { next, action: step.action, outcome: step.outcome, share: moment.move },
    mark: { right: !fails(table, step), share: easeBack(moment.mark) },
    peek: peekOf(table, played.episode, moment, time),
  });
}

/** What is covered is shown before the episode begins, and once it is lost. */
function peekOf(table: WorldTable, episode: Episode, moment: Moment, time: number): number {
  if (time < 0) return easeInOut(within(time, -1, -0.45, 0.35));
  const { index, start, length } = moment.beat;
  const over = time - start - length;
  const last = index === episode.steps.length - 1;
  return last && isLost(table, episode) ? easeInOut(progress(over, 0.5, 1)) : 0;
}

function model(props: EpisodeProps, moment: Moment): Shape[] {
  const { table, played, layout, places } = props;
  const step = at(played.episode.steps, moment.beat.index);
  const halves = thinking(table, played, step.state, step.subgoal, step.action, moment);
  return hierarchyPanel({
    id: "model",
    box: places.model,
    layout,
    model: played.model,
    planner: {
      ...halves.planner,
      ...(props.plannerTold ? { awake: 1 } : {}),
      frozen: props.frozen?.planner ?? false,
    },
    doer: { ...halves.doer, frozen: props.frozen?.doer ?? false },
    ...(step.subgoal < 0
      ? {}
      : {
          card: {
            words: at(table.subgoals, step.subgoal),
            share: moment.tell,
            opacity: moment.think < 0.85 ? 0 : progress(moment.think, 0.85, 1),
          },
        }),
    memory: memoryOf(table, step.state, stateAfter(table, step), moment.move),
  });
}

/** Both halves while they decide in `state`. */
export function thinking(
  table: WorldTable,
  played: Pick<Played, "policy" | "model">,
  state: number,
  subgoal: number,
  action: number,
  moment: Pick<Moment, "think" | "tell" | "act">,
): { planner: ModuleProps; doer: ModuleProps } {
  const { policy, model: card } = played;
  const subgoals = softmax(at(policy.subgoal_logits, state));
  const actions = softmax(toldActions(policy, state, subgoal));
  return {
    planner: {
      ...plannerWords(card.modules),
      awake: moment.tell > 0.6 ? 0 : 1,
      choices: table.subgoals.map((name, i) => ({ name, share: at(subgoals, i) })),
      chosen: moment.think > 0.8 ? subgoal : -1,
      grown: easeOut(progress(moment.think, 0.25, 0.85)),
      ...lampsOf(card, moment.think, "planner"),
    },
    doer: {
      ...doerWords(card.modules),
      awake: moment.tell > 0.5 || moment.think < 0.85 ? 1 : 0.4,
      choices: table.actions.map((name, i) => ({ name, share: at(actions, i) })),
      chosen: moment.act > 0.05 ? action : -1,
      grown: easeOut(progress(moment.tell, 0.6, 1)),
      ...lampsOf(card, moment.think, "doer", moment.tell),
    },
  };
}

export function plannerWords(modules: number) {
  return {
    title: "Planner",
    note: modules === 2 ? "H, slow" : "a head of the one module",
    half: "planner" as const,
    tip: "The Planner picks a sub-goal: what to do next. Bars show how much it likes each one.",
  };
}

export function doerWords(modules: number) {
  return {
    title: "Doer",
    note: modules === 2 ? "L, fast" : "the one module",
    half: "doer" as const,
    tip: "The Doer picks an action: how to do it. Bars show how much it likes each one.",
  };
}

/** How many lamps each half has, and how many are lit, `think` of the way through a segment. */
export function lampsOf(
  card: { modules: number; cycles: number; low_calls: number },
  think: number,
  half: "planner" | "doer",
  tell = 0,
): { calls: number; done: number } {
  const low = card.cycles * card.low_calls;
  const high = card.modules === 2 ? card.cycles : 0;
  const now = Math.floor(clamp(think / 0.85) * (low + high) + 1e-6);
  const perCycle = card.low_calls + (card.modules === 2 ? 1 : 0);
  const cyclesDone = Math.floor(now / perCycle);
  if (half === "planner") return { calls: high, done: Math.min(high, cyclesDone) };
  const lowDone = cyclesDone * card.low_calls + Math.min(now % perCycle, card.low_calls);
  return { calls: low + 1, done: Math.min(low, lowDone) + (tell > 0.7 ? 1 : 0) };
}

/** The action token on its way from the Doer to the agent; off what is locked it bounces. */
function flight(props: EpisodeProps, moment: Moment): Shape[] {
  const { table, played, layout, places } = props;
  const step = at(played.episode.steps, moment.beat.index);
  const name = at(table.actions, step.action);
  const geometry = trackGeometry(places.world, table);
  const motion = at(motions(table), step.action);
  const bounced = step.outcome === "wrong-order" && moment.move > 0;
  const tile = placeOfAction(table, step.state, step.action);
  const over = tileCentre(geometry, bounced ? clamp(tile + motion, 0, table.tiles - 1) : tile);
  const doer = hierarchyPlaces(places.model, layout).doer;
  const from: Point =
    layout === "wide"
      ? { x: doer.x - 4, y: doer.y + doer.height / 2 }
      : { x: over.x, y: places.trail.y + places.trail.height / 2 };
  const target = keepInside({ x: over.x, y: over.y - geometry.side * 0.82 }, places.world);
  if (moment.act <= 0 || moment.move >= 1) return [];
  const size = layout === "wide" ? 14 : 12;
  const flown = bow(from, target, easeOut(moment.act), layout === "wide" ? 60 : 10);
  const dive = progress(moment.move, 0, 0.35);
  const recoil = progress(moment.move, 0.35, 1);
  const point: Point = !bounced
    ? flown
    : recoil > 0
      ? bow(
          { x: over.x, y: over.y - geometry.side * 0.25 },
          { x: over.x - geometry.side * 1.1, y: over.y - geometry.side * 0.3 },
          easeOut(recoil),
          geometry.side * 0.15,
        )
      : { x: target.x, y: mix(target.y, over.y - geometry.side * 0.25, dive) };
  const opacity = bounced ? 1 - progress(recoil, 0.6, 1) : 1 - progress(moment.move, 0.1, 0.5);
  const scale =
    mix(0.5, 1, easeOut(clamp(moment.act * 2))) *
    (bounced || moment.move === 0 ? 1 : mix(1, 0.6, moment.move));
  return faded("flight", opacity, [
    group(
      "flight.turn",
      [actionToken("flight.token", name, motion, { x: 0, y: 0 }, { size, scale })],
      {
        x: round(insideX(point.x, name, size, places.world)),
        y: round(bounced ? Math.max(point.y, 44) : point.y),
        rotate: bounced ? round(-70 * easeOut(recoil)) : 0,
      },
    ),
  ]);
}

function insideX(x: number, name: string, size: number, box: Box): number {
  const half = textWidth(name, size, 700) / 2 + size * 1.4;
  return x > box.x + box.width ? x - half : clamp(x, box.x + half, box.x + box.width - half);
}

function keepInside(point: Point, box: Box): Point {
  return { x: clamp(point.x, box.x, box.x + box.width), y: Math.max(point.y, box.y + 6) };
}

/** What went wrong, over the world. */
function complaint(props: EpisodeProps, moment: Moment): Shape[] {
  const { table, played, places, layout } = props;
  const step = at(played.episode.steps, moment.beat.index);
  const words = endsLost(table, step)
    ? "Wrong: that ends it."
    : step.outcome === "wrong-order"
      ? "Wrong order!"
      : step.outcome === "blocked"
        ? "That cannot be done here."
        : null;
  if (words === null) return [];
  const shown = moment.beat.quick ? 1 : progress(moment.move, 0.5, 0.8);
  const size = layout === "wide" ? 17 : 13;
  const width = textWidth(words, size, 700) + size * 2;
  const geometry = trackGeometry(places.world, table);
  const tile = tileCentre(geometry, placeOfAction(table, step.state, step.action));
  const x = clamp(
    tile.x - geometry.side * 0.55,
    places.world.x + width / 2,
    places.world.x + places.world.width - width / 2,
  );
  const y = Math.max(places.world.y - 6, geometry.top - geometry.side * 0.34 - size * 2.2);
  return faded("complaint", shown, [
    group(
      "complaint.box",
      [
        rect(
          "complaint.bubble",
          { x: round(x - width / 2), y, width: round(width), height: size * 2 },
          { radius: size, fill: "wrong" },
        ),
        text("complaint.words", words, round(x), round(y + size * 1.35), size, {
          anchor: "middle",
          weight: 700,
          fill: "surface",
        }),
      ],
      { label: words },
    ),
  ]);
}

/** Every action so far, with its tick or cross. */
export function trail(
  { table, played, places }: Pick<EpisodeProps, "table" | "played" | "places">,
  moment: Moment,
): readonly Shape[] {
  const done = moment.beat.index + (moment.mark > 0.5 ? 1 : 0);
  return trailOf(table)(played.episode)(places.trail, done);
}

const trailOf = memo((table: WorldTable) =>
  memo((episode: Episode) =>
    memoByValue((box: Box, done: number) => drawTrail(table, episode, box, done)),
  ),
);

/** The trail once `done` steps are done. */
function drawTrail(table: WorldTable, episode: Episode, box: Box, done: number): readonly Shape[] {
  const slots = Math.max(table.max_steps, episode.steps.length);
  const gap = 5;
  const side = Math.min((box.width - gap * (slots - 1)) / slots, box.height - 14, 44);
  const left = box.x + (box.width - slots * side - gap * (slots - 1)) / 2;
  return range(slots).flatMap((i): Shape[] => {
    const step = episode.steps[i];
    const x = left + i * (side + gap);
    const place = { x: round(x), y: box.y, width: round(side), height: round(side) };
    if (!step || i >= done) {
      return [
        rect(`trail.${i}.slot`, place, { radius: side * 0.28, fill: "faint", opacity: 0.35 }),
      ];
    }
    const name = at(table.actions, step.action);
    const right = !fails(table, step);
    const badge = {
      x: round(x + side / 2),
      y: round(box.y + side + 1),
      size: Math.max(13, side * 0.42),
    };
    return [
      group(
        `trail.${i}`,
        [
          rect(`trail.${i}.slot`, place, {
            radius: side * 0.28,
            fill: "doer-soft",
            stroke: right ? "doer" : "wrong",
            strokeWidth: 1.6,
          }),
          actionSign(
            `trail.${i}.sign`,
            { x: round(x + side / 2), y: round(box.y + side * 0.45), size: side * 0.52 },
            name,
            at(motions(table), step.action),
            "doer",
          ),
          right ? tick(`trail.${i}.mark`, badge) : cross(`trail.${i}.mark`, badge),
        ],
        {
          label: `Step ${i + 1}: ${name}, ${right ? "done" : "failed"}`,
          tip: `Step ${i + 1}: ${step.subgoal >= 0 ? `${at(table.subgoals, step.subgoal)}, ` : ""}${name}.`,
        },
      ),
    ];
  });
}
