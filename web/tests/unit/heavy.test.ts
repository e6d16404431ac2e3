/** Files that are small, or allowed, and would cost a lot to read. */
import { constants, deflateRawSync, gzipSync } from "node:zlib";

import fc from "fast-check";
import { expect, test, vi } from "vitest";

import { gunzip } from "../../src/recording/gzip";
import { MAX_BYTES, readRecording } from "../../src/recording/load";
import { STORIES } from "../../src/stories/registry";
import { DEEPEST, MOST_PARTS, tooHeavy } from "../../src/recording/weigh";
import { fixture, STORY } from "./fixtures";

const textOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

test("sixty megabytes of empty lists are not parsed", async () => {
  const parse = vi.spyOn(JSON, "parse");
  const file = new Uint8Array(60 * 2 ** 20);
  file.fill(0x2c);
  const [open, close] = [0x5b, 0x5d];
  for (let i = 0; i < file.length; i += 3) file.set([open, close], Math.min(i, file.length - 2));
  await expect(readRecording(file, "lists.json", STORIES)).rejects.toThrow(
    `lists.json is not a recording that can be read: it holds more than ${MOST_PARTS} lists`,
  );
  const packed = new Uint8Array(gzipSync(file, { level: 1 }));
  await expect(readRecording(packed, "lists.gz", STORIES)).rejects.toThrow("holds more than");
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
});

test("what is nested too deep is not parsed, and what is inside a text does not count", () => {
  expect(tooHeavy(textOf("[".repeat(DEEPEST) + "]".repeat(DEEPEST)))).toBe(null);
  expect(tooHeavy(textOf("[".repeat(DEEPEST + 1)))).toContain("deep");
  expect(tooHeavy(textOf(`["${"[".repeat(DEEPEST + 1)}", 1]`))).toBe(null);
  expect(tooHeavy(textOf(`{"a\\"${"{".repeat(DEEPEST + 1)}": 1}`))).toBe(null);
  expect(tooHeavy(textOf(`"${"\\\\"}"` + "[".repeat(DEEPEST + 1)))).toContain("deep");
  expect(tooHeavy(textOf('"'))).toBe(null);
});

test("a value is weighed as JSON.parse would find it", () => {
  const partsOf = (value: unknown): number =>
    value === null || typeof value !== "object"
      ? 0
      : Array.isArray(value)
        ? value.reduce((sum: number, item) => sum + partsOf(item), 1)
        : Object.values(value).reduce((sum: number, item) => sum + 1 + partsOf(item), 1);
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = textOf(JSON.stringify(value));
      const parts = partsOf(value);
      expect(tooHeavy(text, parts)).toBe(null);
      if (parts > 0) expect(tooHeavy(text, parts - 1)).toContain("holds more than");
    }),
  );
});

test("a bomb is refused as soon as its limit is passed", async () => {
  // 16 MiB of nothing, again and again: 32 GiB in 32 MiB.
  const block = deflateRawSync(Buffer.alloc(2 ** 24), { finishFlush: constants.Z_SYNC_FLUSH });
  const head = gzipSync("").subarray(0, 10);
  const bomb = new Uint8Array(Buffer.concat([head, ...Array<Buffer>(2048).fill(block)]));
  expect(bomb.length).toBeLessThan(MAX_BYTES);
  const fed = vi.spyOn(ReadableStreamDefaultController.prototype, "enqueue");
  await expect(gunzip(bomb, MAX_BYTES, "bomb.gz")).rejects.toThrow("at most 64 MiB");
  // The bomb is handed over in morsels, and nearly all of it is never looked at.
  const handed = fed.mock.calls
    .map(([chunk]) => chunk as Uint8Array)
    .filter((chunk) => chunk.buffer === bomb.buffer);
  fed.mockRestore();
  expect(handed.length).toBeGreaterThan(0);
  const bytes = handed.reduce((sum, { length }) => sum + length, 0);
  expect(bytes).toBeLessThan(2 ** 20);
});

test("a file that is all right is unpacked whole", async () => {
  const content = new Uint8Array(300_000).map((_, i) => (i * i) % 251);
  const packed = new Uint8Array(gzipSync(content));
  expect(await gunzip(packed, MAX_BYTES, "x")).toEqual(content);
  expect(tooHeavy(await gunzip(fixture(STORY), MAX_BYTES, STORY))).toBe(null);
});
