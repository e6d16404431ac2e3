/** Phase 4: the training loop: chosen gradient steps looked at closely, the rest in fast motion. */
import type { Cycle, Recording, ThoughtSegment } from "../../recording/types.gen";
import { columns, faded, fitted, group, line, rect, round, text, type Box } from "../build";
import { clamp, easeOut, mix, progress, swing } from "../ease";
import { stoppedEarly } from "../facts";
import { radius, type as sizes } from "../layout";
import { argmax, at, range } from "../list";
import { crossEntropy } from "../maths";
import { memo } from "../memo";
import { count, loss, softmax, weight } from "../numbers";
import { doerWords, memoryOf, plannerWords } from "../parts/Episode";
import { spring } from "../parts/gauges";
import { hierarchyPanel } from "../parts/HierarchyPanel";
import { lineChart } from "../parts/MetricsPanel";
import { worldTrack } from "../parts/WorldTrack";
import type { Caption, Layout, Scene, View } from "../scene";
import type { Shape } from "../shape";
import { ordered } from "./02-clumsy-rollout";

const INTRO = 1.8;
const FORWARD = 2.3;
const BLAME = 2;
const UPDATE = 1.7;
const COMPARE = 0.9;
const RUN = 1.3;
const OUTRO = 1.6;
const CYCLE = FORWARD + BLAME + UPDATE + COMPARE;

/** At most five cycles are shown, the first and the last among them. */
const cyclesOf = memo((recording: Recording): readonly Cycle[] => {
  const { cycles } = recording;
  const end = cycles.at(-1);
  return cycles.length <= 5 || !end ? cycles : [...cycles.slice(0, 4), end];
});

function startOf(index: number): number {
  return INTRO + index * (CYCLE + RUN);
}

function duration(recording: Recording): number {
  return Math.max(10, startOf(cyclesOf(recording).length) + OUTRO);
}

type Who = "planner" | "doer" | "nobody";

function segmentOf(recording: Recording, cycle: Cycle): ThoughtSegment {
  const segment = recording.fine_tuning[cycle.step]?.segment ?? 0;
  return at(cycle.thought.segments, Math.min(segment, cycle.thought.segments.length - 1));
}

/** Who is to blame: a wrong sub-goal is the Planner's, a wrong action under a right one the Doer's. */
function blamed(recording: Recording, cycle: Cycle): Who {
  const segment = segmentOf(recording, cycle);
  if (recording.model.subgoal_head && argmax(segment.subgoal_logits) !== cycle.label_subgoal)
    return "planner";
  return argmax(segment.action_logits) !== cycle.label_action ? "doer" : "nobody";
}

function captions(recording: Recording): readonly Caption[] {
  const list: Caption[] = [
    {
      at: 0,
      text: "Fine-tuning: show one example, see what was wrong, nudge the weights, repeat.",
    },
  ];
  cyclesOf(recording).forEach((cycle, i) => {
    const start = startOf(i);
    list.push({ at: start, text: forwardWords(recording, cycle) });
    list.push({ at: start + FORWARD, text: blameWords(recording, cycle) });
    list.push({ at: start + FORWARD + BLAME, text: updateWords(recording, cycle) });
    const next = cyclesOf(recording)[i + 1];
    const until = next ? next.step : recording.fine_tuning.length;
    if (until > cycle.step + 1) {
      list.push({
        at: start + CYCLE,
        text: next ? `Now in fast motion, to gradient step ${until + 1}.` : endWords(recording),
      });
    }
  });
  return ordered(list);
}

function forwardWords(recording: Recording, cycle: Cycle): string {
  return `Gradient step ${cycle.step + 1} of ${recording.fine_tuning.length}: step ${cycle.example_step + 1} of example ${cycle.example + 1}. What would it do?`;
}

function blameWords(recording: Recording, cycle: Cycle): string {
  const { world, settings } = recording;
  const who = blamed(recording, cycle);
  if (who === "planner") {
    const frozen = settings.freeze === "planner" ? " But it is frozen." : "";
    return `The sub-goal should be ${at(world.subgoals, cycle.label_subgoal)}. The Planner is to blame: loss ${loss(cycle.losses.planner)}.${frozen}`;
  }
  if (who === "doer") {
    const frozen = settings.freeze === "doer" ? " But it is frozen." : "";
    return `${recording.model.subgoal_head ? "Right sub-goal, wrong action" : "A wrong action"}. The Doer is to blame: loss ${loss(cycle.losses.doer)}.${frozen}`;
  }
  return "Both answers are right already; they only become a little surer.";
}

