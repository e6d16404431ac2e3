/**
 * What a schema cannot say of a ladder: grids of the right size with tokens that exist, positions
 * that point at something. A recording that passes can be drawn without a look-up ever missing.
 */
import type {
  LadderRecording,
  MiniArc,
  PuzzleThought,
  Rung,
  RungSeed,
  Vote,
  Wires,
} from "../../recording/ladder.gen";
import { distinct, filled, index, length, invalid, problemIn } from "../../recording/invalid";

/** A wider puzzle would have cells too small to read on the stage. */
const WIDEST = 16;
/** More calls than this could not be told apart on the stage, and would take long to draw. */
const MOST_CALLS = 1024;
const STEPS = 10;

export { validate } from "../../recording/validateLadder.gen.js";

/** What is wrong, as the end of a sentence; null if nothing is. */
export function check(recording: LadderRecording): string | null {
  return problemIn(() => checkAll(recording));
}

/** The same for a rung that is to join a recording's bench. */
export function checkRung(rung: Rung, recording: LadderRecording): string | null {
  return problemIn(() => checkOne(rung, boardOf(recording), recording.puzzles.length));
}

/** How many cells a grid has, and the highest of its tokens. */
interface Board {
  readonly cells: number;
  readonly tokens: number;
}

function boardOf({ width }: { readonly width: number }): Board {
  return { cells: width * width, tokens: width };
}

function checkAll(recording: LadderRecording): void {
  const { width, box, puzzles, rungs, bench, memory } = recording;
  index(width, 1, WIDEST + 1, "width");
  if (box * box !== width) invalid(`box is ${box}, but its square is not the width, ${width}`);
  const board = boardOf(recording);
  filled(puzzles, "puzzles");
  for (const puzzle of puzzles) {
    grid(puzzle.given, board, "a puzzle");
    grid(puzzle.solution, board, "a solution");
    index(puzzle.blanks, 0, board.cells + 1, "a puzzle's count of blanks");
  }
  filled(rungs, "rungs");
  for (const rung of [...rungs, ...bench]) checkOne(rung, board, puzzles.length);
  const names = [...rungs, ...bench].map(({ name }) => name);
  distinct(names, "the list of rungs");
  distinct(
    rungs.flatMap(({ step }) => (step === null ? [] : [step])),
    "the list of the rungs' steps",
  );
  for (const name of ["one_step", "full", "cycles", "low_calls"] as const) {
    index(memory[name], 1, Infinity, `memory.${name}`);
  }
  if (recording.vote) checkVote(recording.vote, board, puzzles.length);
  if (recording.mini_arc) checkMiniArc(recording.mini_arc);
}

function grid(cells: readonly number[], { cells: count, tokens }: Board, where: string): void {
  length(cells, count, where);
  for (const token of cells) index(token, 0, tokens + 1, `a cell of ${where}`);
}

function checkOne(rung: Rung, board: Board, puzzles: number): void {
  const whose = `the rung ${rung.name}`;
  if (rung.step !== null) index(rung.step, 0, STEPS, `${whose}'s step`);
  checkWires(rung.wires, whose);
  filled(rung.seeds, `${whose}'s list of seeds`);
  index(rung.shown, 0, rung.seeds.length, `${whose}'s shown seed`);
  for (const seed of rung.seeds) checkSeed(seed, whose);
  checkCurves(rung.seeds, rung.gradient_steps, whose);
  filled(rung.thoughts, `${whose}'s list of thoughts`);
  for (const thought of rung.thoughts) checkThought(thought, board, puzzles, whose);
}

function checkWires({ cycles, low_calls, segments }: Wires, whose: string): void {
  index(cycles, 1, MOST_CALLS + 1, `${whose}'s cycles`);
  index(low_calls, 1, MOST_CALLS + 1, `${whose}'s calls of L`);
  index(cycles * low_calls, 1, MOST_CALLS + 1, `${whose}'s calls of L in a segment`);
  index(segments, 1, MOST_CALLS + 1, `${whose}'s segments`);
}

function checkSeed(seed: RungSeed, whose: string): void {
  filled(seed.by_segment, `${whose}'s list of segments`);
  filled(seed.losses, `${whose}'s list of losses`);
  for (const name of ["token", "exact", "train_exact", "exact_halted", "vote_one"] as const) {
    share(seed[name], `${whose}'s ${name}`);
  }
  for (const exact of [...seed.exact_looped, ...seed.by_segment]) {
    share(exact, `${whose}'s share of puzzles solved`);
  }
}

