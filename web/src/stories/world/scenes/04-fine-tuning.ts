/** Phase 4: the training loop: chosen gradient steps looked at closely, the rest in fast motion. */
import type { Cycle, Recording, ThoughtSegment } from "../../../recording/types.gen";
import {
  centre,
  columns,
  faded,
  fitted,
  group,
  line,
  rect,
  text,
  type Box,
} from "../../../scene/build";
import { clamp, easeOut, mix, progress, swing, within } from "../../../scene/ease";
import { groundOf } from "../definition";
import { stoppedEarly } from "../facts";
import { radius, type as sizes } from "../../../scene/layout";
import { argmax, at, range } from "../../../lib/list";
import { crossEntropy } from "../maths";
import { memo, memoByValueOf } from "../../../scene/memo";
import { count, loss, softmax, weight } from "../../../scene/numbers";
import { doerWords, plannerWords } from "../parts/Episode";
import { memoryOf } from "../parts/memory";
import { bar, spring } from "../parts/gauges";
import { hierarchyPanel } from "../parts/HierarchyPanel";
import { lineChart, type LineChartProps } from "../parts/MetricsPanel";
import { worldTrack } from "../parts/WorldTrack";
import type { Caption, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import type { WorldScene, WorldView } from "../view";
import { each, inOrder, shifted, timeline } from "../../../scene/timeline";

/** A gradient step looked at closely, and the fast motion to the next. */
const CYCLE = timeline({
  forward: 4.4,
  blame: 2.8,
  update: 3,
  compare: 2.1,
  run: 1.7,
});
const OUTRO = 1.2;

const MOST = 3;

/** Three of the recorded cycles at most, so that each can be read: the first and the last ones. */
const cyclesOf = memo((recording: Recording): readonly Cycle[] => {
  const { cycles } = recording;
  return cycles.length <= MOST ? cycles : [...cycles.slice(0, 1), ...cycles.slice(1 - MOST)];
});

const times = memo((recording: Recording) =>
  timeline({ intro: 1.6, cycles: each(cyclesOf(recording).length, CYCLE.end), outro: OUTRO }),
);

/** When the parts of a cycle begin. */
function cycleTimes(recording: Recording, index: number) {
  return shifted(CYCLE, times(recording).nth("cycles", index));
}

function duration(recording: Recording): number {
  return Math.max(10, times(recording).end);
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
  const list: Caption[] = [{ at: 0, text: introWords(recording) }];
  cyclesOf(recording).forEach((cycle, i) => {
    const time = cycleTimes(recording, i);
    list.push({ at: time.forward, text: forwardWords(recording, cycle, i === 0) });
    list.push({ at: mix(time.forward, time.blame, ANSWERS), text: answerWords(recording, cycle) });
    list.push({ at: time.blame, text: blameWords(recording, cycle) });
    list.push({ at: time.update, text: updateWords(recording, cycle, i === 0) });
    list.push({ at: time.compare, text: compareWords(recording, cycle) });
    const next = cyclesOf(recording)[i + 1];
    const until = next ? next.step : recording.fine_tuning.length;
    if (until > cycle.step + 1) {
      list.push({
        at: time.run,
        text: next ? `Now in fast motion, to gradient step ${until + 1}.` : endWords(recording),
      });
    }
  });
  return inOrder(list);
}

/** A gradient step looks at a batch; the captions after it follow one step out of it. */
function introWords({ fine_tuning }: Recording): string {
  const batch = fine_tuning[0]?.examples.length ?? 1;
  return `Fine-tuning: take ${count(batch, "example")} at a time, see what is wrong in their steps, nudge the weights, repeat.`;
}

function forwardWords(recording: Recording, cycle: Cycle, first: boolean): string {
  const { rows } = at(recording.fine_tuning, cycle.step);
  const one = rows > 1 ? `one of ${rows} steps` : "the only step";
  return first
    ? `Here is ${one} in this batch, as the teacher did it. What would the model do here?`
    : `Gradient step ${cycle.step + 1} of ${recording.fine_tuning.length}. Here is ${one}. What would the model do now?`;
}

/** What the model answers, and whose card the Doer has in its hand meanwhile. */
function answerWords(recording: Recording, cycle: Cycle): string {
  const { world, model } = recording;
  const segment = segmentOf(recording, cycle);
  const does = at(world.actions, argmax(segment.action_logits));
  if (!model.subgoal_head) return `The model picks ${does}.`;
  const says = at(world.subgoals, argmax(segment.subgoal_logits));
  if (segment.told < 0) return `The Planner picks ${says}, and the Doer picks ${does}.`;
  const card = at(world.subgoals, segment.told);
  return card === says
    ? `The Planner picks ${says}. So does the teacher. With that card the Doer picks ${does}.`
    : `The Planner picks ${says}. The Doer gets the teacher's card, ${card}, and picks ${does}.`;
}

function blameWords(recording: Recording, cycle: Cycle): string {
  const { world, settings, model, examples } = recording;
  const who = blamed(recording, cycle);
  if (who === "nobody") return "Both answers are right already: nobody is to blame.";
  const step = at(at(examples, cycle.example).steps, cycle.example_step);
  const planner = who === "planner";
  const noisy = planner ? step.wrong_subgoal : step.wrong_action;
  const label = planner
    ? at(world.subgoals, cycle.label_subgoal)
    : at(world.actions, cycle.label_action);
  const says = noisy ? `The label, wrong on purpose, says ${label}` : `It should be ${label}`;
  const name = planner ? "the Planner" : model.modules === 1 ? "the model" : "the Doer";
  const frozen = settings.freeze === who ? " But it is frozen." : "";
  return `${says}: ${name} is to blame. Its loss at this one step: ${loss(cycle.losses[who])}.${frozen}`;
}

function updateWords(recording: Recording, cycle: Cycle, first: boolean): string {
  const { planner, doer } = at(recording.fine_tuning, cycle.step).weight_change;
  if (!recording.model.subgoal_head) return `The weights move a little: by ${weight(doer)}.`;
  switch (recording.settings.freeze) {
    case "planner":
      return `The Planner is frozen and stays. The Doer moves by ${weight(doer)}.`;
    case "doer":
      return `The Doer is frozen and stays. The Planner moves by ${weight(planner)}.`;
    case "none":
      break;
  }
  const by = `by ${weight(planner)}, the Doer by ${weight(doer)}.`;
  if (!first) return `The Planner moves ${by}`;
  const who = blamed(recording, cycle);
  const other = who === "planner" ? doer > planner : who === "doer" && planner > doer;
  return other
    ? `Each spring is a weight, and all move, whoever is to blame: the Planner ${by}`
    : `Each spring is a weight, and all move a little: the Planner ${by}`;
}

/** A change of a loss that nobody would call one, alone or as a share of what it was. */
const HARDLY = { by: 0.01, share: 0.01 };

/** What the nudge did to the losses of the step that was looked at: by the numbers. */
function compareWords(recording: Recording, cycle: Cycle): string {
  const halves = halvesOf(recording).map((half) => {
    const [was, is] = [cycle.losses[half], cycle.losses_after[half]];
    const changed = Math.abs(is - was) > Math.max(HARDLY.by, HARDLY.share * was);
    const name = lossOwner(recording, half);
    return { name, words: `${loss(was)} to ${loss(is)}`, sign: changed ? Math.sign(is - was) : 0 };
  });
  const [worse, better] = [1, -1].map((sign) => halves.filter((half) => half.sign === sign));
  const told = (some: typeof halves) =>
    some.map(({ name, words }) => `${name} ${words}`).join(", ");
  if (worse?.length) {
    const { rows } = at(recording.fine_tuning, cycle.step);
    const why =
      rows > 1 ? `The nudge is for all ${rows} steps: one may get worse` : "The nudge went too far";
    return `This step's loss: ${told(halves)}. ${why}.`;
  }
  return better?.length
    ? `After the nudge the loss of this step is smaller: ${told(better)}.`
    : `Hardly anything changes: ${told(halves)}.`;
}

function halvesOf({ model }: Recording): readonly ("planner" | "doer")[] {
  return model.subgoal_head ? ["planner", "doer"] : ["doer"];
}

/** Whose a loss is, as captions and the card name it. */
function lossOwner({ model }: Recording, half: "planner" | "doer"): string {
  if (half === "planner") return "Planner";
  return model.subgoal_head ? "Doer" : "model";
}

function endWords(recording: Recording): string {
  const steps = recording.fine_tuning.length;
  return stoppedEarly(recording)
    ? `Stopped early after ${count(steps, "gradient step")} of ${recording.planned_steps}: the loss was small enough.`
    : `And on to the end: ${count(steps, "gradient step")}.`;
}

/** When in the forward pass its answers are put into words, as a share. */
const ANSWERS = 0.36;

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
        card: { x: 14, y: 26, width: 362, height: 92 },
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
  const since = t - times(recording).cycles;
  const index = clamp(Math.floor(since / CYCLE.end), 0, cycles.length - 1);
  const cycle = at(cycles, index);
  const time = cycleTimes(recording, index);
  const updated = mix(time.update, time.compare, 0.9);
  const update = progress(t, time.update, updated);
  const until = cycles[index + 1]?.step ?? recording.fine_tuning.length;
  const run = progress(t, time.run, time.end);
  return {
    index,
    cycle,
    forward: progress(t, time.forward, time.blame),
    blame: progress(t, time.blame, mix(time.blame, time.update, 0.5)),
    update,
    compare: progress(t, time.compare, time.compare + 0.3),
    steps: cycle.step + update + run * (until - cycle.step - 1),
    run,
  };
}

