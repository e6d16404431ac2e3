/** What the page and the worker that thinks say to each other. */
import type { ThoughtRecording } from "../../recording/thought.gen";

/** What can think in this page: one line of `thinkers/index.json`, which Python writes. */
export interface ThinkerModel {
  /** As on the command line: "sudoku-wide", or the folder of a run of one's own. */
  readonly name: string;
  readonly title: string;
  /** What it was measured to solve, in one sentence; null where nothing says. */
  readonly abilities: string | null;
  /** The kind of puzzle: "sudoku", "maze". */
  readonly puzzle: string;
  /** Rows and columns of what it reads; a maze may be smaller. */
  readonly canvas: readonly [height: number, width: number];
  /** Whether it also reads smaller puzzles, which stand at the top left of its canvas. */
  readonly holdsSmaller: boolean;
  /** The token of the cells beside such a puzzle. */
  readonly padding: number;
  /** How its grids look. */
  readonly board: ThoughtRecording["board"];
  /** The most segments, unless something else is asked for. */
  readonly segments: number;
  /** The probability to be right that halting needs; null for the model's rule alone. */
  readonly haltThreshold: number | null;
  /** Whether it has learned to halt; otherwise a threshold means nothing. */
  readonly halts: boolean;
  /** The most views, unless something else is asked for. */
  readonly views: number;
  /** As many views can be asked for. */
  readonly mostViews: number;
  /** Of graph and weights, as sent. */
  readonly bytes: number;
  /** The file of the tasks that it can be asked about; null where any puzzle can be handed in. */
  readonly tasks: string | null;
  /** Tests of these that it was measured to solve, as task:test from 1; none where nothing says. */
  readonly solved: readonly string[];
}

/** How to think. */
interface How {
  /** `ThinkerModel.name`. */
  readonly model: string;
  readonly segments: number;
  readonly haltThreshold: number | null;
  readonly views: number;
  /** What the recording is called; null for what Python calls it. */
  readonly title: string | null;
}

/** A task to think about, whose views vote. */
export interface AskedTask extends How {
  /** Its id. */
  readonly task: string;
  /** Which of its tests, from 1. */
  readonly test: number;
}

/** A puzzle to think about, and how. */
export interface Asked extends How {
  /** Tokens, row by row, `height * width` of them: as large as the puzzle, not as the canvas. */
  readonly given: readonly number[];
  readonly height: number;
  readonly width: number;
}

/** How far a thought is. */
export interface ThoughtProgress {
  /** The view that is thought about, from 1. */
  readonly view: number;
  readonly views: number;
  /** Segments that it has thought for. */
  readonly segment: number;
  readonly segments: number;
  /** What it answers now: tokens of the whole canvas, with the view undone. */
  readonly answer: readonly number[];
}

export type ThinkerJob =
  | { readonly kind: "warm"; readonly model: string }
  | { readonly kind: "think"; readonly asked: Asked | AskedTask };
