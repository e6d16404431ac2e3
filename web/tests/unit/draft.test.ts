/** A puzzle that is being written: what is said of it at once, and how it is kept. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { FREE, GOAL, START, WALL } from "../../src/lib/rules/maze";
import { BLANK, QUICK_NODES, solve } from "../../src/lib/rules/sudoku";
import { wayThrough } from "../../src/lib/rules/maze";
import {
  draftOf,
  empty,
  firstTest,
  inLines,
  judge,
  puzzleIn,
  judgeTask,
  read,
  readWritten,
  refuseTask,
  TASK,
  testsOffered,
  withToken,
  write,
  type GridDraft,
} from "../../src/stories/thought/draft";
import { Kept, type Shelf } from "../../src/stories/thought/state/kept";
import { another, anyOf, LEVELS, levelOf } from "../../src/stories/thought/state/pile";
import {
  beside,
  fields,
  readQuestion,
  writeQuestion,
  type Question,
} from "../../src/stories/thought/view";
import { clues } from "../../src/stories/thought/facts";
import { thought } from "./puzzle-fixture";
import { voted } from "./vote-fixture";

const SUDOKU = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";
const sudoku = read("sudoku", SUDOKU);
const maze = read("maze", "#####\n#S..#\n###.#\n#G..#\n#####");

describe("what is said at once", () => {
  test("of a proper sudoku", () => {
    expect(judge(sudoku)).toEqual({
      words: "30 clues, one solution; no guess is needed.",
      cells: [],
      ready: true,
    });
  });

  test("of two equal digits that meet, with both cells", () => {
    const { words, cells, ready } = judge(withToken(sudoku, 2, BLANK + 5));
    expect(words).toBe("5 is twice in row 1: row 1 column 1 and row 1 column 3.");
    expect(cells).toEqual([0, 2]);
    expect(ready).toBe(false);
  });

  test("of a sudoku without a solution, and of one with several", () => {
    const none = read("sudoku", `12345678.${".".repeat(8)}9${".".repeat(63)}`);
    expect(judge(none)).toMatchObject({ ready: false, cells: [] });
    expect(judge(none).words).toContain("no solution");
    const several = read("sudoku", `1${".".repeat(80)}`);
    expect(judge(several).words).toContain("several solutions");
    expect(judge(several).ready).toBe(true);
  });

  test("of a nearly empty sudoku, that it has several solutions as all such have", () => {
    const two = withToken(withToken(empty("sudoku", 9), 0, BLANK + 5), 40, BLANK + 7);
    expect(judge(two).words).toBe(
      "2 clues. It has several solutions, as every sudoku with fewer than 17 clues that has any: any of them counts.",
    );
  });

  test("of a sudoku that needs a long search, only what is certain after a short one", () => {
    // It has none (Norvig's, which is called impossible), and the longer search does not see it.
    const long = read(
      "sudoku",
      ".....5.8....6.1.43..........1.5........1.6...3.......553.....61........4.........",
    );
    expect(solve(long.grid, 9)).toMatchObject({ givenUp: true });
    const { guesses } = solve(long.grid, 9, QUICK_NODES);
    expect(guesses).toBeLessThan(QUICK_NODES);
    expect(judge(long)).toEqual({
      words: `17 clues. Whether it has a solution is not known after ${guesses} guesses.`,
      cells: [],
      ready: true,
    });
    // One that it does find, before it is at its end.
    const hard = LEVELS.flatMap(({ kind, puzzles }) => (kind === "sudoku" ? puzzles : []));
    for (const { draft } of hard) expect(judge(draft).words).toContain("one solution");
  });

  test("of nothing", () => {
    expect(judge(empty("sudoku", 9)).ready).toBe(false);
  });

  test("of a maze: its way, no way, two starts, no goal", () => {
    expect(judge(maze)).toMatchObject({ ready: true });
    expect(judge(maze).words).toContain("7 cells");
    const walled = judge(withToken(maze, 13, WALL));
    expect(walled.words).toBe("No way leads from S to G.");
    expect(walled.ready).toBe(false);
    const two = judge(read("maze", "S S\n  G"));
    expect(two.words).toContain("2 S");
    expect(two.cells).toEqual([0, 2]);
    expect(judge(read("maze", "S  \n   ")).words).toContain("no G");
  });
});

test("a start that is put elsewhere moves there", () => {
  const moved = withToken(maze, 7, START);
  expect(moved.grid[7]).toBe(START);
  expect(moved.grid[6]).toBe(FREE);
  expect(moved.grid.filter((token) => token === GOAL)).toHaveLength(1);
});

test("a maze is judged by its shortest way, whatever its kind", () => {
  const corridor = "1111/1S.1/11.1/11G1/1111";
  const said = (text: string) => judge(readWritten(text) as GridDraft).words;
  expect(said(corridor)).toBe("5 × 4; the shortest way has 4 cells.");
  expect(said(corridor.replace("/11.1", "/1..1"))).toBe("5 × 4; the shortest way has 4 cells.");
  expect(judge(empty("maze", 7)).ready).toBe(true);
});

describe("a link", () => {
  test("carries a puzzle, and says the same when it is read", () => {
    for (const draft of [sudoku, maze, empty("maze", 15)]) {
      expect(readWritten(write(draft))).toEqual(draft);
      expect(fields.puzzle.read(write(draft))).toBe(write(draft));
      expect(encodeURI(write(draft))).toBe(write(draft));
    }
    expect(write(sudoku)).toBe(SUDOKU);
  });

  test("that carries none is refused, whatever it says", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const taken = fields.puzzle.read(text);
        if (typeof taken === "string") expect(/^[1-9.SGo/]+$/.test(taken)).toBe(true);
        expect(() => readWritten(text)).not.toThrow();
      }),
    );
    expect(fields.puzzle.read(SUDOKU.slice(1))).toBeUndefined();
  });

  test("carries a question to stand beside", () => {
    const plain: Question = {
      puzzle: write(maze),
      thinker: null,
      segments: null,
      halt: null,
      views: null,
    };
    const all: Question = { ...plain, thinker: "maze-15", segments: 4, halt: 0.7, views: 3 };
    for (const question of [plain, all]) {
      expect(readQuestion(writeQuestion(question))).toEqual(question);
      expect(beside.read(writeQuestion(question))).toBe(writeQuestion(question));
    }
    for (const text of ["before", "asked:", `asked:${SUDOKU}~~900~~`, `asked:${SUDOKU}~~~~~1`]) {
      expect(readQuestion(text)).toBeNull();
    }
  });
});

test("the puzzle of a recording is written as it was given; of ARC there is none", () => {
  const recording = thought({ on: "sudoku" });
  expect(draftOf(recording)).toMatchObject({ grid: recording.given });
  expect(draftOf(thought({ on: "arc" }))).toBeNull();
  expect(draftOf(thought({ on: "small" }))).toBeNull();
});

test("a maze that is smaller than its canvas is written in its own size", () => {
  const recording = thought({ on: "maze" });
  const given = recording.given.map((_, i) => {
    const [row, column] = [Math.floor(i / 30), i % 30];
    return row < 5 && column < 5 ? (maze.grid[row * 5 + column] ?? 0) : 0;
  });
  expect(draftOf({ ...recording, given })).toEqual(maze);
});

test("what is copied is read again", () => {
  for (const draft of [sudoku, maze]) expect(read(draft.kind, inLines(draft))).toEqual(draft);
});

describe("what is kept in the browser", () => {
  const shelf = (): Shelf & { text: string | null } => ({
    text: null,
    getItem() {
      return this.text;
    },
    setItem(_, text) {
      this.text = text;
    },
  });

  test("is what stood there last, and the last of one's own of each kind", () => {
    const on = shelf();
    const kept = new Kept(on);
    kept.keep(sudoku, null, true);
    kept.keep(maze, null, false);
    const later = new Kept(on);
    expect(later.last(null)).toEqual(maze);
    expect(later.own("sudoku")).toEqual(sudoku);
    expect(later.own("maze")).toBeNull();
  });

  test("comes back beside the thought that it was written beside, not beside another's", () => {
    const on = shelf();
    const [mine, friends] = [write(maze), write(sudoku)];
    new Kept(on).keep(sudoku, mine, true);
    expect(new Kept(on).last(mine)).toEqual(sudoku);
    expect(new Kept(on).last(friends)).toBeNull();
    expect(new Kept(on).last(null)).toEqual(sudoku);
    new Kept(on).keep(maze, null, true);
    expect(new Kept(on).last(mine)).toBeNull();
  });

  test("does no harm where it is nonsense, or nothing is kept", () => {
    for (const text of ["", "{", "7", '{"last":7,"own":[1]}', '{"last":"x","own":{"maze":"y"}}']) {
      const on = shelf();
      on.text = text;
      expect(new Kept(on).last(null)).toBeNull();
      expect(new Kept(on).own("maze")).toBeNull();
    }
    const full: Shelf = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    expect(() => new Kept(full).keep(sudoku, null, true)).not.toThrow();
    expect(() => new Kept(null).keep(sudoku, null, true)).not.toThrow();
  });
});

describe("the pile", () => {
  const all = LEVELS.flatMap(({ title, puzzles }) =>
    puzzles.map(({ draft, rating }): [string, GridDraft, number] => [title, draft, rating]),
  );

  test("has puzzles of each kind from easy to hard, each a proper one rated as Python rates it", () => {
    expect(all.length).toBeGreaterThan(30);
    expect(new Set(all.map(([, draft]) => write(draft))).size).toBe(all.length);
    for (const [title, draft, rating] of all) {
      expect(judge(draft).ready, title).toBe(true);
      if (draft.kind === "sudoku") {
        expect(solve(draft.grid, 9)).toMatchObject({ solutions: 1, guesses: rating });
      } else {
        expect(wayThrough(draft.grid, draft.height, draft.width)).toHaveLength(rating);
      }
    }
  });

  test("gives another puzzle that is as proper, and as a rule looks like none of it", () => {
    for (const level of LEVELS) {
      const one = another(level, sudoku);
      expect(judge(one).ready).toBe(true);
      // The same again from the same; from what came, one more.
      expect(another(level, sudoku)).toEqual(one);
      expect(write(another(level, one))).not.toBe(write(one));
      if (level.kind === "maze") continue;
      expect(level.puzzles.map(({ draft }) => write(draft))).not.toContain(write(one));
    }
  });
});

describe("a task", () => {
  const among = [
    { id: "6ea4a07e", examples: [1, 2], tests: [1, 2], views: [1, 2, 3] },
    { id: "c7d4e6ad", examples: [1], tests: [1], views: [1] },
  ];

  test("is written by its id, with its test unless that is the first, and a link reads it", () => {
    for (const [task, test, text] of [
      ["6ea4a07e", 1, "arc:6ea4a07e"],
      ["6ea4a07e", 2, "arc:6ea4a07e:2"],
      ["my-own_task.2", 12, "arc:my-own_task.2:12"],
    ] as const) {
      expect(write({ kind: TASK, task, test })).toBe(text);
      expect(readWritten(text)).toEqual({ kind: TASK, task, test });
      expect(fields.puzzle.read(text)).toBe(text);
    }
    for (const text of ["arc:", "arc:a b", "arc:x:0", "arc:x:100", "arc:x:1:2", "arc", "ARC:x"]) {
      expect(readWritten(text)).toBeNull();
      expect(fields.puzzle.read(text)).toBeUndefined();
    }
  });

  test("is on the table or not, which is said", () => {
    const said = (task: string, number: number) =>
      judgeTask({ kind: TASK, task, test: number }, among);
    expect(said("6ea4a07e", 2)).toEqual({
      words: "2 examples, test 2 of 2, 3 views.",
      cells: [],
      ready: true,
    });
    expect(said("c7d4e6ad", 1).words).toBe("1 example, one test, 1 view.");
    expect(said("c7d4e6ad", 2).words).toBe("Task c7d4e6ad has 1 test: there is no test 2.");
    expect(said("none", 1).words).toBe(
      "There is no task “none” on this table: choose one of the 2.",
    );
    expect(said("none", 1).ready).toBe(false);
  });

  test("of a recording is known from its vote", () => {
    expect(draftOf(voted({ tests: 2 }))).toEqual({ kind: TASK, task: "6ea4a07e", test: 1 });
    expect(clues(voted({ tests: 2 }))).toBe("Task 6ea4a07e, test 1");
    expect(clues(voted())).toBe("Task 6ea4a07e");
  });

  test.each([
    ['{"train": [{"input": [[1]]}]}', /^A task's file cannot be pasted here/],
    [JSON.stringify([Array<number>(31).fill(0)]), /^A grid with 31 columns is larger/],
    ["1".repeat(31), /^A grid with 31 columns is larger/],
    ["123\n456", /^A grid alone is no task/],
    [" 00000000\n", /^“00000000” is no task of this table/],
    ["hello", /^“hello” is no task of this table: the page takes the id of one of the 77 tasks/],
    ["It was the best of times. ".repeat(900), /^“It was the best of times/],
  ])("cannot be pasted as %j", (text, says) => {
    const words = refuseTask(text, 77, 10);
    expect(words).toMatch(says);
    expect(words.length).toBeLessThan(200);
  });
});

describe("the tests of tasks that can be chosen", () => {
  const many = (id: string, tests: number) => ({
    id,
    examples: [],
    views: [],
    tests: Array(tests).fill(null),
  });
  const tasks = [many("aaaaaaaa", 1), many("bbbbbbbb", 2), many("cccccccc", 1)];

  test("are marked where the model was measured to solve them", () => {
    const labels = testsOffered(tasks, ["bbbbbbbb:2", "cccccccc:1"]).map(({ label }) => label);
    expect(labels).toEqual([
      "aaaaaaaa",
      "bbbbbbbb, test 1",
      "bbbbbbbb, test 2, solved by this model",
      "cccccccc, solved by this model",
    ]);
    for (const none of [[], ["dddddddd:1", "aaaaaaaa"]]) {
      expect(testsOffered(tasks, none).some(({ solved }) => solved)).toBe(false);
    }
  });

  test("begin with one that it solves", () => {
    const first = (...solved: string[]) => firstTest(tasks, solved);
    expect(first()).toEqual({ kind: TASK, task: "aaaaaaaa", test: 1 });
    expect(first("bbbbbbbb:2")).toEqual({ kind: TASK, task: "bbbbbbbb", test: 2 });
    expect(first("bbbbbbbb:2", "cccccccc:1")).toEqual({ kind: TASK, task: "cccccccc", test: 1 });
    expect(firstTest([], [])).toBeNull();
  });
});

test("a puzzle of the pile is known by its level; one of another shape, or typed, is not", () => {
  for (const level of LEVELS) {
    for (const { draft } of level.puzzles) {
      expect(levelOf(draft)).toBe(level);
      const other = draft.grid[0] === BLANK + 1 ? BLANK + 2 : BLANK + 1;
      const changed = withToken(draft, 0, draft.kind === "sudoku" ? other : START);
      expect(levelOf(changed)).toBeNull();
    }
    // One maze of eight is turned to itself.
    if (level.kind === "sudoku") expect(levelOf(another(level, sudoku))).toBeNull();
  }
  expect(levelOf({ kind: TASK, task: "aaaaaaaa", test: 1 })).toBeNull();
  const some = LEVELS.slice(0, 3);
  const taken = LEVELS.flatMap(({ puzzles }) => puzzles.map(({ draft }) => anyOf(some, draft)));
  expect(new Set(taken)).toEqual(new Set(some));
  expect(anyOf([], sudoku)).toBeUndefined();
});

describe("a text that was dropped", () => {
  const SUDOKU =
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";

  test("is a puzzle of whatever kind it says", () => {
    expect(puzzleIn(SUDOKU)?.kind).toBe("sudoku");
    expect(puzzleIn("#####\n#S.G#\n#####")?.kind).toBe("maze");
    for (const text of ["", "Dear reader", "{}", '{"format": "hrmkit"}', "....", "#####"]) {
      expect(puzzleIn(text), text).toBeNull();
    }
  });

  test("that is nearly right is taken, to be mended on the table; several are refused", () => {
    const clash = puzzleIn(`55${SUDOKU.slice(2)}`);
    expect(clash && judge(clash).ready).toBe(false);
    expect(() => puzzleIn(`${SUDOKU}\n${SUDOKU}`)).toThrow(/too many at once/);
  });
});
