/** What is told of success by number of examples follows what the seeds found. */
import { expect, test } from "vitest";

import type { WorldInPage } from "../../src/recording/definitions.gen";
import { at } from "../../src/lib/list";
import {
  byExamples,
  examplesWords,
  neededWords,
} from "../../src/stories/world/parts/ExamplesChart";
import { definitions, worldDefined } from "./fixtures";
import { storyIn } from "./story-helpers";

const story = storyIn(`recordings/${worldDefined("key-door").story}`);
const MEASURED: NonNullable<WorldInPage["measured"]> = {
  world: "key-door",
  examples: [1, 5, 10, 50],
  wirings: [
    {
      wiring: "hierarchy",
      success: [
        [0.5, 0.3, 0.7],
        [0.8, 0.9, 0.7],
        [1, 1, 0.98],
        [0.9, 0.91, 0.9],
      ],
    },
    {
      wiring: "flat",
      success: [
        [0.3, 0.5, 0.8],
        [0.5, 0.6, 0.4],
        [0.8, 0.79, 0.8],
        [1, 0.99, 1],
      ],
    },
  ],
};

function measuredAs(measured: WorldInPage["measured"]) {
  const worlds = definitions.worlds.map((one) =>
    one.name === "key-door" ? { ...one, measured } : one,
  );
  return { definitions: { ...definitions, worlds } };
}

test("of which numbers of examples the difference is more than luck", () => {
  const found = byExamples(story, measuredAs(MEASURED));
  if (!found) throw new Error("nothing found");
  expect(found.seeds).toBe(3);
  expect(examplesWords(found)).toBe(
    "Better with a Planner: 5 and 10 examples. Better with no hierarchy: 50 examples. Else too close to tell.",
  );
  expect(neededWords(found)).toBe(
    "To succeed from 9 of 10 starts on average, Planner and Doer need 10 examples, no hierarchy 50.",
  );
  const few = { ...found, two: [at(found.two, 0)], one: [at(found.one, 0)], examples: [1] };
  expect(neededWords(few)).toContain("no hierarchy more than 1.");
  const [none, all] = [found.two[0]!.map(() => 0), found.two[0]!.map(() => 1)];
  const first = { ...found, examples: [1, 2], two: [all, all], one: [none, all] };
  expect(examplesWords(first)).toBe("Better with a Planner: 1 example. Else too close to tell.");
  const alike = { ...found, one: found.two };
  expect(examplesWords(alike)).toBe("With any number of examples it is too close to tell.");
});

test("nothing is told where nobody measured what the story does", () => {
  expect(byExamples(story, { definitions: null })).toBeNull();
  expect(byExamples(story, measuredAs(null))).toBeNull();
  expect(byExamples(story, measuredAs({ ...MEASURED, wirings: [] }))).toBeNull();
  const preferred = { ...story, settings: { ...story.settings, learn: "preferences" as const } };
  expect(byExamples(preferred, measuredAs(MEASURED))).toBeNull();
});
