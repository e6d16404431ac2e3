/** A task in disguise: what every view answers, turned back, counted; and the best two. */
import { at, range } from "../../../lib/list";
import { faded, fitted, group, rect, round, type Box } from "../../../scene/build";
import { clamp, coming, leaving, mix, progress, tween } from "../../../scene/ease";
import { memo } from "../../../scene/memo";
import { count, percent } from "../../../scene/numbers";
import { words } from "../../../scene/parts/paragraphs";
import { cross, tick } from "../../../scene/parts/marks";
import type { Caption } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { each, inOrder, timeline, READ } from "../../../scene/timeline";
import { card, halves, inside, sizes } from "../../puzzle/places";
import { canvas, pair } from "../parts/canvases";
import type { ThoughtView } from "../view";
import {
  disguiseWords,
  isSolved,
  offIn,
  rightPlace,
  TRIES,
  viewsOf,
  voteVerdict,
  wantedIn,
  type VotedRecording,
} from "../vote";
import type { VotedScene } from "./byVote";

/** Seconds a view, and of all of them. */
const LONGEST = 1.4;
const BUDGET = 18;
/** More views than this have no small board. */
const MOST_BOARDS = 33;
const MOST_LARGE_BOARDS = 20;
/** Answers with a row of their own. */
const MOST_ROWS = 6;

const times = memo(({ vote }: VotedRecording) => {
  const many = vote.views.length;
  return timeline({
    disguises: 4.5,
    views: each(many, Math.min(LONGEST, BUDGET / many)),
    count: 5.5,
    best: 7,
  });
});

/** Views that have answered. */
function answered(recording: VotedRecording, t: number): number {
  const time = times(recording);
  const many = recording.vote.views.length;
  return Math.min(many, Math.floor(progress(t, time.views, time.count) * many + 0.25));
}

function captions(recording: VotedRecording): readonly Caption[] {
  const { views, candidates } = recording.vote;
  const time = times(recording);
  const many = views.length;
  const [first, second] = candidates;
  const shares = (one: { readonly count: number }): string =>
    `${one.count} of ${count(many, "view")}`;
  const middle = time.nth("views", Math.floor(many / 2));
  return inOrder([
    {
      at: 0,
      text:
        many === 1
          ? "One view: the task as it is. It has no others to be outvoted by."
          : `The same task in ${count(many, "disguise")}: turned, flipped, its colours exchanged.`,
    },
    {
      at: time.views,
      text: "It answers each as a task of its own; then the disguise is taken off the answer.",
    },
    middle - time.views >= READ && time.count - middle >= READ
      ? {
          at: middle,
          text: "To the model each disguise is another task: the answers need not agree.",
        }
      : null,
    {
      at: time.count,
      text: `Equal answers are counted: ${count(candidates.length, "different one")}, the most frequent in ${first ? shares(first) : "none"}.`,
    },
    {
      at: time.best,
      text: `${second ? "The best two are handed in." : "There is only this one to hand in."} ${voteVerdict(recording)}`,
    },
  ]);
}

function draw(recording: VotedRecording, t: number, view: ThoughtView): readonly Shape[] {
  const { layout } = view;
  const { first, second } = halves(layout);
  const time = times(recording);
  const many = answered(recording, t);
  const counting = tween(t, time.count - 0.3, time.count + 0.3);
  const ending = tween(t, time.best - 0.3, time.best + 0.3);
  const [left, right] = [inside(first, layout), inside(second, layout)];
  return [
    ...card("view", first, ending > 0.5 ? "Handed in" : headOf(recording, many), layout),
    ...faded("one", leaving(ending), one(recording, many, left, view)),
    ...faded("best", coming(ending), best(recording, left, view)),
    ...card("all", second, counting > 0.5 ? "The count" : boardsHead(recording, many), layout),
    ...faded("boards", leaving(counting), boards(recording, many, right, view)),
    ...faded("count", coming(counting), tally(recording, t, right, view)),
  ];
}

