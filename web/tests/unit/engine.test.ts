/** The engine on the graphs that Python exported, held to PyTorch's own numbers. */
import { beforeAll, describe, expect, test } from "vitest";

import type { Values } from "../../src/engine/graphs";
import { rateAt } from "../../src/engine/fineTune";
import { record, withAblations, withSpread, type Watch } from "../../src/engine/record";
import { stepsOfCycles, stepsOfEvaluations } from "../../src/engine/recorder";
import { checkRecording } from "../../src/recording/load";
import type { Recording } from "../../src/recording/types.gen";
import { calm, engineLibrary, parityOfTorch, WAYS, type Packed } from "./engine-fixture";
import { storyFixture, worldDefined } from "./fixtures";
import { STORIES } from "../../src/stories/registry";
import { ablationsOf, titleOf } from "../../src/stories/world/definition";

/** One exported step against PyTorch's, from the same state: parameters, losses, logits. */
const STEP_TOLERANCE = 1e-5;
/** Adam takes a full step even where the gradient is rounding noise; there v is about 1e-14. */
const NOISE = 1e-12;
/** The states themselves, which have gone through seven calls by then. */
const STATE_TOLERANCE = 1e-4;
const library = engineLibrary();
const parity = parityOfTorch();

function unpacked({ dims, data }: Packed): Values {
  return { dims, data: new Float32Array(new Uint8Array(Buffer.from(data, "base64")).buffer) };
}

describe.each(["keydoor", "keydoor-flat"])("%s", (preset) => {
  test.each(WAYS)("one exported step from %s is PyTorch's", async (learn, kept) => {
    const { settings } = await storyFixture();
    const { step } = await library.model({ ...settings, preset, learn });
    const { inputs, outputs } = parity[kept][preset] ?? { inputs: {}, outputs: {} };
    const entries = Object.entries(inputs).map(([name, value]) => [name, unpacked(value)] as const);
    const results = await step(Object.fromEntries(entries));
    expect(Object.keys(results).length).toBeGreaterThanOrEqual(10);
    const moments = results["v_after"]?.data ?? new Float32Array();
    expect(moments.filter((v) => v >= NOISE).length).toBeGreaterThan(0.9 * moments.length);
    for (const [name, wanted] of Object.entries(outputs)) {
      const { data } = unpacked(wanted);
      const got = results[name]?.data ?? new Float32Array();
      expect(got.length, name).toBe(data.length);
      let worst = 0;
      data.forEach((value, i) => {
        if (name === "theta_after" && (moments[i] ?? 0) < NOISE) return;
        const scale = Math.max(1, Math.abs(value));
        worst = Math.max(worst, Math.abs(value - (got[i] ?? NaN)) / scale);
      });
      const state = name === "high_after" || name === "low_after";
      expect(worst, name).toBeLessThan(state ? STATE_TOLERANCE : STEP_TOLERANCE);
    }
  });
});

