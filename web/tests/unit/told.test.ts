/** What a newcomer would stumble over: captions of the worlds that must agree with each other. */
import { describe, expect, test } from "vitest";

import { argmax, at, last } from "../../src/lib/list";
import type { Recording } from "../../src/recording/types.gen";
import { scenes } from "../../src/stories/world/scenes";
import { teacherEpisode } from "../../src/recording/episode";
import { chosenRun, gridOf, mainRun } from "../../src/stories/world/facts";
import type { Shape } from "../../src/scene/shape";
import { whyWords } from "../../src/stories/world/scenes/06-generalisation";
import { everyShape, storyIn, tall, wide, WORLD_STORIES } from "./story-helpers";

const STORIES = [
  ...WORLD_STORIES,
  ["preferences", "preferences/by-return.hrm.json.gz"],
  ["choices", "preferences/chosen.hrm.json.gz"],
] as const;

function captionsOf(phase: number, recording: Recording): readonly string[] {
  return at(scenes, phase)
    .captions(recording, wide)
    .map(({ text }) => text);
}

describe.each(STORIES)("%s", (_, file) => {
  const recording = storyIn(file);

  test("how often all starts fail before training is what was measured", () => {
    const { success } = at(recording.curve, 0).score;
    const starts = recording.world.starts.length;
    const failed = Math.round((1 - success) * starts);
    const said = captionsOf(2, recording).find((text) => /^From .* it fails/.test(text));
    expect(said).toMatch(
      failed === starts
        ? `From all ${starts} starts it fails`
        : `From ${failed} of ${starts} starts`,
    );
  });

  test("whether it thinks on after its light is what the recording says", () => {
    const thought = at(last(recording.rollouts).thoughts, 0);
    const said = last([...captionsOf(1, recording)]);
    const stops = thought.segments_used < thought.segments.length;
    expect(said).toMatch(stops ? /^So it stops here\. Had it thought on/ : /^So it thinks it all/);
  });

  test("nobody acts before they were named", () => {
    for (const phase of [1, 2]) {
      const [first, second] = captionsOf(phase, recording);
      expect(`${first} ${second}`).not.toMatch(/\b(Its|It says)\b/);
    }
    expect(captionsOf(2, recording)[0]).toMatch(
      /^Back to before training: it has crude habits only\. The Planner/,
    );
  });

  test("a mean loss and that of one step are not called the same", () => {
    const mean = captionsOf(2, recording).find((text) => text.startsWith("A loss says"));
    expect(mean).toContain("on average");
    for (const said of captionsOf(4, recording)) {
      if (said.includes("Its loss")) expect(said).toContain("at this one step");
    }
  });
});