/** The gradient step that is gone through; 0 until the first one has changed anything. */
function learning(now: Now | null): number {
  if (!now) return 0;
  if (now.run > 0) return now.steps;
  return now.index > 0 || now.update > 0 ? now.cycle.step + 1 : 0;
}

function draw(recording: Recording, t: number, view: WorldView): readonly Shape[] {
  const place = places(view.layout);
  const now = nowAt(recording, t);
  if (!now) return [];
  const lit = litAt(recording, t, now);
  return [
    ...faded("focus.model", lit.model, model(recording, now, place.model, view.layout, lit.halves)),
    ...faded("focus.card", lit.card, exampleCard(recording, now, place.card, view, lit.halves)),
    ...springs(recording, now, place.springs, view.layout, lit),
    ...faded(
      "focus.chart",
      lit.chart,
      lineChart(
        chartOf(recording, place.chart, sizes[view.layout].small),
        now.steps / Math.max(1, recording.fine_tuning.length),
      ),
    ),
  ];
}

/** How strongly what is not looked at stands back. */
const DIMMED = 0.32;

type Halves = Readonly<Record<"planner" | "doer", number>>;

/** How lit each part of the stage is: one thing at a time, the rest dimmed. */
interface Lit {
  readonly card: number;
  readonly model: number;
  /** Each half's own box and loss, on top of the model's and the card's light. */
  readonly halves: Halves;
  readonly springs: number;
  readonly chart: number;
}

