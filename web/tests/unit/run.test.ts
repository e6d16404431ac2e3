/** The story of a run: drawn at any time, of any run, with no number that is not the run's. */
import { describe, expect, test } from "vitest";

import type { RunRecording } from "../../src/recording/run.gen";
import { at, range } from "../../src/lib/list";
import * as numbers from "../../src/scene/numbers";
import { changedCells, cropOf, judged, wrongCells } from "../../src/stories/puzzle/facts";
import * as facts from "../../src/stories/run/facts";
import { atNewest, END, stepAt, stopsOf, SWEEP, timeOf } from "../../src/stories/run/moment";
import { scenes as runScenes } from "../../src/stories/run/scenes";
import { BOARDS, run, runs, timesOf } from "./puzzle-fixture";
import { strangers } from "./puzzle-scenes";
import { everyShape, wide } from "./story-helpers";

test("there are three scenes, numbered as they come", () => {
  expect(runScenes.map(({ id }) => id)).toEqual(["what", "learning", "thinking"]);
  expect(runScenes.map(({ phase }) => phase)).toEqual([0, 1, 2]);
});

/** Everything that may be shown of a run, in the formats that there are. */
function allowed(recording: RunRecording): Set<string> {
  const found = new Set<string>(["0", "0%", "100%"]);
  const add = (format: (value: number) => string, ...values: (number | null | undefined)[]) => {
    for (const value of values) if (value != null) found.add(format(value).split(" ")[0] ?? "");
  };
  for (const one of recording.train) {
    add(numbers.loss, one.loss);
    add(numbers.percent, one.tokens, one.exact);
    add(numbers.meanSteps, one.segments);
    add(facts.duration, one.seconds);
    add(facts.pace, one.examples_per_second);
    add(facts.flops, one.flops_per_second);
  }
  for (const one of recording.evaluations) {
    add(numbers.percent, one.exact, one.tokens, one.valid, ...one.by_segment);
    add(numbers.meanSteps, one.segments);
  }
  for (const view of recording.watched?.views ?? []) add(numbers.reward, ...view.q_halt);
  if (recording.minutes !== null) found.add(String(recording.minutes));
  return found;
}

/** Whole numbers: counts of recorded things, and numbers that are recorded whole. */
function counts(recording: RunRecording): Set<number> {
  const { board, model, data, test: tested, evaluations, watched } = recording;
  const lists = [recording.train, recording.evaluations, watched?.views ?? []];
  const times = runScenes.flatMap((scene) => timesOf(scene, recording, wide, 12));
  const most = Math.max(board.cells, watched?.views[0]?.answers.length ?? 0, 64);
  return new Set([
    ...range(most + 1),
    ...lists.flatMap((list) => list.map(({ step }) => step)),
    ...times.map((time) => stepAt(recording, time)),
    model.parameters,
    recording.seed,
    recording.steps ?? 0,
    recording.end?.step ?? 0,
    data.reduce((all, one) => all + one.rows, 0),
    ...data.map(({ rows }) => rows),
    tested?.rows ?? 0,
    ...evaluations.map(({ puzzles }) => puzzles),
  ]);
}

test.each(runs())("every number is one of the recording: a run %s", (_name, recording) => {
  const names = [
    recording.puzzle,
    recording.device,
    recording.model.preset ?? "",
    ...recording.data.map(({ source }) => source),
    ...recording.recipe.map(({ value }) => value),
  ];
  const found = strangers(runScenes, recording, allowed(recording), counts(recording), names);
  expect(found.slice(0, 10)).toEqual([]);
});

describe("moments", () => {
  const recording = run();

  test("a scene goes through the training, and a step comes back from its time", () => {
    expect(stepAt(recording, 0)).toBe(1);
    expect(stepAt(recording, END)).toBe(3001);
    for (const step of [1, 2, 500, 1717, 3000, 3001]) {
      expect(stepAt(recording, timeOf(recording, step))).toBe(step);
    }
    expect([0, SWEEP.to - 0.1, SWEEP.to, END].map(atNewest)).toEqual([false, false, true, true]);
  });

  test("what is shown is never of a later step", () => {
    for (const step of range(301).map((i) => 1 + i * 10)) {
      expect(facts.trainAt(recording, step)?.step).toBeLessThanOrEqual(step);
      expect(facts.evaluationAt(recording, step)?.step ?? 0).toBeLessThanOrEqual(step);
      expect(facts.viewAt(recording, step)?.step ?? 0).toBeLessThanOrEqual(step);
    }
    expect(facts.evaluationAt(recording, 1)).toBeNull();
    const late = run({ rest: { watched: null } });
    expect(facts.viewAt(late, 3001)).toBeNull();
  });

  test("a stop is where something was measured", () => {
    const stops = stopsOf(recording).slice(1, -1);
    expect(stops.length).toBeGreaterThan(5);
    const measured = new Set(recording.evaluations.map(({ step }) => step));
    for (const stop of stops) expect(measured).toContain(stepAt(recording, stop));
    expect(stopsOf(run({ points: 0, evaluations: 0, views: 0 }))).toEqual([0, SWEEP.to]);
  });
});

