/** What makes room is gone before what comes is there: at no time do two fading texts overlap. */
import { describe, expect, test } from "vitest";

import type { AnyRecording } from "../../src/recording/form";
import type { Scene, View } from "../../src/scene/scene";
import type { Shape } from "../../src/scene/shape";
import { textWidth } from "../../src/scene/text";
import { STORIES } from "../../src/stories/registry";
import { scenesOf } from "../../src/stories/scenes";
import { EXAMPLES } from "./recordings";
import { tall, wide } from "./story-helpers";

interface Placed {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly opacity: number;
}

/** A token on its way has a plate of its own, on which it is read. */
const FLIES = /^fly\./;
const START = { x: 0, y: 0, scale: 1, opacity: 1 };

/** Where every text stands, and how much of it is seen; turned ones are left out. */
function* textsOf(shapes: readonly Shape[], within = START): Generator<Placed> {
  for (const shape of shapes) {
    const opacity = within.opacity * (shape.opacity ?? 1);
    const { x, y, scale } = within;
    if (shape.kind === "group" && !shape.rotate) {
      yield* textsOf(shape.children, {
        x: x + scale * (shape.x ?? 0),
        y: y + scale * (shape.y ?? 0),
        scale: scale * (shape.scale ?? 1),
        opacity,
      });
    } else if (shape.kind === "text" && shape.text.trim() && !FLIES.test(shape.id)) {
      const width = textWidth(shape.text, shape.size, shape.weight ?? 400) / 1.03;
      const before = { start: 0, middle: width / 2, end: width }[shape.anchor ?? "start"];
      yield {
        text: shape.text,
        left: x + scale * (shape.x - before),
        right: x + scale * (shape.x - before + width),
        top: y + scale * (shape.y - shape.size * 0.7),
        bottom: y + scale * (shape.y + shape.size * 0.1),
        opacity,
      };
    }
  }
}

/** Pairs of texts that lie on each other, both fading. */
function overlaps(scene: Scene, recording: AnyRecording, view: View): string[] {
  const found = new Set<string>();
  const duration = scene.duration(recording, view);
  for (let time = 0; time <= duration; time += 0.1) {
    const fading = [...textsOf(scene.draw(recording, time, view))].filter(
      ({ opacity }) => opacity > 0.15 && opacity < 0.97,
    );
    fading.forEach((a, i) => {
      for (const b of fading.slice(i + 1)) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 2 && down > 2) found.add(`${scene.id}: “${a.text}” on “${b.text}”`);
      }
    });
  }
  return [...found];
}

describe.each(STORIES.map(({ id, kind }) => [id, kind] as const))("%s", (id, kind) => {
  const recordings = EXAMPLES[kind]?.recordings() ?? [];
  // The usual one, and of thoughts one that is voted on.
  const some = recordings.filter(
    ([name], i) => i === 0 || /^(?:Two Cups|from pref|answered by vote$)/.test(name),
  );
  test.each(some)("no text fades over another: %s", { timeout: 60_000 }, async (_, recording) => {
    for (const view of [wide, tall]) {
      for (const scene of await scenesOf(id)) {
        expect(overlaps(scene, recording, view), view.layout).toEqual([]);
      }
    }
  });
});