function litAt(recording: Recording, t: number, now: Now): Lit {
  const time = cycleTimes(recording, now.index);
  const last = now.index === cyclesOf(recording).length - 1;
  // The first frame shows all there is; so does the last.
  const all = Math.max(
    1 - progress(t, times(recording).cycles - 0.8, times(recording).cycles),
    last ? progress(t, time.end, time.end + 0.4) : 0,
  );
  // Light changes as a caption begins, and stays until it ends.
  const inside = (from: number, to: number) => within(t, from + LIGHTING, to, LIGHTING);
  const during = (from: number, to: number) => mix(DIMMED, 1, Math.max(all, inside(from, to)));
  const who = blamed(recording, now.cycle);
  const aside = inside(time.blame, time.update);
  const half = (name: "planner" | "doer") =>
    who === "nobody" || who === name ? 1 : mix(1, DIMMED, aside);
  return {
    card: Math.max(during(time.forward, time.update), during(time.compare, time.run)),
    model: during(mix(time.forward, time.blame, ANSWERS), time.update),
    halves: { planner: half("planner"), doer: half("doer") },
    springs: during(time.update, time.compare),
    chart: during(time.run, time.end),
  };
}

/** Seconds in which light goes from one thing to the next. */
const LIGHTING = 0.25;

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
      share: progress(now.forward, 0.52, 0.68),
      opacity: Math.min(progress(now.forward, 0.49, 0.54), seen),
      from,
      tip: `In training the example tells the Doer the right sub-goal: ${at(recording.world.subgoals, told)}.`,
    },
  };
}

