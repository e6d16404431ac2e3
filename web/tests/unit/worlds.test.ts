/** The worlds of the package, each drawn and told in its own way from its table alone. */
import { describe, expect, test } from "vitest";

import { at } from "../../src/lib/list";
import { rollOut, teacherEpisode } from "../../src/recording/episode";
import type { Policy, Recording } from "../../src/recording/types.gen";
import type { Group, Shape } from "../../src/scene/shape";
import { about } from "../../src/stories/world/about";
import { agentOf, endsLost, placeOfAction, remembered } from "../../src/stories/world/facts";
import { groundOf } from "../../src/stories/world/definition";
import { miniTrack } from "../../src/stories/world/parts/miniTrack";
import { memoryOf } from "../../src/stories/world/parts/memory";
import { describeState } from "../../src/stories/world/parts/standing";
import { worldTrack } from "../../src/stories/world/parts/WorldTrack";
import { scenes } from "../../src/stories/world/scenes";
import { choicesOf } from "../../src/stories/world/state/choices";
import type { StoryState } from "../../src/stories/world/state/worlds.svelte";
import { definitions, worldDefined } from "./fixtures";
import { everyShape, storyIn, timesOf, wide, WORLD_STORIES } from "./story-helpers";

const own = WORLD_STORIES.filter(([, file]) => !file.startsWith("bell/")).map(
  ([title, file]) => [title, storyIn(file)] as const,
);
const [cups, sorting, pushing] = ["two-cup", "sort-by-rule", "push-then-go"].map((name) =>
  storyIn(`recordings/${worldDefined(name).story}`),
) as [Recording, Recording, Recording];
const BOX = { x: 20, y: 20, width: 500, height: 200 };

/** An action in a state, `share` of it done. */
function during(recording: Recording, state: number, name: string, share: number): Shape[] {
  const { world: table } = recording;
  const action = table.actions.indexOf(name);
  return worldTrack({
    id: "world",
    box: BOX,
    table,
    state,
    ground: groundOf(wide, recording),
    move: {
      next: at(at(table.next_state, state), action),
      action,
      outcome: at(at(table.outcome, state), action),
      share,
    },
  });
}

function entityIn(shapes: readonly Shape[], recording: Recording, name: string): Group | undefined {
  const index = recording.world.entities.findIndex((one) => one.name === name);
  return [...everyShape(shapes)].find(({ id }) => id === `world.entity${index}`) as Group;
}

/** The first live state that is as wanted. */
function stateOf({ world }: Recording, wanted: (state: number) => boolean): number {
  const found = world.tokens.findIndex((_, state) => state < world.live_states && wanted(state));
  expect(found).toBeGreaterThanOrEqual(0);
  return found;
}

/** All that a story says and reads out. */
function wordsOf(recording: Recording): string {
  return scenes
    .flatMap((scene) => [
      scene.title,
      ...scene.captions(recording, wide).map(({ text }) => text),
      ...timesOf(scene, recording, wide, 6).flatMap((time) =>
        [...everyShape(scene.draw(recording, time, wide))].flatMap((shape) => [
          shape.kind === "text" ? shape.text : "",
          shape.label ?? "",
          shape.tip ?? "",
        ]),
      ),
    ])
    .join("\n");
}

describe("what only one world has", () => {
  const OTHERS: Readonly<Record<string, RegExp>> = {
    "Key -> Door": /\b(cups?|balls?|rule|triangle|block|push)\b/i,
    "Two Cups": /\b(tiles?|doors?|keys?|locked|walks?|line of|rule|triangle|block|agent)\b/i,
    "Sort by Rule": /\b(doors?|keys?|locked|cups?|balls?|block|push)\b/i,
    "Push, then Go": /\b(doors?|keys?|locked|cups?|balls?|rule|triangle|card hangs)\b/i,
  };
  test.each(own)("is said in no other: %s", (title, recording) => {
    expect(wordsOf(recording).match(OTHERS[title] ?? /x/)?.[0]).toBeUndefined();
  });
  test("is said in its own", () => {
    for (const [title, words] of [
      ["Key -> Door", /The door is locked/],
      ["Two Cups", /ball covered at place 1, cup 1 at place 1, cup 2 at place 2/],
      ["Sort by Rule", /The card is not read yet/],
      ["Push, then Go", /The block is in the way/],
    ] as const) {
      expect(wordsOf(own.find(([one]) => one === title)![1])).toMatch(words);
    }
  });
});

