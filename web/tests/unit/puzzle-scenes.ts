/** What every scene of a run and of a thought is held to, whatever it tells. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { at } from "../../src/lib/list";
import type { Scene, View } from "../../src/scene/scene";
import { expectLegible, expectSound, expectTold, expectWords, mostShapes } from "./scene-rules";
import { timesOf } from "./puzzle-fixture";
import { everyShape, tall, wide } from "./story-helpers";

const VIEWS: [string, View][] = [
  ["wide", wide],
  ["tall", tall],
];

export function holdScenes<R extends object>(
  scenes: readonly Scene<R>[],
  recordings: readonly [string, R][],
): void {
  describe.each(scenes.map((scene) => [scene.id, scene] as const))("%s", (_id, scene) => {
    test("draws the same at a time, however that time was reached", () => {
      const [, recording] = at(recordings, 0);
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
          expect(JSON.stringify(scene.draw(copy, at(times, 0), view))).toEqual(first[0]);
        }),
        { numRuns: 8 },
      );
    });

    describe.each(recordings)("%s", (_name, recording) => {
      test.each(VIEWS)("is sound and light: %s", (_l, view) => {
        const times = timesOf(scene, recording, view);
        expectSound(scene, recording, view, times);
        // 900 cells are a few paths: a frame stays light.
        expect(mostShapes(scene, recording, view, times)).toBeLessThanOrEqual(480);
      });

      test.each(VIEWS)("no text covers another: %s", (_l, view) => {
        expectLegible(scene, recording, view);
      });

      test.each(VIEWS)("is told in order and in words: %s", (_l, view) => {
        expectTold(scene, recording, view);
        expectWords(scene, recording, view, timesOf(scene, recording, view, 8));
      });
    });
  });
}

const NUMBER = /[+−]?\d[\d,]*(?:\.\d+)?%?/g;

/**
 * Every number that any scene shows or says, but those in `allowed` and whole ones in `counts`;
 * words of the recording itself are handed in as `names`.
 */
export function strangers<R extends object>(
  scenes: readonly Scene<R>[],
  recording: R,
  allowed: ReadonlySet<string>,
  counts: ReadonlySet<number>,
  names: readonly string[],
): string[] {
  const problems = new Set<string>();
  const long = names.filter((name) => /\d/.test(name)).toSorted((a, b) => b.length - a.length);
  const check = (words: string, where: string): void => {
    const plain = long.reduce((text, name) => text.replaceAll(name, ""), words);
    for (const [found] of plain.matchAll(NUMBER)) {
      const number = found.replace(/,$/, "");
      const count = /^[\d,]+$/.test(number) && counts.has(Number(number.replaceAll(",", "")));
      if (!allowed.has(number) && !count) problems.add(`${number} in “${words}” (${where})`);
    }
  };
  for (const view of [wide, tall]) {
    for (const scene of scenes) {
      for (const caption of scene.captions(recording, view)) check(caption.text, scene.id);
      for (const time of timesOf(scene, recording, view, 12)) {
        for (const shape of everyShape(scene.draw(recording, time, view))) {
          // What is in a cell is a token, and no number of the run.
          if (shape.kind === "text" && !/\.t\d+$/.test(shape.id)) check(shape.text, shape.id);
          if (shape.tip !== undefined) check(shape.tip, shape.id);
          if (shape.label !== undefined) check(shape.label, shape.id);
        }
      }
    }
  }
  return [...problems];
}
