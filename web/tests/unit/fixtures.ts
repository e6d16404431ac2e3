/** Files that Python writes for the tests; see tests/fixtures/README or `make fixtures`. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { readRecording } from "../../src/recording/load";
import type { Recording } from "../../src/recording/types.gen";

const folder = fileURLToPath(new URL("../fixtures/", import.meta.url));

export function fixture(name: string): Uint8Array<ArrayBuffer> {
  const path = `${folder}${name}`;
  if (!existsSync(path)) throw new Error(`${path} is missing; Python writes it (make fixtures)`);
  return new Uint8Array(readFileSync(path));
}

let story: Promise<Recording> | null = null;

/** The default story, read once. */
export function storyFixture(): Promise<Recording> {
  return (story ??= readRecording(fixture("story.hrm.json.gz"), "story.hrm.json.gz"));
}
