import { expect, test } from "vitest";

import { drawExamples } from "../../src/engine/examples";
import { Draws } from "../../src/lib/draws";
import { storyFixture } from "./fixtures";

test("the same settings draw the examples that Python recorded", async () => {
  const { world, settings, examples } = await storyFixture();
  const { noise, distractors, seed } = settings;
  const drawn = drawExamples(world, settings.examples, noise, distractors, new Draws(seed));
  expect(drawn).toEqual(examples);
});

test("noise and distractors show in the examples, and never the right label for a wrong one", async () => {
  const { world } = await storyFixture();
  const steps = drawExamples(world, 50, 0.3, 0.3, new Draws(7)).flatMap((one) => one.steps);
  expect(steps.some((step) => step.wrong_subgoal)).toBe(true);
  expect(steps.some((step) => step.wrong_action)).toBe(true);
  expect(steps.some((step) => step.distractor)).toBe(true);
  for (const step of steps) {
    expect(step.subgoal === world.teacher_subgoal[step.state]).toBe(!step.wrong_subgoal);
    expect(step.action === world.teacher_action[step.state]).toBe(!step.wrong_action);
    expect(step.taken === world.teacher_action[step.state]).toBe(!step.distractor);
  }
});
