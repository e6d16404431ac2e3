/** The training itself: the loss, what is solved, and one puzzle that is asked again and again. */
import type { Evaluation, RunRecording } from "../../../recording/run.gen";
import { fitted, notice, round, type Box } from "../../../scene/build";
import { memo } from "../../../scene/memo";
import { count, grouped, loss, meanSteps, percent } from "../../../scene/numbers";
import { roadLight } from "../../../scene/parts/lights";
import { puzzleBoard } from "../../puzzle/board";
import { changedCells, cropOf, judged, puzzleName } from "../../puzzle/facts";
import { card, halves, inside, sizes } from "../../puzzle/places";
import type { Caption, Equation, Layout, View } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { chartAt, type Chart, type Curve, type Mark } from "../charts";
import {
  best,
  endWords,
  evaluationAt,
  extentOf,
  firstSolved,
  handedIn,
  isEmpty,
  redAt,
  trainAt,
  viewAt,
  type RunScene,
} from "../facts";
import { READ } from "../../../scene/timeline";
import { END, stepAt, stopsOf, SWEEP, timeOf } from "../moment";

export const LEARNING = "learning";
/** Evaluations that can be pressed; more would stand on each other. */
const MOST_MARKS = 40;

function captions(recording: RunRecording): readonly Caption[] {
  if (isEmpty(recording)) {
    return [
      {
        at: 0,
        text: "Nothing is measured yet: the first line of metrics.jsonl is still to come.",
      },
    ];
  }
  const { evaluations, train } = recording;
  const start = train[0];
  const list: Caption[] = [
    {
      at: 0,
      text:
        start && start.loss !== null
          ? `It begins with a loss of ${loss(start.loss)} nats a cell. The veil lies on what is still to come.`
          : "It begins. The veil lies on what is still to come.",
    },
  ];
  const [first, top, solved] = [evaluations[0], best(recording), firstSolved(recording)];
  const marks: { step: number; text: string }[] = [
    ...(first ? [{ step: first.step, text: testWords(recording, first) }] : []),
    ...(solved
      ? [
          {
            step: solved.step,
            text: `Step ${grouped(solved.step)}: for the first time, the puzzle on the left is solved.`,
          },
        ]
      : []),
    ...(top && top !== first && top.exact > 0
      ? [{ step: top.step, text: `Its best: ${testWords(recording, top)}` }]
      : []),
  ];
  for (const { step, text } of marks.toSorted((a, b) => a.step - b.step)) {
    const at = timeOf(recording, step);
    const before = list.at(-1)?.at ?? 0;
    if (at - before >= READ && at <= SWEEP.to - READ) list.push({ at, text });
  }
  const latest = evaluations.at(-1);
  return [
    ...list,
    {
      at: SWEEP.to - 0.1,
      text: latest && !recording.end ? newestWords(recording, latest) : endWords(recording),
    },
  ];
}

function testWords(recording: RunRecording, { step, exact, tokens, puzzles }: Evaluation): string {
  const cells = tokens === null ? "" : `, ${percent(tokens)} of their cells right`;
  return `step ${grouped(step)}: ${percent(exact)} of ${grouped(puzzles)} ${measuredOn(recording)} puzzles solved${cells}.`.replace(
    /^s/,
    "S",
  );
}

function newestWords(recording: RunRecording, one: Evaluation): string {
  return `The newest test, at ${testWords(recording, one).replace(/^S/, "s")}`;
}

/** The charts of a recording, made once. */
const chartsOf = memo((recording: RunRecording): readonly [Chart, Chart] => {
  const { train, evaluations } = recording;
  const extent = extentOf(recording);
  const losses = train.flatMap((one) => one.loss ?? []);
  const curve = (
    id: string,
    name: string,
    tone: Curve["tone"],
    points: Curve["points"],
    rest: Partial<Curve> = {},
  ): Curve => ({ id, name, tone, points, ...rest });
  return [
    {
      id: "loss",
      title: "Loss of a cell, in nats",
      most: Math.max(...losses, 1e-6),
      format: loss,
      extent,
      tip: "The mean loss of a cell of the batch, in nats: 0 would be certain and right.",
      curves: [
        curve(
          "train",
          "training",
          "agent",
          train.map((one) => [one.step, one.loss]),
        ),
      ],
    },
    {
      id: "share",
      title: "Solved, and cells right",
      most: 1,
      format: percent,
      extent,
      tip: `Shares of puzzles that are solved, all cells right, and of cells that are right${recording.test ? "" : "; without a test, measured on puzzles it learns from"}.`,
      curves: [
        curve(
          "solved",
          `${measuredOn(recording)} solved`,
          "planner",
          evaluations.map((one) => [one.step, one.exact]),
          { marks: marksOf(recording) },
        ),
        curve(
          "cells",
          `${measuredOn(recording)} cells`,
          "planner",
          evaluations.map((one) => [one.step, one.tokens]),
          { dash: [7, 5] },
        ),
        curve(
          "batch",
          "batch solved",
          "agent",
          train.map((one) => [one.step, one.exact]),
        ),
        curve(
          "batchcells",
          "batch cells",
          "agent",
          train.map((one) => [one.step, one.tokens]),
          { dash: [7, 5] },
        ),
      ],
    },
  ];
});

/** What it is measured on: a test, or, where there is none, puzzles that it learns from. */
export function measuredOn({ test }: Pick<RunRecording, "test">): "test" | "seen" {
  return test ? "test" : "seen";
}

