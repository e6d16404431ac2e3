/** Runs and thoughts of made-up numbers, on boards of every kind: to test how they are drawn. */
import type { Board, RunRecording, TrainPoint } from "../../src/recording/run.gen";
import type { ThoughtRecording } from "../../src/recording/thought.gen";
import { range } from "../../src/lib/list";
import type { Scene, View } from "../../src/scene/scene";

const COLOURS = ["black", "blue", "red", "green", "yellow"];
const MORE_COLOURS = ["grey", "magenta", "orange", "light blue", "brown"];
const DIGITS = range(9).map((i) => String(i + 1));

export const BOARDS = {
  sudoku: board("sudoku", 9, 9, ["", "", ...DIGITS], 1, 3),
  small: board("sudoku", 4, 4, ["", "1", "2", "3", "4"], 0, 2),
  maze: board("maze", 30, 30, ["", "#", " ", "S", "G", "o"], 2),
  arc: board("arc", 30, 30, ["", "", ...range(10).map(String)], -1),
  own: board("own", 11, 9, ["", "1", "2", "3"], 0, 0, 97),
  coloured: board(
    "own",
    20,
    20,
    range(16).map((i) => (i ? String(i) : "")),
    0,
  ),
} as const satisfies Record<string, Board>;

export type BoardName = keyof typeof BOARDS;

function board(
  kind: Board["kind"],
  width: number,
  height: number,
  glyphs: string[],
  blank: number,
  box = 0,
  cells = width * height,
): Board {
  const names = kind === "arc" ? ["padding", "edge", ...COLOURS, ...MORE_COLOURS] : glyphs;
  return { kind, width, height, cells, box, blank, glyphs, names };
}

