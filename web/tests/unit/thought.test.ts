/** The story of a thought: drawn at any time, with no number that is not the thought's. */
import { describe, expect, test } from "vitest";

import type { ThoughtRecording } from "../../src/recording/thought.gen";
import { at, range } from "../../src/lib/list";
import * as numbers from "../../src/scene/numbers";
import { cropped, disguised, gridIn, undoing } from "../../src/lib/rules/arc";
import { check } from "../../src/stories/thought/check";
import { verdict, wrongOf } from "../../src/stories/thought/facts";
import { scenes as thoughtScenes } from "../../src/stories/thought/scenes";
import { BOARDS, thought, thoughts, type BoardName } from "./puzzle-fixture";
import { canvasOf, voted, votes, type VoteAsked } from "./vote-fixture";
import { strangers } from "./puzzle-scenes";
import { everyShape, wide } from "./story-helpers";

function allowed(recording: ThoughtRecording): Set<string> {
  const found = new Set<string>();
  for (const { q_halt } of recording.segments) {
    if (q_halt === null) continue;
    found.add(numbers.reward(q_halt));
    found.add(numbers.percent(numbers.logistic(q_halt)));
  }
  for (const { chance } of [
    ...(recording.vote?.views ?? []),
    ...(recording.vote?.candidates ?? []),
  ]) {
    found.add(numbers.percent(chance));
  }
  return found;
}

test.each([...thoughts(), ...votes()])(
  "every number is one of the recording: a thought %s",
  (_name, recording) => {
    const { board, model, step, puzzle, trained_on } = recording;
    const counts = new Set([...range(board.cells + 1), model.parameters, step ?? 0]);
    const names = [puzzle, recording.vote?.task ?? "", ...trained_on].filter(Boolean);
    const found = strangers(thoughtScenes, recording, allowed(recording), counts, names);
    expect(found.slice(0, 10)).toEqual([]);
  },
);

const thinking = at(thoughtScenes, 1);

test("each stop shows the answer of its segment, and the last the one that counts", () => {
  const recording = thought({ segments: 5, rest: { segments_used: 2 } });
  const stops = thinking.stops(recording, wide);
  expect(stops).toHaveLength(7);
  const shown = stops.map((time) =>
    [...everyShape(thinking.draw(recording, time, wide))].flatMap((shape) =>
      shape.kind === "text" && shape.id.startsWith("main.t") ? [shape.text] : [],
    ),
  );
  const written = (grid: readonly number[], asked: readonly number[]) =>
    grid.flatMap((token, i) =>
      asked[i] === -100 || !recording.board.glyphs[token] ? [] : [recording.board.glyphs[token]],
    );
  const solution = recording.solution ?? [];
  expect(shown[0]).toEqual(written(recording.given, []));
  recording.segments.forEach(({ answer }, i) => {
    expect(shown[i + 1]).toEqual(written(answer, solution));
  });
  expect(shown[6]).toEqual(written(at(recording.segments, 1).answer, solution));
});

describe("past the red light", () => {
  const recording = thought({ segments: 7, rest: { segments_used: 3 } });
  const red = {
    ...recording,
    segments: recording.segments.map((one, i) => ({ ...one, red: i > 1 })),
  };
  const titleAt = (time: number): string =>
    [...everyShape(thinking.draw(red, time, wide))]
      .flatMap((shape) => (shape.kind === "text" ? [shape.text] : []))
      .find((words) => /^(After|Had it|As it|What it)/.test(words)) ?? "";

  test("it is said that it stops there, and why more is shown", () => {
    const said = thinking.captions(red, wide).map(({ text }) => text);
    const stops = said.findIndex((text) =>
      /Red light: it stops, and this answer counts/.test(text),
    );
    expect(said[stops]).toMatch(/^After segment 3(: | it is [<>]?\d+% sure, and \d+% is enough)/);
    expect(said[stops + 1]).toMatch(/^Had it thought on: 4 segments more, and in the end /);
    expect(said).toHaveLength(stops + 3);
    expect(thinking.stops(red, wide).map(titleAt)).toEqual([
      "As it is given",
      ...[1, 2, 3].map((i) => `After segment ${i}`),
      ...[4, 5, 6, 7].map((i) => `Had it thought on: segment ${i}`),
      "What it hands in",
    ]);
  });

  test("what does not count stands back, and nothing does where all counts", () => {
    const faint = (of: ThoughtRecording) =>
      [...everyShape(thinking.draw(of, thinking.duration(of, wide), wide))].flatMap((shape) =>
        /^columns\.\d+$/.test(shape.id) && (shape.opacity ?? 1) < 1 ? [shape.id] : [],
      );
    expect(faint(red)).toEqual([3, 4, 5, 6].map((i) => `columns.${i}`));
    const all = thought({ segments: 3 });
    expect(faint(all)).toEqual([]);
    expect(thinking.captions(all, wide).some(({ text }) => /Had it/.test(text))).toBe(false);
  });
});

