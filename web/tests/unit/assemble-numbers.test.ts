/** Every number of the second story is a number of the recording, or one of few derivations. */
import { describe, expect, test } from "vitest";

import type { LadderRecording, Rung, RungSeed } from "../../src/recording/ladder.gen";
import { check } from "../../src/stories/assemble/check";
import * as facts from "../../src/stories/assemble/facts";
import { scenes as assembleScenes } from "../../src/stories/assemble/scenes";
import { at, range } from "../../src/lib/list";
import { pairedDifference } from "../../src/lib/paired";
import * as numbers from "../../src/scene/numbers";
import { ladder, ladderTimes, variants } from "./assemble-helpers";
import { everyShape, tall, wide } from "./story-helpers";
import type { LadderView } from "../../src/stories/assemble/view";

describe("derivations", () => {
  test("a rung is above another where the interval of their differences is above zero", () => {
    expect(facts.compare([0.4, 0.5, 0.6], [0.5, 0.62, 0.69])).toBe("more");
    expect(facts.compare([0.5, 0.62, 0.69], [0.4, 0.5, 0.6])).toBe("less");
    expect(facts.compare([0.4, 0.5, 0.6], [0.7, 0.5, 0.5])).toBe("tie");
    expect(facts.compare([0.5], [0.502])).toBe("tie");
    expect(facts.compare([0.5], [0.6])).toBe("more");
  });

  test("an interval is Student's: 0.18 and 0.22 after 0.1 and 0.1", () => {
    const { mean, low, high } = pairedDifference([0.1, 0.1], [0.18, 0.22]);
    expect(mean).toBeCloseTo(0.1, 9);
    // A spread of 0.02 * sqrt(2), over the root of 2, times 12.706.
    expect([low, high].map((end) => end - mean)).toEqual([
      expect.closeTo(-0.02 * 12.706, 6),
      expect.closeTo(0.02 * 12.706, 6),
    ]);
    expect(pairedDifference([0.1], [0.2]).low).toBe(-Infinity);
    expect(pairedDifference([0.1, 0.2, 0.3], [0.2, 0.3])).toEqual(
      pairedDifference([0.1, 0.2], [0.2, 0.3]),
    );
  });

  test("what is said of two rungs follows their numbers", () => {
    expect(facts.moves([0.48, 0.48], [0.7, 0.7])).toBe("rises from 48% to 70%");
    expect(facts.moves([0.84, 0.86], [0.52, 0.54])).toBe("falls from 85% to 53%");
    expect(facts.points(0.196)).toBe("+19.6");
    expect(facts.points(-0.054)).toBe("−5.4");
    expect(facts.points(0.002)).toBe("+0.2");
    expect(facts.points(0)).toBe("0.0");
    expect(facts.moves([0.8, 0.9], [0.86, 0.88])).toBe("hardly moves, from 85% to 87%");
    expect(facts.moves([0.1, 0.6], [0.5, 0.9])).toBe(
      "goes from 35% to 70%, but the seeds differ: it may be luck",
    );
    expect(facts.moves([0.85], [0.851])).toBe("stays at 85%");
  });

  test("bytes and ratios", () => {
    expect(facts.bytes(3_411_968)).toBe("3.4 MB");
    expect(facts.bytes(12_000)).toBe("12 kB");
    expect(facts.ratio(9, 3)).toBe("3.0");
  });

  test("cells that are wrong, and that changed", () => {
    const puzzle = { given: [1, 0, 0, 4], solution: [1, 2, 3, 4], blanks: 2 };
    expect(facts.wrongCells(puzzle, [1, 3, 3, 1])).toBe(1);
    expect(facts.changedCells([1, 2, 3, 4], [1, 3, 3, 1])).toBe(2);
  });

  test("the light is red when stopping is worth more than going on", () => {
    const segment = { calls: [], answer: [] };
    expect(facts.isRed({ ...segment, q_halt: 1, q_continue: 0.5 })).toBe(true);
    expect(facts.isRed({ ...segment, q_halt: 1, q_continue: 1.5 })).toBe(false);
    expect(facts.isRed({ ...segment, q_halt: 0.1, q_continue: null })).toBe(true);
    expect(facts.isRed({ ...segment, q_halt: null, q_continue: null })).toBe(false);
  });
});

