/** A thought of the page as a recording, equal to what `hrmkit solve --record` writes. */
import { shortest } from "../../recording/float32";
import { Problem } from "../../recording/problem";
import type { ThoughtRecording } from "../../recording/thought.gen";
import { sealed } from "../../recording/write";
import { at } from "../../lib/list";
import { insideOf } from "../inside";
import type { Asked } from "./messages";
import type { Minds } from "./mind";
import type { ThinkerEntry } from "./models";
import { rulesOf } from "./rules";
import { certaintyIn, think, type Posed, type Watch } from "./think";

/** In a solution: a cell that belongs to no question. */
const IGNORED = -100;
/** As in recording/board.py. */
const MOST_SEGMENTS = 64;

/** Thinks about what is asked and writes the whole recording; `runtime` is what ran the model. */
export async function recordThought(
  minds: Minds,
  asked: Asked,
  runtime: string,
  watch: Watch,
): Promise<ThoughtRecording> {
  const { version } = await minds.index();
  const mind = await minds.mind(asked.model);
  const { entry } = mind;
  const rules = rulesOf(entry.puzzle);
  const posed = poseOn(entry, asked);
  checkSettings(entry, asked);
  const [height, width] = entry.canvas;
  const flaw = rules.flaw(posed.given, height, width);
  if (flaw) throw new Problem(`This ${entry.puzzle} has no proper answer: ${flaw}.`);
  const { chosen, tried } = await think(mind, posed, asked, rules, watch);
  const { segments } = chosen;
  const light = segments.findIndex(({ red }) => red);
  const used = light < 0 ? segments.length : light + 1;
  const { answer } = at(segments, used - 1);
  const known = rules.solution(posed.given, height, width);
  const solution = known?.map((token) => (token === entry.padding ? IGNORED : token)) ?? null;
  return sealed<ThoughtRecording>({
    format: "hrm-recording",
    version: 1,
    kind: "thought",
    title: asked.title ?? entry.thought,
    made_by: { program: "page", hrmkit: version, engine: runtime },
    puzzle: entry.puzzle,
    board: entry.board,
    model: entry.model,
    trained_on: entry.trained_on,
    step: entry.step,
    given: [...posed.given],
    solution,
    halt_threshold: asked.haltThreshold === null ? null : shortest(asked.haltThreshold),
    view: chosen.number > 1 ? chosen.number : null,
    tried: [...tried],
    segments,
    segments_used: used,
    valid: rules.isValid(posed.given, answer, height, width),
    exact: solution && solution.every((token, i) => token === IGNORED || token === answer[i]),
    inside: insideOf(chosen.calls, certaintyIn(mind, chosen)),
  });
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

function checkSettings(entry: ThinkerEntry, { segments, haltThreshold, views }: Asked): void {
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
