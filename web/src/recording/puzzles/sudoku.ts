/**
 * Sudoku as people write and exchange it, read as `hrmkit.puzzles.sudoku.text` reads it, with the
 * same sentences for what is none; see there for what is accepted. Grids are the models' tokens.
 */
import { Problem } from "../problem";
import { at, range } from "../../lib/list";
import { linesOf, quoted, Several } from "./lines";
import { BLANK } from "../../lib/rules/sudoku";

const BLANKS = ".0_?xX*";
const DASH = "-";
const LETTERS = "ABCDEFG";
const BOX_DRAWING = range(0x80).map((i) => String.fromCharCode(0x2500 + i));
const BARS = new Set(["|", "\u00a6", "+", ...BOX_DRAWING]);
const UPRIGHT = "│┃║┆┇┊┋╎╏";
const FRAME = new Set(["-", "=", "*", ".", "'", ":", ...BARS]);
const LYING = new RegExp(`--|==|[${BOX_DRAWING.filter((one) => !UPRIGHT.includes(one)).join("")}]`);
const DASHES = /^[-\s|+]*$/;
const HEAD = /^\[[^[\],\d]*\]$/;
const WORD = /[\p{L}\p{Nl}\p{No}]{2,}/gu;
const COMMENTS = ["#", "//"];

/** A line and its number, from 1. */
type Numbered = readonly [number: number, line: string];

/** How the digits 1 to `side` are written. */
export function alphabet(side: number): string {
  return "123456789".slice(0, side) + LETTERS.slice(0, Math.max(0, side - 9));
}

/**
 * The grid that `text` says. Throws a Problem for a character that is not of a sudoku, with its
 * place, for another number of cells, and for several puzzles.
 */
export function readSudoku(text: string, side: number): readonly number[] {
  return digitsIn(text.replace(/^\ufeff/, ""), side).map((digit) => BLANK + digit);
}

function digitsIn(text: string, side: number): number[] {
  const listed = jsonList(text);
  if (listed) return fromNumbers(listed, side);
  const lines = partsOf(linesOf(text), side);
  const found = lines.flatMap(([, line]) => alone(line, side) ?? []);
  if (found.length === 0) return fromRows(lines, side);
  const others = lines.flatMap(([, line]) => (alone(line, side) === null ? [line] : []));
  const several = found.length + Math.floor(cellsSaid(others, side) / side ** 2);
  if (several > 1) {
    throw new Several(`${several} sudokus of ${side} x ${side} are too many at once: give one`);
  }
  return [...at(found, 0)].map((character) => digitOf(character, side));
}

/** How many cells of a grid some lines hold, malformed ones counted. */
function cellsSaid(lines: readonly string[], side: number): number {
  const parts = partsOf(lines, side).map(([, line]) => line);
  if (parts.some((line) => alone(line, side) !== null)) return side * side;
  return parts
    .filter((line) => !isRule(line))
    .reduce(
      (sum, row) => sum + (fieldsOf(row, side)?.length ?? [...row].filter(mayBeCell).length),
      0,
    );
}

/** Whether a character is none that stands between cells. */
function mayBeCell(character: string): boolean {
  return !/\s/.test(character) && !BARS.has(character);
}

/** What a text says that is a list in JSON; null for another text. */
function jsonList(text: string): readonly unknown[] | null {
  if (!text.trimStart().startsWith("[")) return null;
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read : null;
  } catch {
    return null;
  }
}

function fromNumbers(rows: readonly unknown[], side: number): number[] {
  const cells = rows.flatMap((row): unknown[] =>
    Array.isArray(row) ? row : typeof row === "string" && [...row].length > 2 ? [...row] : [row],
  );
  if (cells.length !== side * side) throw new Problem(countWords(cells.length, side));
  return cells.map((cell, i) => numberOf(cell, i, side));
}

function numberOf(cell: unknown, i: number, side: number): number {
  const text = cell === null ? "" : String(cell).trim();
  const digit =
    text.length < 2 ? (text ? digitOf(text, side) : 0) : /^\d{2}$/.test(text) ? Number(text) : -1;
  if (digit >= 0 && digit <= side) return digit;
  const said = typeof cell === "string" ? quoted(cell) : String(cell);
  throw new Problem(
    `${said} in row ${Math.floor(i / side) + 1}, column ${(i % side) + 1} is not of a sudoku: ` +
      `give 1 to ${side}, and 0 or null for a blank`,
  );
}

/** The lines that are part of a grid, or of its frame; of several sections that of the puzzle. */
function partsOf(lines: readonly string[], side: number): Numbered[] {
  const heads = lines.map((line) => line.trim().toLowerCase()).filter((line) => HEAD.test(line));
  const marked = heads.includes("[puzzle]");
  let inside = !marked;
  return lines.flatMap((line, i): Numbered[] => {
    const stripped = line.trim();
    if (HEAD.test(stripped)) {
      inside = !marked || stripped.toLowerCase() === "[puzzle]";
      return [];
    }
    const tabs = line.split("\t").length - 1;
    const comment = COMMENTS.some((mark) => stripped.startsWith(mark));
    if (!inside || comment || !(stripped || tabs >= side - 1)) return [];
    return alone(line, side) !== null || !isComment(stripped, side) ? [[i + 1, line]] : [];
  });
}