describe("a recording made in the page", () => {
  let made: Recording;
  beforeAll(async () => {
    const story = await storyFixture();
    made = await record(
      library,
      story.settings,
      titleOf(worldDefined("key-door"), story.settings),
      story,
      "onnxruntime-web",
      calm,
    );
  }, 60_000);

  test("passes every check that a file has to pass", async () => {
    expect(await checkRecording(structuredClone(made), "made here", STORIES)).toEqual(made);
  });

  test("has the parts of the one from Python, computed by the same rules", async () => {
    const story = await storyFixture();
    expect(made.title).toBe(story.title);
    expect(made.model).toEqual(story.model);
    expect(made.world).toEqual(story.world);
    expect(made.examples).toEqual(story.examples);
    expect(made.planned_steps).toBe(story.planned_steps);
    expect(made.ablations).toEqual(story.ablations);
    expect(made.spread).toEqual(story.spread);
    expect(made.watched).toHaveLength(story.watched.length);
    expect(made.cycles.map(({ step }) => step)).toEqual(story.cycles.map(({ step }) => step));
    expect(made.made_by.program).toBe("page");
  });

  test("begins with Python's numbers: base policy, first step, first cycle", async () => {
    const story = await storyFixture();
    const near = (value: number, wanted: number, digits = 3): void =>
      expect(value).toBeCloseTo(wanted, digits);
    const [ours, theirs] = [made.checkpoints[0], story.checkpoints[0]];
    ours?.policy.subgoal_logits.flat().forEach((value, i) => {
      near(value, theirs?.policy.subgoal_logits.flat()[i] ?? NaN);
    });
    ours?.policy.action_logits.flat(2).forEach((value, i) => {
      near(value, theirs?.policy.action_logits.flat(2)[i] ?? NaN);
    });
    expect(made.curve[0]?.score).toEqual(story.curve[0]?.score);
    const [a, b] = [made.fine_tuning[0], story.fine_tuning[0]];
    for (const group of ["losses", "gradient_norm", "weight_change"] as const) {
      for (const owner of ["planner", "doer", "halting"] as const) {
        near(a?.[group][owner] ?? NaN, b?.[group][owner] ?? 0);
      }
    }
    expect([a?.examples, a?.rows, a?.wrong_planner, a?.wrong_doer, a?.rate]).toEqual([
      b?.examples,
      b?.rows,
      b?.wrong_planner,
      b?.wrong_doer,
      b?.rate,
    ]);
    const [one, other] = [made.cycles[0], story.cycles[0]];
    expect([one?.example, one?.example_step]).toEqual([other?.example, other?.example_step]);
    near(one?.losses.planner ?? NaN, other?.losses.planner ?? 0);
    near(one?.losses_after.doer ?? NaN, other?.losses_after.doer ?? 0);
    const calls = one?.thought.segments[0]?.calls ?? [];
    const wanted = other?.thought.segments[0]?.calls ?? [];
    expect(calls.map(({ module }) => module)).toEqual(wanted.map(({ module }) => module));
    calls.forEach((call, i) => {
      call.change.forEach((value, token) => near(value, wanted[i]?.change[token] ?? NaN));
      call.attention.forEach((value, token) => near(value, wanted[i]?.attention[token] ?? NaN));
    });
  });

  test("can be cancelled between two steps", async () => {
    let seen = 0;
    const stop: Watch = async () => {
      if (++seen > 3) throw new Error("stop");
    };
    const work = record(library, made.settings, made.title, made, "test", stop);
    await expect(work).rejects.toThrow("stop");
  });

  test(
    "gets ablations and seeds of its own settings when asked for",
    { timeout: 120_000 },
    async () => {
      const settings = { ...made.settings, examples: 2, passes: 3 };
      const small = await record(library, settings, made.title, made, "test", calm);
      expect(small.spread).toBe(null); // its whiskers would be those of other settings
      const variants = ablationsOf(worldDefined("key-door"), settings);
      const told = await withAblations(library, small, variants, calm);
      const fresh = told.ablations.filter((run) => run.settings.examples === 2);
      expect(fresh.map(({ name }) => name)).toEqual(variants.map(({ name }) => name));
      expect(told.ablations).toHaveLength(made.ablations.length);
      const spread = await withSpread(library, told, 2, calm);
      expect(spread.spread?.runs.map(({ seed }) => seed)).toEqual([
        settings.seed,
        settings.seed + 1,
      ]);
      expect(await checkRecording(structuredClone(spread), "made here", STORIES)).toEqual(spread);
    },
  );
});

test("the schedule falls from 1 to its last share", () => {
  expect(rateAt(0, 100, 0.05)).toBe(1);
  expect(rateAt(99, 100, 0.05)).toBeCloseTo(0.05);
  expect(rateAt(0, 1, 0.05)).toBe(1);
});

test("cycles and evaluations fall where Python puts them", async () => {
  const story = await storyFixture();
  const { planned_steps: planned, model } = story;
  expect(stepsOfCycles(planned, model.segments)).toEqual(story.cycles.map(({ step }) => step));
  const evaluated = story.curve.map(({ step }) => step).slice(1);
  expect(stepsOfEvaluations(planned, model.segments, 20)).toEqual(
    evaluated.at(-1) === planned ? evaluated : [...evaluated.slice(0, -1), planned],
  );
});
