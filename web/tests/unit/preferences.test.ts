/** Learning from preferences in the page: held to what Python recorded; and a visitor who teaches. */
import { beforeAll, describe, expect, test } from "vitest";

import type { Library } from "../../src/engine/graphs";
import { record, withAblations } from "../../src/engine/record";
import { Draws } from "../../src/lib/draws";
import { at, last } from "../../src/lib/list";
import { checkRecording } from "../../src/recording/load";
import {
  baseIn,
  byReturn,
  drawEpisodes,
  drawPreferences,
  standing,
} from "../../src/recording/preferences";
import { keyOf, writeChoices } from "../../src/recording/settings";
import type { Recording } from "../../src/recording/types.gen";
import { STORIES } from "../../src/stories/registry";
import { ablationsOf, titleOf } from "../../src/stories/world/definition";
import { BY_RETURN, readChoices, trainingOf } from "../../src/stories/world/knobs";
import { knobsOf, settingsFor, turned } from "../../src/stories/world/settings";
import { comparisonOf, ownLabel } from "../../src/stories/world/state/compare";
import { Teacher, type Kept } from "../../src/stories/world/state/teacher.svelte";
import { readHash, writeHash } from "../../src/state/hash";
import { initial } from "../../src/state/state";
import { calm, engineLibrary } from "./engine-fixture";
import { worldDefined } from "./fixtures";
import { storyIn } from "./story-helpers";

const preferred = storyIn("preferences/by-return.hrm.json.gz");
const chosen = storyIn("preferences/chosen.hrm.json.gz");
const KEY_DOOR = worldDefined("key-door");

const drawn = ({ settings, world, checkpoints, model }: Recording) =>
  drawPreferences(
    world,
    at(checkpoints, 0).policy,
    model,
    settings.examples,
    settings.noise,
    new Draws(settings.seed),
    settings.choices ?? null,
  );

describe("what is drawn", () => {
  test.each([
    ["by return", preferred],
    ["chosen", chosen],
    ["of another world", storyIn("bell/preferences/by-return.hrm.json.gz")],
  ])("is what Python recorded: %s", (_, recording) => {
    expect(recording.preferences?.length).toBe(recording.settings.examples);
    expect(drawn(recording)).toEqual(recording.preferences);
  });

  test("stands as Python says it does after training", () => {
    const end = last(preferred.standings ?? []);
    const [before, after] = [at(preferred.checkpoints, 0), last(preferred.checkpoints)];
    preferred.preferences?.forEach(({ episodes, best, worst }, i) => {
      for (const [which, of] of [
        [best, end.best],
        [worst, end.worst],
      ] as const) {
        const episode = at(episodes, which);
        const risen = standing(after.policy, episode) - standing(before.policy, episode);
        expect(risen).toBeCloseTo(at(of, i), 3);
      }
    });
  });

  test("of equal returns the first is best and the last worst", () => {
    const [episode] = preferred.preferences?.[0]?.episodes ?? [];
    const returns = [0.1, 0.9, -1, 0.9, -1, 0.2];
    const all = returns.map((total_reward) => ({ ...episode, total_reward }) as never);
    expect(byReturn(all)).toEqual({ best: 1, worst: 4 });
  });
});