function updateWords(recording: Recording, cycle: Cycle): string {
  const { planner, doer } = at(recording.fine_tuning, cycle.step).weight_change;
  return recording.model.subgoal_head
    ? `The springs move: the Planner's weights by ${weight(planner)}, the Doer's by ${weight(doer)}.`
    : `The springs move: the weights by ${weight(doer)}.`;
}

function endWords(recording: Recording): string {
  const steps = recording.fine_tuning.length;
  return stoppedEarly(recording)
    ? `Stopped early after ${count(steps, "gradient step")} of ${recording.planned_steps}: the loss was small enough.`
    : `And on to the end: ${count(steps, "gradient step")}.`;
}

interface Places {
  readonly card: Box;
  readonly springs: Box;
  readonly chart: Box;
  readonly model: Box;
}

function places(layout: Layout): Places {
  return layout === "wide"
    ? {
        card: { x: 32, y: 30, width: 548, height: 128 },
        springs: { x: 32, y: 176, width: 548, height: 148 },
        chart: { x: 32, y: 342, width: 548, height: 170 },
        model: { x: 612, y: 30, width: 316, height: 480 },
      }
    : {
        card: { x: 14, y: 14, width: 362, height: 100 },
        model: { x: 14, y: 126, width: 362, height: 280 },
        springs: { x: 14, y: 414, width: 362, height: 98 },
        chart: { x: 14, y: 520, width: 362, height: 112 },
      };
}

interface Now {
  readonly index: number;
  readonly cycle: Cycle;
  readonly forward: number;
  readonly blame: number;
  readonly update: number;
  readonly compare: number;
  /** Gradient steps done, with a fraction. */
  readonly steps: number;
  /** How far the fast motion to the next cycle has come. */
  readonly run: number;
}

function nowAt(recording: Recording, t: number): Now | null {
  const cycles = cyclesOf(recording);
  if (cycles.length === 0) return null;
  const index = clamp(Math.floor((t - INTRO) / (CYCLE + RUN)), 0, cycles.length - 1);
  const cycle = at(cycles, index);
  const start = startOf(index);
  const update = progress(t, start + FORWARD + BLAME, start + FORWARD + BLAME + UPDATE * 0.7);
  const until = cycles[index + 1]?.step ?? recording.fine_tuning.length;
  const run = progress(t, start + CYCLE, start + CYCLE + RUN);
  return {
    index,
    cycle,
    forward: progress(t, start, start + FORWARD),
    blame: progress(t, start + FORWARD, start + FORWARD + BLAME * 0.5),
    update,
    compare: progress(t, start + FORWARD + BLAME + UPDATE * 0.7, start + FORWARD + BLAME + UPDATE),
    steps: cycle.step + update + run * (until - cycle.step - 1),
    run,
  };
}

function draw(recording: Recording, t: number, view: View): readonly Shape[] {
  const place = places(view.layout);
  const now = nowAt(recording, t);
  if (!now) return [];
  return [
    ...model(recording, now, place.model, view.layout),
    ...exampleCard(recording, now, place.card, view.layout),
    ...springs(recording, now, place.springs, view.layout),
    ...chart(recording, now, place.chart, view.layout),
  ];
}

/** In training the Doer is told the right sub-goal: the card comes out of the example. */
function toldCard(recording: Recording, now: Now, seen: number, layout: Layout) {
  const { told } = segmentOf(recording, now.cycle);
  if (told < 0) return {};
  const { card } = places(layout);
  const from =
    layout === "wide"
      ? { x: card.x + card.width - 70, y: card.y + card.height - 22 }
      : { x: card.x + card.width - 70, y: card.y + card.height - 18 };
  return {
    card: {
      words: at(recording.world.subgoals, told),
      share: progress(now.forward, 0.42, 0.68),
      opacity: Math.min(progress(now.forward, 0.38, 0.45), seen),
      from,
      tip: `In training the example tells the Doer the right sub-goal: ${at(recording.world.subgoals, told)}.`,
    },
  };
}