/** Whether a line says something in words; as long as a grid and without a space, it is one. */
function isComment(line: string, side: number): boolean {
  const known = `xX${alphabet(side)}${alphabet(side).toLowerCase()}`;
  const words = (line.match(WORD) ?? []).filter((word) =>
    [...word].some((letter) => !known.includes(letter)),
  );
  const said = words.length > 0 && (/[ \t]/.test(line) || [...line].length < side * side);
  return said && jsonList(line) === null; // null is a word, and a blank
}

/** The whole grid that stands in a line, maybe beside a hash, a rating, or its own solution. */
function alone(line: string, side: number): string | null {
  const known = `${BLANKS}${DASH}${alphabet(side)}${alphabet(side).toLowerCase()}`;
  const grids = line
    .split(/[\s,;:"]+/)
    .filter(
      (field) => field.length === side * side && [...field].every((one) => known.includes(one)),
    );
  const [first = null, second = null] = grids;
  const solved = grids.length === 2 && first && second && continues(first, second, side);
  return grids.length === 1 || solved ? first : null;
}

/** Whether one grid is full and has all that another has. */
function continues(question: string, answer: string, side: number): boolean {
  const given = [...question].map((one) => digitOf(one, side));
  const full = [...answer].map((one) => digitOf(one, side));
  return !full.includes(0) && given.every((digit, i) => digit === 0 || digit === full[i]);
}

/** The digit that a character is; -1 if it is none. */
function digitOf(character: string, side: number): number {
  if (BLANKS.includes(character) || character === DASH) return 0;
  return alphabet(side).indexOf(character.toUpperCase()) + 1 || -1;
}

/** Whether a line is of a frame, if it is no row of blanks. */
function isRule(line: string): boolean {
  return (
    [...line].every((one) => one === " " || one === "\t" || FRAME.has(one)) && LYING.test(line)
  );
}

/**
 * The grid of lines that are rows, or parts of one. A dash may separate digits, be a blank, or
 * belong to a frame. The first reading that has all cells of a grid counts.
 */
function fromRows(lines: readonly Numbered[], side: number): number[] {
  const whole = side * side;
  const cells = (dashes: boolean, rules: boolean, crossed: boolean): number[] =>
    lines.flatMap(([number, line]) => {
      const many = line.split(DASH).length - 1;
      const asRow = rules && many === side && (crossed || !line.includes("+"));
      const isRow = !isRule(line) || (asRow && DASHES.test(line));
      return isRow ? rowOf(line, number, side, dashes) : [];
    });
  const plain = cells(false, false, false);
  if (plain.length === whole) return plain;
  for (const reading of [
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ] as const) {
    const found = cells(reading[0], reading[1], reading[2]);
    if (found.length === whole) return found;
  }
  const words = countWords(plain.length, side);
  throw plain.length > whole && plain.length % whole === 0
    ? new Several(words)
    : new Problem(words);
}

/** The sentence for a wrong number of cells. */
function countWords(cells: number, side: number): string {
  const whole = side * side;
  if (!cells)
    return `no sudoku of ${side} x ${side} was found in it: give ${whole} digits, with . for a blank, on one line or in rows`;
  const several = cells % whole === 0 ? ` (that many are ${cells / whole} of them: give one)` : "";
  return `${cells} cells are not a sudoku of ${side} x ${side}: give ${whole}, with . for a blank${several}`;
}

/** The cells of a row that is written as numbers with commas or spaces between. */
function fieldsOf(line: string, side: number): string[] | null {
  const byComma = line
    .replace(/^[ \r\n|]+|[ \r\n|]+$/g, "")
    .split(/[,;\t]/)
    .map((part) => part.trim());
  for (const fields of [byComma, byComma.slice(0, -1)]) {
    const fits = fields.length === side || fields.length === side * side;
    if (fits && fields.every((one) => [...one].length < 3)) return fields;
  }
  const bare = [...line]
    .map((one) => (BARS.has(one) ? " " : one))
    .join("")
    .split(/\s+/)
    .filter(Boolean);
  const numbers = side > 9 && bare.length === side && bare.every((one) => one.length < 3);
  return numbers ? bare : null;
}

/** The cells of one line; `dashes` says whether a dash is a blank. */
function rowOf(line: string, number: number, side: number, dashes: boolean): number[] {
  const fields = fieldsOf(line, side);
  if (fields) return fields.map((field, i) => fieldOf(field, number, i, side));
  return [...line].flatMap((character, i): number[] => {
    const between = !mayBeCell(character) || character === "," || character === ";";
    if (between || (character === DASH && !dashes)) return [];
    const digit = digitOf(character, side);
    if (digit < 0) throw new Problem(placeWords(character, number, i + 1, side));
    return [digit];
  });
}

/** The digit of a cell that stands between commas or spaces. */
function fieldOf(field: string, number: number, i: number, side: number): number {
  const digit =
    field.length < 2
      ? field
        ? digitOf(field, side)
        : 0
      : /^\d+$/.test(field)
        ? Number(field)
        : -1;
  if (digit >= 0 && digit <= side) return digit;
  throw new Problem(placeWords(field, number, i + 1, side));
}

/** The sentence for what is no cell. */
function placeWords(said: string, line: number, column: number, side: number): string {
  const most = side <= 9 ? String(side) : `9 and A to ${at(LETTERS, side - 10)}`;
  return (
    `${quoted(said)} in line ${line}, column ${column} is not of a sudoku: write 1 to ${most}, ` +
    "and . or 0, _, ?, x, *, - for a blank"
  );
}
