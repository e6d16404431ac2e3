/** What is true of a thought: the only derivations from its numbers that are shown. */
import type { AnsweredSegment, ThoughtRecording } from "../../recording/thought.gen";
import { at } from "../../lib/list";
import { memo } from "../../scene/memo";
import * as mazes from "../../lib/rules/maze";
import * as sudokus from "../../lib/rules/sudoku";
import { count } from "../../scene/numbers";
import { coloured, gridIn } from "../../lib/rules/arc";
import { askedCells, changedCells, cropOf, IGNORED, isWrong } from "../puzzle/facts";
import type { Crop, Grid } from "../puzzle/facts";
import { draftOf, sizeIn, TASK } from "./draft";
import type { ThoughtView } from "./view";
import { cropOfGrids, isVoted, offIn, voteVerdict, wantedIn, type VotedRecording } from "./vote";

export type { ThoughtScene } from "./view";

/** The answer that counts: after the segment at which the light turned red. */
export function handedIn(recording: ThoughtRecording): AnsweredSegment {
  return at(recording.segments, recording.segments_used - 1);
}

/** How answers are judged: by the true answer, by the rules of the puzzle alone, or not at all. */
export type Judgement = "answer" | "rules" | null;

/** The true answer: as it was recorded, or as the rules have it; null where nothing tells. */
export const truthOf = memo(({ puzzle, board, given, solution }: ThoughtRecording): Grid | null => {
  if (solution) return solution;
  if (!hasRules({ puzzle, board })) return null;
  if (puzzle === "maze") {
    const found = mazes.solution(given, board.height, board.width);
    return found && found.map((token) => (token === mazes.PAD ? IGNORED : token));
  }
  // Where it has one solution only, the recording mostly has it: a frame need not wait long.
  const { solutions, first, givenUp } = sudokus.solve(given, board.width, sudokus.QUICK_NODES);
  return solutions === 1 && !givenUp ? first : null;
});

/** Whether the page knows the rules of its puzzle. */
function hasRules({ puzzle, board }: Pick<ThoughtRecording, "puzzle" | "board">): boolean {
  if (puzzle === "maze") return board.kind === "maze";
  return puzzle === "sudoku" && board.box > 1 && board.blank === sudokus.BLANK;
}

export function judgementOf(recording: ThoughtRecording, { truth }: ThoughtView): Judgement {
  // No rule tells what a task wants: its true answer marks cells only when it is asked for.
  if (truth === false && isVoted(recording)) return null;
  if (truth === false && hasRules(recording)) return "rules";
  return recording.solution || (truth && truthOf(recording)) ? "answer" : null;
}

/** The true answer where answers are judged by it. */
export function solutionFor(recording: ThoughtRecording, view: ThoughtView): Grid | null {
  return judgementOf(recording, view) === "answer" ? truthOf(recording) : null;
}

/** The cells of an answer that are wrong, by what it is judged by; null where nothing tells. */
export function wrongIn(
  recording: ThoughtRecording,
  answer: Grid,
  view: ThoughtView,
): readonly number[] | null {
  const solution = solutionFor(recording, view);
  const wanted = solution && isCanvas(recording) ? wantedIn(recording) : null;
  if (wanted) return offIn(answer, wanted, recording.board);
  if (solution) return answer.flatMap((token, i) => (isWrong(token, solution[i]) ? [i] : []));
  return judgementOf(recording, view) === "rules" ? byRules(recording, answer) : null;
}

/** Whether answers are grids of their own size, with marks around them that are not shown. */
export function isCanvas({ board }: ThoughtRecording): boolean {
  return board.kind === "arc";
}

/** The cells that changed in a segment; of a canvas, of its grid. */
export function changedIn(recording: ThoughtRecording, segment: AnsweredSegment): Grid {
  const place = recording.segments.indexOf(segment);
  if (!isCanvas(recording) || place < 1) return segment.changed;
  return changedCells(coloured(at(recording.segments, place - 1).answer), coloured(segment.answer));
}

/** An answer as it is shown: of a task only its grid, and nothing of what else is on its canvas. */
export function shownOf(recording: ThoughtRecording, answer: Grid): Grid {
  return isVoted(recording) ? coloured(answer) : answer;
}

/** The part of a board that is the grid of an answer to a task; null where a board is no canvas. */
export function ownOf(recording: ThoughtRecording, answer: Grid): Crop | null {
  if (!isVoted(recording)) return null;
  const { rows, columns } = gridIn(answer);
  return { left: 0, top: 0, width: columns, height: rows };
}

/** How many cells there are to be right in: those that are asked about; of a canvas, its grid's. */
export function askedIn(recording: ThoughtRecording): number | null {
  const wanted = isCanvas(recording) ? wantedIn(recording) : null;
  if (wanted) return gridIn(wanted).rows * gridIn(wanted).columns;
  const solution = truthOf(recording);
  return solution && askedCells(solution);
}

