/** What a newcomer would stumble over on the ladder: captions follow the numbers, flattering or not. */
import { describe, expect, test } from "vitest";

import { at } from "../../src/lib/list";
import type { LadderRecording } from "../../src/recording/ladder.gen";
import { exact, meanOf, rungOf, tieWords, unsplit } from "../../src/stories/assemble/facts";
import { scenes } from "../../src/stories/assemble/scenes";
import { ladder } from "./assemble-helpers";
import { everyShape, tall, wide } from "./story-helpers";

function captionsOf(step: number, recording: LadderRecording): string {
  return at(scenes, step)
    .captions(recording, wide)
    .map(({ text }) => text)
    .join("\n");
}

/** The ladder with something changed. */
function changed(change: (recording: LadderRecording) => void): LadderRecording {
  const recording = structuredClone(ladder());
  change(recording);
  return recording;
}

describe("hierarchy", () => {
  /** The ladder with other shares for H and L, and for the net that is not split. */
  const measured = (two: number, one: number) =>
    changed((recording) => {
      const rungs = [rungOf(recording, 6), unsplit(recording)[0]] as const;
      for (const [rung, share] of [
        [rungs[0], two],
        [rungs[1], one],
      ] as const) {
        rung?.seeds.forEach((seed, i) => (seed.exact = share + i / 100));
      }
    });

  test.each([
    [0.3, 0.9, "One module was better here."],
    [0.5, 0.5, "Too close to tell."],
    [0.9, 0.3, "Two were better here."],
  ])("%d against %d: %s", (two, one, verdict) => {
    expect(captionsOf(10, measured(two, one))).toMatch(`. ${verdict}`);
  });

  test("is not judged where it was not measured", () => {
    const alone = changed((recording) => (recording.bench = []));
    expect(captionsOf(10, alone)).toContain("did not measure one module");
  });
});

test("a step is called highest only beside what is higher", () => {
  const recording = ladder();
  const best = Math.max(...recording.rungs.map((rung) => meanOf(rung, exact)));
  const bench = Math.max(...recording.bench.map((rung) => meanOf(rung, exact)));
  expect(bench).toBeGreaterThan(best);
  expect(captionsOf(10, recording)).toContain("off the ladder, “");
  const low = changed(({ bench: others }) => {
    for (const { seeds } of others) for (const seed of seeds) seed.exact = 0;
  });
  expect(captionsOf(10, low)).toContain("The highest rung: step");
});

test("whether hard puzzles take longer is told of all of them, and only where the seeds agree", () => {
  const slower = (by: readonly number[]) =>
    changed((recording) => {
      rungOf(recording, 7)?.seeds.forEach((seed, i) => {
        seed.segments_by_blanks = seed.segments_by_blanks.map(([blanks], row) => [
          blanks,
          2 + row * at(by, i % by.length),
        ]);
      });
    });
  expect(captionsOf(7, slower([0.5, 0.4, 0.6]))).toContain("Slower with the hard, by every seed.");
  expect(captionsOf(7, slower([-0.1]))).toContain("Quicker with the hard, by every seed.");
  expect(captionsOf(7, slower([0.5, -0.1, 0.6]))).toContain("Not on every seed");
  expect(captionsOf(7, ladder())).not.toContain("Quick with the easy");
});

test("seeds that learned nothing are told of, and so is how far apart a tie is", () => {
  const failing = changed((recording) => {
    rungOf(recording, 6)?.seeds.forEach((seed, i) => (seed.exact = i === 0 ? 0 : 0.9));
  });
  expect(captionsOf(6, failing)).toContain("it learned nothing; on the others it solves 90%.");
  const sound = changed((recording) => {
    rungOf(recording, 6)?.seeds.forEach((seed) => (seed.exact = 0.9));
  });
  expect(captionsOf(6, sound)).not.toContain("learned nothing");
  expect(tieWords([0.5, 0.6], [0.6, 0.5])).toBe("Too close to tell.");
  expect(tieWords([0.9, 0], [0.9, 0.9])).toBe("The seeds differ too much to tell.");
});

test("a tie for second place is called one", () => {
  const votes = (...counts: readonly number[]) =>
    captionsOf(
      8,
      changed(({ vote }) => {
        const first = at(vote?.candidates ?? [], 0);
        if (vote) vote.candidates = counts.map((count) => ({ ...first, count, right: false }));
      }),
    );
  expect(votes(6, 1, 1)).toContain("Second place is a tie. Two are handed in");
  expect(votes(5, 2, 1)).toContain("The best two are handed in");
});

test("what nobody has met yet is named first", () => {
  const recording = ladder();
  expect(captionsOf(4, recording)).toContain("the two blocks of the next step");
  expect(captionsOf(3, recording)).toContain("once, at the start");
  expect(captionsOf(5, recording)).toContain("one-step gradient");
  expect(captionsOf(9, recording)).toContain("puzzle embedding");
  expect(captionsOf(9, recording)).toContain("The input alone does not say which: the tag does.");
});

test("a tray with nothing in it is not drawn", () => {
  for (const scene of scenes) {
    for (const time of scene.stops(ladder(), wide)) {
      const ids = [...everyShape(scene.draw(ladder(), time, wide))].map(({ id }) => id);
      expect(ids.includes("tray")).toBe(ids.some((id) => id.startsWith("tray.name")));
    }
  }
});

test("dots of one answer and squares of voting keep apart in the whole ladder's chart", () => {
  const scene = at(scenes, 10);
  for (const time of scene.stops(ladder(), wide).slice(-3)) {
    const shapes = [...everyShape(scene.draw(ladder(), time, wide))];
    const discs = shapes.filter((one) => one.kind === "circle" && /\.d\d+$/.test(one.id));
    const squares = shapes.filter((one) => one.kind === "rect" && /\.e\d+$/.test(one.id));
    expect(discs.length).toBeGreaterThan(20);
    expect(squares.length).toBe(discs.length);
    for (const disc of discs) {
      const row = disc.id.replace(/\.d\d+$/, "");
      for (const square of squares.filter(({ id }) => id.startsWith(`${row}.e`))) {
        if (disc.kind !== "circle" || square.kind !== "rect") continue;
        const near = Math.hypot(
          disc.cx - square.x - square.width / 2,
          disc.cy - square.y - square.height / 2,
        );
        expect(near, `${disc.id} and ${square.id}`).toBeGreaterThan(disc.r + 3);
      }
    }
  }
});

test.each([
  ["wide", wide, true],
  ["tall", tall, false],
] as const)("what is said of the numbers of the votes is what is drawn: %s", (_, view, both) => {
  const scene = at(scenes, 8);
  const end = scene.duration(ladder(), view) - 0.1;
  const shapes = [...everyShape(scene.draw(ladder(), end, view))];
  const texts = shapes.flatMap((one) => (one.kind === "text" ? [one] : []));
  expect(texts.some(({ id }) => /^rows\..*\.value\.second$/.test(id))).toBe(both);
  expect(
    texts
      .map(({ text }) => text)
      .join(" ")
      .includes("lower number"),
  ).toBe(both);
});