describe("facts", () => {
  test("a search finds the last up to a step, as a walk does", () => {
    const list = [1, 1, 4, 9, 9, 20].map((step, i) => ({ step, i }));
    for (const step of range(25)) {
      const walked = list.findLast((one) => one.step <= step) ?? list[0];
      expect(facts.upTo(list, step)).toBe(walked);
    }
    expect(facts.upTo([], 3)).toBeNull();
  });

  test("cells", () => {
    expect(wrongCells([1, 2, 3, 9], [1, 9, 3, -100])).toBe(1);
    expect(judged([1, 2], [1, 2])).toBe("all 2 cells right");
    expect(judged([1, 3], [1, 2])).toBe("1 of 2 cells wrong");
    expect(changedCells([1, 2, 3], [1, 9, 9])).toEqual([1, 2]);
  });

  test("of ARC only what is used is shown", () => {
    const used = range(900).map((i) => (i % 30 >= 2 && i % 30 < 7 && i >= 90 && i < 150 ? 5 : 0));
    expect(cropOf(BOARDS.arc, [used])).toEqual({ left: 2, top: 3, width: 5, height: 2 });
    expect(cropOf(BOARDS.arc, [used.map(() => 0)]).width).toBe(30);
    expect(cropOf(BOARDS.sudoku, [used])).toEqual({ left: 0, top: 0, width: 9, height: 9 });
  });

  test("the light of a view is told only where it is recorded", () => {
    const recording = run({ segments: 4, views: 1 });
    const view = at(recording.watched?.views ?? [], 0);
    const reds = (segments_used: number, one = recording) =>
      range(4).map((i) => facts.redAt(one, { ...view, segments_used }, i));
    expect(reds(2)).toEqual([false, true, null, null]);
    expect(reds(4)).toEqual([false, false, false, null]);
    const halting = (name: "none" | "single-pass") => ({
      ...recording,
      model: { ...recording.model, halting: name },
    });
    expect(reds(4, halting("single-pass"))).toEqual([false, false, false, false]);
    expect(reds(2, halting("none"))).toEqual([null, null, null, null]);
  });

  test("how it ended is said", () => {
    const ended = (why: "steps" | "minutes" | "interrupted" | "nan") =>
      facts.endWords(run({ rest: { end: { step: 3000, why } } }));
    expect(ended("steps")).toBe("It ended after 3,000 steps, all that were asked for.");
    expect(ended("minutes")).toContain("its time were up");
    expect(ended("interrupted")).toContain("interrupted after 3,000 steps");
    expect(ended("nan")).toContain("no number");
    expect(facts.endWords(run({ rest: { end: null } }))).toContain("Step 3,001 is the newest");
  });

  test("seconds, operations and paces", () => {
    expect([5, 200, 9000].map(facts.duration)).toEqual(["5 s", "3.3 min", "2.5 h"]);
    expect([2.5e10, 1.2e12, 5].map(facts.flops)).toEqual(["25.0 GFLOP", "1.2 TFLOP", "0.0 MFLOP"]);
    expect([3.14159, 1234.5].map(facts.pace)).toEqual(["3.1", "1,235"]);
  });
});

test("an evaluation is a button that leads to its moment", () => {
  const recording = run();
  const scene = at(runScenes, 1);
  const found = [...everyShape(scene.draw(recording, 5, wide))].flatMap(({ action }) =>
    action?.kind === "go" ? [action] : [],
  );
  expect(found).toHaveLength(recording.evaluations.length);
  found.forEach(({ scene: id, time }, i) => {
    expect(id).toBe(scene.id);
    expect(stepAt(recording, time)).toBe(at(recording.evaluations, i).step);
  });
});

test("the watched board is the recorded answer, and a wrong given cell is marked", () => {
  const recording = run({ on: "small", views: 2 });
  const { watched, board } = recording;
  if (!watched) throw new Error("nothing is watched");
  const scene = at(runScenes, 1);
  const shapes = [...everyShape(scene.draw(recording, END, wide))];
  const texts = shapes.flatMap((shape) =>
    shape.kind === "text" && shape.id.startsWith("board.t") ? [[shape.id, shape.text]] : [],
  );
  const answer = facts.handedIn(at(watched.views, 1));
  const expected = answer.flatMap((token, i) =>
    board.glyphs[token] ? [[`board.t${i}`, board.glyphs[token]]] : [],
  );
  expect(texts).toEqual(expected);
});