/** 'all 9 cells right', '2 of 9 cells wrong', '2 × 3 cells instead of 3 × 3'. */
export function judgedIn(recording: ThoughtRecording, answer: Grid, view: ThoughtView): string {
  const wrong = wrongIn(recording, answer, view)?.length ?? 0;
  const asked = askedIn(recording) ?? 0;
  const wanted = wrong && isCanvas(recording) ? wantedIn(recording) : null;
  const [got, wants] = [gridIn(answer), wanted && gridIn(wanted)];
  if (wants && (got.rows !== wants.rows || got.columns !== wants.columns)) {
    const instead = `instead of ${wants.rows} × ${wants.columns}`;
    return got.rows ? `${got.rows} × ${got.columns} cells ${instead}` : `no grid ${instead}`;
  }
  return wrong ? `${wrong} of ${asked} cells wrong` : `all ${count(asked, "cell")} right`;
}

function byRules({ puzzle, board, given }: ThoughtRecording, answer: Grid): readonly number[] {
  return puzzle === "maze"
    ? mazes.wrongCells(given, answer, board.height, board.width)
    : sudokus.wrongCells(given, answer, board.width);
}

const wrongByRules = memo(({ segments, ...rest }: ThoughtRecording): readonly number[] =>
  segments.map(({ answer }) => byRules({ segments, ...rest }, answer).length),
);

const wrongByAnswer = memo((recording: ThoughtRecording): readonly number[] =>
  recording.segments.map(
    ({ answer }) => wrongIn(recording, answer, { layout: "wide", truth: true })?.length ?? 0,
  ),
);

/** Of each segment, how many cells are wrong; null where nothing tells. */
export function wrongOf(recording: ThoughtRecording, view: ThoughtView): readonly number[] | null {
  const by = judgementOf(recording, view);
  return by === "rules" ? wrongByRules(recording) : by && wrongByAnswer(recording);
}

/** What is said of so many wrong cells: by the rules alone, a cell may be wrong and not be seen to be. */
export function wrongWords(recording: ThoughtRecording, view: ThoughtView, many: number): string {
  const cells = count(many, "cell");
  if (judgementOf(recording, view) !== "rules") return `${cells} wrong`;
  if (recording.puzzle === "maze") return `${cells} against the rules`;
  return `${cells} ${many === 1 ? "clashes" : "clash"}`;
}

/** Whether an answer is right, by what answers are judged by; false where nothing tells. */
export function isRight(recording: ThoughtRecording, answer: Grid, view: ThoughtView): boolean {
  const { puzzle, board, given } = recording;
  if (judgementOf(recording, view) !== "rules") {
    return wrongIn(recording, answer, view)?.length === 0;
  }
  const rules = puzzle === "maze" ? mazes : sudokus;
  return rules.isValid(given, answer, board.height, board.width);
}

/** '28 clues', '9 × 9'. */
export function clues(recording: ThoughtRecording): string {
  const draft = draftOf(recording);
  if (draft?.kind === TASK) {
    const several = (recording.vote?.tests ?? 1) > 1;
    return `Task ${draft.task}${several ? `, test ${draft.test}` : ""}`;
  }
  if (draft?.kind !== "sudoku") return draft ? `${draft.height} × ${draft.width}` : "A puzzle";
  return count(draft.grid.filter((token) => token !== sudokus.BLANK).length, "clue");
}

/** The cells worth showing; of a solution that is not known, those that the answer uses. */
export const cropOfThought = memo((recording: ThoughtRecording): Crop => {
  const { board, given, solution } = recording;
  // A maze that is smaller than its canvas stands at the top left.
  if (board.kind === "maze") return { left: 0, top: 0, ...sizeIn(given, board) };
  if (isVoted(recording)) return cropOfGrids(gridsIn(recording));
  return cropOf(board, [given, solution ?? handedIn(recording).answer]);
});

/** What stands on the boards of a task: its grid, the true answer, and all that are given. */
function gridsIn(recording: VotedRecording): readonly Grid[] {
  const answers = recording.segments.map(({ answer }) => answer);
  return [recording.given, wantedIn(recording) ?? recording.given, ...answers];
}

/** What is to be said of the answer that counts, or of those that a vote hands in. */
export function verdict(recording: ThoughtRecording): string {
  return isVoted(recording) ? voteVerdict(recording) : ownVerdict(recording);
}

/** What is to be said of the answer at the light. */
export function ownVerdict({ valid, exact }: ThoughtRecording): string {
  if (exact) return "Solved: every cell is right.";
  if (valid === null) return "Nothing here can tell whether it is right.";
  if (valid)
    return exact === false ? "Correct, though not the known solution." : "A correct answer.";
  return "Not solved.";
}