function headOf({ vote }: VotedRecording, many: number): string {
  return many === 0 ? "As it is given" : `View ${many} of ${vote.views.length}`;
}

function boardsHead(recording: VotedRecording, many: number): string {
  const all = recording.vote.views.length;
  const shown = mostBoards(recording);
  const what = many === 0 ? "disguises" : "answers, turned back";
  return all > shown ? `The first ${shown} of ${all} ${what}` : `All ${all} ${what}`;
}

function mostBoards({ board }: VotedRecording): number {
  return board.cells > 144 ? MOST_LARGE_BOARDS : MOST_BOARDS;
}

/** The wrong cells of an answer, where the true one is asked for. */
function marked(recording: VotedRecording, answer: readonly number[], { truth }: ThoughtView) {
  const wanted = truth === false ? null : wantedIn(recording);
  if (!wanted) return null;
  return offIn(answer, wanted, recording.board);
}

/** How an answer is framed and marked. */
function judged(recording: VotedRecording, answer: readonly number[], view: ThoughtView) {
  const wrong = marked(recording, answer, view);
  return wrong
    ? ({ wrong, tone: wrong.length ? "wrong" : "right" } as const)
    : ({ tone: "answer" } as const);
}

/** The view that is looked at: in disguise, and what it says without. */
function one(recording: VotedRecording, many: number, box: Box, view: ThoughtView): Shape[] {
  const { board, given, vote } = recording;
  const size = sizes[view.layout].body;
  if (many === 0) {
    return [
      canvas({
        id: "one.given",
        box: { ...box, height: box.height - size * 2.2 },
        board,
        grid: given,
        label: "The test",
        tip: "The test, as it is given.",
      }),
      ...line("one.said", "The test, not yet answered.", box, size, "muted"),
    ];
  }
  const own = at(vote.views, many - 1);
  const seen = at(viewsOf(recording), many - 1);
  const what = disguiseWords(own);
  const head = size * 1.7;
  const part = (box.height - size * 2.2) / 2;
  const [top, bottom] = [
    { ...box, y: box.y + head, height: part - head - size },
    { ...box, y: box.y + part + head, height: part - head - size },
  ];
  const tip = `View ${many}, ${what}`;
  return [
    fitted("one.head", `In disguise: ${what}`, box.x, round(box.y + size), box.width, size, {
      weight: 700,
    }),
    ...pair({
      id: "one.pair",
      box: top,
      board,
      from: { grid: seen.given, label: `${tip}: the test`, tip: `${tip}: the test.` },
      to: {
        grid: seen.said,
        tone: "answer",
        label: `${tip}: its answer`,
        tip: `${tip}: what it answers, in disguise.`,
      },
    }),
    fitted("one.back", "Without the disguise", box.x, round(box.y + part + size), box.width, size, {
      weight: 700,
    }),
    canvas({
      id: "one.answer",
      box: bottom,
      board,
      grid: seen.answer,
      ...judged(recording, seen.answer, view),
      label: `${tip}: its answer without the disguise`,
      tip: `${tip}: its answer without the disguise.`,
    }),
    ...line("one.said", `It is ${percent(own.chance)} sure.`, box, size, "ink"),
  ];
}

function line(id: string, said: string, box: Box, size: number, fill: "muted" | "ink"): Shape[] {
  return [
    fitted(id, said, box.x, round(box.y + box.height - 3), box.width, size, {
      fill,
      weight: fill === "ink" ? 600 : 400,
    }),
  ];
}

/** As many columns as make squares largest. */
function columnsFor(many: number, { width, height }: Box): number {
  const side = (across: number): number =>
    Math.min(width / across, height / Math.ceil(many / across));
  return range(many)
    .map((i) => i + 1)
    .reduce((most, across) => (side(across) > side(most) ? across : most), 1);
}

