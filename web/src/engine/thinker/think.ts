/**
 * Thinks about a puzzle as `hrmkit solve` does: in views until an answer is valid, each until the
 * model halts; then on to the last segment of the view that counts, for the recording.
 */
import { at, last, range } from "../../lib/list";
import type { Asked, ThoughtProgress } from "./messages";
import type { Mind } from "./mind";
import type { Rules } from "./rules";
import { begin, segment, thinksOn, togetherOf, type ViewThought } from "./viewThought";
import { changeOf } from "./views";

/** Called after every segment; throws to cancel. */
export type Watch = (progress: ThoughtProgress) => Promise<void>;

/** A puzzle on the model's canvas. */
export interface Posed {
  readonly given: readonly number[];
  /** Of the puzzle itself. */
  readonly height: number;
  readonly width: number;
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
    const group = range(many).map((i) => beginView(mind, posed, next + i));
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

function beginView(mind: Mind, { given, height, width }: Posed, number: number): ViewThought {
  const { symmetries, entry } = mind;
  const change = symmetries && changeOf(symmetries, number, height, width, entry.canvas);
  return begin(mind, given, number, change);
}
