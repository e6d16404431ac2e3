import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { placeOf, readHash, writeHash } from "../../src/state/hash";
import {
  anyMoved,
  changesFrom,
  knobsOf,
  knobsWith,
  refusedIn,
  settingsDifference,
  settingsFor,
} from "../../src/stories/world/settings";
import { initial, SPEEDS, THEMES, type State } from "../../src/state/state";
import { MAX_SEED } from "../../src/stories/fields";
import { STORIES } from "../../src/stories/registry";
import { plannedSteps } from "../../src/engine/fineTune";
import { keyOf } from "../../src/recording/settings";
import {
  KNOBS,
  PLAYING,
  trainingOf,
  type Knobs,
  type Slider,
  type TrainingKnob,
} from "../../src/stories/world/knobs";
import {
  EXAMPLE,
  GRADIENTS,
  HALTINGS,
  pluggedWires,
  readWires,
  toggled,
  writeWires,
  type WireName,
} from "../../src/stories/assemble/wires";
import type { Wires } from "../../src/recording/ladder.gen";
import { storyFixture, worldDefined } from "./fixtures";
import { storyIn } from "./story-helpers";
import { ladderFixture, WIRES } from "./ladder-fixture";

const share = (max: number) => fc.double({ min: 0, max, noNaN: true }).map((x) => x + 0); // no -0
const seed = fc.integer({ min: 0, max: MAX_SEED });
const name = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const bellStory = () => storyIn("bell/recordings/bell.hrm.json.gz");
const training = trainingOf(worldDefined("key-door"));
const bellTraining = trainingOf(worldDefined("bell"));

/** Any value of a knob, where it has one to turn. */
function anyValue({ choices, sliders = [] }: TrainingKnob<unknown>): fc.Arbitrary<unknown> | null {
  if (choices) return fc.constantFrom(...choices.map(([value]) => value));
  const [slider] = sliders;
  return slider ? anyOf(slider) : null;
}

/** Any value on a slider. */
function anyOf({ min, max, step }: Slider): fc.Arbitrary<number> {
  return Number.isInteger(step)
    ? fc.integer({ min, max })
    : fc.double({ min, max, noNaN: true }).map((x) => x + 0); // no -0
}

