/** Thoughts about tasks of ARC, of made-up numbers: to test how a vote is drawn. */
import type { ThoughtRecording, Vote } from "../../src/recording/thought.gen";
import { at, range } from "../../src/lib/list";
import { shortest } from "../../src/recording/float32";
import { BOARDS, draws, thought } from "./puzzle-fixture";

export const POCKET = { ...BOARDS.arc, width: 10, height: 10, cells: 100 };

export interface VoteAsked {
  readonly side?: number;
  readonly views?: number;
  readonly examples?: number;
  /** Distinct answers. */
  readonly answers?: number;
  /** The place of the right one among them, from 0; null where none is. */
  readonly right?: number | null;
  readonly known?: boolean;
  readonly tests?: number;
}

/** A canvas with a grid of these colours, row by row, at its top left. */
export function canvasOf(side: number, rows: readonly (readonly number[])[]): number[] {
  const [high, wide] = [rows.length, rows[0]?.length ?? 0];
  return range(side * side).map((cell) => {
    const [row, column] = [Math.floor(cell / side), cell % side];
    if (row < high && column < wide) return 2 + at(at(rows, row), column);
    const ends = (row === high && column < wide) || (column === wide && row < high);
    return ends ? 1 : 0;
  });
}

export function voted({
  side = 10,
  views = 33,
  examples = 4,
  answers = 9,
  right = 1,
  known = true,
  tests = 1,
}: VoteAsked = {}): ThoughtRecording {
  const random = draws(views + examples + answers);
  const some = (): number[] => {
    const [rows, columns] = [0, 0].map(() => 1 + Math.floor(random() * side));
    const grid = range(rows ?? 1).map(() =>
      range(columns ?? 1).map(() => Math.floor(random() * 10)),
    );
    return canvasOf(side, grid);
  };
  const wanted = some();
  // An empty canvas is an answer as well: the last of many.
  const distinct = range(answers).map((i) =>
    i === right ? wanted : i > 5 && i === answers - 1 ? wanted.map(() => 0) : some(),
  );
  const seen = range(views).map((i): Vote["views"][number] => ({
    turn: i % 8,
    colours: range(10).map((one) => (one && i ? 1 + ((one + i) % 9) : one)) as never,
    // The first ones have the most.
    candidate: i < answers ? i : Math.floor(((i - answers) * Math.min(2, answers)) / views),
    chance: shortest(random()),
  }));
  const candidates = distinct.map((answer, i) => {
    const own = seen.filter(({ candidate }) => candidate === i);
    return { answer, count: own.length, chance: at(own, 0).chance };
  });
  const board = side === 10 ? POCKET : BOARDS.arc;
  const segments = range(4).map((i) => ({
    answer: i < 2 ? some() : at(distinct, 0),
    changed: i ? [1, 2] : [],
    q_halt: i - 2.5,
    red: false,
  }));
  return {
    ...thought({ segments: 4 }),
    title: "a model thinks about task 6ea4a07e",
    puzzle: "arc",
    board,
    given: some(),
    solution: known ? wanted.map((token) => token || -100) : null,
    segments,
    segments_used: 4,
    valid: known ? right === 0 : null,
    exact: known ? right === 0 : null,
    vote: {
      task: "6ea4a07e",
      test: 1,
      tests,
      examples: range(examples).map(() => ({ given: some(), answer: some() })),
      views: seen,
      candidates,
    },
  };
}

export function votes(): [string, ThoughtRecording][] {
  return [
    ["answered by vote", voted()],
    ["answered by vote, the first is right", voted({ right: 0, examples: 1, tests: 2 })],
    ["answered by vote, which leaves the right one behind", voted({ right: 4, examples: 2 })],
    ["answered by vote, on a large canvas", voted({ side: 30, views: 128, examples: 12 })],
    ["answered by vote, nobody right", voted({ right: null, answers: 33, examples: 6 })],
    ["answered by vote, all agree", voted({ right: null, answers: 1, examples: 3 })],
    ["of one view that nothing can judge", voted({ views: 1, answers: 1, known: false })],
  ];
}
