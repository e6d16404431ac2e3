/** A world that is not in the package goes the whole way in the page: trained, checked, drawn. */
import { beforeAll, describe, expect, test } from "vitest";

import { record, withAblations, withSpread } from "../../src/engine/record";
import { checkRecording } from "../../src/recording/load";
import type { Recording } from "../../src/recording/types.gen";
import type { Shape } from "../../src/scene/shape";
import { STORIES } from "../../src/stories/registry";
import { ablationsOf, titleOf } from "../../src/stories/world/definition";
import { trainingOf } from "../../src/stories/world/knobs";
import { scenes } from "../../src/stories/world/scenes";
import { knobsOf, settingsFor } from "../../src/stories/world/settings";
import type { WorldView } from "../../src/stories/world/view";
import { calm, engineLibrary } from "./engine-fixture";
import { definitions, worldDefined } from "./fixtures";
import { expectLegible, expectSound, expectTold, expectWords } from "./scene-rules";
import { everyShape, fixture as keyDoor, storyIn, tall, timesOf, wide } from "./story-helpers";

const BELL = worldDefined("bell");

/** What only Key -> Door has, or a world whose places are tiles in a line. */
const ELSEWHERE = /\b(keys?|doors?|tiles?|lines?|pick|unlock\w*|locked|holding|fetch\w*)\b/gi;
const SHAPES = /\.entity\d+\.(shaft|bow|shine|leaf|frame|plank\d)$/;

/** All that a scene says, shows or reads out of a moment. */
function* saidOf(shapes: readonly Shape[]): Generator<string> {
  for (const shape of everyShape(shapes)) {
    if (shape.kind === "text") yield shape.text;
    if (shape.label !== undefined) yield shape.label;
    if (shape.tip !== undefined) yield shape.tip;
  }
}

/** What is foreign to a world in its story: words, and forms of things that it does not have. */
function foreignIn(recording: Recording, view: WorldView): string[] {
  const found = new Set<string>();
  const look = (words: string): void => {
    for (const [word] of words.matchAll(ELSEWHERE)) found.add(word.toLowerCase());
  };
  for (const scene of scenes) {
    look(scene.title);
    for (const { text } of scene.captions(recording, view)) look(text);
    for (const time of timesOf(scene, recording, view)) {
      const shapes = scene.draw(recording, time, view);
      for (const words of saidOf(shapes)) look(words);
      for (const { id } of everyShape(shapes))
        if (SHAPES.test(id)) found.add(id.split(".").at(-1)!);
      for (const one of scene.maths?.(recording, time, view) ?? []) {
        look(`${one.title} ${one.tex} ${one.meaning}`);
      }
    }
  }
  return [...found].sort();
}

/** The same world with its places called stones, so that a word for tiles shows as what it is. */
function onStones(recording: Recording): Recording {
  const token_names = recording.world.token_names.map((name) => name.replace("tile", "stone"));
  return { ...recording, world: { ...recording.world, token_names } };
}
const stones = structuredClone(definitions);
for (const size of stones.worlds.find(({ name }) => name === "bell")?.sizes ?? []) {
  if (size.unit === "tile") Object.assign(size, { unit: "stone" });
}

let made: Recording;

beforeAll(async () => {
  const library = engineLibrary("bell/graphs");
  const story = storyIn("bell/recordings/bell.hrm.json.gz");
  const knobs = trainingOf(BELL);
  const settings = settingsFor(knobs, story.settings, {
    ...knobsOf(knobs, story.settings),
    tiles: 4,
    sizes: "cloths-2",
  });
  const alone = await record(library, settings, titleOf(BELL, settings), story, "test", calm);
  const beside = await withAblations(library, alone, ablationsOf(BELL, settings), calm);
  made = await withSpread(library, beside, 2, calm);
}, 240_000);

describe("a world that is not in the package", () => {
  test("is trained in the page, in another size than its story's", async () => {
    expect(made.settings.sizes).toEqual({ cloths: 2 });
    expect(made.title).toBe(
      "Cloth -> Bell: Planner and Doer, 4 examples, 4 tiles, 2 cloths, noise 0, seed 0",
    );
    expect(made.world.name).toBe("bell");
    expect(made.world.tiles).toBe(4);
    expect(made.world.live_states).toBe(4 * 4 * 3);
    // Its flat model is none that the page can train.
    const names = ["frozen-planner", "frozen-doer"];
    expect(made.ablations.map(({ name }) => name)).toEqual(names);
    expect(made.spread?.runs).toHaveLength(2);
    expect(await checkRecording(structuredClone(made), "made here", STORIES)).toEqual(made);
  });

  test("learns there: the base rings a covered bell, the trained model does not", () => {
    const [base, trained] = [made.curve[0]?.score, made.curve.at(-1)?.score];
    expect(base?.success).toBeLessThan(0.2);
    expect(base?.order_mistakes).toBeGreaterThan(0.8);
    expect(trained?.success).toBeGreaterThan(0.8);
  });

  describe.each(scenes.map((scene) => [scene.id, scene] as const))("%s", (_, scene) => {
    test.each([
      ["wide", wide],
      ["tall", tall],
      ["of which nothing is defined", { ...wide, definitions: null }],
    ])("is drawn and told: %s", (_, view) => {
      const times = timesOf(scene, made, view, 8);
      expectSound(scene, made, view, times);
      expectLegible(scene, made, view);
      expectTold(scene, made, view);
      expectWords(scene, made, view, times);
    });
  });

  test.each([
    ["defined", stones],
    ["not defined", null],
  ])("is told without a word or a form of another world: %s", (_, known) => {
    expect(foreignIn(onStones(made), { ...wide, definitions: known })).toEqual([]);
  });

  test("which would be found: Key -> Door has them all", () => {
    const found = foreignIn(keyDoor(), wide);
    for (const word of ["key", "door", "tile", "line", "pick", "locked", "shaft", "leaf"]) {
      expect(found).toContain(word);
    }
  });

  test("tells of what is covered, and of what has gone", () => {
    const said = scenes.flatMap((scene) =>
      timesOf(scene, made, wide).flatMap((time) => [...saidOf(scene.draw(made, time, wide))]),
    );
    const all = said.join("\n");
    expect(all).toMatch(/The ring of 4 tiles: agent on tile \d, bell covered on tile \d, cloth on/);
    expect(all).toMatch(/bell on tile \d, cloth out of sight/);
    expect(all).not.toContain("in hand");
  });
});
