import { gzipSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import { shortest } from "../../src/recording/float32";
import { hashOf } from "../../src/recording/hash";
import { MAX_BYTES, readRecording } from "../../src/recording/load";
import type { AnyRecording } from "../../src/recording/form";
import type { LadderRecording } from "../../src/recording/ladder.gen";
import type { Recording } from "../../src/recording/types.gen";
import { fileName, packed, sealed } from "../../src/recording/write";
import { definitions, fixture, STORY, storyFixture } from "./fixtures";
import { ladderFixture } from "./ladder-fixture";
import { STORIES } from "../../src/stories/registry";

const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> =>
  new Uint8Array(gzipSync(JSON.stringify(value)));
const read = (bytes: Uint8Array<ArrayBuffer>): Promise<AnyRecording> =>
  readRecording(bytes, "x.gz", STORIES);

describe("a recording", () => {
  test("that Python wrote is read, and its hash holds", async () => {
    const story = await storyFixture();
    expect(await hashOf(story)).toBe(story.hash);
  });

  test("comes back as it was written", async () => {
    const story = await storyFixture();
    const file = new Uint8Array(await (await packed(await sealed(story))).arrayBuffer());
    expect(await read(file)).toEqual(story);
    expect(fileName(story, STORIES, definitions)).toMatch(/^key-door-.*\.hrm\.json\.gz$/);
  });

  test("from before its fields were renamed opens, under today's names", async () => {
    const ladder = await sealed(await ladderFixture());
    const old = JSON.parse(
      JSON.stringify(ladder)
        .replaceAll('"segments_used":', '"halted_after":')
        .replaceAll('"made_by":', '"maker":'),
      // The seeds of a ladder have always called it that.
      (key, value: unknown) =>
        key === "seeds"
          ? (JSON.parse(
              JSON.stringify(value).replaceAll("halted_after", "segments_used"),
            ) as unknown)
          : value,
    ) as AnyRecording;
    const hash = (await hashOf(old)) ?? "";
    expect(hash).not.toBe(ladder.hash);
    expect(await read(bytesOf({ ...old, hash }))).toEqual({ ...ladder, hash });
    await expect(read(bytesOf({ ...old, hash: ladder.hash }))).rejects.toThrow("do not match");
  });

  test("is named by its world's words for its wiring, whatever its preset is called", async () => {
    const story = await storyFixture();
    const flat = { ...story, settings: { ...story.settings, preset: "keydoor-flat" } };
    const rest = "5-tiles-10-examples-seed-0.hrm.json.gz";
    expect(fileName(story, STORIES, definitions)).toBe(`key-door-${rest}`);
    expect(fileName(flat, STORIES, definitions)).toBe(`key-door-flat-${rest}`);
    const [world] = definitions.worlds.filter(({ name }) => name === "key-door");
    const models =
      world?.models.map((model) => ({ ...model, preset: `two-${model.preset}` })) ?? [];
    const renamed = { ...definitions, worlds: world ? [{ ...world, models }] : [] };
    const main = { ...story, settings: { ...story.settings, preset: "two-keydoor" } };
    expect(fileName(main, STORIES, renamed)).toBe(`key-door-${rest}`);
  });

  test("keeps the sign of -0, which its hash counts", async () => {
    const story = structuredClone(await storyFixture());
    const step = story.fine_tuning[0];
    if (step) step.weight_change = { planner: -0, doer: 0, halting: -0 };
    const made = await sealed(story);
    const file = new Uint8Array(await (await packed(made)).arrayBuffer());
    expect((await read(file)).hash).toBe(made.hash);
  });

  test("may be plain JSON", async () => {
    const story = await storyFixture();
    expect(await read(new TextEncoder().encode(JSON.stringify(story)))).toEqual(story);
  });

  test("is read where no hash can be computed", async () => {
    vi.stubGlobal("crypto", {});
    const story = await read(fixture(STORY));
    vi.unstubAllGlobals();
    expect(story.format).toBe("hrm-recording");
  });
});

const refused = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  try {
    await read(bytes);
  } catch (error) {
    expect(error).toHaveProperty("name", "Problem");
    const { message } = error as Error;
    expect(message).toMatch(/^x\.gz .*\.$/s);
    return message;
  }
  throw new Error("it was taken");
};