describe("an answer to a task", () => {
  // Beside its grid, the first one leaves rubbish on its canvas; the second is another size.
  const given = canvasOf(10, [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ]);
  const littered = canvasOf(10, [
    [2, 2],
    [2, 3],
  ]).map((token, i) => (i === 24 || i === 99 ? 7 : token));
  const answers = [littered, canvasOf(10, [[2, 2, 2]]), canvasOf(10, [])];
  const recording: ThoughtRecording = {
    ...voted({ known: false }),
    given,
    segments: answers.map((answer) => ({ answer, changed: [], q_halt: -1, red: false })),
    segments_used: 3,
  };
  const shapesAt = (stop: number) => [
    ...everyShape(thinking.draw(recording, at(thinking.stops(recording, wide), stop), wide)),
  ];
  const frame = (id: string, stop: number) => {
    const found = shapesAt(stop).find((shape) => shape.id === id);
    return found?.kind === "rect" ? [found.width, found.height] : null;
  };

  test("is drawn in its own size, without its end marks and what lies beyond them", () => {
    const [wide3 = 0] = frame("main.frame", 0) ?? [];
    expect(frame("main.frame", 1)?.map((side) => (side * 3) / wide3)).toEqual([
      expect.closeTo(2, 1),
      expect.closeTo(2, 1),
    ]);
    expect(frame("main.frame", 2)?.map((side) => (side * 3) / wide3)).toEqual([
      expect.closeTo(3, 1),
      expect.closeTo(1, 1),
    ]);
    expect(frame("main.frame", 3)).toBeNull();
    for (const stop of [1, 2, 3]) {
      const hues = shapesAt(stop).filter(({ id }) => id.startsWith("main.h."));
      expect(hues.map(({ id }) => id)).not.toContain("main.h.faint");
      expect(hues).toHaveLength([2, 1, 0][stop - 1] ?? 0);
    }
  });

  test("is told with its size, and only cells of grids have changed", () => {
    const said = (stop: number) =>
      shapesAt(stop).flatMap((shape) =>
        shape.kind === "text" && shape.id === "main.said" ? [shape.text] : [],
      );
    expect(said(1)).toEqual(["2 × 2 cells"]);
    // One cell more, and two that are gone.
    expect(said(2)).toEqual(["1 × 3 cells, 3 cells changed"]);
    expect(said(3)).toEqual(["no grid, 3 cells changed"]);
  });
});

test("how sure it is belongs to the answer that is on the board, the last one too", () => {
  const recording = thought({ segments: 5, rest: { segments_used: 2 } });
  const guesses = thinking
    .stops(recording, wide)
    .map((time) =>
      [...everyShape(thinking.draw(recording, time, wide))].flatMap((shape) =>
        shape.kind === "text" && shape.id === "guess.name" ? [shape.text] : [],
      ),
    );
  expect(guesses).toHaveLength(7);
  expect(guesses[6]).toEqual(guesses[2]);
  expect(guesses[6]).not.toEqual(guesses[5]);
});

