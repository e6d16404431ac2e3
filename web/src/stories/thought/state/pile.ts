/**
 * The pile: puzzles that web/scripts/pile.py made, none of which a model was trained on. A new one
 * is one of them under a symmetry, which is as hard and looks like another.
 */
import { Draws, seedOf } from "../../../lib/draws";
import { at, range } from "../../../lib/list";
import { BLANK } from "../../../lib/rules/sudoku";
import { read, SIDE, write, type Draft, type GridDraft, type GridKind } from "../draft";
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

/** The level that has a puzzle as it is; null for one that is not of the pile, or in another shape. */
export function levelOf(draft: Draft): Level | null {
  const text = write(draft);
  const has = ({ puzzles }: Level): boolean => puzzles.some((one) => write(one.draft) === text);
  return LEVELS.find((level) => level.kind === draft.kind && has(level)) ?? null;
}

/** One of some levels: the same one each time, for the same puzzle on the table. */
export function anyOf(levels: readonly Level[], than: Draft): Level | undefined {
  return levels[new Draws(seedOf(write(than))).below(Math.max(1, levels.length))];
}

/** Another puzzle of a level than stands on the table: the same one each time, for the same. */
export function another(level: Level, than: Draft): GridDraft {
  const draws = new Draws(seedOf(`${level.title} ${write(than)}`));
  const { draft } = at(level.puzzles, draws.below(level.puzzles.length));
  return draft.kind === "sudoku" ? shuffled(draft, draws) : turned(draft, draws);
}

/** A sudoku with other digits, its lines in another order and perhaps transposed. */
export function shuffled(draft: GridDraft, draws: Draws): GridDraft {
  const box = Math.sqrt(SIDE);
  const lines = (): number[] =>
    draws
      .shuffled(range(box))
      .flatMap((band) => draws.shuffled(range(box)).map((line) => band * box + line));
  const [rows, columns] = [lines(), lines()];
  const digits = draws.shuffled(range(SIDE));
  const transposed = draws.below(2) === 1;
  const grid = range(SIDE * SIDE).map((cell) => {
    const [row, column] = [at(rows, Math.floor(cell / SIDE)), at(columns, cell % SIDE)];
    const token = at(draft.grid, transposed ? column * SIDE + row : row * SIDE + column);
    return token === BLANK ? BLANK : BLANK + 1 + at(digits, token - BLANK - 1);
  });
  return { ...draft, grid };
}

/** A maze turned or flipped. */
export function turned(draft: GridDraft, draws: Draws): GridDraft {
  const [transposed, upended, mirrored] = [
    draws.below(2) === 1,
    draws.below(2) === 1,
    draws.below(2) === 1,
  ];
  const [height, width] = transposed ? [draft.width, draft.height] : [draft.height, draft.width];
  const grid = range(height * width).map((cell) => {
    let [row, column] = [Math.floor(cell / width), cell % width];
    if (upended) row = height - 1 - row;
    if (mirrored) column = width - 1 - column;
    return at(draft.grid, transposed ? column * draft.width + row : row * draft.width + column);
  });
  return { ...draft, height, width, grid };
}