function model(recording: Recording, now: Now, box: Box, layout: Layout): Shape[] {
  const { world, model: card, settings } = recording;
  const { cycle } = now;
  const segment = segmentOf(recording, cycle);
  const seen = Math.max(0, 1 - 4 * now.run);
  const shownBlame = now.blame * seen;
  const revealed = now.blame > 0;
  const subgoal = argmax(segment.subgoal_logits);
  const named = progress(now.forward, 0.05, 0.4);
  const acted = progress(now.forward, 0.6, 0.9);
  return hierarchyPanel({
    id: "model",
    box,
    layout,
    model: card,
    planner: {
      ...plannerWords(card.modules),
      awake: mix(0.4, 1, seen),
      choices: world.subgoals.map((name, i) => ({
        name,
        share: at(softmax(segment.subgoal_logits), i),
      })),
      chosen: named >= 1 && seen > 0.5 ? subgoal : -1,
      grown: easeOut(named) * seen,
      calls: card.modules === 2 ? card.cycles : 0,
      done: named > 0.5 ? card.cycles : 0,
      ...(revealed && seen > 0.5 ? { label: cycle.label_subgoal } : {}),
      blame: sizeOf(cycle.losses.planner) * shownBlame,
      frozen: settings.freeze === "planner",
    },
    doer: {
      ...doerWords(card.modules),
      awake: mix(0.4, 1, seen),
      choices: world.actions.map((name, i) => ({
        name,
        share: at(softmax(segment.action_logits), i),
      })),
      chosen: acted >= 1 && seen > 0.5 ? argmax(segment.action_logits) : -1,
      grown: easeOut(acted) * seen,
      calls: card.cycles * card.low_calls + 1,
      done: acted > 0 ? card.cycles * card.low_calls + 1 : 0,
      ...(revealed && seen > 0.5 ? { label: cycle.label_action } : {}),
      blame: sizeOf(cycle.losses.doer) * shownBlame,
      frozen: settings.freeze === "doer",
    },
    ...toldCard(recording, now, seen, layout),
    memory: memoryOf(world, cycle.thought.state, cycle.thought.state, 0),
  });
}

/** A loss as a size from 0 to 1: one nat is half. */
function sizeOf(value: number): number {
  return value / (1 + value);
}

/** The example's row, what its labels say, and its losses before and after. */
function exampleCard(recording: Recording, now: Now, box: Box, layout: Layout): Shape[] {
  const { world } = recording;
  const { cycle } = now;
  const wide = layout === "wide";
  const size = sizes[layout].body;
  const step = at(at(recording.examples, cycle.example).steps, cycle.example_step);
  const left = wide ? 282 : 176;
  const right = { x: box.x + left + 16, width: box.width - left - 32 };
  const opacity =
    Math.max(0, 1 - 4 * now.run) * (now.index > 0 ? progress(now.forward, 0, 0.1) : 1);
  const lastOne = now.index === cyclesOf(recording).length - 1;
  const fast = Math.min(progress(now.run, 0.2, 0.35), lastOne ? 1 : 1 - progress(now.run, 0.85, 1));
  const lineHeight = size * 1.75;
  const top = box.y + size * 1.9;
  const wrong = step.wrong_subgoal || step.wrong_action ? " (noise made this label wrong)" : "";
  const changed = (before: number, after: number) =>
    now.compare > 0 ? `${loss(before)} to ${loss(after)}` : loss(before);
  const rows: [string, string, "planner" | "doer"][] = [
    ...(recording.model.subgoal_head
      ? [
          ["Planner", changed(cycle.losses.planner, cycle.losses_after.planner), "planner"] as [
            string,
            string,
            "planner",
          ],
        ]
      : []),
    ["Doer", changed(cycle.losses.doer, cycle.losses_after.doer), "doer"],
  ];
  return [
    rect("card.box", box, {
      radius: radius.panel,
      fill: "surface",
      stroke: "faint",
      strokeWidth: 1.5,
    }),
    ...faded("card", opacity, [
      fitted(
        "card.title",
        `Example ${cycle.example + 1}, step ${cycle.example_step + 1}`,
        box.x + 16,
        top,
        left - 20,
        size,
        { weight: 700 },
      ),
      ...worldTrack({
        id: "card.track",
        box: { x: box.x + 16, y: top + size * 0.6, width: left - 20, height: wide ? 50 : 32 },
        table: world,
        state: cycle.thought.state,
      }),
      group(
        "card.label",
        [
          fitted(
            "card.says",
            `It says: ${recording.model.subgoal_head ? `${at(world.subgoals, cycle.label_subgoal)}, ` : ""}${at(world.actions, cycle.label_action)}`,
            box.x + 16,
            box.y + box.height - size * 0.85,
            left - 12,
            size,
            { fill: step.wrong_subgoal || step.wrong_action ? "wrong" : "ink" },
          ),
        ],
        { tip: `The example's labels${wrong}.` },
      ),
      fitted("card.losses", "Loss of this step", right.x, top, right.width, size, {
        fill: "muted",
        weight: 600,
      }),
      ...faded("card.numbers", now.blame, [
        ...rows.flatMap(([title, value, half], i) => {
          const y = top + (i + 1) * lineHeight + (wide ? 6 : 2);
          return [
            group(
              `card.loss.${half}`,
              [
                rect(
                  `card.loss.${half}.mark`,
                  { x: right.x, y: y - size * 0.8, width: size * 0.8, height: size * 0.8 },
                  {
                    radius: half === "planner" ? 3 : size * 0.4,
                    fill: half === "planner" ? "blame-planner" : "blame-doer",
                  },
                ),
                text(`card.loss.${half}.name`, title, right.x + size * 1.3, y, size, {}),
                text(`card.loss.${half}.value`, value, right.x + right.width, y, size, {
                  anchor: "end",
                  weight: 700,
                }),
              ],
              {
                label: `${title}'s loss: ${value}`,
                tip: `${title}'s loss of this very step, before and after the update.`,
              },
            ),
          ];
        }),
      ]),
    ]),
    ...faded("card.fast", fast, [
      text(
        "card.fast.words",
        `Gradient step ${Math.min(recording.fine_tuning.length, Math.floor(now.steps))} of ${recording.fine_tuning.length}`,
        box.x + box.width / 2,
        box.y + box.height / 2 + 6,
        size * 1.25,
        { anchor: "middle", weight: 700, fill: "muted" },
      ),
    ]),
  ];
}

