/** Recordings against their own world's table, and whatever damage the checks let through. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { AnyRecording } from "../../src/recording/form";
import type { Episode, Recording } from "../../src/recording/types.gen";
import { damaged, DAMAGES, placesIn, refusal, troubleIn } from "./damage";
import { storyFixture } from "./fixtures";
import { ladderFixture } from "./ladder-fixture";
import { run, thought } from "./puzzle-fixture";

const last = (story: Recording): Episode => {
  const found = story.rollouts.at(-1)?.episode;
  if (!found) throw new Error("a story without rollouts");
  return found;
};

// The same as in tests/test_recording_agreement.py.
const WRONG: [string, (story: Recording) => unknown][] = [
  ["world.tiles is 100000", (s) => (s.world.tiles = 100_000)],
  ["world.max_steps is 1000000", (s) => (s.world.max_steps = 1_000_000)],
  ["a next state is 220", (s) => s.world.next_state[7]?.splice(2, 1, 220)],
  ["says success in state 9", (s) => s.world.outcome[9]?.splice(0, 1, "success")],
  ["a curve is empty", (s) => s.spread?.runs[2]?.curve.splice(0)],
  ["a curve is empty", (s) => s.ablations[0]?.curve.splice(0)],
  ["spread.runs is empty", (s) => s.spread?.runs.splice(0)],
  ["a curve's success is 1.5", (s) => s.curve[0] && (s.curve[0].score.success = 1.5)],
  ["success false, but by its last", (s) => (last(s).success = false)],
  ["from start 0 begins in state 55", (s) => (last(s).start = 0)],
  ["the table leads to 56", (s) => last(s).steps.splice(1, 1)],
  ["though it is not at an end", (s) => last(s).steps.pop()],
  ["goes on after its end", (s) => last(s).steps.push(...last(s).steps.slice(-1))],
  ["total_reward is 5", (s) => (last(s).total_reward = 5)],
  ["earns 1, but in the table", (s) => last(s).steps[0] && (last(s).steps[0]!.reward = 1)],
  ["is blocked, in the table ok", (s) => (last(s).steps[0]!.outcome = "blocked")],
  ["the thoughts of an episode", (s) => s.rollouts[0]?.thoughts.pop()],
  ["an example begins in state", (s) => s.examples[0]?.steps.shift()],
  [
    "labels are not those",
    (s) => s.cycles[0] && (s.cycles[0].label_subgoal = s.cycles[0].label_subgoal ? 0 : 1),
  ],
  ["losses for the planner is -1", (s) => s.cycles[0] && (s.cycles[0].losses.planner = -1)],
  ["a text of title has", (s) => (s.title = "long ".repeat(2000))],
  ["the length of cycles is", (s) => s.cycles.push(...Array(200).fill(s.cycles[0]))],
  ["a number of curve is 1e+300", (s) => s.curve[0] && (s.curve[0].score.reward = 1e300)],
];

test.each(WRONG)("of which %s is refused", async (says, change) => {
  const story = structuredClone(await storyFixture());
  change(story);
  expect(await refusal(story)).toContain(says);
});

test("no step of an episode can be changed unnoticed", async () => {
  const story = await storyFixture();
  const { rollouts, world } = story;
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: rollouts.length - 1 }),
      fc.nat(1000),
      fc.constantFrom("state", "action", "reward", "outcome"),
      fc.nat({ max: world.tokens.length - 1 }),
      async (which, where, field, value) => {
        const copy = structuredClone(story);
        const steps = copy.rollouts[which]?.episode.steps ?? [];
        const step = steps[where % steps.length];
        if (!step) throw new Error("an episode without steps");
        const before = structuredClone(step);
        if (field === "state") step.state = value;
        if (field === "action") step.action = value % world.actions.length;
        if (field === "reward") step.reward = value / 100;
        if (field === "outcome") step.outcome = (["ok", "success", "blocked"] as const)[value % 3]!;
        const same = JSON.stringify(before) === JSON.stringify(step);
        // Another action may do just the same: it is blocked in the same way.
        const row = (list: readonly (readonly unknown[])[]) => list[step.state]?.[step.action];
        const twin =
          field === "action" &&
          (["next_state", "reward", "outcome"] as const).every(
            (name) => row(world[name]) === world[name][before.state]?.[before.action],
          );
        expect((await refusal(copy)) === null).toBe(same || twin);
      },
    ),
    { numRuns: 60 },
  );
});

const KINDS: [string, () => AnyRecording | Promise<AnyRecording>, number][] = [
  ["fine-tuning", storyFixture, 40],
  ["ladder", ladderFixture, 60],
  ["run", run, 60],
  ["thought", thought, 60],
];

describe("whatever is damaged is refused in a sentence, or can be drawn", () => {
  test.each(KINDS)("%s", { timeout: 600_000 }, async (_, make, numRuns) => {
    const recording = await make();
    const places = [...placesIn(recording)].filter(([name]) => !/^(hash|made_by)/.test(name));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        fc.nat(),
        fc.constantFrom(...DAMAGES),
        async ([, paths], pick, damage) => {
          const path = paths[pick % paths.length] ?? [];
          const document = damaged(recording, path, damage);
          if (document === null) return;
          const said = await refusal(document);
          if (said !== null) expect(said.length).toBeLessThan(500);
          else expect(await troubleIn(document as AnyRecording)).toBe(null);
        },
      ),
      { numRuns },
    );
  });
});