const knobs = fc.record(
  Object.fromEntries(
    KNOBS.flatMap((name) => {
      const values = anyValue(training[name] as TrainingKnob<unknown>);
      return values ? [[name, values]] : [];
    }),
  ),
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<Knobs>>;

const wirings: fc.Arbitrary<Wires> = fc.record({
  loop: fc.boolean(),
  recall: fc.boolean(),
  hierarchy: fc.boolean(),
  modules: fc.constantFrom(1, 2),
  cycles: fc.integer({ min: 1, max: 99 }),
  low_calls: fc.integer({ min: 1, max: 99 }),
  gradient: fc.constantFrom(...GRADIENTS),
  segments: fc.integer({ min: 1, max: 99 }),
  halting: fc.constantFrom(...HALTINGS),
  puzzle_embedding: fc.boolean(),
});

const states: fc.Arbitrary<State> = fc.record({
  story: maybe(name),
  scene: maybe(fc.constantFrom("meet-the-world", "clumsy-rollout", "step-03", "bench")),
  time: share(86_400),
  speed: fc.constantFrom(...SPEEDS),
  playing: fc.boolean(),
  loop: fc.boolean(),
  theme: fc.constantFrom(...THEMES),
  captions: fc.boolean(),
  compare: maybe(
    fc.oneof(
      fc.constantFrom("before", "flat", "hierarchy", "examples-5", "examples-50"),
      fc.stringMatching(/^[a-z0-9.-]{1,60}$/).map((text) => `story:${text}`),
      fc.stringMatching(/^[1-9.]{81}$/).map((text) => `asked:${text}~sudoku-wide~4~0.9~8`),
    ),
  ),
  own: fc
    .record({
      knobs,
      exploration: anyOf(PLAYING.exploration),
      drawSeed: seed,
      start: maybe(fc.integer({ min: 0, max: 1000 })),
      run: maybe(name),
      wires: maybe(wirings.map(writeWires)),
      puzzle: maybe(
        fc.oneof(fc.stringMatching(/^[1-9.]{81}$/), fc.stringMatching(/^[1.]{5}\/[1.]S[1.]G[1.]$/)),
      ),
      thinker: maybe(name),
      segments: maybe(fc.integer({ min: 1, max: 64 })),
      halt: maybe(fc.double({ min: 0.5, max: 1, noNaN: true })),
      views: maybe(fc.integer({ min: 1, max: 128 })),
      truth: fc.boolean(),
    })
    .map(({ knobs: moved, ...rest }) => ({ ...initial.own, ...moved, ...rest })),
});

describe("the state in the address", () => {
  test("comes back as it was written", () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(readHash(writeHash(state))).toEqual({ state, problems: [] });
      }),
    );
  });

  test("has one meaning for each name, whichever story asks", () => {
    const known = new Map<string, unknown>();
    for (const { id, fields } of STORIES) {
      for (const [key, field] of Object.entries(fields)) {
        expect(initial, `${id} takes the page's own ${key}`).not.toHaveProperty(key);
        expect(known.get(key) ?? field, `${id}: ${key}`).toBe(field);
        known.set(key, field);
      }
    }
    expect([...known.keys()].sort()).toEqual(Object.keys(initial.own).sort());
  });

  test("is empty for the initial state", () => {
    expect(writeHash(initial)).toBe("");
  });

  test("never fails on any text, and only takes what it accepts", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { state } = readHash(text);
        expect(readHash(writeHash(state)).state).toEqual(state);
      }),
    );
  });

  test.each([
    ["examples=0", "examples = 0", "1 to 50"],
    ["examples=51", "examples = 51", "1 to 50"],
    ["examples=2.5", "examples = 2.5", "a whole number"],
    ["noise=7", "noise = 7", "0 to 0.5"],
    ["noise=", "noise = nothing", "0 to 0.5"],
    ["noise=-0.1", "noise = -0.1", "0 to 0.5"],
    ["noise=NaN", "noise = NaN", "0 to 0.5"],
    ["tiles=33", "tiles = 33", "1 to 32"],
    ["sizes=cloths", "sizes = cloths", "swaps-2"],
    ["passes=11", "passes = 11", "1 to 10"],
    ["seed=-1", "seed = -1", "0 to 4294967295"],
    ["seed=4294967296", "seed = 4294967296", "0 to 4294967295"],
    ["preset=deep", "preset = deep", "hierarchy, flat"],
    ["speed=3", "speed = 3", "one of"],
    ["theme=pink", "theme = pink", "auto, light, dark, contrast"],
    ["wires=lrh", "wires = lrh", "such as lrh-m2-n2-t2-gone-s8-hq"],
    ["wires=lrh-m3-n2-t2-gone-s4-hq", "wires = lrh-m3", "a wiring"],
    ["wires=lrh-m2-n0-t2-gone-s4-hq", "wires = lrh-m2-n0", "a wiring"],
    ["time=-1", "time = -1", "0 to 86400"],
    ["time=1e99", "time = 1e99", "0 to 86400"],
    ["compare=nonsense", "compare = nonsense", "before"],
    ["colour=red", "“colour”", "does not know"],
  ])("%s is refused with a sentence", (hash, value, accepted) => {
    const { state, problems } = readHash(`#${hash}`);
    expect(state).toEqual(initial);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(value);
    expect(problems[0]).toContain(accepted);
  });
});