/** The watched weights after `steps` gradient steps, between two steps in between. */
function weightsAt(recording: Recording, steps: number): number[] {
  const whole = Math.floor(steps);
  const fraction = steps - whole;
  const values = (after: number) =>
    after <= 0
      ? recording.watched.map((one) => one.before)
      : at(recording.fine_tuning, Math.min(after, recording.fine_tuning.length) - 1).watched;
  const from = values(whole);
  const to = values(Math.min(whole + 1, recording.fine_tuning.length));
  return from.map((value, i) => mix(value, at(to, i), fraction));
}

const reach = memo((recording: Recording): { weight: number; change: number } => ({
  weight: Math.max(
    1e-6,
    ...recording.watched.map((one) => Math.abs(one.before)),
    ...recording.fine_tuning.flatMap((step) => step.watched.map(Math.abs)),
  ),
  change: Math.max(
    1e-6,
    ...recording.fine_tuning.flatMap((step) => [
      step.weight_change.planner,
      step.weight_change.doer,
    ]),
  ),
}));

/** Lowest and highest value of each watched weight, so that its spring uses all of its room. */
const ranges = memo((recording: Recording): readonly (readonly [number, number])[] =>
  recording.watched.map((one, i) => {
    const values = [one.before, ...recording.fine_tuning.map((step) => at(step.watched, i))];
    const low = Math.min(...values);
    return [low, Math.max(low + 1e-6, ...values)] as const;
  }),
);

