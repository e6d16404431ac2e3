/** What Python defines for the page, and a world that is not in the package, as the page reads them. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";

import schema from "../../src/recording/definitions.schema.json";
import { readRecording } from "../../src/recording/load";
import type { Recording } from "../../src/recording/types.gen";
import { STORIES } from "../../src/stories/registry";
import { engineLibrary } from "./engine-fixture";
import { fixture, fixtureJson } from "./fixtures";

describe.each(["graphs/definitions.json", "bell/graphs/definitions.json"])("%s", (name) => {
  const validate = new Ajv2020({ strict: false }).compile(schema);

  test("is as its schema says", () => {
    expect(validate(fixtureJson(name))).toBe(true);
  });

  test("and would not be with a world that lacks its sizes", () => {
    const definitions = fixtureJson(name) as { worlds: { sizes?: unknown }[] };
    delete definitions.worlds[0]?.sizes;
    expect(validate(definitions)).toBe(false);
  });
});

describe("a world that is not in the package", () => {
  test("has a recording that the page reads", async () => {
    const name = "bell/recordings/bell.hrm.json.gz";
    const recording = (await readRecording(fixture(name), name, STORIES)) as Recording;
    expect(recording.kind).toBe("fine-tuning");
    expect(recording.settings.world).toBe("bell");
    expect(recording.settings.sizes).toEqual({ cloths: 1 });
    expect(recording.world.subgoals.length).toBe(2);
    expect(recording.world.actions.length).toBe(3);
    expect(recording.world.whereabouts?.[recording.showcase]).toEqual(["tile", "covered", "tile"]);
  });

  test("has graphs that run in the page's engine", async () => {
    const library = engineLibrary("bell/graphs");
    const { preset, base, think } = await library.model({ preset: "bell", base_seed: 0 });
    const width = preset.initial.high.length;
    const [rows, tokens, features] = [2, 5, 6];
    const found = await think({
      theta: { data: base, dims: [base.length] },
      high_init: { data: new Float32Array(preset.initial.high), dims: [width] },
      low_init: { data: new Float32Array(preset.initial.low), dims: [width] },
      features: {
        data: new Float32Array(rows * tokens * features),
        dims: [rows, tokens, features],
      },
    });
    const { segments } = preset.card;
    expect(found["subgoal_logits"]?.dims).toEqual([segments, rows, 2]);
    expect(found["action_logits"]?.dims).toEqual([segments, rows, preset.told, 3]);
  });
});
