/** The scene that looks inside a thought: what it shows is recorded, and fits the moment. */
import { expect, test } from "vitest";

import type { ThoughtRecording } from "../../src/recording/thought.gen";
import { at, last, range } from "../../src/lib/list";
import * as numbers from "../../src/scene/numbers";
import { check } from "../../src/stories/thought/check";
import { cropOfThought } from "../../src/stories/thought/facts";
import {
  callsIn,
  callsOver,
  filledCells,
  meanCertainty,
  modulesOf,
  momentOf,
} from "../../src/stories/thought/inside";
import { insideTheThought as scene } from "../../src/stories/thought/scenes/02-inside";
import { thoughtInside, thoughtsInside } from "./inside-fixture";
import { thought } from "./puzzle-fixture";
import { strangers } from "./puzzle-scenes";
import { everyShape, wide } from "./story-helpers";

function allowed(recording: ThoughtRecording): Set<string> {
  const found = new Set<string>();
  const { inside } = recording;
  if (!inside) return found;
  for (const [, path] of modulesOf(inside)) {
    for (const one of path.residuals) found.add(numbers.weight(one));
    for (const share of path.explained) found.add(numbers.percent(share));
  }
  const cells = filledCells(recording, cropOfThought(recording));
  for (const certainty of inside.certainty ?? []) {
    for (const one of certainty) found.add(numbers.percent(one));
    found.add(numbers.percent(meanCertainty(certainty, cells)));
  }
  // What stands beside the lines of the chart: powers of ten.
  for (const power of range(8)) found.add(String(10 ** (power - 4)));
  return found;
}

test.each(thoughtsInside())(
  "every number is one of the recording: a thought %s",
  (_, recording) => {
    expect(check(recording)).toBeNull();
    const { high, low } = recording.inside ?? {};
    const counts = new Set(range(65).concat(high?.x.length ?? 0, low?.x.length ?? 0));
    const found = strangers([scene], recording, allowed(recording), counts, []);
    expect(found.slice(0, 10)).toEqual([]);
  },
);

test("the calls that are over are those of the segments that are over", () => {
  for (const hierarchy of [true, false]) {
    const recording = thoughtInside({ segments: 5, hierarchy });
    for (const module of hierarchy ? (["H", "L"] as const) : (["L"] as const)) {
      const each = callsIn(recording.model, module);
      for (const over of range(6)) expect(callsOver(recording, module, over)).toBe(over * each);
      const moments = range(5 * each).map((call) => momentOf(recording.model, module, call));
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
      moments.forEach((moment, call) => {
        expect(callsOver(recording, module, moment)).toBe(call + 1);
        expect(callsOver(recording, module, moment - 0.001)).toBe(call);
      });
    }
    // L's calls come before H's in a cycle, and H's ends the segment.
    expect(momentOf(recording.model, hierarchy ? "H" : "L", 0)).toBe(hierarchy ? 0.5 : 0.25);
    expect(momentOf(recording.model, "L", 0)).toBeLessThan(0.5);
  }
});

function textsAt(recording: ThoughtRecording, time: number, id: RegExp): string[] {
  return [...everyShape(scene.draw(recording, time, wide))].flatMap((shape) =>
    shape.kind === "text" && id.test(shape.id) ? [shape.text] : [],
  );
}

test("each stop shows its segment's answer, with the residuals of its last calls", () => {
  const recording = thoughtInside({ segments: 4 });
  const stops = scene.stops(recording, wide);
  expect(stops).toHaveLength(6);
  recording.segments.forEach((segment, i) => {
    const time = at(stops, i + 1);
    const written = segment.answer.flatMap((token) => recording.board.glyphs[token] || []);
    expect(textsAt(recording, time, /^main\.t/)).toEqual(written);
    const { high, low } = recording.inside ?? {};
    expect(textsAt(recording, time, /^moved\..\.value/)).toEqual([
      `zH: ${numbers.weight(high?.residuals[2 * i + 1] ?? -1)}`,
      `zL: ${numbers.weight(low?.residuals[4 * i + 3] ?? -1)}`,
    ]);
  });
});

test("the path grows with time, and ends where the recording's does", () => {
  const recording = thoughtInside({ segments: 6 });
  const points = (time: number) =>
    [...everyShape(scene.draw(recording, time, wide))].flatMap((shape) =>
      shape.kind === "path" && shape.id === "path.L.gone" ? [shape.d.split(/[ML]/).length - 1] : [],
    );
  const stops = scene.stops(recording, wide);
  expect(stops.slice(1, 7).flatMap(points)).toEqual([4, 8, 12, 16, 20, 24]);
});

test("whether the states have come to rest is said at the end", () => {
  const said = (falling: number) => last(scene.captions(thoughtInside({ falling }), wide)).text;
  expect(said(0.001)).toMatch(/come to rest/);
  expect(said(0.6)).toMatch(/still move/);
});

test("a recording without its states says so", () => {
  const recording = thought();
  expect(scene.captions(recording, wide)).toHaveLength(1);
  expect(textsAt(recording, 5, /^without$/)).toHaveLength(1);
  expect(scene.maths?.(recording, 5, wide)).toEqual([]);
});

const one = thoughtInside({ segments: 2 });
const states = one.inside ?? { high: null, low: null, certainty: null };

test.each([
  ["a call too few", { high: { ...states.high, residuals: [1] } }, "a list of H's calls"],
  ["a hierarchy that is none", { high: null }, "inside.high"],
  [
    "a certainty above 1",
    { certainty: one.segments.map(() => Array(81).fill(1.5)) },
    "a certainty",
  ],
  ["a segment too few", { certainty: [] }, "certainty has 0 entries"],
  [
    "a residual below 0",
    { low: { ...states.low, residuals: Array(8).fill(-1) } },
    "a residual of L is below 0",
  ],
])("is not taken with %s", (_name, wrong, complaint) => {
  const inside = { ...states, ...wrong } as ThoughtRecording["inside"];
  expect(check({ ...one, inside })).toContain(complaint);
});

test("what the marks of certainty mean is said beside the board", () => {
  const meaning = (recording: ThoughtRecording, t: number): string | undefined =>
    [...everyShape(scene.draw(recording, t, wide))]
      .filter((shape) => shape.id === "main.meaning")
      .map((shape) => ("text" in shape ? String(shape.text) : ""))[0];
  const bars = "The longer the bar below a digit, the surer.";
  const circles = "The larger the circle in a cell, the less sure.";
  for (const [on, words] of [
    ["sudoku", bars],
    ["maze", circles],
    ["arc", circles],
  ] as const) {
    const recording = thoughtInside({ on });
    expect(meaning(recording, scene.duration(recording, wide)), on).toBe(words);
    // Before the first segment there is no mark.
    expect(meaning(recording, 0)).toBeUndefined();
  }
});
