/**
 * Mazes as people write them, read as `hrmkit.puzzles.maze` reads them, with the same sentences for
 * what is none: a square maze on one line, or any maze in lines, which may be joined by /.
 */
import { Problem } from "../problem";
import { linesOf, quoted, Several } from "./lines";
import { FREE, GOAL, PAD, PATH, START, WALL } from "../../lib/rules/maze";

/** A maze in its own size: tokens, row by row. */
export interface MazeGrid {
  readonly height: number;
  readonly width: number;
  readonly grid: readonly number[];
}

export const LARGEST = 30;
/** How tokens are written, and what else people write. */
const TOKENS: Readonly<Record<string, number>> = {
  "#": WALL,
  "1": WALL,
  "\u2588": WALL,
  " ": FREE,
  ".": FREE,
  "0": FREE,
  "\u00b7": FREE,
  S: START,
  G: GOAL,
  E: GOAL,
  o: PATH,
};

/** Free cells that no editor cuts off. */
const MARKS = /[.0\u00b7]/;

/** The maze that `text` says, of at most `largest` rows and columns; throws a Problem for none. */
export function readMaze(text: string, largest = LARGEST): MazeGrid {
  const lines = rowsOf(text.replace(/^\ufeff/, "")).map((line) => [...line]);
  const tokens = lines.map((line, row) =>
    line.map((letter, column) => tokenOf(letter, row, column)),
  );
  checkOne(text);
  const [height, width] = [lines.length, Math.max(...lines.map((line) => line.length))];
  if (Math.max(height, width) > largest) {
    throw new Problem(
      `a maze of ${height} x ${width} cells is too large: ` +
        `at most ${largest} x ${largest} are possible here`,
    );
  }
  checkLengths(lines.map((line) => line.join("")));
  // Editors cut off spaces at the end of a line.
  const grid = tokens.flatMap((line) =>
    Array.from({ length: width }, (_, column) => line[column] ?? FREE),
  );
  return { height, width, grid };
}

/** The token of a letter; throws for one that is not of a maze. */
function tokenOf(letter: string, row: number, column: number): number {
  const token = TOKENS[letter];
  if (token !== undefined) return token;
  throw new Problem(
    `${quoted(letter)} in row ${row + 1}, column ${column + 1} is not of a maze: ` +
      "write # for a wall, a space or . for a free cell, S, G, and o for the path",
  );
}

/**
 * Throws for several mazes, as `Maze.encode` does: with empty lines between, or each on a line. An
 * empty line in one maze is a row of free cells, which an editor cut off.
 */
function checkOne(text: string): void {
  const many = (one: string, letters: RegExp): number => one.match(letters)?.length ?? 0;
  const [starts, goals] = [/S/g, /[GE]/g];
  if (Math.max(many(text, starts), many(text, goals)) < 2) return;
  const isWhole = (line: string): boolean => {
    const row = line.trim();
    const alone =
      row.includes("/") || (row.length > LARGEST && Number.isInteger(Math.sqrt(row.length)));
    return alone && many(row, starts) === 1 && many(row, goals) === 1;
  };
  const parts: string[] = [];
  let gathered: string[] = [];
  const take = (...more: string[]): void => {
    parts.push(gathered.join("\n"), ...more);
    gathered = [];
  };
  for (const line of linesOf(text)) {
    if (isWhole(line)) take(line);
    else if (!line.trim() && !(line && line.length === gathered.at(-1)?.length)) take();
    else gathered.push(line);
  }
  take();
  const several = parts.filter((part) => /[SGE]/.test(part)).length;
  if (several > 1) throw new Several(`${several} mazes are too many at once: give one`);
}

/** Throws for rows of different lengths, unless an editor may have cut them. */
function checkLengths(lines: readonly string[]): void {
  const lengths = lines.map((line) => [...line].length);
  const ends = [Math.min(...lengths), Math.max(...lengths)] as const;
  if (ends[0] === ends[1] || !lines.some((line) => MARKS.test(line))) return;
  const [first, second] = ends.map((end) => lengths.indexOf(end)).toSorted((a, b) => a - b);
  throw new Problem(
    `row ${(first ?? 0) + 1} has ${lengths[first ?? 0]} cells and row ${(second ?? 0) + 1} has ` +
      `${lengths[second ?? 0]}: give every row as many, with . for a free cell`,
  );
}

function rowsOf(text: string): string[] {
  const lines = linesOf(text.replaceAll("/", "\n"));
  while (lines.length && !lines[0]) lines.shift();
  while (lines.length && !lines.at(-1)) lines.pop();
  const [only] = lines;
  if (only === undefined) {
    throw new Problem("an empty text is no maze: write # for a wall and a space for a free cell");
  }
  if (lines.length > 1) return text.includes("/") ? lines : withoutMargin(lines);
  const cells = [...only];
  const width = Math.floor(Math.sqrt(cells.length));
  if (width * width !== cells.length) {
    throw new Problem(
      `${cells.length} cells on one line are no square maze: ` +
        "give a square number of them, or a line for each row",
    );
  }
  return Array.from({ length: width }, (_, row) =>
    cells.slice(row * width, (row + 1) * width).join(""),
  );
}

/**
 * The rows without what is blank around a maze, as around an indented one. Around what is no margin
 * for sure: a maze with a wall around it, or whose free cells are dots.
 */
function withoutMargin(lines: readonly string[]): string[] {
  const cells = lines.map((line) => [...line]);
  const isBlank = (letter: string): boolean => letter === " " || letter === "\t";
  const marked = lines.some((line) => MARKS.test(line));
  const isMargin = (letter: string): boolean =>
    isBlank(letter) || (!marked && TOKENS[letter] === FREE);
  const firstIn = (line: readonly string[]): number => line.findIndex((one) => !isMargin(one));
  const written = cells.flatMap((line, row) => (firstIn(line) < 0 ? [] : [row]));
  const [top, bottom] = [written[0], written.at(-1)];
  if (top === undefined || bottom === undefined) return [...lines];
  const rows = cells.slice(top, bottom + 1);
  const some = rows.filter((line) => firstIn(line) >= 0);
  const left = Math.min(...some.map(firstIn));
  const right = Math.max(...some.map((line) => line.findLastIndex((one) => !isMargin(one)) + 1));
  const isWall = (row: number, column: number): boolean =>
    [WALL, START, GOAL].includes(TOKENS[rows[row]?.[column] ?? " "] ?? PAD);
  const [height, width] = [rows.length, right - left];
  const closed =
    height > 2 &&
    width > 2 &&
    rows.every((_, row) => isWall(row, left) && isWall(row, right - 1)) &&
    Array.from({ length: width }, (_, i) => left + i).every(
      (column) => isWall(0, column) && isWall(height - 1, column),
    );
  if (!closed && !(marked && height > 1)) return [...lines];
  return rows.map((line) => line.slice(left, right).join(""));
}

/** The maze in lines that can be read again; with dots for free cells, which nobody cuts off. */
export function mazeLines({ height, width, grid }: MazeGrid): string[] {
  const letters: Readonly<Record<number, string>> = {
    [PAD]: ".",
    [WALL]: "#",
    [FREE]: ".",
    [START]: "S",
    [GOAL]: "G",
    [PATH]: "o",
  };
  return Array.from({ length: height }, (_, row) =>
    grid
      .slice(row * width, (row + 1) * width)
      .map((token) => letters[token] ?? "?")
      .join(""),
  );
}