test("what the light asks for is said", () => {
  const said = (recording: ThoughtRecording) =>
    [...everyShape(at(thoughtScenes, 0).draw(recording, 8, wide))].flatMap((shape) =>
      shape.kind === "text" && shape.text.startsWith("red where") ? [shape.text] : [],
    );
  const recording = thought({ rest: {} });
  expect(said({ ...recording, halt_threshold: 0.9 })).toEqual(["red where it is 90% sure"]);
  expect(said({ ...recording, halt_threshold: null })).not.toEqual(["red where it is 90% sure"]);
});

test("which view was thought about is said", () => {
  const opening = at(thoughtScenes, 0);
  const said = (recording: ThoughtRecording) =>
    [
      ...[...everyShape(opening.draw(recording, 8, wide))].map((shape) =>
        shape.kind === "text" ? shape.text : "",
      ),
      ...opening.captions(recording, wide).map(({ text }) => text),
    ].filter((text) => text.includes("view"));
  const recording = thought({});
  expect(said({ ...recording, view: null })).toEqual([]);
  expect(said({ ...recording, view: 5 })).toEqual([
    "view 5, under a symmetry",
    "It thinks about view 5, the puzzle under a symmetry: its answers are shown changed back.",
  ]);
});

test("the mark on the bar stands where the light turns red", () => {
  const recording = thought({ segments: 3 });
  const places = (halt_threshold: number | null) => {
    const asked = { ...recording, halt_threshold };
    const shapes = [...everyShape(thinking.draw(asked, 8, wide))];
    const track = shapes.find(({ id }) => id === "guess.track");
    const mark = shapes.find(({ id }) => id === "guess.asked");
    if (track?.kind !== "rect" || mark?.kind !== "path") throw new Error("no bar");
    return mark.d
      .match(/[\d.]+/g)
      ?.slice(0, 1)
      .map((x) => (Number(x) - track.x) / track.width);
  };
  expect(places(0.9)?.[0]).toBeCloseTo(0.9, 3);
  expect(places(null)?.[0]).toBeCloseTo(0.5, 3);
});

test("wrong cells fall to none as the answer comes to the solution", () => {
  const wrong = wrongOf(thought({ segments: 6 }), wide) ?? [];
  expect(wrong.at(-1)).toBe(0);
  expect(wrong[0]).toBeGreaterThan(0);
  expect(wrongOf(thought({ rest: { solution: null } }), wide)).toBeNull();
});

test("the verdict says only what is known", () => {
  const said = (valid: boolean | null, exact: boolean | null) =>
    verdict(thought({ rest: { valid, exact } }));
  expect(said(true, true)).toBe("Solved: every cell is right.");
  expect(said(true, false)).toBe("Correct, though not the known solution.");
  expect(said(true, null)).toBe("A correct answer.");
  expect(said(false, false)).toBe("Not solved.");
  expect(said(null, null)).toBe("Nothing here can tell whether it is right.");
});

describe("a board of 900 cells", () => {
  test.each(["maze", "arc"] as BoardName[])("is a few shapes: %s", (on) => {
    const recording = thought({ on, segments: 3 });
    const duration = thinking.duration(recording, wide);
    const shapes = [...everyShape(thinking.draw(recording, duration * 0.6, wide))];
    const own = shapes.filter(({ id }) => id.startsWith("main"));
    expect(own.length).toBeLessThan(40);
    expect(BOARDS[on].cells).toBe(900);
  });

  test("has a form for every hue: digits on ARC's colours", () => {
    const recording = thought({ on: "arc", segments: 3 });
    const shapes = [...everyShape(thinking.draw(recording, 0, wide))];
    const hues = shapes.filter(({ id }) => id.startsWith("main.h."));
    const forms = shapes.filter(({ id }) => /^main\.g\d/.test(id));
    // The edge of a grid has a hue of its own and no digit.
    expect(forms).toHaveLength(hues.length - 1);
    expect(forms.length).toBe(10);
  });
});

