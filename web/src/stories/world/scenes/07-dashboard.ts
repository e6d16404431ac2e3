/** Phase 7: the whole training in four charts. */
import type { CurvePoint, Recording, Run, Score } from "../../../recording/types.gen";
import { columns, faded, fitted, group, rect, rows, text, type Box } from "../../../scene/build";
import { coming, leaving, mix, progress, within } from "../../../scene/ease";
import { allRuns, compared, mainRun } from "../facts";
import { page, radius, type as sizes } from "../../../scene/layout";
import { at, last } from "../../../lib/list";
import { memo, memoByValueOf } from "../../../scene/memo";
import { count, extent, meanSteps, percent, reward, runningTotals } from "../../../scene/numbers";
import {
  barRows,
  lineChart,
  sparkline,
  type BarRow,
  type LineChartProps,
} from "../parts/MetricsPanel";
import {
  byExamples,
  examplesChart,
  examplesWords,
  neededWords,
  type ByExamples,
} from "../parts/ExamplesChart";
import type { Caption, Equation, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { episodeWords, runWords } from "../definition";
import { otherSettings } from "../settings";
import { countedOf } from "../ways";
import { AFTER, BOTH, type WorldScene, type WorldView } from "../view";
import { timeline } from "../../../scene/timeline";

const BEATS = { curves: 5.2, sparks: 4.2, bars: 3, seeds: 4.4, examples: 0, believe: 6.4 };
/** Where nobody measured success by number of examples. */
const T = timeline(BEATS);
const LONGER = timeline({ ...BEATS, examples: 11 });
/** When the curves are drawn. */
const DRAWN = T.sparks - 1.2;

/** How strongly a chart stands back that is not told of. */
const BACK = 0.4;

function timesFor(recording: Recording, view: WorldView): typeof T {
  return byExamples(recording, view) ? LONGER : T;
}

type Measure = "planner_accuracy" | "doer_accuracy";

function captions(recording: Recording, view: WorldView): readonly Caption[] {
  const first = at(recording.curve, 0).score;
  const end = last(recording.curve).score;
  const list: Caption[] = [
    {
      at: 0,
      text: recording.model.subgoal_head
        ? `How often each half is right. Planner: ${percent(first.planner_accuracy)} before, ${percent(end.planner_accuracy)} after. Doer: ${percent(first.doer_accuracy)}, then ${percent(end.doer_accuracy)}.`
        : `How often the action is right: ${percent(first.doer_accuracy)} before, ${percent(end.doer_accuracy)} after.`,
    },
    {
      at: T.sparks,
      text: `The reward of one ${episodeWords(view, recording).name} from the same start: ${reward(at(recording.rollouts, 0).episode.total_reward)} before, ${reward(last(recording.rollouts).episode.total_reward)} after.`,
    },
    {
      at: T.bars,
      text:
        end.success > 0
          ? `A success takes ${meanSteps(end.steps)} actions on average, over all starts.`
          : "It never reaches the goal, so there are no steps to count.",
    },
  ];
  const preferred = preferredCaption(recording);
  if (preferred) list.splice(1, 0, { at: T.curves + 2.6, text: preferred });
  if (recording.ablations.length === 0)
    list.push({
      at: T.seeds,
      text: "The comparisons are not trained yet for these settings: press Train ablations.",
    });
  else list.push({ at: T.seeds, text: spreadSentence(recording, view) });
  const found = byExamples(recording, view);
  if (found) {
    list.push({
      at: LONGER.examples,
      text: `How many examples does it take? Here are ${found.seeds} trainings with each number of them.`,
    });
    list.push({ at: LONGER.examples + 4, text: neededWords(found) });
    list.push({ at: LONGER.examples + 7.5, text: examplesWords(found) });
  }
  list.push({ at: timesFor(recording, view).believe, text: believeWords(recording, view) });
  return list;
}

/** What the recording says of hierarchy: Planner and Doer against none. */
export function believeWords(recording: Recording, view: WorldView): string {
  const main = mainRun(recording);
  const flat = recording.ablations.find(
    (run) => !run.model.subgoal_head && otherSettings(recording, run, view) === null,
  );
  if (!main.model.subgoal_head || !flat)
    return "What to believe about hierarchy? This story has nothing to compare with: try both, side by side.";
  const [two, one] = [percent(main.final.success), percent(flat.final.success)];
  const plain = runWords(view, flat.name).title.toLowerCase();
  const verdict = {
    less: "Planner and Doer do better here.",
    more: `It does better with ${plain} here.`,
    tie: "Too close to tell.",
  }[compared(flat, main)];
  const lessons = count(recording.settings.examples, countedOf(recording.settings));
  const wired = recording.ablations.find(
    (run) =>
      run.model.subgoal_channel &&
      run.model.modules === 1 &&
      otherSettings(recording, run, view) === null,
  );
  const also = wired && compared(wired, main) === "tie" && compared(flat, main) === "less";
  return also
    ? `With ${lessons} Planner and Doer reach ${two}, ${plain} ${one}. One box with a card is about as good.`
    : `With ${lessons} Planner and Doer (H, L) reach ${two} of starts, ${plain} ${one}. ${verdict}`;
}

/** What it came to, where nobody said what is right; null where somebody did. */
function preferredCaption({ preferences = [], curve, settings }: Recording): string | null {
  if (preferences.length === 0) return null;
  const whose = settings.choices ? "a visitor’s thumbs" : "thumbs up and down";
  const [before, end] = [at(curve, 0).score.success, last(curve).score.success];
  return `From ${whose} at ${count(preferences.length, "start")}: ${percent(end)} of all starts succeed, ${percent(before)} before.`;
}

function spreadSentence(recording: Recording, view: WorldView): string {
  const runs = recording.spread?.runs.length ?? 0;
  if (runs === 0)
    return "Only one seed so far: a spread over seeds is not trained yet for these settings.";
  const other = recording.spread
    ? otherSettings(
        recording,
        { settings: { ...recording.spread.settings, seed: recording.settings.seed } },
        view,
      )
    : null;
  return `The pale bands show ${count(runs, "seed")}: the same training, each time with other luck${other === null ? "" : `, trained with ${other}`}.`;
}

function panels(layout: Layout): readonly [Box, Box, Box, Box] {
  const box = page(layout);
  if (layout === "wide") {
    const [top, bottom] = rows({ ...box, y: 32, height: 486 }, 2, 18);
    const [a, b] = columns(top ?? box, 2, 20);
    const [c, d] = columns(bottom ?? box, 2, 20);
    return [a ?? box, b ?? box, c ?? box, d ?? box];
  }
  const [top, middle, bottom] = [
    { ...box, y: box.y + 12, height: 146 },
    { ...box, y: box.y + 166, height: 186 },
    { ...box, y: box.y + 360, height: 252 },
  ];
  const [a, b] = columns(top, 2, 8);
  return [a ?? box, b ?? box, middle, bottom];
}

function draw(recording: Recording, t: number, view: WorldView): readonly Shape[] {
  const { layout } = view;
  const boxes = panels(layout);
  const pad = layout === "wide" ? 16 : 9;
  const drawn = progress(t, 0.4, DRAWN);
  // No chart is empty; what is not told of yet, or no longer, stands back.
  const lit = (from: number, to: number): number =>
    mix(BACK, 1, Math.max(within(t, from, to - 0.3), progress(t, T.seeds - 0.3, T.seeds)));
  const found = byExamples(recording, view);
  const told = found ? progress(t, LONGER.examples - 0.5, LONGER.examples) : 0;
  return [
    ...faded("examples.shown", coming(told), found ? byCount(found, t, layout) : []),
    ...faded("charts", leaving(told), [
      ...boxes.map((box, i) =>
        rect(`panel${i}`, box, {
          radius: radius.panel,
          fill: "surface",
          stroke: "faint",
          strokeWidth: 1.5,
        }),
      ),
      ...faded("told.curves", lit(0, T.sparks), [
        ...(recording.model.subgoal_head
          ? lineChart(accuracyChart(recording, "planner", padded(boxes[0], pad), layout), drawn)
          : absent("planner", padded(boxes[0], pad), "This model names no sub-goals.", layout)),
        ...lineChart(accuracyChart(recording, "doer", padded(boxes[1], pad), layout), drawn),
      ]),
      ...faded(
        "told.sparks",
        lit(T.sparks, T.bars),
        sparks(recording, padded(boxes[2], pad), 1, layout),
      ),
      ...faded(
        "told.bars",
        lit(T.bars, T.seeds),
        bars(recording, successRows(recording, view), padded(boxes[3], pad), 1, layout),
      ),
    ]),
  ];
}

/** Success by number of examples, where the four charts were. */
function byCount(found: ByExamples, t: number, layout: Layout): Shape[] {
  const [first, , , end] = panels(layout);
  const box = {
    x: first.x,
    y: first.y,
    width: end.x + end.width - first.x,
    height: end.y + end.height - first.y,
  };
  return examplesChart(found, box, progress(t, LONGER.examples, LONGER.examples + 4), layout);
}

function padded(box: Box, pad: number): Box {
  return {
    x: box.x + pad,
    y: box.y + pad * 0.7,
    width: box.width - 2 * pad,
    height: box.height - 1.4 * pad,
  };
}

function absent(id: string, box: Box, words: string, layout: Layout): Shape[] {
  return [
    fitted(
      `${id}.absent`,
      words,
      box.x + box.width / 2,
      box.y + box.height / 2,
      box.width,
      sizes[layout].body,
      { anchor: "middle", fill: "muted" },
    ),
  ];
}

/** Lowest and highest over the seeds at each point of the main curve that all of them have. */
const bandOf = memo((recording: Recording): Record<Measure, (readonly [number, number])[]> => {
  const all: readonly (readonly CurvePoint[])[] = [
    recording.curve,
    ...(recording.spread?.runs ?? []).map((run) => run.curve),
  ];
  const band = (measure: Measure) =>
    recording.curve.map((point) => extent(all.map((curve) => valueAt(curve, point.step)[measure])));
  return { planner_accuracy: band("planner_accuracy"), doer_accuracy: band("doer_accuracy") };
});

/** The score at a step, or the last one before it: a run that stopped early stays where it was. */
function valueAt(curve: readonly CurvePoint[], step: number): Score {
  let found = at(curve, 0).score;
  for (const point of curve) if (point.step <= step) found = point.score;
  return found;
}

const accuracyChart = memoByValueOf(
  (recording: Recording, id: "planner" | "doer", box: Box, layout: Layout): LineChartProps => {
    const measure: Measure = `${id}_accuracy`;
    const title = id === "planner" ? "Planner accuracy" : "Doer accuracy";
    const [first, end] = [at(recording.curve, 0), last(recording.curve)];
    return {
      id,
      box,
      title,
      series: [
        {
          name: title,
          tone: id,
          points: recording.curve.map((point) => [point.step, point.score[measure]] as const),
          ...(recording.spread ? { band: bandOf(recording)[measure] } : {}),
        },
      ],
      xMax: end.step,
      yMax: 1,
      xTitle: layout === "wide" ? "gradient steps" : "steps",
      format: percent,
      size: layout === "wide" ? 13 : 11,
      tip: `${title}: the share of all situations in which it is right: ${percent(first.score[measure])} before, ${percent(end.score[measure])} after.`,
    };
  },
);

/** The recorded rollouts: reward so far, step by step. */
const sparks = memoByValueOf(drawSparks);

function drawSparks(recording: Recording, box: Box, drawn: number, layout: Layout): Shape[] {
  const size = layout === "wide" ? 13 : 11.5;
  const totals = recording.rollouts.map((rollout) =>
    runningTotals(rollout.episode.steps.map((step) => step.reward)),
  );
  const low = Math.min(0, ...totals.flat());
  const high = Math.max(0, ...totals.flat());
  const longest = recording.world.max_steps;
  const head = size * 2.2;
  const each = rows(
    { ...box, y: box.y + head, height: box.height - head },
    recording.rollouts.length,
    6,
  );
  return [
    fitted(
      "sparks.title",
      "Reward so far from the same start, action by action",
      box.x,
      box.y + size * 1.1,
      box.width,
      size * 1.12,
      { weight: 700 },
    ),
    ...recording.rollouts.flatMap((rollout, i) => {
      const place = at(each, i);
      const words = rollout.step === 0 ? "before" : `after ${count(rollout.step, "step")}`;
      const middle = place.y + place.height / 2 + size * 0.35;
      const name = box.width * 0.27;
      const share = progress(
        drawn,
        i / (recording.rollouts.length + 1),
        (i + 2) / (recording.rollouts.length + 1),
      );
      const values = [0, ...at(totals, i)];
      return [
        group(
          `sparks.${i}`,
          [
            fitted(`sparks.${i}.name`, words, place.x, middle, name, size, { fill: "muted" }),
            ...sparkline({
              id: `sparks.${i}.line`,
              box: {
                x: place.x + name + 8,
                y: place.y + 5,
                width: place.width - name - size * 4.6 - 8,
                height: place.height - 10,
              },
              values,
              longest,
              low,
              high,
              tone: rollout.episode.success ? "right" : "wrong",
              drawn: share,
            }),
            ...(share >= 1
              ? [
                  text(
                    `sparks.${i}.value`,
                    reward(rollout.episode.total_reward),
                    place.x + place.width,
                    middle,
                    size,
                    { anchor: "end", weight: 700 },
                  ),
                ]
              : []),
          ],
          {
            label: `${words}: ${reward(rollout.episode.total_reward)} in ${count(rollout.episode.steps.length, "action")}`,
            tip: `${words}: ${count(rollout.episode.steps.length, "action")}, reward ${reward(rollout.episode.total_reward)}, ${rollout.episode.success ? "goal reached" : "goal not reached"}.`,
          },
        ),
      ];
    }),
  ];
}

/** Mean actions of a success: base, after, and every ablation. */
function successRows(recording: Recording, view: WorldView): readonly BarRow[] {
  return [
    row("base", "Before fine-tuning", mainRun(recording).base, [], "muted", ""),
    ...allRuns(recording).map((run) => runRow(recording, run, view)),
  ];
}

const bars = memoByValueOf(drawBars);

function drawBars(
  recording: Recording,
  all: readonly BarRow[],
  box: Box,
  drawn: number,
  layout: Layout,
): Shape[] {
  const size = layout === "wide" ? 12 : 11;
  const head = size * 2.4;
  const most = recording.world.max_steps;
  return [
    fitted(
      "bars.title",
      "Actions per success",
      box.x,
      box.y + size * 1.2,
      box.width,
      layout === "wide" ? 14.5 : 12.3,
      { weight: 700 },
    ),
    ...barRows(
      "bars",
      { ...box, y: box.y + head, height: box.height - head },
      all.map((one) => ({ ...one, drawn })),
      most,
      size,
    ),
    ...missing(recording, box, size),
  ];
}

/** What is not there yet, and how to get it. */
function missing(recording: Recording, box: Box, size: number): Shape[] {
  const lines =
    recording.ablations.length === 0
      ? ["The comparisons are not trained yet for", "these settings: press Train ablations."]
      : [];
  return lines.map((words, i) =>
    fitted(
      `bars.missing${i}`,
      words,
      box.x + 9,
      box.y + box.height - size * (2.1 - 1.5 * i),
      box.width - 18,
      size,
      { fill: "muted" },
    ),
  );
}

function runRow(recording: Recording, run: Run, view: WorldView): BarRow {
  const under = otherSettings(recording, run, view);
  return row(
    run.name,
    runWords(view, run.name).title,
    run.final,
    run.seeds,
    run.name === "main" ? "right" : "input",
    under === null ? "" : ` Trained with ${under}.`,
  );
}

function row(
  id: string,
  name: string,
  score: Score,
  seeds: readonly Score[],
  tone: BarRow["tone"],
  note: string,
): BarRow {
  const successes = [score, ...seeds].filter((one) => one.success > 0).map((one) => one.steps);
  return {
    id,
    name,
    value: score.steps,
    text: meanSteps(score.steps),
    tone,
    ...(successes.length > 1 ? { spread: extent(successes) } : {}),
    ...(score.success > 0 ? {} : { none: "no success" }),
    tip:
      score.success > 0
        ? `${name}: ${meanSteps(score.steps)} actions a success; ${percent(score.success)} of starts succeed.${note}`
        : `${name}: no start succeeds.${note}`,
  };
}

function maths(recording: Recording): readonly Equation[] {
  const end = last(recording.curve).score;
  const states = recording.world.live_states;
  const of = (share: number) => percent(share).replace("%", "\\%");
  return [
    ...(recording.model.subgoal_head
      ? [
          {
            title: "Planner accuracy",
            tex: `\\frac{1}{${states}} \\sum_{s} [\\arg\\max_g p_H(g \\mid s) = g^{*}(s)] = ${of(end.planner_accuracy)}`,
            meaning: `The share of all ${states} states in which its best sub-goal is the teacher's.`,
          },
        ]
      : []),
    {
      title: "Doer accuracy",
      tex: `\\frac{1}{${states}} \\sum_{s} [\\arg\\max_a p_L(a \\mid s, g^{*}(s)) = a^{*}(s)] = ${of(end.doer_accuracy)}`,
      meaning: "The same for the action, told the right sub-goal.",
    },
    {
      title: "Success",
      tex: `\\frac{\\text{starts that reach the goal}}{${recording.world.starts.length}} = ${of(end.success)}`,
      meaning: `Over every start of the world, at most ${recording.world.max_steps} actions each.`,
    },
  ];
}

export const dashboard: WorldScene = {
  id: "dashboard",
  phase: 7,
  title: "What was learned",
  learned(recording, time, view) {
    const found = byExamples(recording, view);
    return found && time >= LONGER.examples - 0.25
      ? { ...AFTER, range: extent(found.examples) }
      : BOTH;
  },
  duration: (recording, view) => timesFor(recording, view).end,
  captions,
  stops: (recording, view) => [
    0,
    DRAWN,
    T.sparks + 3.2,
    T.bars + 1.8,
    T.seeds + 1,
    ...(byExamples(recording, view) ? [LONGER.examples + 6] : []),
    timesFor(recording, view).believe + 1,
  ],
  draw: (recording, time, view: WorldView) => draw(recording, time, view),
  maths,
};