/** A small board a view: in disguise, and once it has answered its answer without. */
function boards(recording: VotedRecording, many: number, box: Box, view: ThoughtView): Shape[] {
  const { board, vote } = recording;
  const shown = viewsOf(recording).slice(0, mostBoards(recording));
  const across = columnsFor(shown.length, box);
  const [wide, high] = [box.width / across, box.height / Math.ceil(shown.length / across)];
  return shown.flatMap((seen, i) => {
    const done = i < many;
    const own = at(vote.views, i);
    const answer = judged(recording, seen.answer, view);
    const right = done && answer.tone === "right";
    const tip = done
      ? `View ${i + 1} answers this, its disguise taken off. It is ${percent(own.chance)} sure.`
      : `View ${i + 1}: the test ${disguiseWords(own)}.`;
    const place = {
      x: round(box.x + (i % across) * wide + 4),
      y: round(box.y + Math.floor(i / across) * high + 4),
      width: round(wide - 8),
      height: round(high - 8),
    };
    return [
      ...(i === many - 1
        ? [
            rect(
              `board.${i}.now`,
              { x: place.x - 3, y: place.y - 3, width: place.width + 6, height: place.height + 6 },
              { radius: 6, fill: "halting", opacity: 0.3 },
            ),
          ]
        : []),
      canvas({
        id: `board.${i}`,
        box: place,
        board,
        grid: done ? seen.answer : seen.given,
        ...(done ? answer : {}),
        small: true,
        label: tip,
        tip,
      }),
      ...(right
        ? [
            tick(`board.${i}.tick`, {
              x: place.x + place.width - 7,
              y: place.y + 7,
              size: 16,
            }),
          ]
        : []),
    ];
  });
}

/** A row an answer: its board, and a bar of its votes. */
function tally(recording: VotedRecording, t: number, box: Box, view: ThoughtView): Shape[] {
  const { board, vote } = recording;
  const time = times(recording);
  const { layout } = view;
  const size = sizes[layout].small;
  const shown = vote.candidates.slice(0, MOST_ROWS);
  const rest = vote.candidates.slice(MOST_ROWS);
  const foot = size * 2.2;
  const step = Math.min(layout === "wide" ? 84 : 60, (box.height - foot) / shown.length);
  const grown = progress(t, time.count + 0.3, time.count + 2.5);
  const most = at(vote.candidates, 0).count;
  const side = Math.min(step - 8, 70);
  const from = box.x + side + 14;
  const words = layout === "wide" ? 150 : 118;
  const wide = box.width - side - 14 - words;
  return [
    ...shown.flatMap((candidate, i) => {
      const y = round(box.y + i * step);
      const middle = y + step / 2;
      const in_ = i < TRIES;
      const answer = judged(recording, candidate.answer, view);
      const now = Math.round(candidate.count * grown);
      const tip = `Answer ${i + 1}: ${count(candidate.count, "view")} of ${vote.views.length}, ${percent(candidate.chance)} sure on average.${in_ ? " It is handed in." : ""}`;
      const length = Math.max(3, (wide * candidate.count * grown) / most);
      return group(
        `row.${i}`,
        [
          canvas({
            id: `row.${i}.grid`,
            box: { x: box.x, y: round(y + 4), width: round(side), height: round(step - 8) },
            board,
            grid: candidate.answer,
            ...answer,
            small: true,
            label: `Answer ${i + 1}`,
            tip,
          }),
          rect(
            `row.${i}.bar`,
            { x: round(from), y: round(middle - 8), width: round(length), height: 16 },
            { radius: 4, fill: in_ ? "answer" : "faint" },
          ),
          fitted(
            `row.${i}.said`,
            `${count(now, "view")}, ${percent(candidate.chance)} sure`,
            round(from + mix(0, length, 1) + 8),
            round(middle + size * 0.35),
            words + wide - length - 10,
            size,
            { weight: in_ ? 700 : 400 },
          ),
        ],
        { label: tip, tip },
      );
    }),
    ...(rest.length
      ? [
          fitted(
            "row.rest",
            restWords(rest.length, at(rest, 0).count),
            box.x,
            round(box.y + shown.length * step + size * 1.3),
            box.width,
            size,
            { fill: "muted" },
          ),
        ]
      : []),
  ];
}

