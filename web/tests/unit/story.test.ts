/** The scenes of a world; what holds for every story is in stories.test.ts. */
import { expect, test } from "vitest";

import { at } from "../../src/lib/list";
import { scenes } from "../../src/stories/world/scenes";
import { everyShape, fixture, timesOf, wide } from "./story-helpers";

test("there is a scene a phase, 0 to 7", () => {
  expect(scenes.map((scene) => scene.phase)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("a scene that has maths has some whenever it is asked", () => {
  const recording = fixture();
  for (const scene of scenes.filter(({ maths }) => maths)) {
    for (const time of timesOf(scene, recording, wide, 8)) {
      expect(scene.maths?.(recording, time, wide).length).toBeGreaterThan(0);
    }
  }
});

test("red is stop: the light, its words and the caption go by the sign of q", () => {
  const scene = at(scenes, 1);
  const recording = structuredClone(fixture());
  const first = recording.rollouts.at(-1)?.thoughts[0]?.segments[0];
  if (!first) throw new Error("no thought");
  for (const [q, light, words] of [
    [2, "Road lights: red, stop", /Red: stop\.$/],
    [-2, "Road lights: green, think on", /Green: think on\.$/],
  ] as const) {
    first.q_halt = q;
    const said = structuredClone(recording);
    const caption = scene.captions(said, wide).find(({ text }) => words.test(text));
    expect(caption).toBeDefined();
    const shapes = scene.draw(said, (caption?.at ?? 0) + 1, wide);
    const lights = [...everyShape(shapes)].filter(({ id }) => id.endsWith(".halting"));
    expect(lights.map(({ label }) => label)).toEqual([light]);
  }
});
