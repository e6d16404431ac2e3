/** What scenes 2 and 5 share: an episode from the showcase, played with meters below it. */
import type { Episode, Recording, WorldTable } from "../../../recording/types.gen";
import { groundOf } from "../definition";
import { after, before, type Played } from "../facts";
import { playPlaces } from "../places";
import { at } from "../../../lib/list";
import { memo } from "../../../scene/memo";
import { reward, runningTotals } from "../../../scene/numbers";
import { playEpisode } from "../parts/Episode";
import { gauge } from "../parts/gauges";
import { beatsOf, lengthOf, momentOf, type Beat } from "../playback";
import { teacherEpisode } from "../../../recording/episode";
import type { Shape } from "../../../scene/shape";
import type { Box } from "../../../scene/build";
import type { WorldView } from "../view";
import { type Starts, timeline } from "../../../scene/timeline";

export interface Play {
  readonly played: Played;
  readonly beats: readonly Beat[];
  /** When the episode begins and is over, and when the scene ends. */
  readonly time: Starts<"intro" | "episode" | "outro">;
}

export function playOf(
  recording: Recording,
  view: WorldView,
  which: "before" | "after",
  budget: number,
  outro: number,
): Play {
  const played = which === "before" ? before(recording, view) : after(recording, view);
  const beats = beatsOf(played.episode, budget);
  return { played, beats, time: timeline({ intro: 1.6, episode: lengthOf(beats), outro }) };
}

/** From the beginning of the episode, when the Planner's first sub-goal is told. */
export const PLANNER_TOLD = 1.2;

/** Draws the episode; `until` is when captions speak no longer of the Planner's first sub-goal. */
export function drawPlay(
  recording: Recording,
  play: Play,
  time: number,
  view: WorldView,
  until: number,
): Shape[] {
  return playEpisode({
    table: recording.world,
    ground: groundOf(view, recording),
    played: play.played,
    beats: play.beats,
    time: time - play.time.episode,
    layout: view.layout,
    places: playPlaces(view.layout),
    plannerTold: time >= play.time.episode + PLANNER_TOLD && time < until,
    frozen: {
      planner: recording.settings.freeze === "planner",
      doer: recording.settings.freeze === "doer",
    },
  });
}

const totalsOf = memo((episode: Episode) =>
  runningTotals(episode.steps.map((step) => step.reward)),
);

/** The worst that can happen, and what the teacher gets from the same start. */
const rewardRange = memo((table: WorldTable) =>
  memo((episode: Episode) => ({
    worst: table.max_steps * Math.min(...table.reward.flat()),
    best: teacherEpisode(table, episode.start).total_reward,
  })),
);

/** The rewards so far, on a scale from the worst that can happen to the teacher's. */
export function rewardGauge(
  recording: Recording,
  play: Play,
  time: number,
  box: Box,
  size: number,
): Shape {
  const table = recording.world;
  const moment = momentOf(play.beats, time - play.time.episode);
  const totals = totalsOf(play.played.episode);
  const done = moment.mark > 0.5 ? moment.beat.index : moment.beat.index - 1;
  const total = done < 0 ? 0 : at(totals, done);
  const { worst, best } = rewardRange(table)(play.played.episode);
  const scale = (value: number) => (value - worst) / (best - worst);
  return gauge({
    id: "reward",
    box,
    title: "Reward so far",
    value: reward(total),
    tone: total < 0 ? "wrong" : "right",
    share: scale(total),
    zero: scale(0),
    size,
    tip: `The sum of all rewards so far. The right end is what whoever knows the way gets from here: ${reward(best)}.`,
  });
}

/** The beats at which something new begins, as stops. */
export function beatStops(play: Play): number[] {
  return play.beats
    .filter((beat) => !beat.quick)
    .map((beat) => play.time.episode + beat.start + beat.length * 0.7);
}