/** Numbers of a seed that are shares. */
const SHARES: readonly ((seed: RungSeed) => readonly number[])[] = [
  (seed) => [
    seed.exact,
    seed.train_exact,
    seed.exact_halted,
    seed.vote_one,
    seed.vote_two,
    ...seed.exact_looped,
    ...seed.by_segment,
  ],
];

function percentages(recording: LadderRecording): Set<string> {
  const found = new Set<string>(["100%", "0%"]);
  const eachAndMean = (seeds: readonly (readonly number[])[]) => {
    for (const i of range(seeds[0]?.length ?? 0)) {
      const values = seeds.map((seed) => at(seed, i));
      for (const value of [...values, numbers.mean(values)]) found.add(numbers.percent(value));
    }
  };
  for (const rung of [...recording.rungs, ...recording.bench]) {
    for (const shares of SHARES) eachAndMean(rung.seeds.map(shares));
    eachAndMean(rung.seeds.map(({ by_step }) => (by_step ?? []).map(([, share]) => share)));
    for (const { q_halt, q_continue } of segmentsOf(rung)) {
      for (const q of [q_halt, q_continue]) {
        if (q !== null) found.add(numbers.percent(numbers.logistic(q)));
      }
    }
  }
  for (const variant of recording.mini_arc?.variants ?? []) {
    eachAndMean(variant.seeds.map((seed) => [seed.exact, seed.vote_one, seed.vote_two]));
    eachAndMean(variant.seeds.map((seed) => seed.by_task));
  }
  return found;
}

/** Differences of neighbours, and what the last part of a training brought, in points. */
function differences(recording: LadderRecording): Set<string> {
  const found = new Set<string>();
  for (const [before, after] of facts.neighbours(recording)) {
    const [from, to] = [before, after].map((rung) => rung.seeds.map((seed) => seed.exact));
    const { mean, low, high } = pairedDifference(from ?? [], to ?? []);
    for (const value of [mean, low, high]) found.add(facts.points(value));
  }
  for (const { shares } of facts.curvesOf(recording)) {
    const gained = at(shares, shares.length - 1) - (shares[shares.length - 2] ?? 0);
    found.add(facts.points(gained).slice(1));
  }
  return found;
}

function segmentsOf(rung: Rung) {
  return rung.thoughts.flatMap((thought) => thought.segments);
}

function decimals(recording: LadderRecording): Set<string> {
  const found = new Set<string>();
  for (const rung of [...recording.rungs, ...recording.bench]) {
    for (const thought of rung.thoughts) {
      for (const module of ["L", "H"] as const) {
        found.add(numbers.weight(facts.meanMove(thought, module)));
      }
      for (const segment of thought.segments) {
        for (const call of segment.calls) found.add(numbers.weight(numbers.mean(call.change)));
        for (const q of [segment.q_halt, segment.q_continue]) {
          if (q !== null) found.add(numbers.reward(q));
        }
      }
    }
    const used = rung.seeds.map((seed) => seed.segments_used);
    for (const value of [...used, numbers.mean(used)]) found.add(numbers.meanSteps(value));
    // Half of the axis.
    found.add(numbers.meanSteps(rung.wires.segments / 2));
    for (const [blanks] of at(rung.seeds, 0).segments_by_blanks) {
      const values = rung.seeds.flatMap((seed) =>
        seed.segments_by_blanks.filter(([other]) => other === blanks).map(([, value]) => value),
      );
      for (const value of [...values, numbers.mean(values)]) found.add(numbers.meanSteps(value));
    }
  }
  const { one_step, full } = recording.memory;
  for (const value of [one_step, full]) found.add(facts.bytes(value).split(" ")[0] ?? "");
  found.add(facts.ratio(full, one_step));
  return found;
}

/** Whole numbers that count something, or say which. */
function whole(recording: LadderRecording): Set<number> {
  const { settings, width, memory, mini_arc } = recording;
  const rungs = [...recording.rungs, ...recording.bench];
  const calls = rungs.flatMap((rung) =>
    rung.thoughts.map((one) => one.segments.reduce((all, { calls }) => all + calls.length, 0)),
  );
  const most = Math.max(
    10, // steps of the manual
    width * width, // cells
    recording.vote?.ballots.length ?? 0,
    mini_arc?.tasks.length ?? 0,
    ...calls,
  );
  const found = new Set(range(most + 1));
  for (const value of [
    settings.train_puzzles,
    settings.test_puzzles,
    settings.units,
    settings.batch,
    settings.views,
    memory.cycles,
    memory.low_calls,
    Number(facts.bytes(memory.one_step).split(" ")[0]),
    Number(facts.bytes(memory.full).split(" ")[0]),
    ...rungs.flatMap((rung) => [rung.parameters, rung.gradient_steps]),
  ]) {
    found.add(value);
  }
  return found;
}

