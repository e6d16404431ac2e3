/**
 * The pile: puzzles that web/scripts/pile.py made, none of which a model was trained on. A new one
 * is one of them under a symmetry, which is as hard and looks like another.
 */
import { at, range } from "../../../lib/list";
import { BLANK } from "../../../lib/rules/sudoku";
import { read, SIDE, type GridDraft, type GridKind } from "../draft";
import levels from "./pile.json";

export interface Level {
  readonly title: string;
  readonly kind: GridKind;
  /** Its puzzles, with how hard each is: guesses of a search, or cells of the shortest way. */
  readonly puzzles: readonly { readonly draft: GridDraft; readonly rating: number }[];
}

export const LEVELS: readonly Level[] = levels.map(({ title, puzzle, puzzles }) => {
  const kind = puzzle as GridKind;
  return {
    title,
    kind,
    puzzles: puzzles.map(({ question, rating }) => ({ draft: read(kind, question), rating })),
  };
});

/** A number in 0 .. n-1. */
export type Below = (n: number) => number;

export function anyOf(n: number): number {
  return Math.floor(Math.random() * n);
}

/** A new puzzle of a level. */
export function another(level: Level, below: Below = anyOf): GridDraft {
  const { draft } = at(level.puzzles, below(level.puzzles.length));
  return draft.kind === "sudoku" ? shuffled(draft, below) : turned(draft, below);
}

function inAnyOrder<T>(items: readonly T[], below: Below): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

/** A sudoku with other digits, its lines in another order and perhaps transposed. */
export function shuffled(draft: GridDraft, below: Below): GridDraft {
  const box = Math.sqrt(SIDE);
  const lines = (): number[] =>
    inAnyOrder(range(box), below).flatMap((band) =>
      inAnyOrder(range(box), below).map((line) => band * box + line),
    );
  const [rows, columns] = [lines(), lines()];
  const digits = inAnyOrder(range(SIDE), below);
  const transposed = below(2) === 1;
  const grid = range(SIDE * SIDE).map((cell) => {
    const [row, column] = [at(rows, Math.floor(cell / SIDE)), at(columns, cell % SIDE)];
    const token = at(draft.grid, transposed ? column * SIDE + row : row * SIDE + column);
    return token === BLANK ? BLANK : BLANK + 1 + at(digits, token - BLANK - 1);
  });
  return { ...draft, grid };
}

/** A maze turned or flipped. */
export function turned(draft: GridDraft, below: Below): GridDraft {
  const [transposed, upended, mirrored] = [below(2) === 1, below(2) === 1, below(2) === 1];
  const [height, width] = transposed ? [draft.width, draft.height] : [draft.height, draft.width];
  const grid = range(height * width).map((cell) => {
    let [row, column] = [Math.floor(cell / width), cell % width];
    if (upended) row = height - 1 - row;
    if (mirrored) column = width - 1 - column;
    return at(draft.grid, transposed ? column * draft.width + row : row * draft.width + column);
  });
  return { ...draft, height, width, grid };
}
