/**
 * What is true of a ladder's recording: the only derivations from its numbers that are shown.
 *
 * A frame or a caption may show a recorded number in a format of `numbers.ts`, a count of recorded
 * things, or one of the derivations below; a test holds every number of every scene to that.
 */
import type {
  ArcSeed,
  ArcVariant,
  LadderPuzzle,
  LadderRecording,
  MiniArc,
  LadderSegment,
  PuzzleThought,
  Rung,
  RungSeed,
  Wires,
} from "../../recording/ladder.gen";
import { at, range } from "../../lib/list";
import { compare, type Verdict } from "../../lib/paired";
import { memo } from "../../scene/memo";
import { count, extent, mean, percent, reward } from "../../scene/numbers";
import type { Scene } from "../../scene/scene";
import type { LadderView } from "./view";

export { compare, type Verdict };
export type LadderScene = Scene<LadderRecording, LadderView>;
export type Grid = readonly number[];
export type Measure = (seed: RungSeed) => number;

export function rungOf(recording: LadderRecording, step: number): Rung | null {
  return recording.rungs.find((rung) => rung.step === step) ?? null;
}

/** The median seed, whose thoughts were recorded. */
export function shownSeed(rung: Rung): RungSeed {
  return at(rung.seeds, rung.shown);
}

/** A number of every seed. */
export function ofSeeds(rung: Rung, measure: Measure): number[] {
  return rung.seeds.map(measure);
}

export const exact: Measure = (seed) => seed.exact;

/** Derivation: mean over the seeds. */
export function meanOf(rung: Rung, measure: Measure): number {
  return mean(ofSeeds(rung, measure));
}

/** 'down to 9%, up to 51%' and the like need lowest and highest of the seeds, in percent. */
export function spreadWords(values: readonly number[]): string {
  const [low, high] = extent(values);
  return percent(low) === percent(high) ? percent(low) : `${percent(low)} to ${percent(high)}`;
}

/** Means nearer than this are called near. */
const NEAR = 0.05;

/** What is to be said of a tie: near each other, or far apart by luck alone. */
export function tieWords(before: readonly number[], after: readonly number[]): string {
  return Math.abs(mean(after) - mean(before)) < NEAR
    ? "Too close to tell."
    : "The seeds differ too much to tell.";
}

/** A seed that solves less has learned nothing. */
const NOTHING = 0.01;

/** Seeds that learned nothing, where others did. */
export function failedSeeds(rung: Rung): number {
  const values = ofSeeds(rung, exact);
  const failed = values.filter((share) => share <= NOTHING).length;
  return failed < values.length ? failed : 0;
}

/** What is to be said where some seeds learned nothing and others did; null where none did so. */
export function failedWords(rung: Rung): string | null {
  const values = ofSeeds(rung, exact);
  const learned = values.filter((share) => share > NOTHING);
  const failed = failedSeeds(rung);
  if (failed === 0) return null;
  return `But on ${failed} of the ${count(values.length, "seed")} it learned nothing; on the others it solves ${spreadWords(learned)}.`;
}

/** 'rises from 48% to 70%', 'falls from …'; where it may be luck, how near the two are. */
export function moves(before: readonly number[], after: readonly number[]): string {
  const [from, to] = [percent(mean(before)), percent(mean(after))];
  if (from === to) return `stays at ${to}`;
  const verdict = compare(before, after);
  const words = { more: "rises", less: "falls", tie: "goes" }[verdict];
  const plain = `${words} from ${from} to ${to}`;
  if (verdict !== "tie") return plain;
  return Math.abs(mean(after) - mean(before)) < NEAR
    ? `hardly moves, from ${from} to ${to}`
    : `${plain}, but the seeds differ: it may be luck`;
}

/** Derivation: a difference of shares, in percentage points to one place, with its sign. */
export function points(difference: number): string {
  return reward(Math.round(difference * 1000) / 10).replace(/(\.\d)\d$/, "$1");
}

/** How many new puzzles a rung solves along its training. */
export interface Curve {
  readonly rung: Rung;
  /** Compute of each point, in units. */
  readonly units: readonly number[];
  /** The mean over the seeds at each point. */
  readonly shares: readonly number[];
}

/** The curves of the rungs whose trainings were looked at on the way. */
export const curvesOf = memo((recording: LadderRecording): readonly Curve[] =>
  [...recording.rungs, ...recording.bench].flatMap((rung) => {
    const points = rung.seeds.map((seed) => seed.by_step ?? []);
    const many = Math.min(...points.map((one) => one.length));
    if (many === 0) return [];
    const units = range(many).map((i) => at(at(points, 0), i)[0] * rung.units_a_step);
    return {
      rung,
      units,
      shares: range(many).map((i) => mean(points.map((one) => at(one, i)[1]))),
    };
  }),
);

/** Derivation: what a curve gained from its last point but one to its last. */
export function lastGain({ shares }: Curve): number {
  return shares.length < 2 ? 0 : at(shares, shares.length - 1) - at(shares, shares.length - 2);
}

/** The thought of a rung's shown seed about a puzzle, run `loops` times as long. */
export function thoughtOf(rung: Rung, puzzle: number, loops = 1): PuzzleThought | null {
  return (
    rung.thoughts.find((one) => one.puzzle === puzzle && one.loops === loops) ??
    (loops === 1 ? (rung.thoughts.find((one) => one.loops === 1) ?? null) : null)
  );
}

export function answerOf(thought: PuzzleThought): Grid {
  return at(thought.segments, thought.segments.length - 1).answer;
}

