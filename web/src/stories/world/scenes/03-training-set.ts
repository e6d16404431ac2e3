/** Phase 3: the actual examples, dealt into targets for the Planner and for the Doer. */
import type { Recording } from "../../../recording/types.gen";
import { circle, faded, fitted, group, rect, round, type Box } from "../../../scene/build";
import { bow, clamp, easeInOut, easeOut, progress, tween } from "../../../scene/ease";
import { episodeWords } from "../definition";
import { motions } from "../facts";
import { at, range } from "../../../lib/list";
import { memo, memoByValue } from "../../../scene/memo";
import { count, percent } from "../../../scene/numbers";
import { bucket, openCard, openRowHeight, smallCard } from "../parts/TrainingDeck";
import { actionToken, subgoalCard } from "../parts/tokens";
import { stageSize, type Caption, type Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { BEFORE, type WorldScene, type WorldView } from "../view";
import { inOrder, timeline } from "../../../scene/timeline";

const T = timeline({ deck: 3, open: 4.2, deal: 5, rest: 6, outro: 4 });

interface Facts {
  readonly wrong: number;
  readonly strays: number;
  readonly steps: number;
}

const facts = memo((recording: Recording): Facts => {
  const steps = recording.examples.flatMap((example) => example.steps);
  return {
    steps: steps.length,
    wrong: steps.filter((step) => step.wrong_subgoal || step.wrong_action).length,
    strays: steps.filter((step) => step.distractor).length,
  };
});

function captions(recording: Recording, view: WorldView): readonly Caption[] {
  const { settings, examples, model } = recording;
  const { steps, wrong, strays } = facts(recording);
  const list: Caption[] = [
    {
      at: 0,
      text: `To learn from: only ${count(examples.length, "example")}, ${count(steps, "step")} altogether.`,
    },
    {
      at: T.open,
      text: `An example is one ${episodeWords(view, recording).name} of a teacher. Each step names a sub-goal and an action.`,
    },
    {
      at: T.deal,
      text: model.subgoal_head
        ? "The sub-goals are what the Planner should say. The actions are what the Doer should do."
        : "This model has no Planner: only the actions are used.",
    },
    {
      at: T.rest,
      text: examples.length > 1 ? "And so on with all the other examples." : "That was all of it.",
    },
  ];
  list.push({
    at: T.outro,
    text:
      wrong > 0
        ? `${count(wrong, "label")} ${wrong === 1 ? "is" : "are"} wrong on purpose: ${percent(settings.noise)} noise.`
        : strays > 0
          ? `${count(strays, "step")} ${strays === 1 ? "shows" : "show"} a mistake and how to recover. Their labels say what is right.`
          : "No label is wrong here.",
  });
  return inOrder(list);
}

interface Places {
  readonly deck: Box;
  readonly open: Box;
  readonly planner: Box;
  readonly doer: Box;
}

function places(layout: Layout): Places {
  return layout === "wide"
    ? {
        deck: { x: 32, y: 34, width: 206, height: 472 },
        open: { x: 262, y: 34, width: 366, height: 472 },
        planner: { x: 652, y: 34, width: 276, height: 214 },
        doer: { x: 652, y: 268, width: 276, height: 238 },
      }
    : {
        deck: { x: 14, y: 26, width: 362, height: 114 },
        open: { x: 14, y: 148, width: 362, height: 290 },
        planner: { x: 14, y: 450, width: 176, height: 176 },
        doer: { x: 200, y: 450, width: 176, height: 176 },
      };
}

/** A grid for `many` cards in a box, as square as their shape allows. */
const deckBoxes = memoByValue((box: Box, many: number, layout: Layout): readonly Box[] => {
  const gap = many > 20 ? 4 : 8;
  const ratio = layout === "wide" ? 1.3 : 1.6;
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= many; columns++) {
    const rows = Math.ceil(many / columns);
    const width = Math.min(
      (box.width - gap * (columns - 1)) / columns,
      ((box.height - gap * (rows - 1)) / rows) * ratio,
      layout === "wide" ? 150 : 120,
    );
    if (width > best.width) best = { columns, width };
  }
  const height = best.width / ratio;
  const rows = Math.ceil(many / best.columns);
  const left = box.x + (box.width - best.columns * best.width - (best.columns - 1) * gap) / 2;
  const top =
    layout === "wide" ? box.y : box.y + (box.height - rows * height - (rows - 1) * gap) / 2;
  return range(many).map((i) => ({
    x: left + (i % best.columns) * (best.width + gap),
    y: top + Math.floor(i / best.columns) * (height + gap),
    width: best.width,
    height,
  }));
});