function model(recording: Recording, now: Now, box: Box, layout: Layout, lit: Halves): Shape[] {
  const { world, model: card, settings } = recording;
  const { cycle } = now;
  const segment = segmentOf(recording, cycle);
  const seen = Math.max(0, 1 - 4 * now.run);
  const shownBlame = now.blame * seen;
  const revealed = now.blame > 0;
  const subgoal = argmax(segment.subgoal_logits);
  const named = progress(now.forward, ANSWERS, 0.52);
  const acted = progress(now.forward, 0.66, 0.8);
  return hierarchyPanel({
    id: "model",
    box,
    layout,
    model: card,
    lit,
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
      blame: blameOf(recording, cycle, "planner") * shownBlame,
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
      blame: blameOf(recording, cycle, "doer") * shownBlame,
      frozen: settings.freeze === "doer",
    },
    ...toldCard(recording, now, seen, layout),
    memory: memoryOf(world, cycle.thought.state, cycle.thought.state, 0),
  });
}

/** How strongly a half glows: only the one to blame, the more the larger its loss. */
function blameOf(recording: Recording, cycle: Cycle, half: "planner" | "doer"): number {
  if (blamed(recording, cycle) !== half) return 0;
  const value = cycle.losses[half];
  return mix(0.6, 1, value / (1 + value));
}

/** The example's row, what its labels say, and its losses before and after. */
function exampleCard(
  recording: Recording,
  now: Now,
  box: Box,
  view: WorldView,
  lit: Halves,
): Shape[] {
  const { layout } = view;
  const gone = Math.max(0, 1 - 4 * now.run);
  const arriving = now.index > 0 ? progress(now.forward, 0, 0.1) : 1;
  return [
    rect("card.box", box, {
      radius: radius.panel,
      fill: "surface",
      stroke: "faint",
      strokeWidth: 1.5,
    }),
    ...faded("card", gone * arriving, [
      ...rowOfExample(recording, now.cycle, box, view),
      ...rowLosses(recording, now, box, layout, lit),
    ]),
    ...fastMotion(recording, now, box, layout),
  ];
}

/** Width of the card's left part, which shows the example. */
function cardSplit(layout: Layout): number {
  return layout === "wide" ? 282 : 176;
}

function rowOfExample(recording: Recording, cycle: Cycle, box: Box, view: WorldView): Shape[] {
  const { layout } = view;
  const { world, model, examples } = recording;
  const wide = layout === "wide";
  const size = sizes[layout].body;
  const left = cardSplit(layout);
  const top = box.y + size * 1.9;
  const step = at(at(examples, cycle.example).steps, cycle.example_step);
  const noisy = step.wrong_subgoal || step.wrong_action;
  const title = `Example ${cycle.example + 1}, step ${cycle.example_step + 1}`;
  const subgoal = model.subgoal_head ? `${at(world.subgoals, cycle.label_subgoal)}, ` : "";
  const says = `The teacher: ${subgoal}${at(world.actions, cycle.label_action)}${noisy ? " (wrong)" : ""}`;
  const track = { x: box.x + 16, y: top + size * 0.6, width: left - 20, height: wide ? 50 : 32 };
  const base = box.y + box.height - size * 0.85;
  return [
    fitted("card.title", title, box.x + 16, top, left - 20, size, { weight: 700 }),
    ...worldTrack({
      id: "card.track",
      box: track,
      table: world,
      state: cycle.thought.state,
      ground: groundOf(view, recording),
    }),
    fitted("card.says", says, box.x + 16, base, left - 12, size, {
      fill: noisy ? "wrong" : "ink",
      label: says,
      tip: noisy ? "The example's labels; noise made one of them wrong." : "The example's labels.",
    }),
  ];
}

