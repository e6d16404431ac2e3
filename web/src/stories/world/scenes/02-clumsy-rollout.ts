/** Phase 2: what the base model does before fine-tuning. */
import type { Recording, WorldTable } from "../../../recording/types.gen";
import { easeOut, progress, within } from "../../../scene/ease";
import { columns, faded, fitted, path, type Box } from "../../../scene/build";
import { type as sizes } from "../../../scene/layout";
import { episodeWords, groundOf } from "../definition";
import { endsLost, fails, firstMistake, isLost, startsBefore } from "../facts";
import { playPlaces } from "../places";
import { at } from "../../../lib/list";
import { memo } from "../../../scene/memo";
import { count, loss, reward } from "../../../scene/numbers";
import { cellLook, cellPath, cellsIn } from "../parts/startCells";
import { describeState } from "../parts/standing";
import { gauge } from "../parts/gauges";
import type { Caption, Equation } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { crossEntropy } from "../maths";
import { preferenceMaths } from "../preferenceMaths";
import { beatStops, drawPlay, PLANNER_TOLD, playOf, rewardGauge, type Play } from "./play";
import { BEFORE, type WorldScene, type WorldView } from "../view";
import { inOrder } from "../../../scene/timeline";

const BUDGET = 16;
const OUTRO = 11;
/** From the end of the episode: when all starts are spoken of, and when the loss is. */
const ALL = 3.6;
const LOSS = 7.2;

function play(recording: Recording, view: WorldView): Play {
  return playOf(recording, view, "before", BUDGET, OUTRO);
}

function duration(recording: Recording, view: WorldView): number {
  return play(recording, view).time.end;
}

/** The first time that something goes wrong, and what it is. */
function firstFailure({ played, beats, time }: Play, table: WorldTable) {
  const index = played.episode.steps.findIndex((step) => fails(table, step));
  if (index < 0) return null;
  const beat = at(beats, index);
  return {
    step: at(played.episode.steps, index),
    at: time.episode + beat.start + beat.length * 0.55,
  };
}

function captions(recording: Recording, view: WorldView): readonly Caption[] {
  const now = play(recording, view);
  const { episode } = now.played;
  const table = recording.world;
  const list: Caption[] = [
    {
      at: 0,
      text: recording.model.subgoal_head
        ? "Back to before training: it has crude habits only. The Planner picks what is next, the Doer each small step."
        : "Back to before training: it has crude habits only, and has had no lesson yet.",
    },
  ];
  const first = at(episode.steps, 0);
  if (first.subgoal >= 0) {
    list.push({
      at: now.time.episode + PLANNER_TOLD,
      text: `Before its lessons the Planner likes ${at(table.subgoals, first.subgoal)} best${recording.model.subgoal_channel ? ", so that is what it tells the Doer." : ". But no wire leads to the Doer."}`,
    });
  }
  if (!recording.model.subgoal_head) {
    list.push({
      at: now.time.episode + 1.6,
      text: "There are no sub-goals here: it only ever picks actions.",
    });
  }
  const failure = firstFailure(now, table);
  const words = episodeWords(view, recording);
  if (failure) {
    const action = at(table.actions, failure.step.action);
    list.push({
      at: failure.at,
      text: endsLost(table, failure.step)
        ? `${action}: ${words.lost}`
        : failure.step.outcome === "wrong-order"
          ? `${action} bounces off. ${words.wrongOrder} Wrong order!`
          : `${action} cannot be done here.`,
    });
  }
  const failures = episode.steps.filter((step) => fails(table, step)).length;
  list.push({
    at: now.time.outro,
    text: episode.success
      ? `It gets there in ${count(episode.steps.length, "action")}, with ${count(failures, "failure")}. Reward ${reward(episode.total_reward)}.`
      : failures > 1
        ? `Trying on and on teaches it nothing: ${count(failures, "failed action")}, reward ${reward(episode.total_reward)}.`
        : `${isLost(table, episode) ? "Over" : "Out of time"} after ${count(episode.steps.length, "action")}. Reward ${reward(episode.total_reward)}.`,
  });
  list.push({ at: now.time.outro + ALL, text: allStarts(recording) });
  const losses = recording.fine_tuning[0]?.losses;
  if (losses) {
    list.push({
      at: now.time.outro + LOSS,
      text: recording.model.subgoal_head
        ? `A loss says how wrong it is. First lesson, on average: Planner ${loss(losses.planner)}, Doer ${loss(losses.doer)}.`
        : `A loss says how wrong it is. In its first lesson, on average: ${loss(losses.doer)}.`,
    });
  }
  return inOrder(list);
}

/** How often it fails from any start, and by what, where that is the same everywhere. */
export function allStarts(recording: Recording): string {
  const table = recording.world;
  const grid = startsBefore(recording);
  const failed = grid.filter(({ success }) => !success);
  const many = count(grid.length, "start");
  if (failed.length === 0)
    return `And so from all ${many}: it reaches the goal from every one, even before its lessons.`;
  const share =
    failed.length === grid.length
      ? `From all ${many} it fails`
      : `From ${failed.length} of ${many} it fails`;
  const mistakes = failed.map((episode) => firstMistake(table, episode));
  const wrong = mistakes.filter((step) => step?.outcome === "wrong-order");
  const actions = new Set(wrong.map((step) => at(table.actions, step?.action ?? 0)));
  const [action] = actions;
  if (wrong.length === 0 || action === undefined) return `${share}.`;
  const by = actions.size === 1 ? `${action} in the wrong order` : "a step in the wrong order";
  return wrong.length === failed.length
    ? `${share}, each time by the same mistake: ${by}.`
    : `${share}, in ${wrong.length} of them by ${by}.`;
}