describe("cups", () => {
  const start = cups.showcase;

  test("pass each other, one before the other, and end where the other was", () => {
    const half = during(cups, start, "Follow", 0.5);
    const [first, second] = ["cup 1", "cup 2"].map((name) => entityIn(half, cups, name)!);
    expect(Math.abs(first!.x! - second!.x!)).toBeLessThan(2);
    expect(Math.abs(first!.y! - second!.y!)).toBeGreaterThan(20);
    const order = [...everyShape(half)].map(({ id }) => id);
    const [front, back] = first!.y! > second!.y! ? [first, second] : [second, first];
    expect(order.indexOf(front!.id)).toBeGreaterThan(order.indexOf(back!.id));
    const [before, after] = [during(cups, start, "Follow", 0), during(cups, start, "Follow", 1)];
    expect(entityIn(after, cups, "cup 1")!.x).toBeCloseTo(entityIn(before, cups, "cup 2")!.x!, 0);
  });

  test("hide the ball, and show it once the right one is lifted", () => {
    expect(entityIn(during(cups, start, "Follow", 0.5), cups, "ball")).toBeUndefined();
    const steps = teacherEpisode(cups.world, start).steps;
    const { state, action } = steps.at(-1)!;
    const name = at(cups.world.actions, action);
    const [before, after] = [during(cups, state, name, 0), during(cups, state, name, 1)];
    expect(entityIn(after, cups, "ball")).toBeDefined();
    const lifted = ["cup 1", "cup 2"].filter(
      (cup) => entityIn(after, cups, cup)!.y! < entityIn(before, cups, cup)!.y! - 30,
    );
    expect(lifted).toHaveLength(1);
  });

  test("stay down when one is lifted too early, and it is the place of the action", () => {
    const [before, after] = [0, 1].map((share) => during(cups, start, "Lift right", share));
    expect(entityIn(after!, cups, "cup 2")!.y).toBe(entityIn(before!, cups, "cup 2")!.y);
    const right = cups.world.actions.indexOf("Lift right");
    expect(placeOfAction(cups.world, start, right)).toBe(1);
  });

  test("nobody walks there, and a cup that this table does not have is not spoken of", () => {
    expect(agentOf(cups.world)).toBe(-1);
    expect(describeState(cups.world, start, groundOf(wide, cups))).not.toContain("cup 3");
  });

  test("a wrong choice ends it without success, and is told as that", () => {
    const { world: table, model } = cups;
    const state = stateOf(cups, (one) => {
      const last = at(table.teacher_subgoal, one) === table.subgoals.indexOf("ChooseCup");
      return last && table.starts.includes(one);
    });
    const wrong = table.actions.findIndex((_, action) =>
      endsLost(table, { state, action, outcome: at(at(table.outcome, state), action) }),
    );
    const policy: Policy = {
      ...at(cups.checkpoints, 0).policy,
      action_logits: table.tokens.map(() =>
        table.subgoals.map(() => table.actions.map((_, action) => (action === wrong ? 9 : 0))),
      ),
    };
    const episode = rollOut(table, policy, model, state);
    expect(episode.steps).toHaveLength(1);
    expect(episode.success).toBe(false);
  });

  test("what is remembered of the ball is one chip, with the side on it", () => {
    const [step] = teacherEpisode(cups.world, start).steps;
    const next = at(at(cups.world.next_state, step!.state), step!.action);
    expect(memoryOf(cups.world, start, next, 0)).toEqual([
      { name: "ball", from: "left", to: "right", bit: false, flip: 0 },
    ]);
    expect(remembered(cups.world, step!)).toEqual({ on: ["ball: right"], off: ["ball: left"] });
  });
});

test("a card turns over when it is read: thin on its way, and with a face", () => {
  const { world: table } = sorting;
  const read = table.actions.indexOf("Read");
  const state = stateOf(sorting, (one) => at(at(table.outcome, one), read) === "ok");
  const widths = [0, 0.35, 1].map((share) => {
    const card = entityIn(during(sorting, state, "Read", share), sorting, "card")!;
    const [sheet] = card.children;
    return {
      wide: sheet?.kind === "rect" ? sheet.width : 0,
      parts: card.children.map((c) => c.id),
    };
  });
  expect(widths[1]!.wide).toBeLessThan(widths[0]!.wide * 0.9);
  expect(widths[2]!.wide).toBe(widths[0]!.wide);
  expect(widths[0]!.parts.join()).toContain("pattern");
  expect(widths[2]!.parts.join()).toContain("face");
  expect(memoryOf(table, state, state, 0)).toEqual([
    { name: "rule", from: "not known", to: "not known", bit: false, flip: 0 },
  ]);
});

