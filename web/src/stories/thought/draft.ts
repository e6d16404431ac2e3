/** A puzzle as it is being written: a sudoku or a maze of one's own, in its own size. */
import { at } from "../../lib/list";
import * as mazes from "../../lib/rules/maze";
import * as sudokus from "../../lib/rules/sudoku";
import { mazeLines, readMaze } from "../../recording/puzzles/maze";
import { readSudoku } from "../../recording/puzzles/sudoku";
import type { ThoughtRecording } from "../../recording/thought.gen";
import { capital } from "../../scene/words";
import { count } from "../../scene/numbers";

export const KINDS = ["sudoku", "maze"] as const;
export type Kind = (typeof KINDS)[number];

export interface Draft {
  readonly kind: Kind;
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
export function empty(kind: Kind, side: number): Draft {
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
export function read(kind: Kind, text: string, largest?: number): Draft {
  // Of a novel, its beginning says as well that it is no puzzle.
  const some = text.slice(0, LONGEST);
  if (kind === "sudoku") {
    return { kind, height: SIDE, width: SIDE, grid: readSudoku(some, SIDE) };
  }
  return { kind, ...readMaze(some, largest) };
}

/** As a link has it, and as it is kept: a sudoku on one line, a maze in rows of 1 and dots. */
export function write({ kind, height, width, grid }: Draft): string {
  if (kind === "sudoku") {
    return grid.map((token) => (token === sudokus.BLANK ? "." : token - sudokus.BLANK)).join("");
  }
  return mazeLines({ height, width, grid }).join("/").replaceAll("#", "1");
}

/** What `write` wrote; null for anything else. */
export function readWritten(text: string): Draft | null {
  const kind = /^[1-9.]{81}$/.test(text) ? "sudoku" : /^[1.SGo/]{3,}$/.test(text) ? "maze" : null;
  try {
    return kind && read(kind, text);
  } catch {
    return null;
  }
}

/** As people read it, in lines. */
export function inLines(draft: Draft): string {
  if (draft.kind === "maze") return mazeLines(draft).join("\n");
  const line = write(draft);
  return Array.from({ length: SIDE }, (_, row) => line.slice(row * SIDE, (row + 1) * SIDE)).join(
    "\n",
  );
}

/** The puzzle of a thought; null where it is none that can be written here. */
export function draftOf({ puzzle, board, given }: ThoughtRecording): Draft | null {
  if (!isKind(puzzle) || board.kind !== puzzle) return null;
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
export function judge(draft: Draft): Judged {
  return draft.kind === "sudoku" ? judgeSudoku(draft) : judgeMaze(draft);
}

function judgeSudoku({ grid }: Draft): Judged {
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
  const { solutions, guesses, givenUp } = sudokus.solve(grid, SIDE);
  if (givenUp) {
    const words = `${said}. How many solutions it has is not known after ${guesses} guesses: give more digits.`;
    return { words, cells: [], ready: false };
  }
  if (solutions === 0) return { words: `${said}. It has no solution.`, cells: [], ready: false };
  if (solutions > 1) {
    const words = `${said}. It has ${SEVERAL} solutions: any of them counts.`;
    return { words, cells: [], ready: true };
  }
  const hard = guesses
    ? `a search needs ${count(guesses, "guess", "guesses")}`
    : "no guess is needed";
  return { words: `${said}, one solution; ${hard}.`, cells: [], ready: true };
}

/** Said of a maze that a model for newspapers' mazes has most likely never seen the like of. */
const UNLIKE =
  "It is unlike newspapers' mazes, which have a wall around them and ways one cell wide: a model " +
  "that learned those may well fail.";

function judgeMaze({ grid, height, width }: Draft): Judged {
  const flaw = mazes.flaw(grid, height, width);
  if (!flaw) {
    const way = mazes.wayThrough(grid, height, width) ?? [];
    const unlike = mazes.hasCorridorsOnly(grid, height, width) ? "" : ` ${UNLIKE}`;
    const words = `${height} × ${width}; the shortest way has ${count(way.length, "cell")}.${unlike}`;
    return { words, cells: [], ready: true };
  }
  const several = [mazes.START, mazes.GOAL].flatMap((token) => {
    const cells = mazes.cellsOf(grid, token);
    return cells.length > 1 ? cells : [];
  });
  return { words: `${capital(flaw)}.`, cells: several, ready: false };
}

/** The draft with another token in a cell; a maze has one start and one goal, which move. */
export function withToken(draft: Draft, cell: number, token: number): Draft {
  const grid = [...draft.grid];
  const only = draft.kind === "maze" && (token === mazes.START || token === mazes.GOAL);
  if (only) for (const other of mazes.cellsOf(grid, token)) grid[other] = mazes.FREE;
  grid[cell] = token;
  return { ...draft, grid };
}
