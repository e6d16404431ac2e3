/** What the rules of all puzzles share. Grids are tokens row by row, as a model reads them. */

export type Grid = ArrayLike<number>;