describe("what is not a recording gets one clear sentence", () => {
  const changed = async (patch: (story: Recording) => unknown): Promise<string> => {
    const story = structuredClone(await storyFixture());
    return refused(bytesOf(patch(story) ?? story));
  };

  test("nothing", async () => {
    expect(await refused(new Uint8Array())).toContain("empty");
  });

  test("truncated, at any length", async () => {
    const whole = fixture(STORY);
    for (const share of [0.0001, 0.1, 0.5, 0.9999]) {
      const part = whole.slice(0, Math.max(Math.floor(whole.length * share), 3));
      expect(await refused(part)).toContain("truncated");
    }
    const plain = new TextEncoder().encode('{"format": "hrm-rec');
    expect(await refused(plain)).toContain("not complete JSON");
  });

  test("damaged inside", async () => {
    const bytes = fixture(STORY);
    bytes.fill(255, bytes.length / 2, bytes.length / 2 + 200);
    expect(await refused(bytes)).toMatch(/truncated or damaged/);
  });

  test("a small file that unpacks to a huge one", async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_BYTES + 1, 32));
    expect(bomb.length).toBeLessThan(1e6);
    expect(await refused(new Uint8Array(bomb))).toContain("at most 64 MiB");
  });

  test("not JSON", async () => {
    const said = await refused(new TextEncoder().encode("PNG, or something else"));
    expect(said).toContain("not complete JSON");
    expect(await refused(new Uint8Array([1, 2, 250, 255]))).toContain("not complete JSON");
  });

  test.each([[null], [1], [[]], [{}], [{ format: "other" }]])("another JSON: %j", async (value) => {
    expect(await refused(bytesOf(value))).toContain("hrm-recording");
  });

  test("another kind", async () => {
    const said = await changed((story) => ({ ...story, kind: "chess" }));
    expect(said).toContain(
      'its "kind" is "chess", and known are fine-tuning, ladder, run and thought',
    );
    expect(await changed((story) => ({ ...story, kind: undefined }))).toContain("missing");
    // One kind's file under the other's name.
    expect(await changed((story) => ({ ...story, kind: "ladder" }))).toContain("not a valid");
  });

  test("a newer version", async () => {
    const said = await changed((story) => ({ ...story, version: 2 }));
    expect(said).toContain("newer HRM Kit");
  });

  test("wrong fields, and which", async () => {
    const without = await changed((story) => ({ ...story, examples: undefined }));
    expect(without).toContain("examples");
    const extra = await changed((story) => ({ ...story, more: 1 }));
    expect(extra).toContain("more");
    const text = await changed((story) => ({ ...story, showcase: "first" }));
    expect(text).toContain("showcase");
  });

  test("lists that do not fit the world's table", async () => {
    expect(await changed((story) => void story.world.places.pop())).toContain("world.places");
    const range = await changed((story) => {
      const step = story.examples[0]?.steps[0];
      if (step) step.state = 100_000;
    });
    expect(range).toContain("an example's state is 100000");
    const rollouts = await changed((story) => ({ ...story, rollouts: [] }));
    expect(rollouts).toContain("no before and after");
  });

  test("changed numbers", async () => {
    const said = await changed((story) => {
      const point = story.curve[0];
      if (point) point.score.success = 0.5;
    });
    expect(said).toContain("do not match its hash");
  });
});

