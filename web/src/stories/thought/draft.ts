/**
 * The puzzle on the table: a sudoku or a maze as it is being written, in its own size, or a task of
 * ARC, which is chosen and not written.
 */
import { at } from "../../lib/list";
import * as mazes from "../../lib/rules/maze";
import * as sudokus from "../../lib/rules/sudoku";
import { mazeLines, readMaze } from "../../recording/puzzles/maze";
import { Several } from "../../recording/puzzles/lines";
import { readSudoku } from "../../recording/puzzles/sudoku";
import type { ThoughtRecording } from "../../recording/thought.gen";
import { capital } from "../../scene/words";
import { count } from "../../scene/numbers";

const GRIDS = ["sudoku", "maze"] as const;
export const TASK = "arc";
export const KINDS = [...GRIDS, TASK] as const;
/** Those that are one grid, which can be written. */
export type GridKind = (typeof GRIDS)[number];
export type Kind = (typeof KINDS)[number];

export type Draft = GridDraft | TaskDraft;

/** A test of a task. */
export interface TaskDraft {
  readonly kind: typeof TASK;
  /** Its id. */
  readonly task: string;
  /** From 1. */
  readonly test: number;
}

export interface GridDraft {
  readonly kind: GridKind;
  readonly height: number;
  readonly width: number;
  /** The models' tokens, row by row. */
  readonly grid: readonly number[];
}

/** Cells of a row of the sudokus that can be written here. */
export const SIDE = 9;
/** A text longer than this is no puzzle, and is not looked through. */
const LONGEST = 20_000;

export function isKind(text: string): text is Kind {
  return KINDS.some((kind) => kind === text);
}

/** Nothing written yet. */
export function empty(kind: GridKind, side: number): GridDraft {
  if (kind === "sudoku") {
    return {
      kind,
      height: SIDE,
      width: SIDE,
      grid: Array<number>(SIDE * SIDE).fill(sudokus.BLANK),
    };
  }
  const grid = Array<number>(side * side).fill(mazes.FREE);
  grid[0] = mazes.START;
  grid[side * side - 1] = mazes.GOAL;
  return { kind, height: side, width: side, grid };
}

/** What a text says that was typed or pasted; throws a Problem with a sentence for none. */
export function read(kind: GridKind, text: string, largest?: number): GridDraft {
  // Of a novel, its beginning says as well that it is no puzzle.
  const some = text.slice(0, LONGEST);
  if (kind === "sudoku") {
    return { kind, height: SIDE, width: SIDE, grid: readSudoku(some, SIDE) };
  }
  return { kind, ...readMaze(some, largest) };
}

/**
 * The puzzle that a text says, of whatever kind: one that can be asked about, else one that was
 * nearly written. Null for a text that is none; several are a Problem that says so.
 */
export function puzzleIn(text: string): GridDraft | null {
  let several: unknown = null;
  const drafts = GRIDS.flatMap((kind) => {
    try {
      return [read(kind, text)];
    } catch (error) {
      if (error instanceof Several) several ??= error;
      return [];
    }
  });
  const ready = drafts.find((draft) => judge(draft).ready);
  if (!ready && several) throw several;
  return ready ?? drafts.find(isBegun) ?? null;
}

/** Whether something is written: a clue, or both ends of a maze. */
function isBegun({ kind, grid }: GridDraft): boolean {
  return kind === "sudoku"
    ? grid.some((token) => token !== sudokus.BLANK)
    : grid.includes(mazes.START) && grid.includes(mazes.GOAL);
}

/**
 * As a link has it, and as it is kept: a sudoku on one line, a maze in rows of 1 and dots, a task by
 * its id, with the number of the test unless it is the first.
 */
export function write(draft: Draft): string {
  if (draft.kind === TASK) {
    return `${TASK}:${draft.task}${draft.test > 1 ? `:${draft.test}` : ""}`;
  }
  const { kind, height, width, grid } = draft;
  if (kind === "sudoku") {
    return grid.map((token) => (token === sudokus.BLANK ? "." : token - sudokus.BLANK)).join("");
  }
  return mazeLines({ height, width, grid }).join("/").replaceAll("#", "1");
}

/** A task in a link: most ids are eight hexadecimal digits, those of a person's own any words. */
export const WRITTEN_TASK = /^arc:([\w.-]{1,60})(?::([1-9]\d?))?$/;

/** What `write` wrote; null for anything else. */
export function readWritten(text: string): Draft | null {
  const [, task, test] = WRITTEN_TASK.exec(text) ?? [];
  if (task) return { kind: TASK, task, test: Number(test ?? 1) };
  const kind = /^[1-9.]{81}$/.test(text) ? "sudoku" : /^[1.SGo/]{3,}$/.test(text) ? "maze" : null;
  try {
    return kind && read(kind, text);
  } catch {
    return null;
  }
}