/** The same numbers for the same seed. */
export function draws(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function grid(on: Board, random: () => number): number[] {
  return range(on.cells).map(() => Math.floor(random() * on.glyphs.length));
}

/** An answer with a share of the solution's cells. */
function answer(on: Board, solution: readonly number[], share: number, random: () => number) {
  return solution.map((token) =>
    token >= 0 && random() < share ? token : Math.floor(random() * on.glyphs.length),
  );
}

function puzzleOn(on: Board, random: () => number) {
  const solution = grid(on, random);
  const given = solution.map((token) => (random() < 0.4 ? token : Math.max(0, on.blank)));
  // Of ARC only the grid is asked about, not the canvas around it.
  const used = (i: number) => on.kind !== "arc" || (i % 30 < 12 && i < 300);
  return {
    given: given.map((token, i) => (used(i) ? token : 0)),
    solution: solution.map((token, i) => (used(i) ? token : -100)),
  };
}

const MODEL = {
  preset: "tiny",
  parameters: 429_058,
  hierarchy: true,
  modules: 2,
  cycles: 2,
  low_calls: 2,
  segments: 16,
  halting: "q-learning",
} as const;

export interface RunAsked {
  readonly on?: BoardName;
  readonly points?: number;
  readonly evaluations?: number;
  readonly views?: number;
  readonly segments?: number;
  readonly rest?: Partial<RunRecording>;
}

export function run({
  on = "sudoku",
  points = 120,
  evaluations = 12,
  views = 13,
  segments = 16,
  rest = {},
}: RunAsked = {}): RunRecording {
  const random = draws(points + segments);
  const { given, solution } = puzzleOn(BOARDS[on], random);
  const step = (i: number, of: number) => 1 + Math.round((i * 3000) / Math.max(1, of));
  return {
    format: "hrm-recording",
    version: 1,
    kind: "run",
    title: `tiny learns ${on}`,
    made_by: { program: "python", hrmkit: "0.0.0", engine: "none" },
    puzzle: on === "own" || on === "coloured" ? "mine.py:Mine" : on,
    board: BOARDS[on],
    data: [{ source: "train.csv.gz", rows: 1000, fingerprint: "ab" }],
    test: { source: "dev.csv.gz", rows: 500, fingerprint: "cd" },
    model: { ...MODEL, segments },
    flops_a_step: 2.5e10,
    recipe: [
      { name: "steps", value: "3000" },
      { name: "batch", value: "32" },
      { name: "optimizer", value: "adamw" },
      { name: "rate", value: "0.0015" },
    ],
    steps: 3000,
    minutes: null,
    seed: 7,
    device: "float32 on the CPU",
    measured: points,
    train: range(points).map((i) => point(step(i, points - 1), i / points, random)),
    evaluations: range(evaluations).map((i) => ({
      step: step(i + 1, evaluations),
      seconds: 12.5 * i,
      puzzles: 256,
      exact: (0.9 * i) / evaluations,
      valid: (0.9 * i) / evaluations,
      tokens: 0.5 + (0.45 * i) / evaluations,
      by_segment: range(segments).map((k) => ((0.9 * i) / evaluations) * ((k + 1) / segments)),
      segments: Math.max(1, segments - i * 0.7),
    })),
    watched: {
      given,
      solution,
      puzzle_id: 0,
      views: range(views).map((i) => ({
        step: views === 1 ? 3001 : step(i, views - 1),
        answers: range(segments).map((k) =>
          answer(BOARDS[on], solution, (i * (k + 1)) / segments / (views - 1 || 1), random),
        ),
        q_halt: range(segments).map((k) => i / 2 - 5 + k / 4),
        segments_used: Math.max(1, segments - i),
      })),
    },
    end: { step: 3001, why: "steps" },
    hash: "",
    ...rest,
  };
}

function point(step: number, share: number, random: () => number): TrainPoint {
  const seconds = step * 0.31;
  return {
    step,
    loss: 2.4 * (1 - share) + 0.2 * random() + 0.01,
    tokens: 0.2 + 0.7 * share,
    exact: 0.8 * share * random(),
    segments: 4 + 3 * random(),
    rate: 0.0015,
    norm: 1.5 * random(),
    examples: step * 32,
    seconds,
    examples_per_second: 32 / 0.31,
    flops_per_second: 2.5e10 / 0.31,
  };
}

const BARE: TrainPoint = {
  step: 5,
  loss: null,
  tokens: null,
  exact: null,
  segments: null,
  rate: null,
  norm: null,
  examples: null,
  seconds: null,
  examples_per_second: null,
  flops_per_second: null,
};

/** Runs of every kind, and with parts missing, each by a name. */
export function runs(): [string, RunRecording][] {
  const boards = (Object.keys(BOARDS) as BoardName[]).map((on): [string, RunRecording] => [
    `on ${on}`,
    run({ on, views: 6 }),
  ]);
  const changed = (name: string, asked: RunAsked): [string, RunRecording] => [name, run(asked)];
  return [
    ...boards,
    changed("that has measured nothing", {
      points: 0,
      evaluations: 0,
      views: 0,
      rest: { end: null },
    }),
    changed("that still trains", { rest: { end: null } }),
    changed("that watches nothing", { rest: { watched: null } }),
    changed("without a test", { rest: { test: null } }),
    changed("without an evaluation yet", { evaluations: 0, views: 0, rest: { end: null } }),
    changed("of one point", { points: 1, evaluations: 1, views: 1 }),
    changed("of long lists", { points: 2001, evaluations: 400, views: 200 }),
    changed("of many segments", { segments: 64, views: 3 }),
    changed("of one segment", {
      segments: 1,
      rest: { model: { ...MODEL, segments: 1, halting: "none", hierarchy: false, modules: 1 } },
    }),
    changed("with numbers that are none", {
      rest: {
        train: [BARE, { ...BARE, step: 9, loss: 0.5 }],
        end: { step: 9, why: "nan" },
        flops_a_step: null,
      },
    }),
    changed("that was interrupted", { rest: { end: { step: 3001, why: "interrupted" } } }),
    changed("whose time is up", {
      rest: { steps: null, minutes: 12.5, end: { step: 3001, why: "minutes" } },
    }),
    changed("with long names", {
      rest: {
        puzzle: "a-folder/with-a-long-name/puzzles.py:ThePuzzleWithTheLongestNameOfAll",
        device: "bfloat16 on an accelerator, because the person who asked for it has a long reason",
        data: range(9).map((i) => ({
          source: `a-file-with-a-rather-long-name-${i}-of-many-files.csv.gz`,
          rows: 123_456_789,
          fingerprint: "",
        })),
      },
    }),
  ];
}

export interface ThoughtAsked {
  readonly on?: BoardName;
  readonly segments?: number;
  readonly rest?: Partial<ThoughtRecording>;
}

export function thought({
  on = "sudoku",
  segments = 8,
  rest = {},
}: ThoughtAsked = {}): ThoughtRecording {
  const random = draws(segments);
  const { given, solution } = puzzleOn(BOARDS[on], random);
  const full = solution.map((token) => Math.max(0, token));
  const answers = range(segments).map((i) =>
    i === segments - 1
      ? full
      : answer(BOARDS[on], solution, (i + 1) / segments, random).map((token) => Math.max(0, token)),
  );
  return {
    format: "hrm-recording",
    version: 1,
    kind: "thought",
    title: `tiny thinks about ${on}`,
    made_by: { program: "python", hrmkit: "0.0.0", engine: "none" },
    puzzle: on,
    board: BOARDS[on],
    model: MODEL,
    trained_on: ["train.csv.gz"],
    step: 3000,
    given,
    solution,
    segments: answers.map((one, i) => ({
      answer: one,
      changed: i ? one.flatMap((token, k) => (token === answers[i - 1]?.[k] ? [] : [k])) : [],
      q_halt: i - segments / 2 + 0.25,
      red: i === segments - 1,
    })),
    segments_used: segments,
    valid: true,
    exact: true,
    hash: "",
    ...rest,
  };
}

export function thoughts(): [string, ThoughtRecording][] {
  const changed = (name: string, asked: ThoughtAsked): [string, ThoughtRecording] => [
    name,
    thought(asked),
  ];
  const dark = (one: ThoughtRecording): ThoughtRecording => ({
    ...one,
    model: { ...one.model, halting: "none" },
    segments: one.segments.map((segment) => ({ ...segment, q_halt: null, red: false })),
  });
  return [
    ...(Object.keys(BOARDS) as BoardName[]).map((on): [string, ThoughtRecording] => [
      `on ${on}`,
      thought({ on, segments: 4 }),
    ]),
    changed("of one segment", { segments: 1 }),
    changed("of many segments", { segments: 64 }),
    changed("without a solution", { rest: { solution: null, exact: null } }),
    changed("that nothing can judge", { rest: { solution: null, exact: null, valid: null } }),
    changed("that is wrong", { rest: { valid: false, exact: false } }),
    changed("that is right in its own way", { rest: { valid: true, exact: false } }),
    changed("that stops early", { rest: { segments_used: 2 } }),
    ["without lights", dark(thought())],
    ["of several views", tried(thought(), 5)],
    [
      "of many views, none valid",
      tried(thought({ segments: 3, rest: { valid: false, exact: false } }), 64),
    ],
    ["about a maze in several views", tried(thought({ on: "maze", segments: 3 }), 3)],
    changed("of a model that says nothing of itself", {
      rest: { trained_on: [], step: null, model: { ...MODEL, preset: null, hierarchy: false } },
    }),
  ];
}

/** The same after so many views, the last of which gave its answer if that is valid. */
export function tried(one: ThoughtRecording, many: number): ThoughtRecording {
  const { segments, valid } = one;
  const views = range(many).map((i) => {
    const last = i === many - 1;
    const segment = segments[last ? segments.length - 1 : 0];
    return {
      view: i + 1,
      answer: segment?.answer ?? [],
      valid: last && valid === true,
      segments: last ? one.segments_used : segments.length,
      halted: last,
      q_halt: segment?.q_halt ?? null,
    };
  });
  return { ...one, view: valid && many > 1 ? many : null, tried: views };
}

/** Times that cover a scene: its stops, and points in between. */
export function timesOf<R>(scene: Scene<R>, recording: R, view: View, many = 20): number[] {
  const duration = scene.duration(recording, view);
  return [...scene.stops(recording, view), ...range(many + 1).map((i) => (duration * i) / many)];
}
