/** Every scene, drawn from the recorded story at many times. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { at } from "../../src/story/list";
import { stageSize, type View } from "../../src/story/scene";
import { scenes } from "../../src/story/story";
import {
  everyShape,
  extents,
  fixture,
  hasFixture,
  numbersOf,
  tall,
  timesOf,
  wide,
} from "./story-helpers";

const views: [string, View][] = [
  ["wide", wide],
  ["tall", tall],
  ["exploring", { ...wide, exploration: 1.5, drawSeed: 7 }],
  ["another start and run", { ...wide, start: 3, run: "frozen-planner" }],
];

describe.skipIf(!hasFixture)("scenes", () => {
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

    test.each(views)("has finite numbers, unique ids and stays on the stage: %s", (_name, view) => {
      const { width, height } = stageSize[view.layout];
      const problems: string[] = [];
      for (const time of timesOf(scene, recording, view)) {
        const shapes = scene.draw(recording, time, view);
        const ids = new Set<string>();
        for (const shape of everyShape(shapes)) {
          if (ids.has(shape.id)) problems.push(`${shape.id} twice at ${time}`);
          ids.add(shape.id);
          for (const [name, value] of numbersOf(shape)) {
            if (!Number.isFinite(value)) problems.push(`${name} is ${value} at ${time}`);
          }
          if (shape.kind === "text" && shape.size < 11) problems.push(`${shape.id} is too small`);
        }
        for (const { id, left, top, right, bottom } of extents(shapes)) {
          if (left < -0.5 || top < -0.5 || right > width + 0.5 || bottom > height + 0.5) {
            problems.push(
              `${id} leaves the stage at ${time}: ${[left, top, right, bottom].join(" ")}`,
            );
          }
        }
      }
      expect(problems).toEqual([]);
    });

    test.each(views)("lasts 10 to 45 s, with stops and captions in order: %s", (_name, view) => {
      const duration = scene.duration(recording, view);
      expect(duration).toBeGreaterThanOrEqual(10);
      expect(duration).toBeLessThanOrEqual(45);
      const stops = scene.stops(recording, view);
      expect(stops[0]).toBe(0);
      for (let i = 1; i < stops.length; i++) expect(at(stops, i)).toBeGreaterThan(at(stops, i - 1));
      expect(Math.max(...stops)).toBeLessThanOrEqual(duration);
      const captions = scene.captions(recording, view);
      expect(captions[0]?.at).toBe(0);
      for (let i = 1; i < captions.length; i++) {
        expect(at(captions, i).at).toBeGreaterThan(at(captions, i - 1).at);
      }
      for (const caption of captions) {
        expect(caption.at).toBeLessThan(duration);
        expect(caption.text.length, caption.text).toBeLessThanOrEqual(110);
        expect(caption.text).not.toMatch(/undefined|NaN|\[object/);
      }
    });

    test("a frame is light", () => {
      const counts = timesOf(scene, recording, wide, 60).map(
        (time) => [...everyShape(scene.draw(recording, time, wide))].length,
      );
      // A cell for every start of the longest line is the one thing that may be more.
      expect(Math.max(...counts)).toBeLessThan(400 + recording.world.starts.length);
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