describe("a training in the page", () => {
  let library: Library;
  let made: Recording;
  beforeAll(async () => {
    library = engineLibrary();
    const { settings } = chosen;
    const carried = { ablations: [], spread: null, base: baseIn(chosen, settings) };
    const title = titleOf(KEY_DOOR, settings);
    made = await record(library, settings, title, carried, "test", calm);
  }, 60_000);

  test("is of the tries that were chosen from, and passes every check", async () => {
    expect(await checkRecording(structuredClone(made), "made here", STORIES)).toEqual(made);
    expect(made.title).toBe(chosen.title);
    expect(made.preferences).toEqual(chosen.preferences);
    expect([made.examples, made.cycles]).toEqual([[], []]);
    expect(made.planned_steps).toBe(chosen.planned_steps);
    expect(made.standings?.length).toBe(made.curve.length);
  });

  test("begins with Python's numbers", () => {
    const [a, b] = [at(made.fine_tuning, 0), at(chosen.fine_tuning, 0)];
    expect([a.examples, a.rows, a.wrong_planner, a.wrong_doer]).toEqual([
      b.examples,
      b.rows,
      b.wrong_planner,
      b.wrong_doer,
    ]);
    for (const owner of ["planner", "doer", "halting"] as const) {
      expect(a.losses[owner]).toBeCloseTo(b.losses[owner], 3);
      expect(a.gradient_norm[owner]).toBeCloseTo(b.gradient_norm[owner], 2);
    }
    expect(a.preference?.dpo).toBeCloseTo(b.preference?.dpo ?? NaN, 3);
    // The second segment comes after one step of Adam.
    const [c, d] = [at(made.fine_tuning, 1), at(chosen.fine_tuning, 1)];
    c.preference?.best.forEach((value, i) => {
      expect(value).toBeCloseTo(d.preference?.best[i] ?? NaN, 2);
    });
  });

  test("what she taught is compared with frozen halves, which saw the same", async () => {
    const variants = ablationsOf(KEY_DOOR, made.settings);
    expect(variants.map(({ name }) => name)).toEqual(["frozen-planner", "frozen-doer"]);
    const told = await withAblations(library, made, variants, calm);
    expect(told.ablations.map(({ settings }) => settings.choices)).toEqual([
      made.settings.choices,
      made.settings.choices,
    ]);
  }, 60_000);
});

describe("the knobs", () => {
  const rows = trainingOf(KEY_DOOR);
  const { settings } = chosen;
  const knobs = knobsOf(rows, settings);

  test("say from what it learns, and what a visitor chose", () => {
    expect(knobs.learn).toBe("preferences");
    expect(knobs.choices).toBe("0-7,1-2,6-3,5-4,2-0");
    expect(settingsFor(rows, settings, knobs)).toEqual(settings);
    const byReturn = { ...knobs, choices: BY_RETURN };
    expect(settingsFor(rows, settings, byReturn)).toEqual({ ...settings, choices: null });
  });

  test("choices say how many there are and from what is learned", () => {
    const labels = { ...settings, learn: "labels", choices: null, examples: 10 } as const;
    const asked = settingsFor(rows, labels, { ...knobsOf(rows, labels), choices: "3-5,0-7" });
    expect(asked).toMatchObject({ learn: "preferences", examples: 2 });
    expect(asked.choices).toEqual([
      { best: 3, worst: 5 },
      { best: 0, worst: 7 },
    ]);
  });

  test("choices end where they are about something else, and only there", () => {
    for (const [name, value] of [
      ["seed", 7],
      ["examples", 3],
      ["tiles", 4],
      ["preset", "flat"],
      ["learn", "labels"],
    ] as const) {
      expect(turned(knobs, name, value).choices, name).toBe(BY_RETURN);
    }
    expect(turned(knobs, "passes", 4).choices).toBe(knobs.choices);
    expect(turned(knobs, "noise", 0.2).choices).toBe(knobs.choices);
  });

  test("an old file's settings are those of labels", () => {
    const { learn: _, choices: __, ...old } = settings;
    expect(keyOf(old)).toBe(keyOf({ ...settings, learn: "labels", choices: null }));
    expect(keyOf(old)).not.toBe(keyOf(settings));
  });

  test.each(["3-3", "8-1", "3", "3-5,", "", "a-b", `${"0-1,".repeat(50)}0-1`])(
    "a link with the choices “%s” is told what is accepted",
    (text) => {
      expect(readChoices(text)).toBe(null);
      const { state, problems } = readHash(`#choices=${text}`);
      expect(state.own["choices"]).toBe(null);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain("two different ones from 0 to 7, such as 3-5,0-7");
    },
  );

  test("a link carries them as they are said", () => {
    const choices = writeChoices(settings.choices ?? []);
    const hash = writeHash({ ...initial, own: { ...initial.own, choices, learn: "preferences" } });
    expect(hash).toBe(`#learn=preferences&choices=${choices}`);
    expect(readHash(hash).state.own).toMatchObject({ choices, learn: "preferences" });
  });

  test("the other way to learn stands beside it", () => {
    const beside = comparisonOf("labels", preferred.settings, rows);
    expect(beside).toMatchObject({ kind: "settings", label: "From 10 examples" });
    expect(ownLabel("labels", preferred.settings, rows)).toBe("From 10 preferences");
  });
});