/** Derivation: blanks that an answer fills in wrongly. */
export function wrongCells(puzzle: LadderPuzzle, answer: Grid): number {
  return puzzle.given.filter((given, i) => given === 0 && answer[i] !== puzzle.solution[i]).length;
}

/** Derivation: cells in which two answers differ. */
export function changedCells(before: Grid, after: Grid): number {
  return before.filter((token, i) => token !== after[i]).length;
}

/**
 * The puzzle that the story follows: the view's, or the one that tells most, or the one in the
 * middle.
 */
export function puzzleIndex(recording: LadderRecording, view: LadderView): number {
  const { start } = view;
  if (start !== null && start >= 0 && start < recording.puzzles.length) return start;
  return telling(recording) ?? Math.floor(recording.puzzles.length / 2);
}

/**
 * The first shown puzzle that the first rung gets wrong and the outer loop gets right; null where
 * there is none. Scene 0 says that it was chosen so.
 */
export const telling = memo((recording: LadderRecording): number | null => {
  const [first, end] = [rungOf(recording, 1), rungOf(recording, 6)];
  if (!first || !end) return null;
  const found = range(recording.puzzles.length).find(
    (i) => solves(recording, first, i) === false && solves(recording, end, i) === true,
  );
  return found ?? null;
});

/** Whether the shown seed solves a shown puzzle; null where that was not recorded. */
export function solves(recording: LadderRecording, rung: Rung, puzzle: number): boolean | null {
  const thought = rung.thoughts.find((one) => one.puzzle === puzzle && one.loops === 1);
  if (!thought) return null;
  return wrongCells(at(recording.puzzles, puzzle), answerOf(thought)) === 0;
}

/** Derivation: mean over the cells of how far the state moved. */
export function meanChange(change: readonly number[]): number {
  return mean(change);
}

/** Derivation: bytes as 'kB' or 'MB'. */
export function bytes(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} MB`;
  if (value >= 1e3) return `${Math.round(value / 1e3)} kB`;
  return `${value} bytes`;
}

/** Derivation: how many times as much. */
export function ratio(more: number, less: number): string {
  return (more / less).toFixed(1);
}

/** Whether two machines are wired alike; the name tag does not count. */
export function sameWires(a: Wires, b: Wires): boolean {
  return WIRE_FIELDS.every((field) => a[field] === b[field]);
}

const WIRE_FIELDS = [
  "loop",
  "recall",
  "hierarchy",
  "modules",
  "cycles",
  "low_calls",
  "gradient",
  "segments",
  "halting",
] as const satisfies readonly (keyof Wires)[];

/** Derivation: calls of a segment of a machine wired so. */
export function callsOf(wires: Wires): number {
  return wires.cycles * (wires.low_calls + (wires.hierarchy ? 1 : 0));
}

export function ofArc(variant: ArcVariant, measure: (seed: ArcSeed) => number): number[] {
  return variant.seeds.map(measure);
}

/** Derivation: mean over a module's calls, and their cells, of how far its state moved. */
export function meanMove(thought: PuzzleThought, module: "L" | "H"): number {
  const calls = thought.segments.flatMap((one) => one.calls).filter((one) => one.module === module);
  return mean(calls.map((call) => meanChange(call.change)));
}

/** A thought up to where the light turned red. */
export const halted = memo((thought: PuzzleThought): PuzzleThought => ({
  ...thought,
  segments: thought.segments.slice(0, thought.segments_used),
}));

/** Whether the light is red after a segment: it would rather stop than go on. */
export function isRed({ q_halt, q_continue }: LadderSegment): boolean {
  return q_halt !== null && q_halt > (q_continue ?? 0);
}

/** Measured wirings with the outer loop but not two blocks; those with one state first. */
export function unsplit(recording: LadderRecording): readonly Rung[] {
  return recording.bench
    .filter(({ wires }) => wires.segments > 1 && (!wires.hierarchy || wires.modules === 1))
    .toSorted((a, b) => Number(a.wires.hierarchy) - Number(b.wires.hierarchy));
}

/** Measured wirings of H and L without the outer loop, other than step 5's. */
export function withoutOuter(recording: LadderRecording): readonly Rung[] {
  return recording.bench.filter(({ wires }) => wires.segments === 1 && wires.hierarchy);
}

export type Pair = readonly [before: Rung, after: Rung];

/** Every rung with the one before it. */
export function neighbours(recording: LadderRecording): readonly Pair[] {
  return recording.rungs.slice(1).map((rung, i) => [at(recording.rungs, i), rung] as const);
}

/** What the seeds say of a pair. */
export function comparePair([before, after]: Pair): Verdict {
  return compare(ofSeeds(before, exact), ofSeeds(after, exact));
}

/** Neighbours of which the later solves fewer puzzles on average. */
export function dips(recording: LadderRecording): readonly Pair[] {
  return neighbours(recording).filter(
    ([before, after]) =>
      percent(meanOf(after, exact)) !== percent(meanOf(before, exact)) &&
      meanOf(after, exact) < meanOf(before, exact),
  );
}

/** Neighbours of which the later solves fewer puzzles, by more than luck. */
export function falls(recording: LadderRecording): readonly Pair[] {
  return neighbours(recording).filter((pair) => comparePair(pair) === "less");
}

/** Derivation: of each task of mini-ARC, the share that a variant solves, a mean over its seeds. */
export function byTask(arc: MiniArc, variant: ArcVariant): number[] {
  return arc.tasks.map((_, task) => mean(variant.seeds.map((seed) => seed.by_task[task] ?? 0)));
}
