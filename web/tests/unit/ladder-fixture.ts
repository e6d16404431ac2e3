/** A small ladder of made-up numbers: to test how recordings are read, never to be shown. */
import type {
  LadderRecording,
  LadderSegment,
  PuzzleThought,
  Rung,
  RungSeed,
  Wires,
} from "../../src/recording/ladder.gen";
import { sealed } from "../../src/recording/write";
import { range } from "../../src/lib/list";

const SOLUTION = [1, 2, 3, 4, 3, 4, 1, 2, 2, 1, 4, 3, 4, 3, 2, 1];
const GIVEN = SOLUTION.map((token, i) => (i % 2 ? token : 0));
const SMALL = [0, 1, 2, 1, 0, 1, 2, 1, 0];

export const WIRES: Wires = {
  loop: true,
  recall: true,
  hierarchy: true,
  modules: 2,
  cycles: 2,
  low_calls: 2,
  gradient: "one-step",
  segments: 8,
  halting: "q-learning",
  puzzle_embedding: false,
};

const WIRINGS: readonly Partial<Wires>[] = [
  {
    loop: false,
    recall: false,
    hierarchy: false,
    modules: 1,
    cycles: 1,
    low_calls: 1,
    gradient: "full",
    segments: 1,
    halting: "none",
  },
  { recall: false, hierarchy: false, modules: 1, gradient: "full", segments: 1, halting: "none" },
  { hierarchy: false, modules: 1, gradient: "full", segments: 1, halting: "none" },
  { gradient: "full", segments: 1, halting: "none" },
  { segments: 1, halting: "none" },
  { halting: "none" },
  {},
  {},
  { modules: 1, gradient: "last-cycle", halting: "single-pass" },
  { puzzle_embedding: true },
];

export function rung(step: number | null, wires: Wires, name = `step-${step}`): Rung {
  const level = (step ?? 5) / 10;
  return {
    name,
    step,
    title: step === null ? "Of the bench" : `Step ${step}`,
    wires,
    augmented: step === 7,
    parameters: 1000,
    gradient_steps: 100,
    units_a_step: 12,
    seeds: range(3).map((seed) => seedOf(seed, level, wires)),
    shown: 1,
    thoughts: [0, 1].flatMap((puzzle) => [1, 4].map((loops) => thought(puzzle, loops, wires))),
  };
}

function seedOf(seed: number, level: number, wires: Wires): RungSeed {
  const exact = level + seed / 100;
  return {
    seed,
    token: 0.5,
    exact,
    train_exact: 0.75,
    exact_looped: [exact, exact, exact],
    by_segment: range(wires.segments).map(() => exact),
    segments_used: 1.5,
    segments_by_blanks: [
      [6, 1],
      [8, 2],
    ],
    exact_halted: exact,
    vote_one: exact,
    vote_two: exact,
    losses: [
      [0, 1.5],
      [50, 0.75],
      [100, 0.25],
    ],
  };
}

function thought(puzzle: number, loops: number, wires: Wires): PuzzleThought {
  const segments = range(wires.segments).map((i) => segment(loops, wires, i));
  return { puzzle, loops, segments, segments_used: Math.min(2, segments.length) };
}

function segment(loops: number, wires: Wires, index: number): LadderSegment {
  const cycle = [
    ...range(wires.low_calls).map(() => "L" as const),
    ...(wires.hierarchy ? (["H"] as const) : []),
  ];
  const calls = range(wires.cycles * loops).flatMap(() => cycle);
  const light = wires.halting === "none" ? null : index - 1.5;
  return {
    calls: calls.map((module, i) => ({
      module,
      gradient: i >= calls.length - 2,
      change: SOLUTION.map((_, cell) => (cell + i) / 64),
      answer: SOLUTION,
    })),
    answer: SOLUTION,
    q_halt: light,
    q_continue: wires.halting === "q-learning" ? 0.5 : null,
  };
}

/** The recording, with its hash. */
export async function ladderFixture(): Promise<LadderRecording> {
  return sealed<LadderRecording>({
    format: "hrm-recording",
    version: 1,
    kind: "ladder",
    title: "A made-up ladder",
    made_by: { program: "python", hrmkit: "0.0.0", engine: "none" },
    settings: {
      steps: range(10),
      seeds: range(3),
      units: 1200,
      batch: 8,
      train_puzzles: 100,
      test_puzzles: 50,
      views: 4,
    },
    width: 4,
    box: 2,
    puzzles: [
      { given: GIVEN, solution: SOLUTION, blanks: 8 },
      { given: SOLUTION.map(() => 0), solution: SOLUTION, blanks: 16 },
    ],
    rungs: WIRINGS.map((wires, step) => rung(step, { ...WIRES, ...wires })),
    bench: [rung(null, { ...WIRES, cycles: 3 }, "bench-n3")],
    vote: {
      puzzle: 0,
      ballots: range(4).map((i) => ({
        transform: `turned ${90 * i} degrees`,
        given: GIVEN,
        answer: SOLUTION,
        undone: SOLUTION,
        q_halt: 0.5,
      })),
      candidates: [{ answer: SOLUTION, count: 4, mean_q: 0.5, right: true }],
    },
    memory: { one_step: 1024, full: 4096, cycles: 2, low_calls: 2 },
    mini_arc: {
      width: 3,
      colours: 4,
      tasks: [
        { name: "mirror", rule: "Mirror it.", demonstrations: [[SMALL, SMALL]] },
        { name: "shift", rule: "Shift it.", demonstrations: [[SMALL, SMALL]] },
      ],
      variants: [
        {
          name: "with name tag",
          puzzle_embedding: true,
          augmented: true,
          gradient_steps: 100,
          seeds: [{ seed: 0, exact: 0.5, vote_one: 0.5, vote_two: 1, by_task: [1, 0] }],
          shown: 0,
        },
      ],
      shown: [
        {
          task: 1,
          given: SMALL,
          solution: SMALL,
          answers: [{ variant: "with name tag", answer: SMALL }],
        },
      ],
    },
  });
}