/** The row's losses: before the update, then also after it. */
function rowLosses(recording: Recording, now: Now, box: Box, layout: Layout, lit: Halves): Shape[] {
  const { cycle } = now;
  const size = sizes[layout].body;
  const left = cardSplit(layout);
  const x = box.x + left + 16;
  const width = box.width - left - 32;
  const top = box.y + size * 1.9;
  return [
    fitted("card.losses", "Loss of this step", x, top, width, size, { fill: "muted", weight: 600 }),
    ...faded(
      "card.numbers",
      now.blame,
      halvesOf(recording).flatMap((half, i) => {
        const before = loss(cycle.losses[half]);
        const value = now.compare > 0 ? `${before} to ${loss(cycle.losses_after[half])}` : before;
        const y = top + (i + 1) * size * 1.75 + (layout === "wide" ? 6 : 2);
        const line = { x, y, width, height: size };
        return faded(`card.lit.${half}`, lit[half], [
          rowLoss(`card.loss.${half}`, half, value, line),
        ]);
      }),
    ),
  ];
}

function rowLoss(id: string, half: "planner" | "doer", value: string, line: Box): Shape {
  const { x, y, width, height: size } = line;
  const planner = half === "planner";
  const title = planner ? "Planner" : "Doer";
  const side = size * 0.8;
  return group(
    id,
    [
      rect(
        `${id}.mark`,
        { x, y: y - side, width: side, height: side },
        {
          radius: planner ? 3 : side / 2,
          fill: planner ? "blame-planner" : "blame-doer",
        },
      ),
      text(`${id}.name`, title, x + size * 1.3, y, size),
      text(`${id}.value`, value, x + width, y, size, { anchor: "end", weight: 700 }),
    ],
    {
      label: `${title}'s loss: ${value}`,
      tip: `${title}'s loss of this very step, before and after the update.`,
    },
  );
}