/** Along its training: shares at rising steps, the same ones for every seed, up to the last. */
function checkCurves(
  seeds: readonly Pick<RungSeed, "by_step">[],
  steps: number,
  whose: string,
): void {
  const first = (seeds[0]?.by_step ?? []).map(([step]) => step);
  for (const { by_step = [] } of seeds) {
    length(by_step, first.length, `${whose}'s shares along its training`);
    by_step.forEach(([step, solved], i) => {
      index(step, (first[i - 1] ?? 0) + 1, steps + 1, `a step of ${whose}'s training`);
      if (step !== first[i]) invalid(`${whose}'s seeds are not measured at the same steps`);
      share(solved, `${whose}'s share along its training`);
    });
  }
}

function share(value: number, where: string): void {
  if (!(value >= 0 && value <= 1)) invalid(`${where} is ${value}, which is not from 0 to 1`);
}

function checkThought(thought: PuzzleThought, board: Board, puzzles: number, whose: string): void {
  const { segments } = thought;
  index(thought.puzzle, 0, puzzles, `a puzzle in ${whose}'s thoughts`);
  index(thought.loops, 1, Infinity, `the loops of ${whose}'s thoughts`);
  filled(segments, `a thought of ${whose}`);
  index(thought.segments_used, 1, segments.length + 1, `a thought's segments used, in ${whose},`);
  for (const segment of segments) {
    grid(segment.answer, board, `an answer of ${whose}`);
    filled(segment.calls, `a segment of ${whose}`);
    for (const call of segment.calls) {
      length(call.change, board.cells, `a call's change in ${whose}`);
      grid(call.answer, board, `a call's answer in ${whose}`);
    }
  }
}

function checkVote(vote: Vote, board: Board, puzzles: number): void {
  index(vote.puzzle, 0, puzzles, "the vote's puzzle");
  filled(vote.ballots, "the vote's list of ballots");
  for (const ballot of vote.ballots) {
    grid(ballot.given, board, "a ballot's puzzle");
    grid(ballot.answer, board, "a ballot's answer");
    grid(ballot.undone, board, "a ballot's answer, undone,");
  }
  filled(vote.candidates, "the vote's list of candidates");
  for (const candidate of vote.candidates) {
    grid(candidate.answer, board, "a candidate's answer");
    index(candidate.count, 0, vote.ballots.length + 1, "a candidate's count");
  }
}

function checkMiniArc(arc: MiniArc): void {
  index(arc.width, 1, WIDEST + 1, "mini_arc.width");
  index(arc.colours, 1, WIDEST + 1, "mini_arc.colours");
  const board = { cells: arc.width * arc.width, tokens: arc.colours };
  filled(arc.tasks, "mini_arc.tasks");
  for (const task of arc.tasks) {
    filled(task.demonstrations, `the task ${task.name}'s list of demonstrations`);
    for (const pair of task.demonstrations) {
      for (const one of pair) grid(one, board, `a demonstration of the task ${task.name}`);
    }
  }
  filled(arc.variants, "mini_arc.variants");
  distinct(
    arc.variants.map(({ name }) => name),
    "mini_arc.variants",
  );
  for (const variant of arc.variants) {
    const whose = `the variant ${variant.name}`;
    filled(variant.seeds, `${whose}'s list of seeds`);
    index(variant.shown, 0, variant.seeds.length, `${whose}'s shown seed`);
    checkCurves(variant.seeds, variant.gradient_steps, whose);
    for (const seed of variant.seeds) {
      length(seed.by_task, arc.tasks.length, `${whose}'s list of tasks`);
      share(seed.exact, `${whose}'s exact`);
    }
  }
  filled(arc.shown, "mini_arc.shown");
  for (const shown of arc.shown) {
    index(shown.task, 0, arc.tasks.length, "a shown input's task");
    grid(shown.given, board, "a shown input");
    grid(shown.solution, board, "a shown solution");
    for (const { variant, answer } of shown.answers) {
      if (arc.variants.every(({ name }) => name !== variant)) {
        invalid(`a shown answer is of the variant ${variant}, which does not exist`);
      }
      grid(answer, board, "a shown answer");
    }
  }
}
