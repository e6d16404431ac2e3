/** One view of a puzzle being thought about, segment by segment. */
import type { AnsweredSegment } from "../../recording/thought.gen";
import { shortest } from "../../recording/float32";
import { Problem } from "../../recording/problem";
import { argmax, at, last, range, row } from "../../lib/list";
import { certaintyOf, type SeenCall } from "../inside";
import type { Mind, Segmented, States } from "./mind";
import { applied, putBack, undone, type Change } from "./views";

/** Bytes that the states of views at once may take: all are kept until it is known who counts. */
const ROOM = 2 ** 27;

/** One view being thought about; what it says is undone. */
export interface ViewThought {
  readonly number: number;
  readonly change: Change | null;
  readonly given: readonly number[];
  states: States;
  readonly segments: AnsweredSegment[];
  readonly calls: SeenCall[];
  /** The logits after each segment, in the view's own cells. */
  readonly logits: Float32Array[];
  /** q_halt after the last segment. */
  q: number;
}

/** How many views after the first are thought about at once. */
export function togetherOf(mind: Mind, segments: number): number {
  const { tokens, width, calls } = mind.entry;
  const bytes = 4 * tokens * width * calls.length * segments;
  return Math.max(1, Math.min(mind.together(), Math.floor(ROOM / bytes)));
}

export function thinksOn({ segments }: ViewThought, most: number): boolean {
  return segments.length < most && !last(segments).red;
}

/** The view `number`, from 1, of a grid before its first segment; `tag` is its embedding. */
export function begin(
  mind: Mind,
  given: readonly number[],
  number: number,
  change: Change | null,
  tag: Float32Array | null = null,
): ViewThought {
  return {
    number,
    change,
    given: applied(change, given),
    states: tag ? { ...mind.start, tag } : mind.start,
    segments: [],
    calls: [],
    logits: [],
    q: NaN,
  };
}

/** One more segment of some views. */
export async function segment(
  mind: Mind,
  thoughts: readonly ViewThought[],
  threshold: number | null,
): Promise<void> {
  const outputs = await mind.segment(
    thoughts.map(({ states }) => states),
    thoughts.map(({ given }) => given),
  );
  thoughts.forEach((thought, i) => {
    take(mind, thought, at(outputs, i), threshold);
  });
}

/** What a segment came to is put to the rest of its thought. */
function take(
  { entry }: Mind,
  thought: ViewThought,
  output: Segmented,
  threshold: number | null,
): void {
  const { logits, qHalt, qContinue, calls } = output;
  const { change, segments } = thought;
  const vocab = entry.board.glyphs.length;
  const tokens = range(entry.board.cells).map((cell) => argmax(row(logits, cell, vocab)));
  const answer = [...undone(change, tokens)];
  const before = segments.length ? last(segments).answer : answer;
  const halting = entry.model.halting;
  if (!Number.isFinite(qHalt)) {
    throw new Problem(
      "The model's numbers grew beyond all bounds: its weights are too large to answer with.",
    );
  }
  segments.push({
    answer,
    changed: range(answer.length).filter((cell) => answer[cell] !== before[cell]),
    q_halt: halting === "none" ? null : shortest(qHalt),
    red: wantsToHalt(halting, qHalt, qContinue, threshold),
  });
  thought.logits.push(logits);
  thought.q = qHalt;
  let { high, low } = thought.states;
  entry.calls.forEach((module, i) => {
    const after = at(calls, i);
    thought.calls.push({ module, before: module === "H" ? high : low, after });
    if (module === "H") high = after;
    else low = after;
  });
  thought.states = { ...thought.states, high, low };
}

/**
 * How sure each cell was after each segment, in the puzzle's own cells; null where the cells of a
 * view have no fixed places.
 */
export function certaintyIn(
  { entry }: Mind,
  { change, logits }: ViewThought,
): (readonly number[])[] | null {
  if (change && "turn" in change) return null;
  const vocab = entry.board.glyphs.length;
  return logits.map((one) => putBack(change, certaintyOf(one, vocab)));
}

/** As `wants_to_halt` of model/halting.py. */
function wantsToHalt(
  halting: Mind["entry"]["model"]["halting"],
  qHalt: number,
  qContinue: number,
  threshold: number | null,
): boolean {
  if (halting === "none") return false;
  const halts = qHalt > (halting === "q-learning" ? qContinue : 0);
  return halts && (threshold === null || qHalt > Math.log(threshold / (1 - threshold)));
}