/** Counts the gradient steps that pass between two cycles; after the last it stays. */
function fastMotion(recording: Recording, now: Now, box: Box, layout: Layout): Shape[] {
  const steps = recording.fine_tuning.length;
  const isLast = now.index === cyclesOf(recording).length - 1;
  const leaving = isLast ? 1 : 1 - progress(now.run, 0.85, 1);
  const words = `Gradient step ${Math.min(steps, Math.ceil(learning(now)))} of ${steps}`;
  const { x, y } = centre(box);
  return faded("card.fast", Math.min(progress(now.run, 0.2, 0.35), leaving), [
    text("card.fast.words", words, x, y + 6, sizes[layout].body * 1.25, {
      anchor: "middle",
      weight: 700,
      fill: "muted",
    }),
  ]);
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
function springs(recording: Recording, now: Now, box: Box, layout: Layout, lit: Lit): Shape[] {
  const owners = halvesOf(recording);
  return columns(box, owners.length, layout === "wide" ? 24 : 14).flatMap((part, i) => {
    const owner = at(owners, i);
    return faded(`focus.${owner}`, lit.springs, [
      ...hangingSprings(recording, now, owner, part, layout),
      movedBar(recording, now, owner, part, layout),
    ]);
  });
}

function hangingSprings(
  recording: Recording,
  now: Now,
  owner: "planner" | "doer",
  box: Box,
  layout: Layout,
): Shape[] {
  const size = sizes[layout].small;
  const values = weightsAt(recording, now.steps);
  const mine = range(recording.watched.length).filter(
    (i) => at(recording.watched, i).owner === owner,
  );
  const shake = now.update > 0 && now.update < 1 ? swing(now.update, 4) : 0;
  const gap = box.width / Math.max(1, mine.length);
  const top = box.y + size * 1.9;
  const room = box.height - size * 1.9 - (layout === "wide" ? 38 : 34);
  const frozen = recording.settings.freeze === owner ? " (frozen)" : "";
  const title = `${owner === "planner" ? "Planner" : "Doer"}: some weights${frozen}`;
  const beam = [
    [box.x, top],
    [box.x + box.width, top],
  ] as const;
  return [
    fitted(`springs.${owner}.title`, title, box.x, box.y + size, box.width, size, {
      fill: "muted",
      weight: 600,
    }),
    line(`springs.${owner}.beam`, beam, "muted", 3),
    ...mine.map((i, n) => {
      const watched = at(recording.watched, i);
      const [low, high] = at(ranges(recording), i);
      const value = at(values, i);
      const length = room * mix(0.3, 0.92, (value - low) / (high - low)) + shake * 9;
      return spring({
        id: `springs.${owner}.${n}`,
        x: box.x + gap * (n + 0.5),
        top,
        length: clamp(length, 14, room),
        width: Math.min(gap * 0.5, 18),
        tone: owner,
        signed: value / reach(recording).weight,
        label: watched.name,
        tip: `${watched.name}: ${weight(watched.before)} before fine-tuning, ${weight(stepValue(recording, now, i))} now. The longer it hangs, the larger it is; each has its own scale.`,
      });
    }),
  ];
}

/** How far the latest gradient step moved all the weights of a half. */
function movedBar(
  recording: Recording,
  now: Now,
  owner: "planner" | "doer",
  box: Box,
  layout: Layout,
): Shape {
  const wide = layout === "wide";
  const step = Math.max(1, Math.min(recording.fine_tuning.length, Math.ceil(now.steps))) - 1;
  const begun = now.update > 0 || now.index > 0;
  const change = begun ? at(recording.fine_tuning, step).weight_change[owner] : 0;
  const words = begun ? `moved by ${weight(change)}` : "not moved yet";
  const id = `springs.${owner}.moved`;
  const track = { x: box.x, y: box.y + box.height - 9, width: box.width, height: 7 };
  return group(
    id,
    [
      text(`${id}.words`, words, box.x, track.y - (wide ? 7 : 5), sizes[layout].small),
      bar({ id: `${id}.bar`, box: track, share: change / reach(recording).change, tone: owner }),
    ],
    {
      label: `${owner === "planner" ? "Planner" : "Doer"}: ${words}`,
      tip: "How far this gradient step moved all the weights of this half (length of the change).",
    },
  );
}

/** A watched weight at the last whole gradient step: a recorded number, for the tips. */
function stepValue(recording: Recording, now: Now, i: number): number {
  return at(weightsAt(recording, Math.round(now.steps)), i);
}

const chartOf = memoByValueOf((recording: Recording, box: Box, size: number): LineChartProps => {
  const steps = recording.fine_tuning;
  const most = lossTop(recording);
  const points = (half: "planner" | "doer") =>
    steps.map((step) => [step.step + 1, Math.min(most, step.losses[half])] as const);
  return {
    id: "losses",
    box,
    title: recording.model.subgoal_head
      ? "Loss in each gradient step: Planner (solid), Doer (dashed)"
      : "Loss in each gradient step",
    series: [
      ...(recording.model.subgoal_head
        ? [{ name: "Planner", tone: "blame-planner" as const, points: points("planner") }]
        : []),
      { name: "Doer", tone: "blame-doer", dash: [5, 4], points: points("doer") },
    ],
    xMax: steps.length,
    yMax: most,
    xTitle: "gradient steps",
    format: loss,
    size,
    tip: "The loss of each gradient step, on average over the examples that it looks at.",
  };
});

const lossTop = memo((recording: Recording): number =>
  Math.max(
    0.1,
    ...recording.fine_tuning.flatMap((step) => [step.losses.planner, step.losses.doer]),
  ),
);

export const fineTuning: WorldScene = {
  id: "fine-tuning",
  phase: 4,
  title: "Fine-tuning",
  learned: (recording, time) => ({ kind: "during", steps: learning(nowAt(recording, time)) }),
  duration,
  captions,
  stops(recording) {
    return [
      0,
      ...cyclesOf(recording).flatMap((_, i) => {
        const time = cycleTimes(recording, i);
        const isLast = i === cyclesOf(recording).length - 1;
        return [
          time.blame - 0.1,
          time.blame + 1.5,
          mix(time.update, time.compare, 0.3),
          time.compare - 0.4,
          time.compare + 0.6,
          mix(time.run, time.end, isLast ? 1.1 : 0.6),
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