test("a block is pushed away from the agent, and is gone", () => {
  const { world: table } = pushing;
  const push = table.actions.indexOf("Push");
  for (const side of [-1, 1]) {
    const state = stateOf(pushing, (one) => {
      const [agent = 0, block = 0] = at(table.places, one);
      return at(at(table.outcome, one), push) === "ok" && block - agent === side;
    });
    const [before, half] = [0, 0.5].map((share) => during(pushing, state, "Push", share));
    const moved = entityIn(half!, pushing, "block")!.x! - entityIn(before!, pushing, "block")!.x!;
    expect(Math.sign(moved)).toBe(side);
    expect(entityIn(during(pushing, state, "Push", 1), pushing, "block")).toBeUndefined();
  }
});

test("files are called by what there is in the world", () => {
  const parts = about.nameParts?.(cups, definitions).filter(Boolean) ?? [];
  expect(parts.slice(0, 3)).toEqual(["two-cup", "2-cups", "2-swaps"]);
  expect(about.nameParts?.(pushing, definitions)).toContain("5-tiles");
});

describe("the pictures to choose a world by", () => {
  const key = worldDefined("key-door");
  const state = (one: Partial<StoryState>): StoryState => ({
    ...{ state: "absent", what: "", done: 0, of: 0, left: null, problem: null },
    ...one,
  });
  const listedAs = (...names: string[]) =>
    names.map((name) => ({ name, title: name, kind: "fine-tuning", bytes: 1 }));
  const page = (listed: ReturnType<typeof listedAs>, chosen: string[] = []) => ({
    definitions,
    listed,
    choose: async (name: string) => void chosen.push(name),
  });
  const nothing = { states: {}, train: async () => undefined };

  test("without a server, those whose stories are there, and no other", () => {
    const listed = listedAs(key.story, worldDefined("two-cup").story);
    const found = choicesOf(page(listed), nothing, key);
    expect(found.map(({ title, chosen, note }) => [title, chosen, note])).toEqual([
      ["Key → Door", true, ""],
      ["Two Cups", false, ""],
    ]);
  });

  test("choosing one that is there plays it; one that is not is trained", () => {
    const [played, trained]: [string[], string[]] = [[], []];
    const states = { "key-door": state({ state: "there" }), "two-cup": state({}) };
    const server = { states, train: async (name: string) => void trained.push(name) };
    const found = choicesOf(page(listedAs(key.story), played), server, key);
    for (const one of found) one.choose();
    expect([played, trained]).toEqual([[key.story], ["two-cup"]]);
    expect(found[1]?.note).toBe("trained when chosen");
  });

  test("one of an older version is trained again, and progress is told", () => {
    const states = {
      "key-door": state({ state: "absent" }),
      "two-cup": state({ state: "training", what: "pre-training", done: 1, of: 4 }),
    };
    const found = choicesOf(page(listedAs(key.story)), { ...nothing, states }, key);
    expect(found.map(({ note, progress }) => [note, progress])).toEqual([
      ["trained when chosen", null],
      ["in training", 0.25],
    ]);
  });

  test("one whose training failed says why, and may be tried again", () => {
    const problem = "There is no room on the disk.";
    const states = { "key-door": state({ state: "failed", problem }) };
    const [found] = choicesOf(page(listedAs(key.story)), { ...nothing, states }, key);
    expect(found?.note).toBe("failed: There is no room on the disk. Try again.");
  });

  test.each(definitions.worlds.map((world) => [world.title, world] as const))(
    "show what is there: %s",
    (_, { picture }) => {
      const box = { x: 0, y: 0, width: 110, height: 46 };
      const shapes = [...everyShape(miniTrack("picture", box, picture, 0))];
      expect(shapes.length).toBeGreaterThan(3);
      expect(JSON.stringify(shapes)).not.toMatch(/NaN|undefined|null/);
    },
  );
});