describe("a teacher", () => {
  function tab(): Kept & { readonly all: Map<string, string> } {
    const all = new Map<string, string>();
    return {
      all,
      getItem: (key) => all.get(key) ?? null,
      setItem: (key, value) => void all.set(key, value),
    };
  }
  const said = (teacher: Teacher) => writeChoices(teacher.choices);

  test("sees the tries that are learned from, one start after the other", () => {
    const teacher = new Teacher(preferred, null);
    const { world, checkpoints, model, settings } = preferred;
    const draws = new Draws(settings.seed);
    const source = drawEpisodes(world, at(checkpoints, 0).policy, model, 0, draws);
    for (let i = 0; i < 3; i++) {
      expect(teacher.episodes).toEqual(source.next().value.episodes);
      teacher.choose("best", 1);
      expect(teacher.canGoOn).toBe(false);
      teacher.choose("worst", 2);
      teacher.go(i + 1);
    }
    expect(said(teacher)).toBe("1-2,1-2,1-2");
    teacher.go(9);
    expect(teacher.now).toBe(3); // no start is left out
  });

  test("who calls one try both is told so, and it is not taken", () => {
    const teacher = new Teacher(preferred, null);
    teacher.choose("best", 4);
    teacher.choose("worst", 4);
    expect(teacher.refused).toBe("Try 5 is already your best: pick another as the worst.");
    expect(teacher.here).toEqual({ best: 4, worst: null });
    teacher.choose("worst", 0);
    expect(teacher.refused).toBe(null);
    expect(said(teacher)).toBe("4-0");
  });

  test("who leaves halfway finds all that she said, whatever was trained meanwhile", () => {
    const kept = tab();
    const teacher = new Teacher(preferred, kept);
    teacher.choose("best", 4);
    teacher.choose("worst", 0);
    teacher.go(1);
    teacher.choose("best", 6);
    const later = { ...preferred, settings: { ...preferred.settings, passes: 3, noise: 0.2 } };
    const again = new Teacher(later, kept);
    expect(again.said).toEqual(teacher.said);
    expect(again.now).toBe(1);
    const other = { ...preferred, settings: { ...preferred.settings, seed: 5 } };
    expect(new Teacher(other, kept).said).toEqual([]); // other tries, nothing said of them
    again.startOver();
    expect(new Teacher(preferred, kept).said).toEqual([]);
  });

  test("a story that was taught begins with its own choices", () => {
    expect(said(new Teacher(chosen, tab()))).toBe(writeChoices(chosen.settings.choices ?? []));
  });

  test.each(["{", "7", '[{"best":9,"worst":1}]', '[{"best":1,"worst":1}]', "[null]"])(
    "what a tab holds that is none of hers is left alone: %s",
    (text) => {
      const foreign: Kept = { getItem: () => text, setItem: () => undefined };
      expect(new Teacher(preferred, foreign).said).toEqual([]);
    },
  );

  test("a tab that keeps nothing does not stop her", () => {
    const full: Kept = {
      getItem: () => {
        throw new Error("forbidden");
      },
      setItem: () => {
        throw new Error("full");
      },
    };
    const teacher = new Teacher(preferred, full);
    teacher.choose("best", 1);
    teacher.choose("worst", 2);
    expect(said(teacher)).toBe("1-2");
  });
});
