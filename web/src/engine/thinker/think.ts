/**
 * Thinks about a puzzle as `hrmkit solve` does: in views until an answer is valid, each until the
 * model halts; then on to the last segment of the view that counts, for the recording.
 */
import type { AnsweredSegment } from "../../recording/thought.gen";
import { shortest } from "../../recording/float32";
import { Problem } from "../../recording/problem";
import { argmax, at, last, range, row } from "../../lib/list";
import { certaintyOf, type SeenCall } from "../inside";
import type { Asked, ThoughtProgress } from "./messages";
import type { Mind, Segmented, States } from "./mind";
import type { Rules } from "./rules";
import { applied, changeOf, putBack, undone, type Change } from "./views";

/** Called after every segment; throws to cancel. */
export type Watch = (progress: ThoughtProgress) => Promise<void>;

/** Bytes that the states of views at once may take: all are kept until it is known who counts. */
const ROOM = 2 ** 27;

/** A puzzle on the model's canvas. */
export interface Posed {
  readonly given: readonly number[];
  /** Of the puzzle itself. */
  readonly height: number;
  readonly width: number;
}

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
}

/** What a view came to at its light. */
export interface Tried {
  readonly view: number;
  readonly answer: number[];
  readonly valid: boolean;
  readonly segments: number;
  readonly halted: boolean;
  readonly q_halt: number | null;
}

export interface Thought {
  /** Of the view that counts, all segments. */
  readonly chosen: ViewThought;
  readonly tried: readonly Tried[];
}

/** Thinks about a puzzle; its `tried` ends with the first valid answer. */
export async function think(
  mind: Mind,
  posed: Posed,
  asked: Pick<Asked, "segments" | "haltThreshold" | "views">,
  rules: Rules,
  watch: Watch,
): Promise<Thought> {
  const { segments: most, views } = asked;
  const [height, width] = mind.entry.canvas;
  const told = (thought: ViewThought): Promise<void> =>
    watch({
      view: thought.number,
      views,
      segment: thought.segments.length,
      segments: most,
      answer: last(thought.segments).answer,
    });
  const tried: Tried[] = [];
  let first: ViewThought | null = null;
  let chosen: ViewThought | null = null;
  for (let next = 1; next <= views && !chosen;) {
    const many = next === 1 ? 1 : Math.min(togetherOf(mind, most), views - next + 1);
    const group = range(many).map((i) => begin(mind, posed, next + i));
    next += many;
    first ??= at(group, 0);
    for (let going = group; going.length; going = going.filter((one) => thinksOn(one, most))) {
      await segment(mind, going, asked.haltThreshold);
      await told(at(going, 0));
    }
    for (const one of group) {
      const { answer, q_halt, red } = last(one.segments);
      const valid = rules.isValid(posed.given, answer, height, width);
      tried.push({
        view: one.number,
        answer,
        valid,
        segments: one.segments.length,
        halted: red,
        q_halt: q_halt ?? null,
      });
      if (valid) {
        chosen = one;
        break;
      }
    }
  }
  chosen ??= first as ViewThought;
  while (chosen.segments.length < most) {
    await segment(mind, [chosen], asked.haltThreshold);
    await told(chosen);
  }
  return { chosen, tried };
}

/** How many views after the first are thought about at once. */
function togetherOf(mind: Mind, segments: number): number {
  const { tokens, width, calls } = mind.entry;
  const bytes = 4 * tokens * width * calls.length * segments;
  return Math.max(1, Math.min(mind.together(), Math.floor(ROOM / bytes)));
}

function thinksOn({ segments }: ViewThought, most: number): boolean {
  return segments.length < most && !last(segments).red;
}

function begin(mind: Mind, posed: Posed, number: number): ViewThought {
  const { height, width } = posed;
  const change = changeOf(mind.symmetries, number, height, width, mind.entry.canvas);
  return {
    number,
    change,
    given: applied(change, posed.given),
    states: mind.start,
    segments: [],
    calls: [],
    logits: [],
  };
}

/** One more segment of some views. */
async function segment(
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
  let { high, low } = thought.states;
  entry.calls.forEach((module, i) => {
    const after = at(calls, i);
    thought.calls.push({ module, before: module === "H" ? high : low, after });
    if (module === "H") high = after;
    else low = after;
  });
  thought.states = { high, low };
}

/** How sure each cell was after each segment, in the puzzle's own cells. */
export function certaintyIn({ entry }: Mind, thought: ViewThought): (readonly number[])[] {
  const vocab = entry.board.glyphs.length;
  return thought.logits.map((logits) => putBack(thought.change, certaintyOf(logits, vocab)));
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
