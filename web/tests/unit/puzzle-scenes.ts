/** What every scene of a run and of a thought is held to, whatever it tells. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { at } from "../../src/story/list";
import { stageSize, type Scene, type View } from "../../src/story/scene";
import { writtenIn } from "./assemble-helpers";
import { timesOf } from "./puzzle-fixture";
import { everyShape, extents, numbersOf, tall, wide } from "./story-helpers";

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
      test.each(VIEWS)("has finite numbers, unique ids and stays on the stage: %s", (_l, view) => {
        const { width, height } = stageSize[view.layout];
        const problems = new Set<string>();
        for (const time of timesOf(scene, recording, view)) {
          const shapes = scene.draw(recording, time, view);
          const ids = new Set<string>();
          for (const shape of everyShape(shapes)) {
            if (ids.has(shape.id)) problems.add(`${shape.id} twice at ${time}`);
            ids.add(shape.id);
            for (const [name, value] of numbersOf(shape)) {
              if (!Number.isFinite(value)) problems.add(`${name} is ${value} at ${time}`);
            }
            if (shape.kind === "text" && shape.size < 11) problems.add(`${shape.id} is too small`);
            if (shape.kind === "path" && /NaN|undefined/.test(shape.d)) problems.add(shape.id);
          }
          // 900 cells are a few paths: a frame stays light.
          if (ids.size > 480) problems.add(`${ids.size} shapes at ${time}`);
          for (const { id, left, top, right, bottom } of extents(shapes)) {
            if (left < -0.5 || top < -0.5 || right > width + 0.5 || bottom > height + 0.5) {
              problems.add(`${id} leaves the stage at ${time}: ${left} ${top} ${right} ${bottom}`);
            }
          }
        }
        expect([...problems].slice(0, 8)).toEqual([]);
      });

      test.each(VIEWS)("no text covers another: %s", (_l, view) => {
        const problems = new Set<string>();
        for (const time of scene.stops(recording, view)) {
          const all = [...writtenIn(scene.draw(recording, time, view))];
          all.forEach((a, i) => {
            for (const b of all.slice(i + 1)) {
              const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
              const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
              if (across > 1.5 && down > 1.5) {
                problems.add(`“${a.words}” (${a.id}) and “${b.words}” (${b.id}) at ${time}`);
              }
            }
          });
        }
        expect([...problems].slice(0, 8)).toEqual([]);
      });

      test.each(VIEWS)("is told in order and in words: %s", (_l, view) => {
        const duration = scene.duration(recording, view);
        expect(duration).toBeGreaterThanOrEqual(10);
        expect(duration).toBeLessThanOrEqual(45);
        const stops = scene.stops(recording, view);
        expect(stops[0]).toBe(0);
        expect(stops).toEqual(stops.toSorted((a, b) => a - b));
        expect(new Set(stops).size).toBe(stops.length);
        expect(Math.max(...stops)).toBeLessThanOrEqual(duration);
        const captions = scene.captions(recording, view);
        expect(captions[0]?.at).toBe(0);
        for (let i = 1; i < captions.length; i++) {
          expect(at(captions, i).at).toBeGreaterThan(at(captions, i - 1).at);
        }
        for (const caption of captions) {
          expect(caption.at).toBeLessThan(duration);
          expect(caption.text.length, caption.text).toBeLessThanOrEqual(110);
          expect(caption.text).not.toMatch(/undefined|NaN|\[object|null|Infinity/);
        }
        for (const time of timesOf(scene, recording, view, 8)) {
          expect(JSON.stringify(scene.draw(recording, time, view))).not.toMatch(
            /NaN|undefined|Infinity/,
          );
          for (const { tex, meaning } of scene.maths?.(recording, time, view) ?? []) {
            expect(tex + meaning).not.toMatch(/undefined|NaN|Infinity|\[object/);
          }
        }
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
