/** Views: how often it looked at the puzzle until an answer was valid, and what the others were. */
import { at, range } from "../../../lib/list";
import type { ThoughtRecording, TriedView } from "../../../recording/thought.gen";
import { fitted, group, round, type Box } from "../../../scene/build";
import { clamp, progress } from "../../../scene/ease";
import { memo } from "../../../scene/memo";
import { count, logistic, percent } from "../../../scene/numbers";
import type { Caption } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { each, timeline, READ } from "../../../scene/timeline";
import { capital } from "../../../scene/words";
import { puzzleBoard, type BoardProps } from "../../puzzle/board";
import { card, halves, inside, sizes } from "../../puzzle/places";
import {
  cropOfThought,
  handedIn,
  solutionFor,
  wrongIn,
  wrongWords,
  type ThoughtScene,
} from "../facts";
import type { ThoughtView } from "../view";

const BUDGET = 24;
/** Seconds after the last view until the large board shows what is handed in. */
const CLOSED = 0.2;
/** With more views than this, only the first have a small board, and the last. */
const MOST_BOARDS = 32;

/** Every view that was tried; of a thought where nobody tried others, its own. */
export const triedIn = memo((recording: ThoughtRecording): readonly TriedView[] => {
  const { tried, view, valid, segments_used: segments } = recording;
  if (tried?.length) return tried;
  const { answer, q_halt, red } = handedIn(recording);
  return [{ view: view ?? 1, answer, valid: valid ?? false, segments, halted: red, q_halt }];
});

const times = memo((recording: ThoughtRecording) => {
  const many = triedIn(recording).length;
  return timeline({ begin: 1.6, views: each(many, Math.min(READ, BUDGET / many)) });
});

/** Views that have been looked at. */
function seen(recording: ThoughtRecording, t: number): number {
  const time = times(recording);
  const many = triedIn(recording).length;
  return Math.min(many, Math.floor(progress(t, time.views, time.end) * many + 0.4));
}

/** What came of a view, as a sentence. */
function said(recording: ThoughtRecording, one: TriedView, view: ThoughtView): string {
  const wrong = wrongIn(recording, one.answer, view);
  const what = one.valid
    ? "a correct answer"
    : wrong?.length
      ? wrongWords(recording, view, wrong.length)
      : recording.valid === null
        ? "an answer that nothing can judge"
        : "no correct answer";
  return `View ${one.view}: ${what} after ${count(one.segments, "segment")}.`;
}

function summary(recording: ThoughtRecording): string {
  const views = triedIn(recording);
  const many = count(views.length, "view");
  if (!recording.tried) return "It was thought about in one view; nobody looked for another.";
  if (at(views, views.length - 1).valid) {
    return views.length === 1
      ? "One view was enough: the puzzle as it is."
      : `It took ${many}: the last gave a correct answer.`;
  }
  return `None of ${many} gave a correct answer; that of view ${recording.view ?? 1} is handed in.`;
}

function captions(recording: ThoughtRecording, view: ThoughtView): readonly Caption[] {
  const time = times(recording);
  const list: Caption[] = [
    {
      at: 0,
      text: "Under a symmetry a puzzle looks different. Where an answer breaks the rules, the model looks again.",
    },
  ];
  const views = triedIn(recording);
  if (views.length * READ <= BUDGET) {
    views.slice(0, -1).forEach((one, i) => {
      list.push({ at: time.nth("views", i + 0.6), text: said(recording, one, view) });
    });
  } else {
    // They come faster than their numbers could be read.
    list.push({
      at: READ,
      text: "Each is shown changed back. Its light says when to stop, the rules whether the answer is right.",
    });
  }
  return [
    ...list,
    { at: Math.max(time.end + CLOSED, (list.at(-1)?.at ?? 0) + READ), text: summary(recording) },
  ];
}

function duration(recording: ThoughtRecording): number {
  return times(recording).end + 8;
}

function draw(recording: ThoughtRecording, t: number, view: ThoughtView): readonly Shape[] {
  const { layout } = view;
  const { first, second } = halves(layout);
  const one = largeAt(recording, t);
  const handed = t >= times(recording).end + CLOSED ? ", handed in" : "";
  return [
    ...card("board", first, one ? `View ${one.view}${handed}` : "As it is given", layout),
    ...large(recording, one, inside(first, layout), view),
    ...card("views", second, headOf(recording), layout),
    ...small(recording, t, inside(second, layout), view),
  ];
}

/** The view on the large board: the last one looked at; in the end the one that is handed in. */
function largeAt(recording: ThoughtRecording, t: number): TriedView | null {
  const [views, many] = [triedIn(recording), seen(recording, t)];
  if (many === 0) return null;
  const looked = at(views, many - 1);
  if (t < times(recording).end + CLOSED) return looked;
  return views.find(({ view }) => view === (recording.view ?? 1)) ?? looked;
}

function headOf(recording: ThoughtRecording): string {
  const many = triedIn(recording).length;
  return many <= MOST_BOARDS
    ? "Every view that was tried"
    : `The first ${MOST_BOARDS - 1} of ${many} views, and the last`;
}

