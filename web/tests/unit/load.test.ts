import { gzipSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import { shortest } from "../../src/recording/float32";
import { hashOf } from "../../src/recording/hash";
import { MAX_BYTES, readRecording } from "../../src/recording/load";
import type { Recording } from "../../src/recording/types.gen";
import { fileName, packed, sealed } from "../../src/recording/write";
import { fixture, STORY, storyFixture } from "./fixtures";

const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> =>
  new Uint8Array(gzipSync(JSON.stringify(value)));
const read = (bytes: Uint8Array<ArrayBuffer>): Promise<Recording> => readRecording(bytes, "x.gz");

describe("a recording", () => {
  test("that Python wrote is read, and its hash holds", async () => {
    const story = await storyFixture();
    expect(await hashOf(story)).toBe(story.hash);
  });

  test("comes back as it was written", async () => {
    const story = await storyFixture();
    const file = new Uint8Array(await (await packed(await sealed(story))).arrayBuffer());
    expect(await read(file)).toEqual(story);
    expect(fileName(story)).toMatch(/^key-door-.*\.hrm\.json\.gz$/);
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

describe("what is not a recording gets one clear sentence", () => {
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
