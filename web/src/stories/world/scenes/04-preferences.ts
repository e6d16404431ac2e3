/** Phase 4 when learning from preferences: what rises, and what sinks. */
import type { Recording, Standing } from "../../../recording/types.gen";
import { fitted, group, line, rect, round, text, type Box } from "../../../scene/build";
import { clamp, easeOut, mix, progress } from "../../../scene/ease";
import { at, last } from "../../../lib/list";
import { radius, type as sizes } from "../../../scene/layout";
import { memo, memoByValueOf } from "../../../scene/memo";
import { count, loss, mean, reward } from "../../../scene/numbers";
import type { Caption, Equation, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { inOrder, timeline } from "../../../scene/timeline";
import { stoppedEarly } from "../facts";
import { lineChart, type LineChartProps } from "../parts/MetricsPanel";
import { episodeCard, loopOf, thumb, type Verdict } from "../parts/PreferenceDeck";
import { preferenceMaths } from "../preferenceMaths";
import type { WorldScene, WorldView } from "../view";

const T = timeline({ intro: 4.6, rule: 4.4, run: 10, outro: 5 });

const pairsOf = memo((recording: Recording) => recording.preferences ?? []);

/** The preference that is looked at: the first of the first batch. */
const shownOf = memo((recording: Recording): number =>
  Math.min(recording.fine_tuning[0]?.examples[0] ?? 0, pairsOf(recording).length - 1),
);

const standingsOf = memo((recording: Recording): readonly Standing[] => recording.standings ?? []);

/** Gradient steps taken at time t, with a fraction. */
function stepsAt(recording: Recording, t: number): number {
  return progress(t, T.run, T.outro - 0.6) * last(recording.curve).step;
}

/** How far each start's episode has risen or sunk by then, between two recorded standings. */
function standAt(recording: Recording, steps: number, verdict: Verdict): readonly number[] {
  const all = standingsOf(recording);
  const next = Math.max(
    1,
    all.findIndex(({ step }) => step >= steps),
  );
  const [a, b] = [at(all, next - 1), at(all, Math.min(next, all.length - 1))];
  const share = clamp((steps - a.step) / Math.max(1, b.step - a.step));
  return a[verdict].map((value, i) => mix(value, at(b[verdict], i), share));
}

/** The last recorded standing by then: what is written is recorded, what moves runs on. */
function recordedAt(recording: Recording, steps: number): Standing {
  const all = standingsOf(recording);
  return all.findLast(({ step }) => step <= steps) ?? at(all, 0);
}

function captions(recording: Recording): readonly Caption[] {
  const end = last(standingsOf(recording));
  const pair = at(pairsOf(recording), shownOf(recording));
  const steps = recording.fine_tuning.length;
  const risen = end.best.filter((value, i) => value > at(end.worst, i)).length;
  const [best, worst] = [mean(end.best), mean(end.worst)];
  const whole = `${count(steps, "gradient step")}${stoppedEarly(recording) ? ", stopped early" : ""}`;
  return inOrder([
    {
      at: 0,
      text: `Two tries from one start: one got a thumbs up, the other a thumbs down${pair.turned ? ", swapped by noise" : ""}.`,
    },
    {
      at: T.rule,
      text: "The weights are nudged so that the good try gets likelier than the bad one, and likelier in itself.",
    },
    {
      at: T.run,
      text: `Bars that rise: likelier than before it learned. Bars that sink: less likely. ${whole}.`,
    },
    {
      at: T.outro,
      text: `In ${risen} of ${count(end.best.length, "start")} the best stands above the worst. On average: ${reward(best)} and ${reward(worst)}.`,
    },
  ]);
}

interface Places {
  readonly best: Box;
  readonly worst: Box;
  readonly bars: Box;
  readonly chart: Box;
}

function places(layout: Layout): Places {
  return layout === "wide"
    ? {
        best: { x: 32, y: 30, width: 384, height: 208 },
        worst: { x: 32, y: 278, width: 384, height: 208 },
        bars: { x: 440, y: 30, width: 488, height: 292 },
        chart: { x: 440, y: 338, width: 488, height: 172 },
      }
    : {
        best: { x: 14, y: 26, width: 176, height: 126 },
        worst: { x: 200, y: 26, width: 176, height: 126 },
        bars: { x: 14, y: 160, width: 362, height: 290 },
        chart: { x: 14, y: 462, width: 362, height: 168 },
      };
}

function draw(recording: Recording, t: number, { layout }: WorldView): readonly Shape[] {
  const place = places(layout);
  const steps = stepsAt(recording, t);
  const whole = last(recording.curve).step;
  return [
    ...tryCard(recording, "best", place.best, t, steps, layout),
    ...tryCard(recording, "worst", place.worst, t, steps, layout),
    ...bars(recording, place.bars, steps, progress(t, T.rule, T.rule + 0.8), layout),
    ...lineChart(
      chartOf(recording, place.chart, sizes[layout].small),
      whole > 0 ? steps / whole : 1,
    ),
  ];
}

/** One of the two tries, and how its chance has changed. */
function tryCard(
  recording: Recording,
  verdict: Verdict,
  box: Box,
  t: number,
  steps: number,
  layout: Layout,
): Shape[] {
  const pair = at(pairsOf(recording), shownOf(recording));
  const episode = at(pair.episodes, pair[verdict]);
  const size = sizes[layout].body;
  const foot = size * 2.6;
  const loop = loopOf([episode]);
  const played = t >= T.rule ? loop : progress(t, 0.4, T.rule - 0.6) * (loop - 1);
  const value = at(recordedAt(recording, steps)[verdict], shownOf(recording));
  const side = Math.min(40, box.height * 0.28);
  const change = value < 0 ? "sinks" : "rises";
  const words = value === 0 ? "as likely as before" : `${change}: ${reward(value)}`;
  const card = { ...box, height: box.height - foot };
  const number = pair[verdict];
  return [
    episodeCard(recording.world, episode, {
      id: `try.${verdict}`,
      box: card,
      number,
      steps: played,
      verdict,
      size: sizes[layout].small,
      told: true,
    }),
    thumb(
      `try.${verdict}.thumb`,
      { x: box.x + side * 0.6, y: box.y + box.height - foot * 0.36, size: side * 0.86 },
      verdict,
    ),
    ...(t >= T.run
      ? [
          fitted(
            `try.${verdict}.value`,
            words,
            box.x + side * 1.2,
            box.y + box.height - foot * 0.24,
            box.width - side * 1.3,
            size,
            {
              weight: 700,
              label: `The ${verdict} try ${words}`,
              tip: `Its log-probability less the base model’s: ${reward(value)} nats.`,
            },
          ),
        ]
      : []),
  ];
}

/** The largest change of any start at any time, up or down. */
const mostOf = memo((recording: Recording): number =>
  Math.max(
    1,
    ...standingsOf(recording).flatMap(({ best, worst }) => [...best, ...worst].map(Math.abs)),
  ),
);

/** A pair of bars a start: how much likelier its best try has become, and its worst. */
const bars = memoByValueOf(
  (recording: Recording, box: Box, steps: number, shown: number, layout: Layout): Shape[] => {
    const size = sizes[layout].small;
    const recorded = recordedAt(recording, steps);
    const best = standAt(recording, steps, "best");
    const worst = standAt(recording, steps, "worst");
    const plot = {
      x: box.x + 14,
      y: box.y + size * 3.2,
      width: box.width - 28,
      height: box.height - size * 5.6,
    };
    const middle = plot.y + plot.height / 2;
    const most = mostOf(recording);
    const each = plot.width / best.length;
    const wide = Math.min(22, each * 0.36);
    const tall = (value: number): number =>
      (plot.height / 2) * Math.sign(value) * Math.sqrt(Math.abs(value) / most) * easeOut(shown);
    const bar = (id: string, value: number, x: number, good: boolean): Shape => {
      const height = tall(value);
      return rect(
        id,
        {
          x: round(x),
          y: round(Math.min(middle, middle - height)),
          width: round(wide),
          height: round(Math.max(0.5, Math.abs(height))),
        },
        {
          radius: good ? Math.min(radius.bar, wide / 2) : 0,
          fill: good ? "right" : "wrong",
        },
      );
    };
    const foot = box.y + box.height - size * 0.9;
    return [
      rect("bars.box", box, {
        radius: radius.panel,
        fill: "surface",
        stroke: "faint",
        strokeWidth: 1.5,
      }),
      fitted(
        "bars.title",
        "How likely is each try, against before?",
        box.x + 14,
        box.y + size * 1.9,
        box.width - 28,
        sizes[layout].body,
        { weight: 700 },
      ),
      ...best.flatMap((value, i) => {
        const centre = plot.x + (i + 0.5) * each;
        const other = at(worst, i);
        const told = `best ${reward(at(recorded.best, i))}, worst ${reward(at(recorded.worst, i))}`;
        const words = `Start ${i + 1}: ${told}`;
        return [
          group(
            `bars.${i}`,
            [
              bar(`bars.${i}.best`, value, centre - wide - 0.5, true),
              bar(`bars.${i}.worst`, other, centre + 0.5, false),
            ],
            { label: words, tip: `${words}, in nats.` },
          ),
        ];
      }),
      line(
        "bars.zero",
        [
          [plot.x - 6, middle],
          [plot.x + plot.width + 6, middle],
        ],
        "muted",
        1.5,
      ),
      rect(
        "bars.legend.best",
        { x: plot.x, y: foot - size * 0.75, width: size * 0.8, height: size * 0.8 },
        { radius: size * 0.3, fill: "right" },
      ),
      text("bars.legend.best.words", "the best try", plot.x + size * 1.3, foot, size, {}),
      rect(
        "bars.legend.worst",
        {
          x: plot.x + plot.width / 2,
          y: foot - size * 0.75,
          width: size * 0.8,
          height: size * 0.8,
        },
        { fill: "wrong" },
      ),
      text(
        "bars.legend.worst.words",
        "the worst try",
        plot.x + plot.width / 2 + size * 1.3,
        foot,
        size,
        {},
      ),
    ];
  },
);

/** Losses in each gradient step: of telling the two apart, and of the best try itself. */
const chartOf = memoByValueOf((recording: Recording, box: Box, size: number): LineChartProps => {
  const steps = recording.fine_tuning;
  const dpo = steps.map(({ step, preference }) => [step + 1, preference?.dpo ?? 0] as const);
  const own = steps.map(({ step, losses }) => [step + 1, losses.planner + losses.doer] as const);
  return {
    id: "chart",
    box,
    title: "Loss: telling them apart (solid), the best try itself (dashed)",
    series: [
      { name: "Telling them apart", tone: "blame-planner", points: dpo },
      { name: "The best try itself", tone: "blame-doer", dash: [5, 4], points: own },
    ],
    xMax: steps.length,
    yMax: Math.max(0.1, ...dpo.map(([, y]) => y), ...own.map(([, y]) => y)),
    xTitle: "gradient steps",
    format: loss,
    size,
    tip: "The losses of each gradient step, on average over the pairs that it looks at.",
  };
});

function maths(recording: Recording, t: number): readonly Equation[] {
  const index = Math.min(
    recording.fine_tuning.length - 1,
    Math.max(0, Math.floor(stepsAt(recording, t))),
  );
  const step = recording.fine_tuning[index];
  return step?.preference ? preferenceMaths(step) : [];
}

export const preferring: WorldScene = {
  id: "fine-tuning",
  phase: 4,
  title: "Fine-tuning",
  learned: (recording, time) => ({ kind: "during", steps: stepsAt(recording, time) }),
  duration: () => T.end,
  captions,
  stops: () => [
    0,
    T.rule - 0.2,
    T.run,
    mix(T.run, T.outro, 0.3),
    mix(T.run, T.outro, 0.6),
    T.outro,
  ],
  draw,
  maths,
};