function large(
  recording: ThoughtRecording,
  one: TriedView | null,
  box: Box,
  view: ThoughtView,
): Shape[] {
  const { board, given } = recording;
  const size = sizes[view.layout].body;
  const solution = one ? solutionFor(recording, view) : null;
  const wrong = one && !solution ? wrongIn(recording, one.answer, view) : null;
  const words = one ? said(recording, one, view) : "The puzzle, not yet thought about.";
  return [
    puzzleBoard({
      id: "main",
      box: { ...box, height: box.height - size * 2.2 },
      board,
      crop: cropOfThought(recording),
      grid: one?.answer ?? given,
      given,
      solution,
      ...(wrong ? { wrong } : {}),
      tone: one ? toneOf(recording, one) : "input",
      label: `The board. ${words}`,
      tip: words,
    }),
    fitted("main.said", words, box.x, round(box.y + box.height - 3), box.width, size, {
      weight: one ? 700 : 400,
      fill: one ? "ink" : "muted",
    }),
  ];
}

function toneOf(recording: ThoughtRecording, { valid }: TriedView): "right" | "wrong" | "answer" {
  return recording.valid === null ? "answer" : valid ? "right" : "wrong";
}

/** A small board a view, in the order in which they were tried; the next one stands there already. */
function small(recording: ThoughtRecording, t: number, box: Box, view: ThoughtView): Shape[] {
  const views = triedIn(recording);
  const size = sizes[view.layout].small;
  const foot = size * 3;
  const room = { ...box, height: box.height - foot };
  const shown = shownOf(views.length);
  const across = columnsFor(shown.length, room, size);
  const down = Math.ceil(shown.length / across);
  const [width, height] = [room.width / across, Math.min(room.height / down, 180)];
  const done = seen(recording, t);
  const next = shown.find((i) => i >= done);
  return [
    ...shown.flatMap((i, place) => {
      const x = room.x + (place % across) * width;
      const y = room.y + Math.floor(place / across) * height;
      const own: Box = { x, y, width, height };
      if (i < done) return [lookedAt(recording, i, own, view)];
      return i === next ? [notYet(recording, i, own, view)] : [];
    }),
    ...closing(recording, t, { ...box, y: box.y + box.height - foot, height: foot }, size),
  ];
}

/** What is shown of a view in its small place, and what is said of it. */
interface Small {
  readonly tip: string;
  readonly under: string;
  readonly right?: boolean;
  /** What stands on its board. */
  readonly board: Pick<BoardProps, "grid" | "solution" | "wrong" | "tone">;
}

function lookedAt(recording: ThoughtRecording, i: number, place: Box, view: ThoughtView): Shape {
  const one = at(triedIn(recording), i);
  const solution = solutionFor(recording, view);
  const wrong = wrongIn(recording, one.answer, view);
  const sure = one.q_halt === null ? "" : ` It was ${percent(logistic(one.q_halt))} sure.`;
  const mark = one.valid ? " ✓" : wrong?.length ? `: ${wrong.length} ✗` : "";
  return smallBoard(recording, i, place, view, {
    tip: `${said(recording, one, view)}${sure}`,
    under: `${one.view}${mark}`,
    right: one.valid,
    board: {
      grid: one.answer,
      solution,
      ...(wrong && !solution ? { wrong } : {}),
      tone: toneOf(recording, one),
    },
  });
}

/** The view that comes next, so that nobody looks at an empty panel. */
function notYet(recording: ThoughtRecording, i: number, place: Box, view: ThoughtView): Shape {
  const { view: number } = at(triedIn(recording), i);
  return smallBoard(recording, i, place, view, {
    tip: `View ${number}: not yet thought about.`,
    under: `${number} …`,
    board: { grid: recording.given },
  });
}

function smallBoard(
  recording: ThoughtRecording,
  i: number,
  place: Box,
  { layout }: ThoughtView,
  { tip, under, right = false, board }: Small,
): Shape {
  const size = sizes[layout].small;
  const box = {
    x: round(place.x + 3),
    y: round(place.y),
    width: round(place.width - 6),
    height: round(place.height - size * 1.9),
  };
  const [x, y] = [round(place.x + place.width / 2), round(place.y + place.height - size * 0.55)];
  return group(
    `view.${i}`,
    [
      puzzleBoard({
        id: `view.${i}.board`,
        box,
        board: recording.board,
        crop: cropOfThought(recording),
        given: recording.given,
        small: true,
        label: `View ${at(triedIn(recording), i).view}`,
        tip,
        ...board,
      }),
      fitted(`view.${i}.said`, under, x, y, place.width - 4, size, {
        anchor: "middle",
        weight: right ? 700 : 400,
        fill: right ? "ink" : "muted",
      }),
    ],
    { label: tip, tip },
  );
}

/** The views that have a small board. */
function shownOf(many: number): readonly number[] {
  return many <= MOST_BOARDS ? range(many) : [...range(MOST_BOARDS - 1), many - 1];
}

/** As many columns as make the boards largest. */
function columnsFor(many: number, box: Box, size: number): number {
  const sideWith = (across: number): number =>
    Math.min(box.width / across - 6, box.height / Math.ceil(many / across) - size * 1.9);
  return range(many)
    .map((i) => i + 1)
    .reduce((best, across) => (sideWith(across) > sideWith(best) ? across : best), 1);
}

function closing(recording: ThoughtRecording, t: number, box: Box, size: number): Shape[] {
  const { end } = times(recording);
  if (clamp((t - end) / 0.3) <= 0) return [];
  const words = capital(summary(recording));
  return [
    fitted("views.closing", words, box.x, round(box.y + size * 2), box.width, size * 1.05, {
      weight: 700,
    }),
  ];
}

export const viewByView: ThoughtScene = {
  id: "views",
  phase: 3,
  title: "Views",
  duration,
  captions,
  stops: (recording) => {
    const time = times(recording);
    return [0, ...triedIn(recording).map((_, i) => time.nth("views", i + 0.9)), time.end + 1];
  },
  draw,
};
