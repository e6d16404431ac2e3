/** What every scene of every story is held to. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { AnyRecording } from "../../src/recording/form";
import type { Scene, View } from "../../src/scene/scene";
import { definitions } from "./fixtures";
import { initialOf } from "../../src/stories/fields";
import type { Defined } from "../../src/stories/world/definition";
import { STORIES } from "../../src/stories/registry";
import { scenesOf } from "../../src/stories/scenes";
import { EXAMPLES } from "./recordings";
import { expectLegible, expectSound, expectTold, expectWords, mostShapes } from "./scene-rules";

test("there are examples of every kind", () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(STORIES.map(({ kind }) => kind).sort());
});

/** Times that cover a scene: its stops, and points in between. */
function timesOf(scene: Scene, recording: AnyRecording, view: View, many: number): number[] {
  const duration = scene.duration(recording, view);
  const even = Array.from({ length: many + 1 }, (_, i) => (duration * i) / many);
  return [...scene.stops(recording, view), ...even];
}

/** A frame stays light; only a long line of a world has a cell more for each start. */
const MOST_SHAPES = 520;

for (const { id, kind, fields } of STORIES) {
  const scenes = await scenesOf(id);
  const { recordings, incomplete, seen = [] } = EXAMPLES[kind] ?? { recordings: () => [] };
  const all = recordings();
  const wide: View & Defined = { layout: "wide", ...initialOf(fields), definitions };
  const tall: View = { ...wide, layout: "tall" };
  const views: [string, View][] = [
    ["wide", wide],
    ["tall", tall],
    ...seen.map(([name, own]): [string, View] => [name, { ...wide, ...own }]),
  ];

  describe(id, () => {
    test("its scenes are numbered as they come, each with its own id", () => {
      expect(scenes.map(({ phase }) => phase)).toEqual([...scenes.keys()]);
      expect(new Set(scenes.map((scene) => scene.id)).size).toBe(scenes.length);
    });

    describe.each(scenes.map((scene) => [scene.id, scene] as const))("%s", (_id, scene) => {
      test("draws the same at a time, however that time was reached", () => {
        const recording = all[0]?.[1] as AnyRecording;
        const time = fc.double({ min: 0, max: scene.duration(recording, wide), noNaN: true });
        const order = fc.array(time, { minLength: 2, maxLength: 6 });
        fc.assert(
          fc.property(order, fc.boolean(), (times, narrow) => {
            const view = narrow ? tall : wide;
            const draw = (t: number) => JSON.stringify(scene.draw(recording, t, view));
            const first = times.map(draw);
            expect(times.toReversed().map(draw).toReversed()).toEqual(first);
            // A copy of the recording shares no memory with it.
            const copy = structuredClone(recording);
            expect(JSON.stringify(scene.draw(copy, times[0] ?? 0, view))).toEqual(first[0]);
          }),
          { numRuns: 6 },
        );
      });

      describe.each(all)("%s", (_name, recording) => {
        test.each(views)("is sound, light and legible: %s", (_view, view) => {
          const times = timesOf(scene, recording, view, 24);
          expectSound(scene, recording, view, times);
          expectLegible(scene, recording, view);
          expect(mostShapes(scene, recording, view, times)).toBeLessThanOrEqual(MOST_SHAPES);
        });
      });

      describe.each([...all, ...(incomplete?.() ?? [])])("%s", (_name, recording) => {
        test.each(views)("is told in order and in words: %s", (_view, view) => {
          expectTold(scene, recording, view);
          expectWords(scene, recording, view, timesOf(scene, recording, view, 8));
        });
      });
    });
  });
}
