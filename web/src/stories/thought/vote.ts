/** What is true of a vote on a task: the only derivations from its numbers that are shown. */
import type { ThoughtRecording, Vote } from "../../recording/thought.gen";
import { at, range } from "../../lib/list";
import { coloured, cropped, disguised, gridIn, PLAIN } from "../../lib/rules/arc";
import { index, invalid, length } from "../../recording/invalid";
import { memo } from "../../scene/memo";
import { count } from "../../scene/numbers";
import { grid } from "../puzzle/check";
import { IGNORED, type Board, type Crop, type Grid } from "../puzzle/facts";

/** Answers that are handed in. */
export const TRIES = 2;
/** As in check.ts; more views are not asked for. */
const MOST_VIEWS = 10_001;
/** Published tasks have at most 10. */
const MOST_EXAMPLES = 100;

/** A thought about a task whose views vote. */
export type VotedRecording = ThoughtRecording & { readonly vote: Vote };

export function isVoted(recording: ThoughtRecording): recording is VotedRecording {
  return Boolean(recording.vote);
}

/** Whether a vote belongs to the rest of its recording. */
export function checkVote({ vote, board }: ThoughtRecording): void {
  if (!vote) return;
  const { examples, views, candidates, test, tests } = vote;
  if (board.kind !== "arc") invalid("vote is of no board of ARC");
  index(test, 1, tests + 1, "vote.test");
  if (examples.length > MOST_EXAMPLES) invalid("vote.examples has too many entries");
  if (views.length > MOST_VIEWS) invalid("vote.views has too many entries");
  for (const { given, answer } of examples) {
    grid(given, board, "an example");
    grid(answer, board, "the answer to an example");
  }
  const votes = candidates.map(() => 0);
  for (const { candidate, colours } of views) {
    index(candidate, 0, candidates.length, "what a view votes for");
    votes[candidate]!++;
    length(new Set(colours).size === 10 ? colours : [], 10, "the colours of a view");
    for (const colour of colours) index(colour, 0, 10, "a colour of a view");
  }
  candidates.forEach(({ answer, count: many }, i) => {
    grid(answer, board, "an answer to vote for");
    if (many !== votes[i]) invalid(`answer ${i + 1} has ${votes[i] ?? 0} votes, not ${many}`);
  });
}

/** One view: what it was shown, what it answered, and the same without the disguise. */
export interface Seen {
  readonly given: Grid;
  readonly said: Grid;
  readonly answer: Grid;
}

/** Derivation: the views as the model saw them. */
export const viewsOf = memo(({ given, vote }: VotedRecording): readonly Seen[] =>
  vote.views.map((view) => {
    const { answer } = at(vote.candidates, view.candidate);
    return { given: disguised(given, view), said: disguised(answer, view), answer };
  }),
);

/** The true answer as a canvas; null where it is not known. */
export const wantedIn = memo(({ solution }: ThoughtRecording): Grid | null =>
  solution?.some((token) => token !== IGNORED)
    ? cropped(solution.map((token) => (token === IGNORED ? 0 : token)))
    : null,
);

/** Derivation: the place of the right one among the candidates, from 0; null where none is. */
export const rightPlace = memo((recording: VotedRecording): number | null => {
  const wanted = wantedIn(recording)?.join();
  const place = recording.vote.candidates.findIndex(({ answer }) => answer.join() === wanted);
  return place < 0 ? null : place;
});

/** Whether one of the answers that are handed in is right; null where that is not known. */
export function isSolved(recording: VotedRecording): boolean | null {
  if (!wantedIn(recording)) return null;
  const place = rightPlace(recording);
  return place !== null && place < TRIES;
}

const PLACES = ["first", "second"];

/** What is to be said of the answers that are handed in. */
export function voteVerdict(recording: VotedRecording): string {
  const solved = isSolved(recording);
  const { candidates } = recording.vote;
  const only = candidates.length === 1;
  if (solved === null) return "Nothing here can tell whether one of them is right.";
  const place = rightPlace(recording);
  if (solved && place !== null) {
    return only
      ? "Solved: it is right."
      : `Solved: the ${PLACES[place] ?? ""} of the two is right.`;
  }
  const none = only ? "Not solved: it is not right" : "Not solved: neither of the two is right";
  if (place === null) return `${none}, and no view found what is.`;
  return `${none}; ${count(at(candidates, place).count, "view")} found what is.`;
}

/** The cells of its grid, wherever else a canvas is empty; null for a canvas without one. */
export function cropOfGrid(canvas: Grid): Crop | null {
  const { rows, columns } = gridIn(canvas);
  return rows ? { left: 0, top: 0, width: columns, height: rows } : null;
}

/** The cells that hold the grids of several canvases. */
export function cropOfGrids(canvases: readonly Grid[]): Crop {
  const sizes = canvases.map(gridIn);
  const most = (side: "rows" | "columns"): number =>
    Math.max(1, ...sizes.map((size) => size[side]));
  return { left: 0, top: 0, width: most("columns"), height: most("rows") };
}

/** The cells in which an answer is not the true one, of those that either uses. */
export function offIn(answer: Grid, wanted: Grid, board: Board): number[] {
  const [got, wants] = [coloured(answer), coloured(wanted)];
  return range(board.cells).filter((cell) => got[cell] !== wants[cell]);
}

const TURNED = [
  "as it is",
  "turned to the left",
  "turned upside down",
  "turned to the right",
  "mirrored",
  "flipped",
  "transposed",
  "transposed the other way",
];

/** What a disguise does, in words. */
export function disguiseWords({ turn, colours }: Vote["views"][number]): string {
  const recoloured = colours.some((colour, i) => colour !== PLAIN.colours[i]);
  const turned = turn ? at(TURNED, turn) : null;
  if (!turned) return recoloured ? "recoloured" : "as it is";
  return recoloured ? `${turned}, recoloured` : turned;
}