/** As people read it, in lines. */
export function inLines(draft: GridDraft): string {
  if (draft.kind === "maze") return mazeLines(draft).join("\n");
  const line = write(draft);
  return Array.from({ length: SIDE }, (_, row) => line.slice(row * SIDE, (row + 1) * SIDE)).join(
    "\n",
  );
}

/** The puzzle of a thought; null where it is none that can be written here. */
export function draftOf({ puzzle, board, given, vote }: ThoughtRecording): Draft | null {
  if (!isKind(puzzle) || board.kind !== puzzle) return null;
  if (puzzle === TASK) return vote ? { kind: puzzle, task: vote.task, test: vote.test } : null;
  if (puzzle === "sudoku") {
    const fits = board.box * board.box === SIDE && board.blank === sudokus.BLANK;
    return fits ? { kind: puzzle, height: SIDE, width: SIDE, grid: given } : null;
  }
  const { height, width } = sizeIn(given, board);
  const grid = Array.from({ length: height * width }, (_, i) =>
    at(given, Math.floor(i / width) * board.width + (i % width)),
  );
  return { kind: puzzle, height, width, grid };
}

/** Rows and columns of a maze that stands at the top left of a canvas; else those of the canvas. */
export function sizeIn(
  given: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
): { readonly height: number; readonly width: number } {
  const isCell = (row: number, column: number): boolean =>
    (given[row * width + column] ?? mazes.PAD) !== mazes.PAD;
  let [rows, columns] = [0, 0];
  while (rows < height && isCell(rows, 0)) rows++;
  while (columns < width && isCell(0, columns)) columns++;
  // With padding in its corner it is no such maze.
  return rows && columns ? { height: rows, width: columns } : { height, width };
}

/** What is to be said of a draft at once. */
export interface Judged {
  /** A sentence or two. */
  readonly words: string;
  /** Cells that are wrong already. */
  readonly cells: readonly number[];
  /** Whether a model can be asked. */
  readonly ready: boolean;
}

const SEVERAL = "several";

/** Clashes, no solution, several; no start or no way: said at once. */
export function judge(draft: GridDraft): Judged {
  return draft.kind === "sudoku" ? judgeSudoku(draft) : judgeMaze(draft);
}

function judgeSudoku({ grid }: GridDraft): Judged {
  const clues = grid.filter((token) => token !== sudokus.BLANK).length;
  if (clues === 0) {
    return {
      words: "Type a puzzle, paste one, or take one from the pile.",
      cells: [],
      ready: false,
    };
  }
  const clashes = sudokus.clashes(grid, SIDE);
  const [first] = clashes;
  if (first) {
    return {
      words: `${sudokus.clashWords(first, SIDE)}.`,
      cells: [...new Set(clashes.flatMap(({ cells }) => cells))],
      ready: false,
    };
  }
  const said = count(clues, "clue");
  const { solutions, guesses, givenUp } = sudokus.solve(grid, SIDE, sudokus.QUICK_NODES);
  if (givenUp) {
    const open = solutions
      ? "It has a solution; whether it has others"
      : "Whether it has a solution";
    // The model may be asked: what it answers is checked, and before that a longer search is made.
    const words = `${said}. ${open} is not known after ${count(guesses, "guess", "guesses")}.`;
    return { words, cells: [], ready: true };
  }
  if (solutions === 0) return { words: `${said}. It has no solution.`, cells: [], ready: false };
  if (solutions > 1) {
    const few = clues < sudokus.FEWEST_CLUES;
    const why = few
      ? `, as every sudoku with fewer than ${sudokus.FEWEST_CLUES} clues that has any`
      : "";
    const words = `${said}. It has ${SEVERAL} solutions${why}: any of them counts.`;
    return { words, cells: [], ready: true };
  }
  const hard = guesses
    ? `a search needs ${count(guesses, "guess", "guesses")}`
    : "no guess is needed";
  return { words: `${said}, one solution; ${hard}.`, cells: [], ready: true };
}

function judgeMaze({ grid, height, width }: GridDraft): Judged {
  const flaw = mazes.flaw(grid, height, width);
  if (!flaw) {
    const way = mazes.wayThrough(grid, height, width) ?? [];
    const words = `${height} × ${width}; the shortest way has ${count(way.length, "cell")}.`;
    return { words, cells: [], ready: true };
  }
  const several = [mazes.START, mazes.GOAL].flatMap((token) => {
    const cells = mazes.cellsOf(grid, token);
    return cells.length > 1 ? cells : [];
  });
  return { words: `${capital(flaw)}.`, cells: several, ready: false };
}

