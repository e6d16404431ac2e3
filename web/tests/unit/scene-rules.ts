/** What a scene of any story is held to. */
import { expect } from "vitest";

import { at } from "../../src/lib/list";
import { stageSize, type Scene, type View } from "../../src/scene/scene";
import { writtenIn } from "./assemble-helpers";
import { everyShape, extents, numbersOf } from "./story-helpers";

/** Numbers are finite, ids unique, letters large enough, and everything is on the stage. */
export function expectSound<R, V extends View>(
  scene: Scene<R, V>,
  recording: R,
  view: V,
  times: readonly number[],
): void {
  const { width, height } = stageSize[view.layout];
  const problems = new Set<string>();
  for (const time of times) {
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
    for (const { id, left, top, right, bottom } of extents(shapes)) {
      if (left < -0.5 || top < -0.5 || right > width + 0.5 || bottom > height + 0.5) {
        problems.add(`${id} leaves the stage at ${time}: ${left} ${top} ${right} ${bottom}`);
      }
    }
  }
  expect([...problems].slice(0, 8)).toEqual([]);
}

/** At every stop, no text covers another. */
export function expectLegible<R, V extends View>(scene: Scene<R, V>, recording: R, view: V): void {
  const problems = new Set<string>();
  for (const time of scene.stops(recording, view)) {
    const all = [...writtenIn(scene.draw(recording, time, view))];
    all.forEach((a, i) => {
      for (const b of all.slice(i + 1)) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        // A letter that stands for a drawing: an action flies before it, as before any thing.
        const before = a.id.endsWith(".initial") && b.id.startsWith("flight.");
        if (across > 1.5 && down > 1.5 && !before) {
          problems.add(`“${a.words}” (${a.id}) and “${b.words}” (${b.id}) at ${time}`);
        }
      }
    });
  }
  expect([...problems].slice(0, 8)).toEqual([]);
}

/** It lasts 10 to 45 s; stops and captions are in order, and say something. */
export function expectTold<R, V extends View>(scene: Scene<R, V>, recording: R, view: V): void {
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
    expect(caption.text).not.toMatch(/undefined|NaN|\[object|null|Infinity/);
  }
}

/** At these times, neither what is drawn nor its maths holds what is no value. */
export function expectWords<R, V extends View>(
  scene: Scene<R, V>,
  recording: R,
  view: V,
  times: readonly number[],
): void {
  for (const time of times) {
    const drawn = JSON.stringify(scene.draw(recording, time, view));
    expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
    for (const { tex, title, meaning } of scene.maths?.(recording, time, view) ?? []) {
      expect(tex + title + meaning).not.toMatch(/undefined|NaN|Infinity|\[object/);
    }
  }
}

/** The most shapes of any frame at these times. */
export function mostShapes<R, V extends View>(
  scene: Scene<R, V>,
  recording: R,
  view: V,
  times: readonly number[],
): number {
  return Math.max(...times.map((t) => [...everyShape(scene.draw(recording, t, view))].length));
}
