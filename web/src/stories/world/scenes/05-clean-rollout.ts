/** Phase 5: the same start after fine-tuning. */
import type { EpisodeStep, Recording, WorldTable } from "../../../recording/types.gen";
import { columns, type Box } from "../../../scene/build";
import { easeOut, progress } from "../../../scene/ease";
import { episodeWords } from "../definition";
import {
  after,
  before,
  blocked,
  flips,
  isLost,
  learnedStarts,
  remembered,
  stoppedEarly,
  wrongOrders,
} from "../facts";
import { type as sizes } from "../../../scene/layout";
import { playPlaces } from "../places";
import { at } from "../../../lib/list";
import { count, reward, runningTotals } from "../../../scene/numbers";
import { gauge } from "../parts/gauges";
import { teacherEpisode } from "../../../recording/episode";
import type { Caption } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { listed, plain } from "../../../scene/words";
import { beatStops, drawPlay, PLANNER_TOLD, playOf, rewardGauge, type Play } from "./play";
import { AFTER, type WorldScene, type WorldView } from "../view";
import { inOrder } from "../../../scene/timeline";

const BUDGET = 13;
const OUTRO = 5.2;

function play(recording: Recording, view: WorldView): Play {
  return playOf(recording, view, "after", BUDGET, OUTRO);
}

function captions(recording: Recording, view: WorldView): readonly Caption[] {
  const now = play(recording, view);
  const { episode } = now.played;
  const table = recording.world;
  const steps = recording.fine_tuning.length;
  const known = recording.examples.length > 0 && learnedStarts(recording).has(episode.start);
  const list: Caption[] = [
    {
      at: 0,
      text: `The same start, after ${count(steps, "gradient step")}${stoppedEarly(recording) ? ": training stopped early" : ""}.${known ? " One of its examples begins here, too." : ""}`,
    },
  ];
  const first = at(episode.steps, 0);
  if (first.subgoal >= 0) {
    const was = at(before(recording, view).episode.steps, 0).subgoal;
    list.push({
      at: now.time.episode + PLANNER_TOLD,
      text:
        was === first.subgoal
          ? `The Planner still says ${at(table.subgoals, first.subgoal)} here.`
          : `Now the Planner says ${at(table.subgoals, first.subgoal)}, no longer ${at(table.subgoals, was)}.`,
    });
  }
  const turning = firstTurn(table, now);
  if (turning) list.push({ at: turning.at, text: `The memory turns over: “${turning.words}”.` });
  const next = turning && nextSubgoal(now, turning.index);
  if (next) {
    const words = at(table.subgoals, next.subgoal);
    list.push({ at: next.at, text: `So the Planner hands down the next card: ${words}.` });
  }
  list.push({ at: now.time.outro, text: verdict(recording, view) });
  return inOrder(list);
}

/** When the memory changes first, and what it says then; null if it never does. */
function firstTurn(table: WorldTable, { played, beats, time }: Play) {
  const { steps } = played.episode;
  const index = steps.findIndex((step) => memoryWords(table, step) !== "");
  const step = steps[index];
  if (!step) return null;
  const beat = at(beats, index);
  const turns = time.episode + beat.start + beat.length * 0.6;
  return { index, at: turns, words: memoryWords(table, step) };
}

/** When the Planner first names another sub-goal after action `index`; null if it never does. */
function nextSubgoal({ played, beats, time }: Play, index: number) {
  const { steps } = played.episode;
  const before = at(steps, index).subgoal;
  const step = steps.slice(index + 1).find(({ subgoal }) => subgoal >= 0 && subgoal !== before);
  if (!step) return null;
  return {
    at: time.episode + at(beats, steps.indexOf(step)).start + PLANNER_TOLD,
    subgoal: step.subgoal,
  };
}

/** What the memory says once a step has changed it; '' where it has not. */
function memoryWords(table: WorldTable, step: EpisodeStep): string {
  const { on, off } = remembered(table, step);
  if (on.length > 0) return listed(on.map(plain));
  return off.length > 0 ? `no longer ${listed(off.map(plain))}` : "";
}

/** What truly happened. */
function verdict(recording: Recording, view: WorldView): string {
  const { episode } = after(recording, view);
  const table = recording.world;
  const wrong = wrongOrders(episode);
  const times = flips(table, episode);
  const stuck = blocked(episode);
  const failures =
    wrong > 0 ? `, ${wrong} in wrong order` : stuck > 0 ? `, ${stuck} that cannot be done` : "";
  if (isLost(table, episode)) {
    const words = episodeWords(view, recording).lost;
    return `${words} ${count(episode.steps.length, "action")}${failures}, reward ${reward(episode.total_reward)}.`;
  }
  if (!episode.success) {
    return `It still fails from here: ${count(episode.steps.length, "action")}${failures}, reward ${reward(episode.total_reward)}.`;
  }
  const memory =
    table.memory.length === 0 || times === 0
      ? ""
      : times === 1
        ? " The memory turned exactly once."
        : ` The memory turned ${count(times, "time")}.`;
  const teacher = teacherEpisode(table, episode.start).steps.length;
  const way =
    episode.steps.length === teacher
      ? "in the right order, no step wasted"
      : `in ${count(episode.steps.length, "action")}; ${teacher} would do`;
  return `Done, ${way}. Reward ${reward(episode.total_reward)}.${memory}`;
}

function draw(recording: Recording, time: number, view: WorldView): readonly Shape[] {
  const now = play(recording, view);
  const box = playPlaces(view.layout).meters;
  const size = sizes[view.layout].body;
  const parts = boxes(box, view.layout === "wide");
  return [
    ...drawPlay(recording, now, time, view, firstTurn(recording.world, now)?.at ?? now.time.outro),
    rewardGauge(recording, now, time, parts[0] ?? box, size),
    earlierReward(recording, time, view, parts[1] ?? box, size),
  ];
}

function boxes(box: Box, wide: boolean): Box[] {
  return wide
    ? columns({ ...box, y: box.y + 24, height: 50 }, 2, 36)
    : [
        { ...box, height: 42 },
        { ...box, y: box.y + 52, height: 42 },
      ];
}

/** What the base model got from here, for comparison. */
function earlierReward(
  recording: Recording,
  time: number,
  view: WorldView,
  box: Box,
  size: number,
): Shape {
  const table = recording.world;
  const { episode } = before(recording, view);
  const total = at(
    runningTotals(episode.steps.map((step) => step.reward)),
    episode.steps.length - 1,
  );
  const worst = table.max_steps * Math.min(...table.reward.flat());
  const best = teacherEpisode(table, episode.start).total_reward;
  const scale = (value: number) => (value - worst) / (best - worst);
  const shown = easeOut(progress(time, 0.3, 1.2));
  return gauge({
    id: "reward-before",
    box,
    title: "Before fine-tuning it got",
    value: reward(total),
    tone: "muted",
    share: scale(0) + (scale(total) - scale(0)) * shown,
    zero: scale(0),
    size,
    tip: `The whole reward before fine-tuning, from the same start, in ${count(episode.steps.length, "action")}.`,
  });
}

export const cleanRollout: WorldScene = {
  id: "clean-rollout",
  phase: 5,
  title: "After fine-tuning",
  learned: () => AFTER,
  duration: (recording, view) => Math.max(10, play(recording, view).time.end),
  captions,
  stops(recording, view) {
    const now = play(recording, view);
    return [0, ...beatStops(now), now.time.outro + 1];
  },
  draw,
};
