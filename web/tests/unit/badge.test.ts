/** The badge of every scene of a world: whether what one sees is before or after its training. */
import { describe, expect, test } from "vitest";

import type { Recording } from "../../src/recording/types.gen";
import { at } from "../../src/lib/list";
import { scenes } from "../../src/stories/world/scenes";
import { byExamples } from "../../src/stories/world/parts/ExamplesChart";
import type { WorldView } from "../../src/stories/world/view";
import { everyShape, fixture, storyIn, tall, timesOf, wide } from "./story-helpers";

function badgesAt(phase: number, recording: Recording, time: number, view: WorldView): string[] {
  return [...everyShape(at(scenes, phase).draw(recording, time, view))].flatMap((shape) =>
    shape.kind === "text" && shape.id === "badge.words" ? [shape.text] : [],
  );
}

/** What the badge says in the course of a scene, without repetitions. */
function course(phase: number, recording: Recording): readonly string[] {
  const times = timesOf(at(scenes, phase), recording, wide).sort((a, b) => a - b);
  const said = times.flatMap((time) => badgesAt(phase, recording, time, wide));
  return said.filter((words, i) => words !== said[i - 1]);
}

describe.each([
  ["labels", fixture(), "after 10 examples"],
  ["preferences", storyIn("preferences/by-return.hrm.json.gz"), "after 10 preferences"],
  ["choices", storyIn("preferences/chosen.hrm.json.gz"), undefined],
] as const)("learning from %s", (_, recording, expected) => {
  const { examples } = recording.settings;
  const after = expected ?? badgesAt(5, recording, 0, wide)[0] ?? "";

  test("the badge tells the trained model from the untrained", () => {
    expect(after).toMatch(new RegExp(`^after ${examples} `));
    expect(course(0, recording)).toEqual(["no model yet"]);
    expect(course(1, recording)).toEqual([after]);
    expect(course(2, recording)).toEqual(["before training"]);
    expect(course(3, recording)).toEqual(["before training"]);
    expect(course(5, recording)).toEqual([after]);
    const [all, ...more] = course(7, recording);
    expect(all).toBe(`before training and ${after}`);
    // Where trainings with other numbers of examples were measured, they are on stage at the end.
    expect(more).toEqual(byExamples(recording, wide) ? ["after 1 to 50 examples"] : []);
  });

  test("while it trains, the badge counts", () => {
    const said = course(4, recording);
    expect(said[0]).toBe("before training");
    expect(said.at(-1)).toBe(after);
    const between = said.slice(1, -1);
    expect(between.length).toBeGreaterThan(2);
    const steps = between.map((words) =>
      Number(/^in training: step (\d+) of \d+$/.exec(words)?.[1] ?? NaN),
    );
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(Math.max(...steps)).toBeLessThanOrEqual(recording.fine_tuning.length);
  });

  test("every frame has one, and what did not learn is not called trained", () => {
    for (const view of [wide, tall]) {
      for (const [phase, scene] of scenes.entries()) {
        for (const time of timesOf(scene, recording, view, 6)) {
          expect(badgesAt(phase, recording, time, view)).toHaveLength(1);
        }
      }
    }
    const idle = { ...recording, fine_tuning: [] };
    expect(badgesAt(5, idle, 0, wide)).toEqual(["before training"]);
  });
});

test("the badge and the caption speak of the same gradient step", () => {
  const recording = fixture();
  for (const { at: time, text } of at(scenes, 4).captions(recording, wide)) {
    const step = /^Gradient step (\d+) of/.exec(text)?.[1];
    if (step === undefined) continue;
    for (const later of [0.5, 3, 8]) {
      expect(badgesAt(4, recording, time + later, wide)[0]).toMatch(`step ${step} of`);
    }
  }
});

test("a run with more examples says so", () => {
  const recording = structuredClone(fixture());
  const run = at(recording.ablations, 0);
  run.settings.examples = 50;
  expect(badgesAt(6, recording, 0, { ...wide, run: run.name })).toEqual(["after 50 examples"]);
});