describe("knobs and settings", () => {
  test("a story's own knobs ask for the story itself", async () => {
    const { settings } = await storyFixture();
    expect(settingsFor(training, settings, knobsOf(training, settings))).toEqual(settings);
    expect(anyMoved(changesFrom(training, settings, knobsOf(training, settings)))).toBe(false);
  });

  test("only what was moved changes, and comes back from the settings", async () => {
    const { settings } = await storyFixture();
    fc.assert(
      fc.property(knobs, (moved) => {
        const all = { ...knobsOf(training, settings), ...moved };
        const asked = settingsFor(training, settings, all);
        expect(knobsOf(training, asked)).toEqual(all);
        expect(knobsWith(training, settings, changesFrom(training, settings, all))).toEqual(all);
        for (const [key, value] of Object.entries(settings)) {
          // The wiring's knob unfreezes what was frozen; all else is its knob's alone.
          if (!(key in all) && key !== "freeze") expect(asked).toHaveProperty(key, value);
        }
        expect(keyOf(asked) === keyOf(settings)).toBe(
          !anyMoved(changesFrom(training, settings, all)),
        );
      }),
    );
  });

  test("the planned gradient steps are those of the recording", async () => {
    const { settings, model, planned_steps } = await storyFixture();
    expect(plannedSteps(settings, model.segments)).toBe(planned_steps);
  });

  test("every size of a world has its slider, and what it is turned to is asked for", () => {
    const settings = bellStory().settings;
    const [slider] = bellTraining.sizes.sliders ?? [];
    expect([slider?.label, slider?.min, slider?.max]).toEqual(["Cloths", 1, 2]);
    const stands = knobsOf(bellTraining, settings);
    expect(slider?.get(stands.sizes)).toBe(1);
    const sizes = slider?.set(stands.sizes, 2) ?? "";
    const { state } = readHash(`#sizes=${sizes}&tiles=4`);
    const moved = { ...changesFrom(bellTraining, settings, stands), sizes, tiles: 4 };
    expect(state.own).toMatchObject({ sizes, tiles: 4 });
    const asked = settingsFor(bellTraining, settings, knobsWith(bellTraining, settings, moved));
    expect(asked).toEqual({ ...settings, tiles: 4, sizes: { cloths: 2 } });
    expect(refusedIn(bellTraining, moved)).toEqual([]);
    expect(settingsDifference(bellTraining, settings, asked)).toBe("4 tiles, 2 cloths");
  });

  test.each([
    [training, { tiles: 2 }, "tiles = 2", "tiles from 3 to 9"],
    [training, { sizes: "cloths-1" }, "sizes = cloths-1", "none"],
    [bellTraining, { tiles: 5 }, "tiles = 5", "tiles from 2 to 4"],
    [bellTraining, { sizes: "cloths-3" }, "sizes = cloths-3", "cloths from 1 to 2"],
    [bellTraining, { sizes: "swaps-1" }, "sizes = swaps-1", "cloths"],
    [trainingOf(undefined), { preset: "flat" } as const, "preset = flat", "none"],
  ])("what a world does not have is refused with a sentence (%#)", (own, patch, says, accepted) => {
    const moved = { ...changesFrom(own, bellStory().settings, knobsOf(own, bellStory().settings)) };
    const [[name, words] = [], ...more] = refusedIn(own, { ...moved, ...patch });
    expect([name, more]).toEqual([Object.keys(patch)[0], []]);
    expect(words).toContain(says);
    expect(words).toContain(`accepted in this world is ${accepted};`);
  });

  test("settings are the same whatever fields an older file leaves out", () => {
    const { settings } = bellStory();
    const { world: _, ...older } = settings;
    expect(keyOf({ ...older, sizes: { cloths: 1 } })).toBe(keyOf(settings));
    expect(keyOf({ ...settings, sizes: { cloths: 2 } })).not.toBe(keyOf(settings));
  });
});

describe("the wires of the bench", () => {
  test("come back from a link as they were written", () => {
    fc.assert(
      fc.property(wirings, (wires) => {
        expect(readWires(writeWires(wires))).toEqual(wires);
      }),
    );
    expect(writeWires(WIRES)).toBe(EXAMPLE);
  });

  test("are step 6's until others are plugged in", async () => {
    const ladder = await ladderFixture();
    expect(pluggedWires(ladder, null)).toEqual(ladder.rungs[6]?.wires);
    expect(pluggedWires(ladder, "lr-m1-n1-t3-gfull-s1-hn")).toEqual({
      ...WIRES,
      hierarchy: false,
      modules: 1,
      cycles: 1,
      low_calls: 3,
      gradient: "full",
      segments: 1,
      halting: "none",
    });
    const short = { ...ladder, rungs: ladder.rungs.slice(0, 3) };
    expect(pluggedWires(short, null)).toEqual(ladder.rungs[2]?.wires);
  });

  test.each<[WireName, number]>([
    ["loop", 2],
    ["recall", 2],
    ["hierarchy", 2],
    ["modules", 2],
    ["outer", 2],
    ["gradient", 3],
    ["halting", 3],
  ])("%s has %d positions, and comes round", (wire, positions) => {
    const seen = new Set([writeWires(WIRES)]);
    let wires = WIRES;
    for (let i = 0; i < positions; i++) {
      wires = toggled(wires, wire);
      seen.add(writeWires(wires));
    }
    expect(wires).toEqual(WIRES);
    expect(seen.size).toBe(positions);
  });
});

test("another story and another puzzle are another place; another moment or look is none", () => {
  const here = placeOf(initial);
  const { own } = initial;
  expect(placeOf({ ...initial, story: "two-cup.hrm.json.gz" })).not.toBe(here);
  expect(placeOf({ ...initial, own: { ...own, puzzle: "S1G" } })).not.toBe(here);
  expect(placeOf({ ...initial, time: 3, theme: "dark", scene: "segments" })).toBe(here);
  expect(placeOf({ ...initial, own: { ...own, views: 3, examples: 5 } })).toBe(here);
});