function marksOf(recording: RunRecording): readonly Mark[] {
  const { evaluations } = recording;
  const every = Math.max(1, Math.ceil(evaluations.length / MOST_MARKS));
  return evaluations
    .filter((_, i) => i % every === 0 || i === evaluations.length - 1)
    .map((one) => ({
      step: one.step,
      value: one.exact,
      tip: testWords(recording, one),
      action: { kind: "go", scene: LEARNING, time: timeOf(recording, one.step) },
    }));
}

function draw(recording: RunRecording, t: number, view: View): readonly Shape[] {
  const { layout } = view;
  const { first, second } = halves(layout);
  const step = stepAt(recording, t);
  return [
    ...card("watched", first, watchedTitle(recording, step), layout),
    ...watchedBoard(recording, step, inside(first, layout), layout),
    ...card("curves", second, `Step ${grouped(step)}`, layout),
    ...curves(recording, step, inside(second, layout), layout),
  ];
}

function curves(recording: RunRecording, step: number, box: Box, layout: Layout): Shape[] {
  const size = sizes[layout].small;
  if (isEmpty(recording)) {
    return notice("empty", "Nothing is measured yet.", box, sizes[layout].body);
  }
  const [lossChart, shareChart] = chartsOf(recording);
  const [now, test] = [trainAt(recording, step), evaluationAt(recording, step)];
  const gap = layout === "wide" ? 16 : 8;
  const high = (box.height - gap) * (layout === "wide" ? 0.46 : 0.44);
  const share = (value: number | null | undefined) =>
    value === null || value === undefined ? "" : percent(value);
  return [
    ...chartAt(lossChart, { ...box, height: high }, size, step, [
      now?.loss == null ? "" : loss(now.loss),
    ]),
    ...chartAt(
      shareChart,
      { ...box, y: box.y + high + gap, height: box.height - gap - high },
      size,
      step,
      [share(test?.exact), share(test?.tokens), share(now?.exact), share(now?.tokens)],
    ),
  ];
}

function watchedTitle(recording: RunRecording, step: number): string {
  const view = viewAt(recording, step);
  if (!recording.watched) return "No puzzle is watched";
  return view ? `Asked at step ${grouped(view.step)}` : "Not asked yet";
}

/** The watched puzzle's answer at a step; cells that have changed since the view before are lit. */
function watchedBoard(recording: RunRecording, step: number, box: Box, layout: Layout): Shape[] {
  const { watched, board, model } = recording;
  const size = sizes[layout].body;
  if (!watched) {
    return notice("none", "This run watches no puzzle.", box, size);
  }
  const view = viewAt(recording, step);
  const before = view && watched.views[watched.views.indexOf(view) - 1];
  const answer = view ? handedIn(view) : watched.given;
  const changed = view && before ? changedCells(handedIn(before), answer) : [];
  const foot = size * 3.4;
  const said = view ? judged(answer, watched.solution) : "the puzzle as it is given";
  const used = view
    ? `${count(view.segments_used, "segment")} of ${view.answers.length} used${before ? `, ${count(changed.length, "cell")} changed` : ""}`
    : "";
  const lights = view !== null && model.halting !== "none";
  const red = view && redAt(recording, view, view.segments_used - 1);
  const text = { x: box.x, width: box.width - (lights ? 74 : 0) };
  const base = round(box.y + box.height - size * 1.7);
  return [
    puzzleBoard({
      id: "board",
      box: { ...box, height: box.height - foot },
      board,
      crop: cropOf(board, [watched.given, watched.solution]),
      grid: answer,
      given: watched.given,
      solution: view ? watched.solution : null,
      changed,
      tone: view ? "answer" : "input",
      label: `The watched puzzle: ${said}`,
      tip: `${puzzleName(recording.puzzle)}: ${said}. Wrong cells are crossed out; lit ones have changed since it was last asked.`,
    }),
    fitted("board.said", said, text.x, base, text.width, size, { weight: 700 }),
    fitted("board.used", used, text.x, round(base + size * 1.5), text.width, size, {
      fill: "muted",
    }),
    ...(lights
      ? [
          roadLight({
            id: "light",
            x: round(box.x + box.width - 34),
            y: round(base + size * 0.2),
            r: 10,
            stop: red === true,
            lit: red === null ? 0 : 1,
            tip: lightTip(view.segments_used, view.answers.length),
          }),
        ]
      : []),
  ];
}

function lightTip(used: number, all: number): string {
  return used < all
    ? `The light was red after ${count(used, "segment")} of ${all}: it handed in its answer.`
    : `It used all ${count(all, "segment")}.`;
}

function maths(recording: RunRecording, t: number): readonly Equation[] {
  const now = trainAt(recording, stepAt(recording, t));
  if (!now || now.loss === null) return [];
  const list: Equation[] = [
    {
      title: "The loss of a cell",
      tex: `\\mathcal L = -\\frac{1}{C} \\sum_{i=1}^{C} \\log p_\\theta(y_i \\mid x) = ${loss(now.loss)}`,
      meaning: `The mean over the C asked cells of the batch, in nats, at step ${grouped(now.step)}.`,
    },
  ];
  if (now.segments !== null) {
    list.push({
      title: "How long it thinks",
      tex: `\\bar m = ${meanSteps(now.segments)}`,
      meaning: "The mean number of segments of the rows of the batch that have just halted.",
    });
  }
  return list;
}

export const learning: RunScene = {
  id: LEARNING,
  phase: 1,
  title: "Learning",
  duration: () => END,
  captions,
  stops: stopsOf,
  draw,
  maths,
};