/** How many examples, and how many steps of the next one, have been dealt at time t. */
function dealt(
  recording: Recording,
  t: number,
): { examples: number; steps: number; fraction: number } {
  const first = at(recording.examples, 0).steps.length;
  if (t < T.rest) {
    const share = progress(t, T.deal + 0.6, T.rest - 0.4) * first;
    return { examples: 0, steps: Math.floor(share), fraction: share % 1 };
  }
  const others = recording.examples.length - 1;
  const share = progress(t, T.rest, T.outro - 0.5) * others;
  return { examples: 1 + Math.floor(share), steps: 0, fraction: share % 1 };
}

function draw(recording: Recording, t: number, { layout }: WorldView): readonly Shape[] {
  const { examples } = recording;
  const place = places(layout);
  const size = layout === "wide" ? 14 : 11.5;
  const done = dealt(recording, t);
  const boxes = deckBoxes(place.deck, examples.length, layout);
  const open = Math.min(done.examples, examples.length - 1);
  const turning = t >= T.rest ? open : 0;
  const rowsShown =
    t >= T.rest
      ? 99
      : Math.ceil(progress(t, T.open + 0.4, T.deal - 0.4) * at(examples, 0).steps.length);
  const now =
    t >= T.deal && t < T.rest ? Math.min(done.steps, at(examples, 0).steps.length - 1) : -1;
  return [
    ...deck(recording, boxes, done.examples, t, layout),
    ...faded(
      "open",
      progress(t, T.open - 0.3, T.open + 0.3),
      openCard(recording, "open.card", place.open, turning, rowsShown, now, size),
    ),
    ...legend(recording, place.open, progress(t, T.open, T.open + 0.5), size),
    ...buckets(recording, place, done, t, size),
    ...flying(recording, place, boxes, done, t, layout),
  ];
}

/** The cards: in the middle of the stage at first, then on the left. */
function deck(
  recording: Recording,
  boxes: readonly Box[],
  dealtExamples: number,
  t: number,
  layout: Layout,
): Shape[] {
  const { examples } = recording;
  const first = at(boxes, 0);
  const end = at(boxes, boxes.length - 1);
  const away = 1 - tween(t, T.open - 1, T.open);
  const middle =
    layout === "wide" ? (first.x + Math.max(...boxes.map((b) => b.x + b.width))) / 2 : 0;
  const low = (first.y + end.y + end.height) / 2;
  const { width, height } = stageSize[layout];
  const cards = examples.flatMap((_, i) => {
    const start = (i / examples.length) * 1.4 - 0.6;
    const share = easeOut(progress(t, start, start + 0.8));
    const box = at(boxes, i);
    const lifted = { ...box, y: box.y + 16 * (1 - share) };
    const used = i < dealtExamples && t < T.outro - 0.5;
    return faded(`deck.${i}`, share, [smallCard(recording, `deck.${i}.card`, lifted, i, used)]);
  });
  return [
    group("deck", cards, {
      x: layout === "wide" ? round((width / 2 - middle) * away) : 0,
      y: round((height / 2 - low) * away),
    }),
  ];
}

/** What the marks on the cards mean, at the foot of the open card. */
function legend(recording: Recording, open: Box, share: number, size: number): Shape[] {
  const { wrong, strays } = facts(recording);
  const y = open.y + open.height - size * 1.1;
  const small = Math.max(11, size * 0.85);
  return faded("legend", share, [
    ...(strays > 0
      ? [
          circle("legend.stray", open.x + 20, y - small * 0.35, small * 0.34, {
            fill: "none",
            stroke: "blame-doer",
            strokeWidth: 2.2,
          }),
          fitted(
            "legend.stray.words",
            "shows a mistake",
            open.x + 32,
            y,
            open.width * 0.42,
            small,
            { fill: "muted" },
          ),
        ]
      : []),
    ...(wrong > 0
      ? [
          rect(
            "legend.wrong",
            {
              x: open.x + open.width * 0.52,
              y: y - small * 0.7,
              width: small * 0.7,
              height: small * 0.7,
            },
            { radius: 2, fill: "wrong" },
          ),
          fitted(
            "legend.wrong.words",
            "wrong label",
            open.x + open.width * 0.52 + small * 1.2,
            y,
            open.width * 0.4,
            small,
            { fill: "muted" },
          ),
        ]
      : []),
  ]);
}