/** A spring for each watched weight, and how far each half was moved. */
function springs(recording: Recording, now: Now, box: Box, layout: Layout): Shape[] {
  const wide = layout === "wide";
  const size = sizes[layout].small;
  const owners = recording.model.subgoal_head
    ? (["planner", "doer"] as const)
    : (["doer"] as const);
  const values = weightsAt(recording, now.steps);
  const index = Math.max(0, Math.min(recording.fine_tuning.length, Math.ceil(now.steps)) - 1);
  const moved =
    now.update > 0 || now.index > 0 ? at(recording.fine_tuning, index).weight_change : null;
  const { weight: widest, change: largest } = reach(recording);
  const shake = now.update > 0 && now.update < 1 ? swing(now.update, 2) : 0;
  return columns(box, owners.length, wide ? 24 : 14).flatMap((part, k) => {
    const owner = at(owners, k);
    const mine = range(recording.watched.length).filter(
      (i) => at(recording.watched, i).owner === owner,
    );
    const title = `${owner === "planner" ? "Planner" : "Doer"}: some weights`;
    const change = moved ? moved[owner] : 0;
    const barWidth = part.width * clamp(change / largest) * (moved ? 1 : 0);
    const gap = part.width / Math.max(1, mine.length);
    const top = part.y + size * 1.9;
    const room = part.height - size * 1.9 - (wide ? 38 : 34);
    const frozen = recording.settings.freeze === owner;
    return [
      fitted(
        `springs.${owner}.title`,
        frozen ? `${title} (frozen)` : title,
        part.x,
        part.y + size,
        part.width,
        size,
        { fill: "muted", weight: 600 },
      ),
      line(
        `springs.${owner}.beam`,
        [
          [part.x, top],
          [part.x + part.width, top],
        ],
        "muted",
        3,
      ),
      ...mine.map((i, n) => {
        const value = at(values, i);
        const watched = at(recording.watched, i);
        const [low, high] = at(ranges(recording), i);
        const length = room * mix(0.3, 0.92, (value - low) / (high - low)) + shake * 4;
        return spring({
          id: `springs.${owner}.${n}`,
          x: part.x + gap * (n + 0.5),
          top,
          length: clamp(length, 14, room),
          width: Math.min(gap * 0.5, 18),
          tone: owner,
          signed: clamp(value / widest, -1, 1),
          label: watched.name,
          tip: `${watched.name}: ${weight(watched.before)} before fine-tuning, ${weight(stepValue(recording, now, i))} now. Each spring has its own scale.`,
        });
      }),
      group(
        `springs.${owner}.moved`,
        [
          text(
            `springs.${owner}.movedt`,
            moved ? `moved by ${weight(change)}` : "not moved yet",
            part.x,
            part.y + part.height - (wide ? 16 : 14),
            size,
            { fill: "ink" },
          ),
          rect(
            `springs.${owner}.track`,
            { x: part.x, y: part.y + part.height - 9, width: part.width, height: 7 },
            { radius: 3.5, fill: "faint", opacity: 0.55 },
          ),
          ...(barWidth > 0.5
            ? [
                rect(
                  `springs.${owner}.bar`,
                  { x: part.x, y: part.y + part.height - 9, width: round(barWidth), height: 7 },
                  { radius: Math.min(3.5, barWidth / 2), fill: owner },
                ),
              ]
            : []),
        ],
        {
          label: `${title}, ${moved ? `moved by ${weight(change)}` : "not moved yet"}`,
          tip: "How far this gradient step moved all the weights of this half (length of the change).",
        },
      ),
    ];
  });
}

/** A watched weight at the last whole gradient step: a recorded number, for the tips. */
function stepValue(recording: Recording, now: Now, i: number): number {
  return at(weightsAt(recording, Math.round(now.steps)), i);
}

function chart(recording: Recording, now: Now, box: Box, layout: Layout): Shape[] {
  const steps = recording.fine_tuning;
  const most = lossTop(recording);
  const size = sizes[layout].small;
  return lineChart({
    id: "losses",
    box,
    title: recording.model.subgoal_head
      ? "Loss in each gradient step: Planner (solid), Doer (dashed)"
      : "Loss in each gradient step",
    series: [
      ...(recording.model.subgoal_head
        ? [
            {
              name: "Planner",
              tone: "blame-planner" as const,
              points: steps.map(
                (step) => [step.step + 1, Math.min(most, step.losses.planner)] as const,
              ),
            },
          ]
        : []),
      {
        name: "Doer",
        tone: "blame-doer" as const,
        dash: [5, 4],
        points: steps.map((step) => [step.step + 1, Math.min(most, step.losses.doer)] as const),
      },
    ],
    xMax: steps.length,
    yMax: most,
    xTitle: "gradient steps",
    format: loss,
    drawn: now.steps / Math.max(1, steps.length),
    size,
    tip: "The mean loss of each gradient step's batch.",
  });
}

const lossTop = memo((recording: Recording): number =>
  Math.max(
    0.1,
    ...recording.fine_tuning.flatMap((step) => [step.losses.planner, step.losses.doer]),
  ),
);

export const fineTuning: Scene = {
  id: "fine-tuning",
  phase: 4,
  title: "Fine-tuning",
  duration,
  captions,
  stops(recording) {
    return [
      0,
      ...cyclesOf(recording).flatMap((_, i) => {
        const start = startOf(i);
        return [
          start + FORWARD - 0.1,
          start + FORWARD + 1.5,
          start + FORWARD + BLAME + UPDATE,
          start + CYCLE + RUN - 0.01,
        ];
      }),
    ];
  },
  draw,
  maths(recording, time) {
    const now = nowAt(recording, time);
    const step =
      recording.fine_tuning[
        Math.max(0, Math.min(recording.fine_tuning.length - 1, Math.floor(now?.steps ?? 0)))
      ];
    return step ? crossEntropy(recording, step) : [];
  },
};