/** 'and 7 more answers, of one view each'. */
function restWords(many: number, most: number): string {
  const by = most === 1 ? "of one view" : `of at most ${count(most, "view")}`;
  return `and ${count(many, "more answer")}, ${by}${many === 1 ? "" : " each"}`;
}

/** The answers that are handed in, and whether one of them is right. */
function best(recording: VotedRecording, box: Box, view: ThoughtView): Shape[] {
  const { board, vote } = recording;
  const { layout, truth } = view;
  const size = sizes[layout].body;
  const tries = vote.candidates.slice(0, TRIES);
  const wanted = truth === false ? null : wantedIn(recording);
  const place = rightPlace(recording);
  const known = wantedIn(recording) !== null;
  const shown = [
    ...tries.map(({ answer, count: many }, i) => ({
      key: `try${i}`,
      head: tries.length === 1 ? "The answer" : i === 0 ? "The first" : "The second",
      said: count(many, "view"),
      grid: answer,
      right: known ? place === i : null,
      look: judged(recording, answer, view),
    })),
    ...(wanted
      ? [
          {
            key: "true",
            head: "The true answer",
            said: place === null ? "no view" : count(at(vote.candidates, place).count, "view"),
            grid: wanted,
            right: null,
            look: { tone: "right" } as const,
          },
        ]
      : []),
  ];
  const foot = size * 4.6;
  const down = shown.length > 2 ? 2 : 1;
  const across = Math.ceil(shown.length / down);
  const [wide, high] = [box.width / across, (box.height - foot) / down];
  const solved = isSolved(recording);
  const verdict = voteVerdict(recording);
  return [
    ...shown.flatMap(({ key, head, said, grid, right, look }, i) => {
      const [x, y] = [box.x + (i % across) * wide, box.y + Math.floor(i / across) * high];
      const judgement = right === null ? "" : right ? ", right" : ", not right";
      const tip = `${head}: ${said}${judgement}.`;
      const tall = high - size * 2 - 6;
      return group(
        key,
        [
          fitted(
            `${key}.head`,
            `${head}: ${said}`,
            round(x + 2),
            round(y + size),
            wide - 10,
            size,
            {
              weight: 700,
            },
          ),
          canvas({
            id: `${key}.grid`,
            box: {
              x: round(x + 4),
              y: round(y + size * 1.7),
              width: round(wide - 16),
              height: round(tall),
            },
            board,
            grid,
            ...look,
            label: head,
            tip,
          }),
        ],
        { label: tip, tip },
      );
    }),
    group(
      "verdict",
      [
        ...(solved === null
          ? []
          : [
              (solved ? tick : cross)("verdict.mark", {
                x: round(box.x + 12),
                y: round(box.y + box.height - foot + size * 1.7),
                size: 24,
              }),
            ]),
        ...words(
          "verdict.said",
          {
            x: box.x + 32,
            y: box.y + box.height - foot + size * 1,
            width: box.width - 32,
            height: foot,
          },
          verdict,
          size,
          { fill: "ink", weight: 700 },
        ),
      ],
      { label: verdict, tip: verdict },
    ),
  ];
}

export const theVote: VotedScene = {
  duration: (recording) => times(recording).end,
  captions,
  stops: (recording) => {
    const time = times(recording);
    const all = recording.vote.views.map((_, i) => time.nth("views", i + 0.9));
    return [0, ...all, time.count + 3, clamp(time.best + 2, 0, time.end)];
  },
  draw,
};
