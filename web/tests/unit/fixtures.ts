/** Files that Python computes for the tests: `make prepared`. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Definitions, WorldInPage } from "../../src/recording/definitions.gen";
import { readRecording } from "../../src/recording/load";
import { STORIES } from "../../src/stories/registry";
import type { Recording } from "../../src/recording/types.gen";

const folder = fileURLToPath(new URL("../fixtures/", import.meta.url));

export function fixture(name: string): Uint8Array<ArrayBuffer> {
  const path = `${folder}${name}`;
  if (!existsSync(path)) throw new Error(`${path} is missing; Python computes it: make prepared`);
  return new Uint8Array(readFileSync(path));
}

export function fixtureJson(name: string): unknown {
  return JSON.parse(new TextDecoder().decode(fixture(name)));
}

/** What Python defines of the worlds in the package, and of one that is not in it. */
export const definitions = fixtureJson("bell/graphs/definitions.json") as Definitions;

export function worldDefined(name: string): WorldInPage {
  const found = definitions.worlds.find((world) => world.name === name);
  if (!found) throw new Error(`no world ${name}`);
  return found;
}

export const STORY = "recordings/key-door.hrm.json.gz";

let story: Promise<Recording> | null = null;

/** The default story, read once. */
export function storyFixture(): Promise<Recording> {
  return (story ??= readRecording(fixture(STORY), STORY, STORIES).then((recording) => {
    if (recording.kind !== "fine-tuning") throw new Error(`${STORY} is a ${recording.kind}`);
    return recording as Recording;
  }));
}
