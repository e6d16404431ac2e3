/** Every scene, drawn from the recorded story at many times. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { at } from "../../src/lib/list";
import { scenes } from "../../src/stories/world/scenes";
import { expectSound, expectTold, mostShapes } from "./scene-rules";
import { everyShape, fixture, tall, timesOf, wide } from "./story-helpers";
import type { WorldView } from "../../src/stories/world/view";

const views: [string, WorldView][] = [
  ["wide", wide],
  ["tall", tall],
  ["exploring", { ...wide, exploration: 1.5, drawSeed: 7 }],
  ["another start and run", { ...wide, start: 3, run: "frozen-planner" }],
];

describe("scenes", () => {
  const recording = fixture();

  test("there is one a phase, 0 to 7, each with its own id", () => {
    expect(scenes.map((scene) => scene.phase)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(scenes.map((scene) => scene.id)).size).toBe(scenes.length);
  });

  describe.each(scenes.map((scene) => [scene.id, scene] as const))("%s", (_, scene) => {
    test("draws the same at a time, however that time was reached", () => {
      const duration = scene.duration(recording, wide);
      const time = fc.double({ min: 0, max: duration, noNaN: true });
      fc.assert(
        fc.property(
          fc.array(time, { minLength: 2, maxLength: 6 }),
          fc.boolean(),
          (order, narrow) => {
            const view = narrow ? tall : wide;
            const first = order.map((t) => JSON.stringify(scene.draw(recording, t, view)));
            const again = order
              .toReversed()
              .map((t) => JSON.stringify(scene.draw(recording, t, view)));
            expect(again.toReversed()).toEqual(first);
            // A copy of the recording shares no memory with it.
            const copy = structuredClone(recording);
            expect(JSON.stringify(scene.draw(copy, at(order, 0), view))).toEqual(first[0]);
          },
        ),
        { numRuns: 8 },
      );
    });

    test.each(views)("is sound, and told in order: %s", (_name, view) => {
      expectSound(scene, recording, view, timesOf(scene, recording, view));
      expectTold(scene, recording, view);
    });

    test("a frame is light", () => {
      const times = timesOf(scene, recording, wide, 60);
      // A cell for every start of the longest line is the one thing that may be more.
      const most = 400 + recording.world.starts.length;
      expect(mostShapes(scene, recording, wide, times)).toBeLessThan(most);
    });

    test("the maths names finite numbers", () => {
      if (!scene.maths) return;
      for (const time of timesOf(scene, recording, wide, 8)) {
        const equations = scene.maths(recording, time, wide);
        expect(equations.length).toBeGreaterThan(0);
        for (const { tex, title, meaning } of equations) {
          expect(tex + title + meaning).not.toMatch(/undefined|NaN|Infinity|\[object/);
        }
      }
    });
  });
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