/** The draft with another token in a cell; a maze has one start and one goal, which move. */
export function withToken(draft: GridDraft, cell: number, token: number): GridDraft {
  const grid = [...draft.grid];
  const only = draft.kind === "maze" && (token === mazes.START || token === mazes.GOAL);
  if (only) for (const other of mazes.cellsOf(grid, token)) grid[other] = mazes.FREE;
  grid[cell] = token;
  return { ...draft, grid };
}

/** What is said of a task before it is thought about; `among` are those on the table. */
export function judgeTask({ task, test }: TaskDraft, among: readonly TaskShown[]): Judged {
  const found = among.find(({ id }) => id === task);
  if (!found) {
    const words = `There is no task “${task}” on this table: choose one of the ${among.length}.`;
    return { words, cells: [], ready: false };
  }
  const tests = found.tests.length;
  if (test > tests) {
    const words = `Task ${task} has ${count(tests, "test")}: there is no test ${test}.`;
    return { words, cells: [], ready: false };
  }
  const which = tests > 1 ? `test ${test} of ${tests}` : "one test";
  return {
    words: `${count(found.examples.length, "example")}, ${which}, ${count(found.views.length, "view")}.`,
    cells: [],
    ready: true,
  };
}

/** What of a task on the table is looked at here. */
export interface TaskShown {
  readonly id: string;
  readonly examples: readonly unknown[];
  readonly tests: readonly unknown[];
  readonly views: readonly unknown[];
}

/** A test in the list of those that can be chosen. */
export interface Offered {
  readonly task: string;
  /** From 1. */
  readonly test: number;
  readonly solved: boolean;
  /** What it is called in the list. */
  readonly label: string;
}

/** Every test of `tasks` in their order; `solved` are those that the model was measured to solve. */
export function testsOffered(
  tasks: readonly TaskShown[],
  solved: readonly string[],
): readonly Offered[] {
  return tasks.flatMap(({ id, tests }) =>
    tests.map((_, i): Offered => {
      const known = solved.includes(`${id}:${i + 1}`);
      const which = tests.length > 1 ? `, test ${i + 1}` : "";
      const label = `${id}${which}${known ? ", solved by this model" : ""}`;
      return { task: id, test: i + 1, solved: known, label };
    }),
  );
}

/**
 * The test that a newcomer meets: one that the model solves, if it is known, and rather a task's
 * first; else the first of all.
 */
export function firstTest(
  tasks: readonly TaskShown[],
  solved: readonly string[],
): TaskDraft | null {
  const offered = testsOffered(tasks, solved);
  const solvable = offered.filter((one) => one.solved);
  const one = solvable.find(({ test }) => test === 1) ?? solvable[0] ?? offered[0];
  return one ? { kind: TASK, task: one.task, test: one.test } : null;
}

/** A task of ARC as its files have it, or the beginning of one. */
const TASK_FILE = /^\s*\{[^]*"(?:train|test|input)"/;
/** As the published tasks are called. */
const ID = /^\s*[0-9a-f]{8}\s*$/i;
/** Rows of a grid as JSON. */
const JSON_GRID = /^\s*\[\s*\[/;

/** What is said of a text that was pasted where a task is to be chosen, of `many` there are. */
export function refuseTask(text: string, many: number, side: number): string {
  const takes = `the page takes the id of one of the ${count(many, "task")} in its list`;
  const own = "for one of your own there is hrmkit solve arc";
  if (TASK_FILE.test(text)) return `A task's file cannot be pasted here: ${takes}; ${own}.`;
  // An id may have no letter, and is no row of a grid.
  const columns = ID.test(text) ? 0 : widthOf(text);
  if (columns > side) {
    return `A grid with ${columns} columns is larger than those of these tasks, ${side} at most, and a grid alone is no task: ${takes}.`;
  }
  if (columns > 1) return `A grid alone is no task: ${takes}; ${own}.`;
  return `“${text.trim().slice(0, 40)}” is no task of this table: ${takes}.`;
}

/** Columns of a grid, as JSON or as lines of digits; 0 for what is none. */
function widthOf(text: string): number {
  if (JSON_GRID.test(text)) {
    const [row = ""] = /\[[^[\]]*\]/.exec(text) ?? [];
    return row.split(",").length;
  }
  const [line = ""] = text.trim().split("\n");
  return /^[\d. ]+$/.test(line) ? line.replaceAll(" ", "").length : 0;
}