function draw(recording: Recording, time: number, view: WorldView): readonly Shape[] {
  const now = play(recording, view);
  const box = playPlaces(view.layout).meters;
  const size = sizes[view.layout].body;
  const parts = meterBoxes(box, view.layout === "wide");
  return [
    ...drawPlay(
      recording,
      now,
      time,
      view,
      firstFailure(now, recording.world)?.at ?? now.time.outro,
    ),
    ...everyStart(recording, now, time, parts, view),
    rewardGauge(recording, now, time, parts.reward, size),
    ...lossGauges(
      recording,
      progress(time, now.time.outro + LOSS, now.time.outro + LOSS + 1.6),
      parts,
      size,
    ),
  ];
}

export function meterBoxes(box: Box, wide: boolean): { reward: Box; planner: Box; doer: Box } {
  if (wide) {
    const [a, b, c] = columns({ ...box, y: box.y + 24, height: 50 }, 3, 28);
    return { reward: a ?? box, planner: b ?? box, doer: c ?? box };
  }
  const high = 42;
  const [b, c] = columns({ ...box, y: box.y + high + 10, height: high }, 2, 18);
  return { reward: { ...box, height: high }, planner: b ?? box, doer: c ?? box };
}

/** Every start with the untrained model, where the losses will be, while they are spoken of. */
function everyStart(
  recording: Recording,
  now: Play,
  time: number,
  { planner, doer }: { planner: Box; doer: Box },
  view: WorldView,
): Shape[] {
  const from = now.time.outro + ALL;
  const wide = view.layout === "wide";
  const meters = playPlaces(view.layout).meters;
  const [top, bottom] = wide
    ? [meters.y, meters.y + meters.height]
    : [planner.y, planner.y + planner.height];
  const size = sizes[view.layout].small;
  const room = {
    x: planner.x,
    y: top + size * 1.1,
    width: doer.x + doer.width - planner.x,
    height: bottom - top - size * 1.6,
  };
  const grid = startsBefore(recording);
  const wins = grid.filter(({ success }) => success).length;
  const cells = cellsIn({ ...room, y: room.y + size * 0.5 }, grid.length, recording.world.tiles);
  const words = `Before training it reaches the goal from ${wins} of ${count(grid.length, "start")}`;
  return faded("starts-before", within(time, from + 0.3, now.time.outro + LOSS - 0.3, 0.3), [
    fitted("starts-before.title", words, cells.left, room.y, room.width, size, { weight: 700 }),
    ...grid.map(({ success, start }, i) =>
      path(`starts-before.${i}`, cellPath(cells, i, success ? "full" : "crossed"), {
        ...cellLook(cells, success),
        tip: `${describeState(recording.world, start, groundOf(view, recording))}: ${success ? "reaches the goal" : "fails"}.`,
      }),
    ),
  ]);
}

const largestLoss = memo((recording: Recording): number =>
  Math.max(
    0.1,
    ...recording.fine_tuning.flatMap((step) => [step.losses.planner, step.losses.doer]),
  ),
);

/** The losses of the first lesson, rising as they are shown. */
function lossGauges(
  recording: Recording,
  share: number,
  parts: { planner: Box; doer: Box },
  size: number,
): Shape[] {
  const first = recording.fine_tuning[0];
  if (!first) return [];
  const most = largestLoss(recording);
  if (share <= 0) return [];
  const one = (half: "planner" | "doer", title: string, box: Box) =>
    gauge({
      id: `loss.${half}`,
      box,
      title,
      value: loss(first.losses[half]),
      tone: half === "planner" ? "blame-planner" : "blame-doer",
      share: (first.losses[half] / most) * easeOut(share),
      size,
      tip: `${title}: on average over the examples that it looks at first.`,
    });
  return faded("losses", progress(share, 0, 0.25), [
    ...(recording.model.subgoal_head ? [one("planner", "Planner's loss", parts.planner)] : []),
    one("doer", "Doer's loss", parts.doer),
  ]);
}

function maths(recording: Recording): readonly Equation[] {
  const first = recording.fine_tuning[0];
  if (!first) return [];
  return first.preference ? preferenceMaths(first) : crossEntropy(recording, first);
}

export const clumsyRollout: WorldScene = {
  id: "clumsy-rollout",
  phase: 2,
  title: "Before fine-tuning",
  learned: () => BEFORE,
  duration,
  captions,
  stops(recording, view) {
    const now = play(recording, view);
    return [
      0,
      ...beatStops(now),
      now.time.outro + 1,
      now.time.outro + ALL + 1,
      now.time.outro + LOSS + 2,
    ];
  },
  draw,
  maths: (recording) => maths(recording),
};
