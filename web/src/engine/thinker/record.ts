/** A thought of the page as a recording, equal to what `hrmkit solve --record` writes. */
import { shortest } from "../../recording/float32";
import { Problem } from "../../recording/problem";
import type { ThoughtRecording } from "../../recording/thought.gen";
import { sealed } from "../../recording/write";
import { at } from "../../lib/list";
import { cropped } from "../../lib/rules/arc";
import { insideOf } from "../inside";
import type { Asked, AskedTask } from "./messages";
import type { Mind, Minds } from "./mind";
import type { ThinkerEntry } from "./models";
import { rulesOf } from "./rules";
import { think, type Posed, type Watch } from "./think";
import { certaintyIn, type ViewThought } from "./viewThought";
import { testOf, voteOn } from "./vote";

/** In a solution: a cell that belongs to no question. */
const IGNORED = -100;
/** As in recording/board.py. */
const MOST_SEGMENTS = 64;

/** Thinks about what is asked and writes the whole recording; `runtime` is what ran the model. */
export async function recordThought(
  minds: Minds,
  asked: Asked | AskedTask,
  runtime: string,
  watch: Watch,
): Promise<ThoughtRecording> {
  const { version } = await minds.index();
  const mind = await minds.mind(asked.model);
  checkSettings(mind.entry, asked);
  const found =
    "task" in asked ? await voted(mind, asked, watch) : await solved(mind, asked, watch);
  const { entry } = mind;
  const { thought, given, solution, isValid, ...rest } = found;
  const { segments } = thought;
  const light = segments.findIndex(({ red }) => red);
  const used = light < 0 ? segments.length : light + 1;
  const { answer } = at(segments, used - 1);
  return sealed<ThoughtRecording>({
    format: "hrm-recording",
    version: 1,
    kind: "thought",
    title: asked.title ?? titleOf(entry, asked),
    made_by: { program: "page", hrmkit: version, engine: runtime },
    puzzle: entry.puzzle,
    board: entry.board,
    model: entry.model,
    trained_on: entry.trained_on,
    step: entry.step,
    given: [...given],
    solution,
    halt_threshold: asked.haltThreshold === null ? null : shortest(asked.haltThreshold),
    view: thought.number > 1 ? thought.number : null,
    segments,
    segments_used: used,
    valid: isValid(answer),
    exact: solution && solution.every((token, i) => token === IGNORED || token === answer[i]),
    inside: insideOf(thought.calls, certaintyIn(mind, thought)),
    ...rest,
  });
}

/** As `title_of` of recording/thought/recorder.py. */
function titleOf({ name, thought }: ThinkerEntry, asked: Asked | AskedTask): string {
  return "task" in asked ? `${name} thinks about task ${asked.task}` : thought;
}

/** What is recorded of a puzzle, of whichever kind. */
interface Found extends Pick<ThoughtRecording, "tried" | "vote"> {
  readonly thought: ViewThought;
  readonly given: readonly number[];
  readonly solution: number[] | null;
  /** Whether an answer is correct; null where nothing can tell. */
  isValid(answer: readonly number[]): boolean | null;
}

/** A puzzle that is looked at until an answer is valid. */
async function solved(mind: Mind, asked: Asked, watch: Watch): Promise<Found> {
  const { entry } = mind;
  const rules = rulesOf(entry.puzzle);
  const posed = poseOn(entry, asked);
  const [height, width] = entry.canvas;
  const flaw = rules.flaw(posed.given, height, width);
  if (flaw) throw new Problem(`This ${entry.puzzle} is refused: ${flaw}.`);
  const { chosen, tried } = await think(mind, posed, asked, rules, watch);
  const known = rules.solution(posed.given, height, width);
  return {
    thought: chosen,
    given: posed.given,
    solution: known && asLabel(known, entry.padding),
    isValid: (answer) => rules.isValid(posed.given, answer, height, width),
    tried: [...tried],
    vote: null,
  };
}

/** A task whose views vote. */
async function voted(mind: Mind, asked: AskedTask, watch: Watch): Promise<Found> {
  const test = testOf(mind, asked);
  const { plain, vote } = await voteOn(mind, test, asked, watch);
  const wanted = test.answer?.join();
  return {
    thought: plain,
    given: test.given,
    solution: test.answer && asLabel(test.answer, mind.entry.padding),
    isValid: (answer) => (wanted === undefined ? null : cropped(answer).join() === wanted),
    tried: null,
    vote,
  };
}

function asLabel(grid: readonly number[], padding: number): number[] {
  return grid.map((token) => (token === padding ? IGNORED : token));
}

/** The puzzle at the top left of the model's canvas; throws for one that does not fit. */
function poseOn(entry: ThinkerEntry, { given, height, width }: Asked): Posed {
  const [rows, columns] = entry.canvas;
  const fits = entry.holds_smaller
    ? height >= 1 && width >= 1 && height <= rows && width <= columns
    : height === rows && width === columns;
  if (!fits) {
    const reads = `${entry.holds_smaller ? "at most " : ""}${rows} x ${columns}`;
    throw new Problem(
      `This ${entry.puzzle} has ${height} x ${width} cells, and ${entry.name} reads ${reads}.`,
    );
  }
  if (given.length !== height * width) {
    throw new Problem(`This ${entry.puzzle} has ${given.length} cells, not ${height * width}.`);
  }
  const tokens = entry.board.glyphs.length;
  const odd = given.find((token) => !(Number.isInteger(token) && token >= 0 && token < tokens));
  if (odd !== undefined) {
    throw new Problem(`The token ${odd} is not of a ${entry.puzzle}: 0 to ${tokens - 1} are.`);
  }
  const canvas = new Array<number>(rows * columns).fill(entry.padding);
  given.forEach((token, i) => {
    canvas[Math.floor(i / width) * columns + (i % width)] = token;
  });
  return { given: canvas, height, width };
}

function checkSettings(
  entry: ThinkerEntry,
  { segments, haltThreshold, views }: Pick<Asked, "segments" | "haltThreshold" | "views">,
): void {
  const within = (value: number, most: number): boolean =>
    Number.isInteger(value) && value >= 1 && value <= most;
  if (!within(segments, MOST_SEGMENTS)) {
    throw new Problem(`${segments} segments are not possible: choose 1 to ${MOST_SEGMENTS}.`);
  }
  if (!within(views, entry.most_views)) {
    throw new Problem(`${views} views are not possible: choose 1 to ${entry.most_views}.`);
  }
  if (haltThreshold !== null && !(haltThreshold >= 0.5 && haltThreshold < 1)) {
    throw new Problem(
      `The halt threshold is ${haltThreshold}: it has to be 0.5 or more, and below 1.`,
    );
  }
}