/** What others published, and the manual's own block; and words of the recording. */
function withoutNames(recording: LadderRecording, words: string): string {
  const names = [
    ...[...recording.rungs, ...recording.bench].map((rung) => rung.title),
    ...(recording.mini_arc?.variants ?? []).map((variant) => variant.name),
    ...(recording.mini_arc?.tasks ?? []).flatMap((task) => [task.name, task.rule]),
    ...(recording.vote?.ballots ?? []).map((ballot) => ballot.transform),
  ].filter((name) => name.length > 3 && /\d/.test(name));
  const plain = names.reduce((text, name) => text.replaceAll(name, ""), words);
  return plain.replaceAll(/\b\d{4}\.\d{5}\b|\b20\d\d\b|\b27M\b|\b27 million\b/g, "");
}

const NUMBER = /[+−<>]?\d[\d,]*(?:\.\d+)?%?/g;

describe.each(variants())("numbers on the stage, without %s", (_name, recording) => {
  const allowed = new Set([
    ...percentages(recording),
    ...decimals(recording),
    ...differences(recording),
  ]);
  const counts = whole(recording);
  const views: [string, LadderView][] = [
    ["wide", wide],
    ["tall", tall],
  ];

  test.each(views)("come from the recording: %s", (_layout, view) => {
    const problems = new Set<string>();
    const check = (words: string, where: string) => {
      for (const [found] of withoutNames(recording, words).matchAll(NUMBER)) {
        const number = found.replace(/,$/, "");
        const ok =
          allowed.has(number) ||
          (/^[\d,]+$/.test(number) && counts.has(Number(number.replaceAll(",", ""))));
        if (!ok) problems.add(`${number} in “${words}” (${where})`);
      }
    };
    for (const scene of assembleScenes) {
      for (const caption of scene.captions(recording, view)) check(caption.text, scene.id);
      for (const time of ladderTimes(scene, recording, view, 12)) {
        for (const shape of everyShape(scene.draw(recording, time, view))) {
          if (shape.kind === "text") check(shape.text, `${scene.id} ${shape.id}`);
          if (shape.tip !== undefined) check(shape.tip, `${scene.id} ${shape.id}`);
          if (shape.label !== undefined) check(shape.label, `${scene.id} ${shape.id}`);
        }
      }
    }
    expect([...problems].slice(0, 12)).toEqual([]);
  });
});

test("the shipped ladder has something to say in every scene", () => {
  const recording = ladder();
  for (const scene of assembleScenes) {
    expect(scene.captions(recording, wide).length, scene.id).toBeGreaterThan(1);
  }
});

describe("a curve that cannot be", () => {
  const curve = (by_step: [number, number][], seeds?: [number, number][]) => {
    const recording = structuredClone(ladder());
    const rung = at(recording.rungs, 0);
    rung.seeds.forEach((seed, i) => (seed.by_step = i === 0 ? by_step : (seeds ?? by_step)));
    return check(recording);
  };

  test.each([
    [
      "goes back",
      [
        [5, 0.1],
        [3, 0.2],
      ],
      undefined,
      "a step of the rung step-1's training is 3",
    ],
    ["begins before the first step", [[0, 0.1]], undefined, "training is 0"],
    ["goes on after the last", [[1e9, 0.1]], undefined, "training is 1000000000"],
    ["solves more than all", [[5, 1.5]], undefined, "along its training is 1.5"],
    [
      "differs in length",
      [
        [5, 0.5],
        [6, 0.5],
      ],
      [[5, 0.5]],
      "shares along its training",
    ],
    ["differs in steps", [[5, 0.5]], [[6, 0.5]], "not measured at the same steps"],
  ] as [string, [number, number][], [number, number][] | undefined, string][])(
    "%s",
    (_, by_step, seeds, words) => {
      expect(curve(by_step, seeds)).toContain(words);
    },
  );

  test("none at all is an older recording's", () => {
    expect(curve([])).toBeNull();
  });
});