describe("a ladder", () => {
  const changed = async (patch: (ladder: LadderRecording) => unknown): Promise<string> => {
    const ladder = structuredClone(await ladderFixture());
    return refused(bytesOf(patch(ladder) ?? ladder));
  };

  test("comes back as it was written", async () => {
    const ladder = await ladderFixture();
    const file = new Uint8Array(await (await packed(ladder)).arrayBuffer());
    expect(await read(file)).toEqual(ladder);
    expect(fileName(ladder, STORIES, definitions)).toBe("ladder-4x4-3-seeds-bench-1.hrm.json.gz");
  });

  test("may lack what was not measured", async () => {
    const { hash: _, ...ladder } = await ladderFixture();
    const rungs = ladder.rungs.slice(0, 2);
    const little = await sealed<LadderRecording>({
      ...ladder,
      rungs,
      bench: [],
      vote: null,
      mini_arc: null,
    });
    expect(await read(bytesOf(little))).toEqual(little);
  });

  test("truncated, newer, or of another kind is refused", async () => {
    const whole = bytesOf(await ladderFixture());
    expect(await refused(whole.slice(0, whole.length / 2))).toContain("truncated");
    expect(await changed((ladder) => ({ ...ladder, version: 2 }))).toContain("newer HRM Kit");
    expect(await changed((ladder) => ({ ...ladder, kind: "fine-tuning" }))).toContain(
      "not a valid recording",
    );
    expect(await changed((ladder) => ({ ...ladder, rungs: "all" }))).toContain("rungs");
    expect(await changed((ladder) => ({ ...ladder, title: "x", width: 5 }))).toContain("width, 5");
  });

  const wrong: [string, (ladder: LadderRecording) => unknown][] = [
    ["puzzles is empty", (ladder) => ({ ...ladder, puzzles: [] })],
    ["rungs is empty", (ladder) => ({ ...ladder, rungs: [] })],
    ["a puzzle has 15 entries where 16 belong", (l) => void l.puzzles[0]?.given.pop()],
    ["a cell of a solution is 5", (l) => void l.puzzles[0]?.solution.splice(0, 1, 5)],
    ["a cell of a puzzle is -1", (l) => void l.puzzles[0]?.given.splice(0, 1, -1)],
    [
      "the list of rungs has step-1 twice",
      (l) => void (l.rungs[0] && (l.rungs[0].name = "step-1")),
    ],
    ["the list of the rungs' steps has 1 twice", (l) => void (l.rungs[0] && (l.rungs[0].step = 1))],
    ["step-2's step is 10", (l) => void (l.rungs[2] && (l.rungs[2].step = 10))],
    ["step-2's shown seed is 3", (l) => void (l.rungs[2] && (l.rungs[2].shown = 3))],
    ["step-2's list of seeds is empty", (l) => void l.rungs[2]?.seeds.splice(0)],
    ["bench-n3's list of thoughts is empty", (l) => void l.bench[0]?.thoughts.splice(0)],
    [
      "a thought of the rung step-2 is empty",
      (l) => void l.rungs[2]?.thoughts[0]?.segments.splice(0),
    ],
    [
      "a puzzle in the rung step-2's thoughts is 2",
      (l) => void (l.rungs[2]?.thoughts[0] && (l.rungs[2].thoughts[0].puzzle = 2)),
    ],
    [
      "segments used, in the rung step-2, is 0",
      (l) => void (l.rungs[2]?.thoughts[0] && (l.rungs[2].thoughts[0].segments_used = 0)),
    ],
    [
      "a segment of the rung step-2 is empty",
      (l) => void l.rungs[2]?.thoughts[0]?.segments[0]?.calls.splice(0),
    ],
    [
      "change in the rung step-2 has 15 entries",
      (l) => void l.rungs[2]?.thoughts[0]?.segments[0]?.calls[0]?.change.pop(),
    ],
    [
      "rungs.2.wires.cycles, it must be >= 1",
      (l) => void (l.rungs[2] && (l.rungs[2].wires.cycles = 0)),
    ],
    ["the vote's puzzle is 7", (l) => void (l.vote && (l.vote.puzzle = 7))],
    ["the vote's list of ballots is empty", (l) => void l.vote?.ballots.splice(0)],
    [
      "a shown input's task is 2",
      (l) => void (l.mini_arc?.shown[0] && (l.mini_arc.shown[0].task = 2)),
    ],
    [
      "a demonstration of the task mirror",
      (l) => void l.mini_arc?.tasks[0]?.demonstrations[0]?.[0].pop(),
    ],
    [
      "of the variant nobody, which does not exist",
      (l) =>
        void (
          l.mini_arc?.shown[0]?.answers[0] && (l.mini_arc.shown[0].answers[0].variant = "nobody")
        ),
    ],
    [
      "with name tag's list of tasks has 1 entries",
      (l) => void l.mini_arc?.variants[0]?.seeds[0]?.by_task.pop(),
    ],
    ["memory.full is 0", (l) => void (l.memory.full = 0)],
    ["do not match its hash", (l) => void (l.settings.units = 7)],
  ];
  test.each(wrong)("of which %s is refused", async (said, patch) => {
    expect(await changed(patch)).toContain(said);
  });
});

test("a float32 is written with the fewest digits that bring it back", () => {
  expect([0.1, 1 / 3, 5.6, 1e-8, 16777216].map(shortest)).toEqual([
    0.1, 0.33333334, 5.6, 1e-8, 16777216,
  ]);
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Math.fround(shortest(value))).toBe(value + 0);
    }),
  );
  expect(() => shortest(NaN)).toThrow();
});
