/** The index of the exported graphs: a world may be laid out while the page is open. */
import { expect, test } from "vitest";

import { Library } from "../../src/engine/graphs";

/** A library whose index has `presets`, as they are at each reading; and how often it was read. */
function libraryOf(...presets: readonly string[][]) {
  let reads = 0;
  const fetcher = async (): Promise<ArrayBuffer> => {
    const now = presets[Math.min(reads++, presets.length - 1)] ?? [];
    const index = { presets: Object.fromEntries(now.map((name) => [name, { base: {} }])) };
    return new TextEncoder().encode(JSON.stringify(index)).buffer as ArrayBuffer;
  };
  const opener = async () => Promise.reject(new Error("no graph is opened here"));
  return { library: new Library(fetcher, opener), reads: () => reads };
}

test("is read once for what it has", async () => {
  const { library, reads } = libraryOf(["one", "two"]);
  for (const preset of ["one", "two", "one"]) {
    expect(Object.keys((await library.index(preset)).presets)).toContain(preset);
  }
  expect(reads()).toBe(1);
});

test("is read again for what has come since, once for all who ask at the same time", async () => {
  const { library, reads } = libraryOf(["one"], ["one", "two"]);
  await library.index("one");
  const found = await Promise.all([library.index("two"), library.index("two")]);
  for (const { presets } of found) expect(Object.keys(presets)).toEqual(["one", "two"]);
  expect(reads()).toBe(2);
});

test("what it does not have even then is named", async () => {
  const { library } = libraryOf(["one"]);
  await expect(library.model({ preset: "three", base_seed: 0 })).rejects.toThrow(
    "The graphs here have no model “three”.",
  );
});