describe.each(WORLD_STORIES)("fine-tuning, %s", (_, file) => {
  const recording = storyIn(file);
  const scene = at(scenes, 4);
  const shapesAt = (time: number) => [...everyShape(scene.draw(recording, time, wide))];
  /** How strongly a part can be seen, with all that it stands in. */
  const lightOf = (id: string, time: number): number => {
    const seek = (shapes: readonly Shape[], light: number): number | undefined => {
      for (const shape of shapes) {
        const own = light * (shape.opacity ?? 1);
        if (shape.id === id) return own;
        const inside = shape.kind === "group" ? seek(shape.children, own) : undefined;
        if (inside !== undefined) return inside;
      }
      return undefined;
    };
    return seek(scene.draw(recording, time, wide), 1) ?? 0;
  };
  const captions = scene.captions(recording, wide);
  const during = (words: RegExp) =>
    captions.flatMap(({ at: from, text }, i) =>
      words.test(text)
        ? [[text, from + 0.4, (captions[i + 1]?.at ?? Infinity) - 0.05] as const]
        : [],
    );

  test("what a caption speaks of is lit until it ends, all else is dimmed", () => {
    const check = (
      words: RegExp,
      bright: (text: string) => string[],
      dim: (text: string) => string[],
    ) => {
      const found = during(words);
      expect(found.length).toBeGreaterThan(0);
      for (const [text, from, to] of found) {
        for (const time of [from, (from + to) / 2, to]) {
          for (const id of bright(text)) expect(lightOf(id, time), `${text} ${id}`).toBe(1);
          for (const id of dim(text)) expect(lightOf(id, time), `${text} ${id}`).toBeLessThan(0.5);
        }
      }
    };
    check(
      /What would the model do/,
      () => ["focus.card"],
      () => ["focus.model", "focus.planner", "focus.doer", "focus.chart"],
    );
    const other = (text: string) => (text.includes("the Planner is to blame") ? "doer" : "planner");
    const blamed = (text: string) => (other(text) === "doer" ? "planner" : "doer");
    check(
      /to blame\. Its loss/,
      (text) => [`model.${blamed(text)}.frame`],
      (text) => [
        `model.${other(text)}.frame`,
        `card.loss.${other(text)}`,
        "focus.planner",
        "focus.chart",
      ],
    );
    for (const [text, , to] of during(/to blame\. Its loss/))
      expect(lightOf(`card.loss.${blamed(text)}`, to)).toBe(1);
    check(
      /^(The Planner moves|Each spring)/,
      () => ["focus.planner", "focus.doer"],
      () => ["focus.model", "focus.card", "focus.chart"],
    );
    check(
      /^(This step's loss|After the nudge|Hardly anything)/,
      () => ["card.loss.planner", "card.loss.doer"],
      () => ["focus.model", "focus.planner"],
    );
    check(
      /fast motion/,
      () => ["focus.chart"],
      () => ["focus.model", "focus.card"],
    );
  });

  test("springs swing while it is told that they move", () => {
    const [found] = during(/^Each spring/);
    const [, from, to] = found!;
    const seen = new Set<string>();
    for (let time = from; time < to; time += 0.1) {
      const spring = shapesAt(time).filter(({ id }) => /^springs\.(planner|doer)\.0\b/.test(id));
      seen.add(JSON.stringify(spring));
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  test("bars are empty until the answers are told, then both picks are marked", () => {
    const bars = (time: number) =>
      shapesAt(time).flatMap((shape) =>
        shape.kind === "rect" && /^model\..*\.bar\.fill$/.test(shape.id) && shape.width > 2
          ? [shape.id]
          : [],
      );
    for (const [text, from, to] of during(/What would the model do/)) {
      for (const time of [from, to]) expect(bars(time), text).toEqual([]);
    }
    for (const [text, , to] of during(/^The Planner picks/)) {
      expect(bars(to).length, text).toBeGreaterThan(0);
      const marked = shapesAt(to).filter(({ id }) => id.endsWith(".chosen"));
      expect(marked, text).toHaveLength(2);
    }
  });

  test("what the nudge did is told by the numbers, and why one step may get worse", () => {
    const steps = recording.cycles.filter(({ step }) =>
      captions.some(({ text }) => text.startsWith(`Gradient step ${step + 1} of`)),
    );
    const said = captions.map(({ text }) => text);
    const told = said.filter((text) => /^(This step's loss|After the nudge|Hardly any)/.test(text));
    expect(told.length).toBe(steps.length + 1);
    for (const text of told) {
      const pairs = [...text.matchAll(/(\d+\.\d+) to (\d+\.\d+)/g)].map(([, was, is]) => [
        Number(was),
        Number(is),
      ]);
      expect(pairs.length).toBeGreaterThan(0);
      for (const [was, is] of pairs) {
        if (text.startsWith("After")) expect(is).toBeLessThan(was!);
        if (text.startsWith("Hardly"))
          expect(Math.abs(is! - was!)).toBeLessThanOrEqual(Math.max(0.02, was! * 0.02));
      }
      if (text.startsWith("This")) {
        expect(pairs.some(([was, is]) => is! > was!)).toBe(true);
        expect(text).toMatch(/The nudge (is for all|went too far)/);
      }
    }
    expect(said[0]).toContain(
      `take ${at(recording.fine_tuning, 0).examples.length} examples at a time`,
    );
    expect(said[1]).toContain(`one of ${at(recording.fine_tuning, 0).rows} steps`);
  });

  test("there is one counter of gradient steps", () => {
    let both = 0;
    for (let time = 0; time < scene.duration(recording, wide); time += 0.1) {
      const words = new Map(
        shapesAt(time).flatMap((shape) => (shape.kind === "text" ? [[shape.id, shape.text]] : [])),
      );
      const [badge, box] = [words.get("badge.words"), words.get("card.fast.words")].map(
        (text) => /step (\d+) of/.exec(text ?? "")?.[1],
      );
      if (badge === undefined || box === undefined) continue;
      both += 1;
      expect(box).toBe(badge);
    }
    expect(both).toBeGreaterThan(5);
  });

  test("only the half to blame glows", () => {
    for (const { at: time, text } of scene.captions(recording, wide)) {
      const planner = /the Planner is to blame/.test(text);
      const doer = /the Doer is to blame/.test(text);
      if (!planner && !doer && !text.startsWith("Both answers")) continue;
      const glows = shapesAt(time + 2).filter(({ id }) => /^model\.(planner|doer)\.blame/.test(id));
      const halves = new Set(glows.map(({ id }) => id.split(".")[1]));
      expect([...halves]).toEqual(planner ? ["planner"] : doer ? ["doer"] : []);
    }
  });

  test("whose card the Doer holds is said where it is not the Planner's", () => {
    const cycle = at(recording.cycles, 0);
    const segment = at(cycle.thought.segments, recording.fine_tuning[cycle.step]?.segment ?? 0);
    const says = at(recording.world.subgoals, argmax(segment.subgoal_logits));
    const card = at(recording.world.subgoals, segment.told);
    const said = scene.captions(recording, wide)[2]?.text;
    expect(said).toContain(
      says === card ? "So does the teacher" : `The Doer gets the teacher's card, ${card}`,
    );
  });
});

test.each(STORIES)(
  "what is played first of all starts, and its goal, are as recorded: %s",
  (_, file) => {
    const recording = storyIn(file);
    const { world, examples, preferences = [] } = recording;
    const learned = new Set([
      ...examples.map(({ steps }) => at(steps, 0).state),
      ...preferences.map(({ episodes }) => at(episodes, 0).start),
    ]);
    const number = /number (\d+) is played: no \w+ (?:began|ever came) there/.exec(
      captionsOf(6, recording)[0] ?? "",
    )?.[1];
    if (world.starts.every((start) => learned.has(start))) expect(number).toBeUndefined();
    else expect(learned.has(at(world.starts, Number(number) - 1))).toBe(false);
    const goal = /The goal: (.+)\.$/.exec(captionsOf(0, recording)[0] ?? "")?.[1];
    const ends = teacherEpisode(world, recording.showcase).steps.at(-1)!;
    expect(goal).toBe(at(world.subgoals, ends.subgoal));
  },
);

test("every start before training is in view while it is spoken of", () => {
  const recording = storyIn("recordings/key-door.hrm.json.gz");
  const scene = at(scenes, 2);
  const from = scene.captions(recording, wide).find(({ text }) => text.startsWith("From all"))!.at;
  for (const view of [wide, tall]) {
    const cells = [...everyShape(scene.draw(recording, from + 1.5, view))].filter(({ id }) =>
      /^starts-before\.\d+$/.test(id),
    );
    expect(cells).toHaveLength(recording.world.starts.length);
    expect(cells.every(({ tip }) => tip?.endsWith("fails."))).toBe(true);
  }
});

test.each([2, 5])("the Planner is not dimmed while a caption speaks of it: scene %d", (phase) => {
  const recording = storyIn("recordings/key-door.hrm.json.gz");
  const scene = at(scenes, phase);
  const captions = scene.captions(recording, wide);
  const i = captions.findIndex(({ text }) => /^(Before its lessons|Now) the Planner/.test(text));
  const [from, to] = [at(captions, i).at, at(captions, i + 1).at];
  for (let time = from; time < to; time += 0.1) {
    const content = [...everyShape(scene.draw(recording, time, wide))].find(
      ({ id }) => id === "model.planner.content",
    );
    expect(content?.opacity ?? 1).toBe(1);
  }
});

test("a mistake of an example is crossed out beside what is right, and cards have numbers", () => {
  const recording = storyIn("recordings/key-door.hrm.json.gz");
  const scene = at(scenes, 3);
  const seen = new Map<string, string>();
  for (let time = 0; time < scene.duration(recording, wide); time += 0.2) {
    for (const shape of everyShape(scene.draw(recording, time, wide))) {
      if (shape.kind === "text") seen.set(shape.id, shape.text);
      else seen.set(shape.id, "");
    }
  }
  const first = at(recording.examples, 0).steps.findIndex(({ distractor }) => distractor);
  const strayed = [...seen.keys()].filter((id) => id.endsWith(".crossed"));
  expect(strayed.length).toBeGreaterThan(0);
  expect(first < 0 || strayed.includes(`open.card.row${first}.crossed`)).toBe(true);
  recording.examples.forEach((_, i) => {
    expect(seen.get(`deck.${i}.card.number`)).toBe(String(i + 1));
  });
});

describe("every start", () => {
  const recording = storyIn("recordings/key-door.hrm.json.gz");
  const scene = at(scenes, 6);
  const cells = (run: string | null, time = 6) =>
    [...everyShape(scene.draw(recording, time, { ...wide, run }))].filter(({ id }) =>
      /^grid\.\d+$/.test(id),
    );

  test("a caption has one share at most; the seeds are in the tip", () => {
    for (const text of captionsOf(6, recording)) {
      expect(text.match(/\d%/g)?.length ?? 0, text).toBeLessThanOrEqual(1);
    }
    const seeded = recording.ablations.filter(({ seeds }) => seeds.length > 0);
    expect(seeded.length).toBeGreaterThan(0);
    const shapes = [...everyShape(scene.draw(recording, 6, wide))];
    for (const run of seeded) {
      const row = shapes.find(({ id }) => id === `runs.${run.name}`);
      expect(row?.tip).toMatch(
        new RegExp(`Over ${run.seeds.length + 1} seeds: \\d+% to \\d+%, \\d+% on average`),
      );
    }
  });

  test("what is said against this story follows the seeds", () => {
    const main = mainRun(recording);
    for (const run of recording.ablations.filter(({ final }) => final.success >= 0.5)) {
      const title = wide.definitions?.runs.find(({ name }) => name === run.name)?.title ?? "";
      const said = captionsOf(6, recording).find((text) => text.startsWith(`${title}:`));
      const [mine, its] = [main, run].map((one) =>
        [one.final, ...one.seeds].map(({ success }) => success),
      );
      const below = Math.max(...its!) < Math.min(...mine!);
      expect(said).toMatch(
        below ? /This story does better\.$/ : /(tell apart|So does this story)\.$/,
      );
    }
  });

  test("why a frozen half fails names the half that is frozen", () => {
    const why = (name: string) => whyWords(recording, chosenRun(recording, { ...wide, run: name }));
    expect(why("frozen-planner")).toMatch(/the planner says/i);
    expect(why("frozen-doer")).toMatch(/told .*, the Doer does/i);
    for (const name of ["frozen-planner", "frozen-doer"]) {
      expect(captionsOf(6, recording).join()).toContain(why(name));
    }
  });

  test("a red cross plays that failure from its beginning, and its run stays", () => {
    const run = chosenRun(recording, { ...wide, run: "frozen-doer" });
    const grid = gridOf(recording, run, wide);
    cells("frozen-doer").forEach((cell, i) => {
      const { start, success } = at(grid, i);
      expect(success).toBe(false);
      expect(cell.action).toEqual({
        kind: "set",
        values: { start, run: "frozen-doer" },
        time: 3.4,
      });
    });
    for (const cell of cells(null)) expect(cell.action).not.toHaveProperty("time");
  });

  test("the Planner's card is in view, and what would have been right", () => {
    const run = chosenRun(recording, { ...wide, run: "frozen-doer" });
    const { start, steps } = at(gridOf(recording, run, wide), 7);
    const view = { ...wide, run: run.name, start };
    const labels = (time: number) =>
      new Map(
        [...everyShape(scene.draw(recording, time, view))].map((shape) => [
          shape.id,
          shape.kind === "text" ? shape.text : shape.label,
        ]),
      );
    const { subgoals, actions, teacher_action } = recording.world;
    const begun = labels(3.5);
    expect(begun.get("says.card")).toBe(at(subgoals, at(steps, 0).subgoal));
    expect(begun.get("says.token")).toBe(at(actions, at(steps, 0).action));
    const wrong = steps.find(({ outcome }) => outcome !== "ok" && outcome !== "success")!;
    const seen = Array.from({ length: 60 }, (_, i) => labels(3.5 + i / 10).get("says.right"));
    expect(seen).toContain(`right: ${at(actions, at(teacher_action, wrong.state))}`);
  });
});

describe("what to believe about hierarchy", () => {
  const told = (two: number, one: number): string => {
    const recording = structuredClone(storyIn("recordings/key-door.hrm.json.gz"));
    last(recording.curve).score.success = two;
    for (const run of recording.spread?.runs ?? []) last(run.curve).score.success = two;
    for (const run of recording.ablations.filter(({ model }) => !model.subgoal_head)) {
      run.final.success = one;
      for (const score of run.seeds) score.success = one;
    }
    return last([...captionsOf(7, recording)]);
  };

  test.each([
    [1, 0.8, "reach 100%, no hierarchy 80%. One box with a card is about as good."],
    [0.5, 0.8, "reach 50% of starts, no hierarchy 80%. It does better with no hierarchy here."],
    [0.8, 0.8, "reach 80% of starts, no hierarchy 80%. Too close to tell."],
  ])("%d against %d", (two, one, words) => {
    expect(told(two, one)).toContain(words);
  });

  test("Planner and Doer are better where one box does not do as well when told its sub-goal", () => {
    const recording = structuredClone(storyIn("recordings/key-door.hrm.json.gz"));
    const without = recording.ablations.filter(({ name }) => name !== "one-module");
    expect([...captionsOf(7, { ...recording, ablations: without })].at(-1)).toContain(
      "Planner and Doer do better here.",
    );
  });

  test("what helps is told by the story's own comparisons, seed by seed", () => {
    const story = storyIn("recordings/key-door.hrm.json.gz");
    const said = (change: (recording: Recording) => void): string => {
      const recording = structuredClone(story);
      change(recording);
      return (
        captionsOf(6, recording).find((text) =>
          /^(What helps|Whether a card|The card does)/.test(text),
        ) ?? ""
      );
    };
    const all = (recording: Recording, name: string, share: number) => {
      const run = recording.ablations.find((one) => one.name === name)!;
      run.final.success = share;
      for (const score of run.seeds) score.success = share;
    };
    expect(said(() => undefined)).toBe(
      "What helps is the card: one box does better with one. Whether two boxes help is too close to tell.",
    );
    expect(
      said((one) => {
        all(one, "flat", 0.9);
        all(one, "one-module", 0.9);
      }),
    ).toBe(
      "Whether a card helps one box is too close to tell. Two boxes instead of one help, too.",
    );
    const alone = { ...story, ablations: story.ablations.filter(({ name }) => name === "flat") };
    expect(captionsOf(6, alone).join()).not.toContain("helps");
  });

  test("nothing is claimed where nothing was compared", () => {
    const alone = { ...storyIn("recordings/key-door.hrm.json.gz"), ablations: [] };
    expect(captionsOf(7, alone).at(-1)).toContain("nothing to compare with");
  });
});

describe("the summary's charts", () => {
  const recording = storyIn("recordings/key-door.hrm.json.gz");
  const scene = at(scenes, 7);
  const drawnAt = (time: number, view: typeof wide) => {
    const shapes = [...everyShape(scene.draw(recording, time, view))];
    return (id: string) => shapes.find((one) => one.id === id);
  };

  test("none is empty at any time; the one that is told of is lit", () => {
    const unmeasured = { ...wide, definitions: null };
    for (const { at: time, text } of scene.captions(recording, unmeasured)) {
      const shape = drawnAt(time + 1, unmeasured);
      expect(shape("sparks.0.value"), text).toBeDefined();
      expect(shape("bars.main.value"), text).toBeDefined();
      if (text.startsWith("The reward of one")) expect(shape("told.sparks")?.opacity ?? 1).toBe(1);
      if (text.startsWith("The reward of one"))
        expect(shape("told.bars")?.opacity).toBeLessThan(0.5);
      if (/^(What to believe|With \d+ example)/.test(text)) {
        for (const part of ["curves", "sparks", "bars"]) {
          expect(shape(`told.${part}`)?.opacity ?? 1).toBe(1);
        }
      }
    }
  });

  test("give way to success by number of examples, where that was measured", () => {
    const captions = scene.captions(recording, wide);
    const from = captions.findIndex(({ text }) => text.startsWith("How many examples"));
    expect(from).toBeGreaterThan(0);
    captions.forEach(({ at: time, text }, i) => {
      const shape = drawnAt(time + 1, wide);
      expect(shape("examples.card") !== undefined, text).toBe(i >= from);
      expect(shape("sparks.0.value") !== undefined, text).toBe(i < from);
    });
  });
});

test.each(WORLD_STORIES)(
  "bubbles of a thought come as it thinks, can be seen, and are explained: %s",
  (_, file) => {
    const recording = storyIn(file);
    const scene = at(scenes, 1);
    const duration = scene.duration(recording, wide);
    let most = 0;
    for (const view of [wide, tall]) {
      for (let time = 0; time <= duration; time += 0.4) {
        const shapes = [...everyShape(scene.draw(recording, time, view))];
        const bubbles = shapes.flatMap((shape) =>
          shape.kind === "circle" && /^board\.\d+\.dot/.test(shape.id) ? [shape] : [],
        );
        most = Math.max(most, bubbles.length);
        expect(bubbles.filter(({ r, fill }) => r < 3 || fill === "faint")).toEqual([]);
        const key = shapes.find(({ id }) => id === "reading.bubble.words");
        if (bubbles.length)
          expect(key?.kind === "text" && key.text).toMatch(/^how far a thought moves it$/);
      }
    }
    expect(most).toBeGreaterThan(10);
  },
);