describe("a vote", () => {
  const scene = at(thoughtScenes, 3);
  const textsAt = (recording: ThoughtRecording, time: number, view: object): string[] =>
    [...everyShape(scene.draw(recording, time, { ...wide, ...view }))].flatMap((shape) =>
      shape.kind === "text" ? [shape.text] : [],
    );
  const end = (recording: ThoughtRecording): number => scene.duration(recording, wide) - 1;

  test("says whether one of the two that are handed in is right, and how many found what is", () => {
    const said = (asked: VoteAsked): string => verdict(voted(asked));
    expect(said({ right: 0 })).toBe("Solved: the first of the two is right.");
    expect(said({ right: 1 })).toBe("Solved: the second of the two is right.");
    expect(said({ right: 4 })).toBe(
      "Not solved: neither of the two is right; 1 view found what is.",
    );
    expect(said({ right: null })).toMatch(/^Not solved: .*, and no view found what is\.$/);
    expect(said({ right: 0, answers: 1 })).toBe("Solved: it is right.");
    expect(said({ known: false })).toBe("Nothing here can tell whether one of them is right.");
  });

  test("ends with what is said of it, whether or not the true answer is shown", () => {
    for (const truth of [true, false]) {
      const recording = voted({ right: null });
      const texts = textsAt(recording, end(recording), { truth }).join(" ");
      expect(texts).toContain("Not solved: neither of the two is right");
      expect(texts.includes("The true answer")).toBe(truth);
    }
  });

  test("shows the answers of the views that have answered, without their disguises", () => {
    const recording = voted();
    const views = recording.vote?.views ?? [];
    const labels = (time: number): string[] =>
      [...everyShape(scene.draw(recording, time, wide))].flatMap(({ id, tip }) =>
        /^board\.\d+$/.test(id) ? [tip ?? ""] : [],
      );
    const stops = scene.stops(recording, wide);
    expect(stops).toHaveLength(views.length + 3);
    range(views.length + 1).forEach((many) => {
      const shown = labels(at(stops, many));
      expect(shown.filter((tip) => tip.includes("answers this"))).toHaveLength(many);
    });
  });

  test("that does not add up, or is of no such board, is refused", () => {
    const recording = voted();
    const { vote } = recording;
    if (!vote) throw new Error("no vote");
    const [first, ...rest] = vote.candidates;
    if (!first) throw new Error("no candidate");
    const spoiled: readonly [Partial<ThoughtRecording>, RegExp][] = [
      [{ vote: { ...vote, candidates: [{ ...first, count: 40 }, ...rest] } }, /votes, not 40/],
      [{ vote: { ...vote, candidates: [first] } }, /what a view votes for/],
      [{ vote: { ...vote, test: 2 } }, /vote\.test/],
      [
        { vote: { ...vote, candidates: [{ ...first, answer: [1] }, ...rest] } },
        /an answer to vote for/,
      ],
      [
        {
          vote: {
            ...vote,
            views: vote.views.map((one) => ({ ...one, colours: range(10).fill(1) as never })),
          },
        },
        /colours of a view/,
      ],
    ];
    expect(check(recording)).toBeNull();
    for (const [part, says] of spoiled) expect(check({ ...recording, ...part })).toMatch(says);
    expect(check({ ...thought(), vote })).toMatch(/no board of ARC/);
  });
});

describe("a disguise", () => {
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const canvas = canvasOf(10, rows);
  const colours = [0, 2, 3, 4, 5, 6, 7, 8, 9, 1];

  test("turns a grid and exchanges its colours, and is taken off again", () => {
    const left = canvasOf(10, [
      [4, 7],
      [3, 6],
      [2, 5],
    ]);
    expect(disguised(canvas, { turn: 1, colours })).toEqual(left);
    for (const turn of range(8)) {
      const how = { turn, colours };
      expect(disguised(disguised(canvas, how), undoing(how))).toEqual(canvas);
    }
  });

  test("keeps only the grid: the largest rectangle, of equal ones the one with fewer rows", () => {
    const messy = [...canvas];
    messy[77] = 5;
    expect(cropped(messy)).toEqual(canvas);
    // A row of six and a column of three by two: as large.
    const equal = canvasOf(10, [[1, 1, 1, 1, 1, 1]]).map((token, cell) =>
      [10, 11, 20, 21].includes(cell) ? 3 : token,
    );
    expect(gridIn(equal)).toEqual({ rows: 1, columns: 6 });
    expect(gridIn(Array<number>(100).fill(0))).toEqual({ rows: 0, columns: 0 });
  });
});
