/** Rollouts over the table: the recorded ones again, and explored ones. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Draws } from "../../src/lib/draws";
import { allRuns } from "../../src/stories/world/facts";
import { at, last } from "../../src/lib/list";
import { rollOut, teacherEpisode } from "../../src/recording/episode";
import { fixture } from "./story-helpers";

describe("draws", () => {
  test("are NumPy's RandomState", () => {
    // np.random.RandomState(seed).random_sample(): three numbers each.
    const known: [number, number[]][] = [
      [0, [0.5488135039273248, 0.7151893663724195, 0.6027633760716439]],
      [42, [0.3745401188473625, 0.9507143064099162, 0.7319939418114051]],
      [4294967295, [0.0976320289940138, 0.9123828453026218, 0.78903530185164]],
    ];
    for (const [seed, expected] of known) {
      const draws = new Draws(seed);
      expect(expected.map(() => draws.uniform())).toEqual(expected);
    }
  });

  test("shuffled keeps every item", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.array(fc.nat()), (seed, items) => {
        const shuffled = new Draws(seed).shuffled(items);
        expect(shuffled.toSorted((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("rollouts", () => {
  const recording = fixture();
  const { world, model } = recording;

  test("without exploration they are the recorded episodes", () => {
    for (const rollout of recording.rollouts) {
      const checkpoint = recording.checkpoints.find((one) => one.step === rollout.step);
      if (!checkpoint) continue;
      const episode = rollOut(world, checkpoint.policy, model, rollout.episode.start);
      expect(episode.steps).toEqual(rollout.episode.steps);
      expect(episode.success).toBe(rollout.episode.success);
      expect(episode.total_reward).toBeCloseTo(rollout.episode.total_reward, 5);
    }
  });

  test("every run's share of successes is the recorded one", () => {
    for (const run of allRuns(recording)) {
      const wins = world.starts.filter(
        (start) => rollOut(world, run.policy, run.model, start).success,
      );
      expect(wins.length / world.starts.length, run.name).toBeCloseTo(run.final.success, 6);
    }
  });

  test("exploration repeats with its seed, ends in time, and follows the table", () => {
    const policy = last(recording.checkpoints).policy;
    fc.assert(
      fc.property(
        fc.constantFrom(...world.starts),
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        fc.nat(2 ** 32 - 1),
        (start, temperature, seed) => {
          const explore = () =>
            rollOut(world, policy, model, start, { temperature, draws: new Draws(seed) });
          const episode = explore();
          expect(explore()).toEqual(episode);
          expect(episode.steps.length).toBeLessThanOrEqual(world.max_steps);
          let state = start;
          for (const step of episode.steps) {
            expect(step.state).toBe(state);
            expect(step.outcome).toBe(at(at(world.outcome, state), step.action));
            state = at(at(world.next_state, state), step.action);
          }
          expect(episode.success).toBe(state >= world.live_states);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("the teacher reaches the goal from every start", () => {
    for (const start of world.starts) expect(teacherEpisode(world, start).success).toBe(true);
  });
});
