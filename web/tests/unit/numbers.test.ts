/** Every number on the stage is a number of the recording. */
import { describe, expect, test } from "vitest";

import type { Episode, Recording } from "../../src/recording/types.gen";
import { explorationOf, allRuns, gridOf } from "../../src/stories/world/facts";
import { at, last, sum } from "../../src/lib/list";
import * as numbers from "../../src/scene/numbers";
import { rollOut, teacherEpisode } from "../../src/recording/episode";
import { scenes } from "../../src/stories/world/scenes";
import { everyShape, fixture, storyIn, tall, timesOf, wide } from "./story-helpers";
import type { WorldView } from "../../src/stories/world/view";

describe("formats", () => {
  test("losses, rewards, shares and weights are written one way", () => {
    expect(numbers.loss(4.1305385)).toBe("4.13");
    expect(numbers.loss(0.0123)).toBe("0.012");
    expect(numbers.reward(-0.02)).toBe("−0.02");
    expect(numbers.reward(0.98)).toBe("+0.98");
    expect(numbers.reward(0)).toBe("0.00");
    expect(numbers.weight(-0.0004)).toBe("0.000");
    expect(numbers.count(1, "start")).toBe("1 start");
    expect(numbers.grouped(56209)).toBe("56,209");
  });

  test("only everything is 100%, only nothing is 0%", () => {
    expect(numbers.percent(0.996)).toBe(">99%");
    expect(numbers.percent(1)).toBe("100%");
    expect(numbers.percent(0.001)).toBe("<1%");
    expect(numbers.percent(0)).toBe("0%");
  });

  test("softmax and logistic", () => {
    expect(sum(numbers.softmax([1, 2, 3]))).toBeCloseTo(1, 12);
    expect(numbers.logistic(0)).toBe(0.5);
  });
});

/** Every number of a recording, wherever it is. */
function* recorded(value: unknown): Generator<number> {
  if (typeof value === "number") yield value;
  else if (Array.isArray(value)) for (const one of value) yield* recorded(one);
  else if (value !== null && typeof value === "object") {
    for (const one of Object.values(value)) yield* recorded(one);
  }
}

/** The decimal numbers and percentages that may be shown. */
function allowed(recording: Recording, view: WorldView): Set<string> {
  const found = new Set<string>();
  const add = (value: number) => {
    for (const format of [numbers.loss, numbers.reward, numbers.weight, numbers.meanSteps]) {
      found.add(format(value));
    }
  };
  for (const value of recorded(recording)) {
    add(value);
    if (value >= 0 && value <= 1) found.add(numbers.percent(value));
  }
  // The derivations of numbers.ts.
  for (const run of allRuns(recording)) {
    const { policy } = run;
    const successes = [run.final, ...run.seeds].map((score) => score.success);
    found.add(numbers.percent(numbers.mean(successes)));
    for (const logits of [...policy.subgoal_logits, ...policy.action_logits.flat()]) {
      for (const share of numbers.softmax(logits)) found.add(numbers.percent(share));
    }
  }
  const thoughts = [
    ...recording.rollouts.flatMap((rollout) => rollout.thoughts),
    ...recording.cycles.map((cycle) => cycle.thought),
  ];
  for (const segment of thoughts.flatMap((thought) => thought.segments)) {
    for (const logits of [segment.subgoal_logits, segment.action_logits]) {
      for (const share of numbers.softmax(logits)) found.add(numbers.percent(share));
    }
    found.add(numbers.percent(numbers.logistic(segment.q_halt)));
  }
  const checkpoints = recording.checkpoints.flatMap((one) => [
    ...one.policy.subgoal_logits,
    ...one.policy.action_logits.flat(),
  ]);
  for (const logits of checkpoints) {
    for (const share of numbers.softmax(logits)) found.add(numbers.percent(share));
  }
  for (const { best, worst } of recording.standings ?? []) {
    add(numbers.mean(best));
    add(numbers.mean(worst));
  }
  for (const episode of episodes(recording, view)) {
    for (const total of numbers.runningTotals(episode.steps.map((step) => step.reward))) add(total);
    add(episode.total_reward);
  }
  add(0);
  found.add("0%");
  found.add("100%");
  return found;
}

function episodes(recording: Recording, view: WorldView): Episode[] {
  const played = [at(recording.checkpoints, 0), last(recording.checkpoints)].map((one) =>
    rollOut(
      recording.world,
      one.policy,
      recording.model,
      recording.showcase,
      explorationOf(view, view.drawSeed),
    ),
  );
  return [
    ...recording.rollouts.map((rollout) => rollout.episode),
    ...played,
    teacherEpisode(recording.world, recording.showcase),
  ];
}

/** Whole numbers that count something, or say which. */
function structural(recording: Recording, view: WorldView): Set<number> {
  const { world, fine_tuning, examples, settings, model } = recording;
  const labels = examples.flatMap((example) => example.steps);
  const found = new Set<number>();
  const upTo = (most: number) => {
    for (let i = 0; i <= most; i++) found.add(i);
  };
  // Tiles, actions of an episode, steps of an example, tokens, calls.
  upTo(Math.max(world.max_steps, world.token_names.length, settings.passes, examples.length));
  // Gradient steps, starts, labels dealt so far.
  upTo(Math.max(fine_tuning.length, recording.planned_steps, world.starts.length, labels.length));
  for (const run of allRuns(recording)) {
    found.add(run.gradient_steps);
    found.add(gridOf(recording, run, view).filter((episode) => episode.success).length);
  }
  found.add(model.parameters);
  return found;
}

const NUMBER = /[+−<>]?\d[\d,]*(?:\.\d+)?%?/g;

describe.each([
  ["the default story", fixture()],
  ["from preferences", storyIn("preferences/by-return.hrm.json.gz")],
  ["taught by a visitor", storyIn("preferences/chosen.hrm.json.gz")],
])("numbers on the stage, %s,", (_name, recording) => {
  const views: [string, WorldView][] = [
    ["wide", wide],
    ["tall", tall],
    ["exploring", { ...wide, exploration: 1, drawSeed: 3 }],
  ];

  test.each(views)("come from the recording: %s", (_, view) => {
    const decimals = allowed(recording, view);
    const whole = structural(recording, view);
    const problems = new Set<string>();
    const check = (words: string, where: string) => {
      // Names of weights hold indices: they are recorded as they are.
      const plain = recording.watched.reduce((text, one) => text.replaceAll(one.name, ""), words);
      for (const [number] of plain.matchAll(NUMBER)) {
        const ok =
          decimals.has(number) ||
          (/^[\d,]+$/.test(number) && whole.has(Number(number.replaceAll(",", ""))));
        if (!ok) problems.add(`${number} in “${words}” (${where})`);
      }
    };
    for (const scene of scenes) {
      for (const caption of scene.captions(recording, view)) check(caption.text, scene.id);
      for (const time of timesOf(scene, recording, view)) {
        for (const shape of everyShape(scene.draw(recording, time, view))) {
          if (shape.kind === "text") check(shape.text, `${scene.id} ${shape.id}`);
          if (shape.tip !== undefined) check(shape.tip, `${scene.id} ${shape.id}`);
          if (shape.label !== undefined) check(shape.label, `${scene.id} ${shape.id}`);
        }
      }
    }
    expect([...problems].slice(0, 12)).toEqual([]);
  });
});
