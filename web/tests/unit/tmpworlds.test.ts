import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, test, expect } from "vitest";
import { scenes } from "../../src/stories/world/scenes";
import { expectLegible, expectSound, expectTold, expectWords, mostShapes } from "./scene-rules";
import { tall, timesOf, wide } from "./story-helpers";
const folder = "/tmp/p15/rec/";
describe.each(readdirSync(folder))("%s", (file) => {
  const recording = JSON.parse(gunzipSync(readFileSync(folder + file)).toString());
  describe.each(scenes.map((s) => [s.id, s] as const))("%s", (_, scene) => {
    test.each([["wide", wide],["tall", tall],["none", { ...wide, definitions: null }],["exploring", { ...tall, exploration: 1.5, drawSeed: 7 }]])("%s", (_v, view) => {
      const times = timesOf(scene, recording, view, 16);
      expectSound(scene, recording, view, times);
      expectLegible(scene, recording, view);
      expectTold(scene, recording, view);
      expectWords(scene, recording, view, times.slice(0, 8));
      expect(mostShapes(scene, recording, view, times)).toBeLessThanOrEqual(520);
    });
  });
});