function buckets(
  recording: Recording,
  place: Places,
  done: ReturnType<typeof dealt>,
  t: number,
  size: number,
): Shape[] {
  const { world, examples, model } = recording;
  const steps = examples.flatMap((example, i) =>
    i < done.examples
      ? example.steps
      : i === done.examples
        ? example.steps.slice(0, done.steps)
        : [],
  );
  const all = t >= T.outro - 0.5 ? examples.flatMap((example) => example.steps) : steps;
  const totals = (names: readonly string[], pick: (step: (typeof all)[number]) => number) =>
    names.map((_, i) => all.filter((step) => pick(step) === i).length);
  const subgoals = totals(world.subgoals, (step) => step.subgoal);
  const actions = totals(world.actions, (step) => step.action);
  const most = mostOf(recording);
  return faded("buckets", progress(t, T.deal - 0.5, T.deal), [
    ...(model.subgoal_head
      ? bucket({
          id: "bucket.planner",
          box: place.planner,
          title: "Planner says",
          half: "planner",
          names: world.subgoals,
          counts: subgoals,
          wrong: all.filter((step) => step.wrong_subgoal).length,
          most,
          size,
        })
      : []),
    ...bucket({
      id: "bucket.doer",
      box: place.doer,
      title: "Doer does",
      half: "doer",
      names: world.actions,
      counts: actions,
      wrong: all.filter((step) => step.wrong_action).length,
      most,
      size,
    }),
  ]);
}

const mostOf = memo((recording: Recording): number => {
  const steps = recording.examples.flatMap((example) => example.steps);
  const tally = (values: number[]) =>
    range(Math.max(...values) + 1).map((i) => values.filter((value) => value === i).length);
  return Math.max(
    ...tally(steps.map((step) => step.subgoal)),
    ...tally(steps.map((step) => step.action)),
  );
});

/** Cards and tokens on their way into the buckets. */
function flying(
  recording: Recording,
  place: Places,
  boxes: readonly Box[],
  done: ReturnType<typeof dealt>,
  t: number,
  layout: Layout,
): Shape[] {
  const { world, examples, model } = recording;
  if (t < T.deal + 0.6 || t >= T.outro - 0.5) return [];
  const example = examples[done.examples];
  if (!example) return [];
  const slow = t < T.rest;
  const step = slow
    ? example.steps[done.steps]
    : example.steps[Math.floor(done.fraction * example.steps.length)];
  if (!step) return [];
  const share = easeInOut(clamp(done.fraction * 1.15));
  const size = layout === "wide" ? 13 : 11;
  const card = at(boxes, done.examples);
  const rowHeight = openRowHeight(place.open, at(examples, 0), layout === "wide" ? 14 : 11.5);
  const from = slow
    ? {
        x: place.open.x + place.open.width * 0.62,
        y: place.open.y + 36 + (done.steps + 0.5) * rowHeight,
      }
    : { x: card.x + card.width / 2, y: card.y + card.height / 2 };
  const into = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const opacity = Math.min(1, 6 * share) * (1 - progress(share, 0.85, 1));
  return [
    ...(model.subgoal_head
      ? faded("fly.planner", opacity, [
          subgoalCard(
            "fly.planner.it",
            at(world.subgoals, step.subgoal),
            bow(from, into(place.planner), share, 30),
            { size, ...(step.wrong_subgoal ? { tone: "wrong" as const } : {}) },
          ),
        ])
      : []),
    ...faded("fly.doer", opacity, [
      actionToken(
        "fly.doer.it",
        at(world.actions, step.action),
        at(motions(world), step.action),
        bow({ ...from, x: from.x + (layout === "wide" ? 60 : 40) }, into(place.doer), share, 20),
        { size, ...(step.wrong_action ? { tone: "wrong" as const } : {}) },
      ),
    ]),
  ];
}

export const trainingSet: WorldScene = {
  id: "training-set",
  phase: 3,
  title: "The tiny training set",
  learned: () => BEFORE,
  duration: () => T.end,
  captions,
  stops: () => [0, T.open - 0.4, T.deal - 0.2, T.deal + 2.4, T.rest - 0.2, T.outro, T.end - 0.2],
  draw,
};
