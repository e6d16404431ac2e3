/** Every number that a run or a thought shows is one of its recording. */

import type { Scene } from "../../src/scene/scene";
import { timesOf } from "./puzzle-fixture";
import { everyShape, tall, wide } from "./story-helpers";

const NUMBER = /[+−<>]?\d[\d,]*(?:\.\d+)?%?/g;

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
