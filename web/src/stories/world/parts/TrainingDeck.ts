/** The training set: examples as cards, and the two buckets into which their labels are dealt. */
import type { Example, ExampleStep, Recording, WorldTable } from "../../../recording/types.gen";
import { circle, fitted, group, rect, round, text, type Box } from "../../../scene/build";
import { motions } from "../facts";
import { at, range } from "../../../lib/list";
import { radius } from "../../../scene/layout";
import { memoByValue, memoByValueOf } from "../../../scene/memo";
import { count, reward } from "../../../scene/numbers";
import type { Shape, Tone } from "../../../scene/shape";
import { textWidth } from "../../../scene/text";
import { actionSign, flag } from "./drawings";
import { miniTrack } from "./miniTrack";

/** A card of the deck: the start, and a dot for every step. */
export const smallCard = memoByValueOf(drawSmallCard);

function drawSmallCard(
  { world: table, examples }: Recording,
  id: string,
  box: Box,
  index: number,
  dealt: boolean,
): Shape {
  const example = at(examples, index);
  const start = at(example.steps, 0);
  const bad = example.steps.filter((step) => step.wrong_subgoal || step.wrong_action).length;
  const strays = example.steps.filter((step) => step.distractor).length;
  const words = `Example ${index + 1}: ${count(example.steps.length, "step")}${bad ? `, ${count(bad, "wrong label")}` : ""}${strays ? `, ${count(strays, "mistake")} shown` : ""}`;
  const pad = Math.min(8, box.width * 0.08);
  const roomForDots = box.height > 34;
  return group(
    id,
    [
      rect(`${id}.card`, box, {
        radius: Math.min(radius.card, box.height * 0.2),
        fill: "surface",
        stroke: bad ? "wrong" : "faint",
        strokeWidth: bad && roomForDots ? 2 : 1.2,
        ...(bad && roomForDots ? { dash: [5, 3] } : {}),
      }),
      ...miniTrack(
        `${id}.track`,
        {
          x: box.x + pad,
          y: box.y + pad * 0.7,
          width: box.width - 2 * pad,
          height: box.height * (roomForDots ? 0.56 : 0.8),
        },
        table,
        start.state,
      ),
      ...(roomForDots
        ? stepDots(
            id,
            {
              x: box.x + pad,
              y: box.y + box.height * 0.72,
              width: box.width - 2 * pad,
              height: box.height * 0.2,
            },
            example,
          )
        : []),
      ...(roomForDots ? numberTag(id, box, index + 1) : []),
    ],
    { label: words, tip: `${words}.`, ...(dealt ? { opacity: 0.5 } : {}) },
  );
}

/** The example's number, on the corner of its card. */
function numberTag(id: string, box: Box, number: number): Shape[] {
  const [width, height] = [number > 9 ? 20 : 15, 14];
  const [x, y] = [round(box.x - 4), round(box.y - 5)];
  return [
    rect(`${id}.tag`, { x, y, width, height }, { radius: 5, fill: "ink" }),
    text(`${id}.number`, String(number), round(x + width / 2), y + 11, 11, {
      anchor: "middle",
      weight: 700,
      fill: "surface",
    }),
  ];
}

/** A dot a step: filled where the label is right, a cross where noise changed it, a ring for a mistake. */
function stepDots(id: string, box: Box, example: Example): Shape[] {
  const steps = example.steps.length;
  const gap = Math.min(9, box.width / Math.max(steps, 1));
  const left = box.x + (box.width - gap * (steps - 1)) / 2;
  return example.steps.map((step, i) => {
    const x = round(left + i * gap);
    const y = round(box.y + box.height / 2);
    const r = Math.min(2.8, gap * 0.4);
    if (step.wrong_subgoal || step.wrong_action)
      return rect(
        `${id}.dot${i}`,
        { x: x - r, y: y - r, width: 2 * r, height: 2 * r },
        { fill: "wrong", radius: 1 },
      );
    if (step.distractor)
      return circle(`${id}.dot${i}`, x, y, r, {
        fill: "none",
        stroke: "blame-doer",
        strokeWidth: 1.5,
      });
    return circle(`${id}.dot${i}`, x, y, r, { fill: "muted" });
  });
}

/** Height of a row of an open card. */
export function openRowHeight(box: Box, example: Example, size: number): number {
  return Math.min((box.height - size * 5.2) / example.steps.length, size * 3.4);
}

/** An example laid open: a row a step. `shown` rows are visible, row `now` is lit. */
export function openCard(
  recording: Recording,
  id: string,
  box: Box,
  index: number,
  shown: number,
  now: number,
  size: number,
): Shape[] {
  const example = at(recording.examples, index);
  const head = size * 2.5;
  const step = openRowHeight(box, example, size);
  const shapes: Shape[] = [
    rect(`${id}.card`, box, {
      radius: radius.panel,
      fill: "surface",
      stroke: "faint",
      strokeWidth: 1.5,
    }),
    fitted(
      `${id}.title`,
      `Example ${index + 1}`,
      box.x + 14,
      box.y + size * 1.8,
      box.width * 0.5,
      size * 1.1,
      { weight: 700 },
    ),
    text(
      `${id}.head`,
      "reward",
      box.x + box.width - 12,
      box.y + size * 1.8,
      Math.max(11, size * 0.85),
      { anchor: "end", fill: "muted" },
    ),
  ];
  for (const i of range(Math.min(shown, example.steps.length))) {
    shapes.push(
      openRow(
        recording,
        `${id}.row${i}`,
        { x: box.x + 8, y: box.y + head + i * step, width: box.width - 16, height: step },
        index,
        i,
        i === now,
        size,
      ),
    );
  }
  return shapes;
}

const openRow = memoByValueOf(drawOpenRow);

function drawOpenRow(
  { world: table, examples }: Recording,
  id: string,
  box: Box,
  index: number,
  i: number,
  lit: boolean,
  size: number,
): Shape {
  const step = at(at(examples, index).steps, i);
  const middle = round(box.y + box.height / 2);
  const small = Math.max(11, Math.min(size, box.height * 0.62));
  const track = {
    x: box.x + 6,
    y: round(box.y + box.height * 0.14),
    width: round(box.width * 0.3),
    height: round(box.height * 0.72),
  };
  const left = track.x + track.width + 10;
  const right = box.x + box.width - small * 3.2;
  const words = `Step ${i + 1}: ${rowWords(table, step)}`;
  return group(
    id,
    [
      rect(
        `${id}.bg`,
        { ...box, y: round(box.y + 1), height: round(box.height - 2) },
        { radius: 7, fill: lit ? "planner-soft" : "none" },
      ),
      ...miniTrack(`${id}.track`, track, table, step.state),
      ...rowLabels(id, table, step, { x: left, y: middle, width: right - left, height: small }),
      text(
        `${id}.reward`,
        reward(step.reward),
        box.x + box.width - 6,
        middle + small * 0.35,
        small,
        {
          anchor: "end",
          fill: "muted",
        },
      ),
    ],
    { label: words, tip: `${words}. Reward ${reward(step.reward)}.` },
  );
}

function rowWords(table: WorldTable, step: ExampleStep): string {
  return [
    `${at(table.subgoals, step.subgoal)}, ${at(table.actions, step.action)}`,
    step.wrong_subgoal ? "the sub-goal's label is wrong" : "",
    step.wrong_action ? "the action's label is wrong" : "",
    step.distractor ? `shows a mistake, ${at(table.actions, step.taken)}` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** The two labels of a step, each with its sign; a wrong one is also underlined. */
function rowLabels(id: string, table: WorldTable, step: ExampleStep, line: Box): Shape[] {
  const { x, y, width, height: size } = line;
  const base = y + size * 0.35;
  const second = x + width * 0.58;
  // What was done instead stands below what is right, crossed out.
  const done = step.distractor ? y + size * 0.66 : y;
  const right = step.distractor ? y - size * 0.6 : y;
  const words = (
    name: string,
    text: string,
    left: number,
    room: number,
    wrong: boolean,
    line = base,
  ): Shape[] => [
    fitted(`${id}.${name}`, text, left, line, room, size, {
      weight: 600,
      fill: wrong ? "wrong" : "ink",
    }),
    ...(wrong ? [underline(`${id}.${name}.wrong`, left, y, room * 0.8)] : []),
  ];
  const subgoal = at(table.subgoals, step.subgoal);
  const action = at(table.actions, step.action);
  const motion = at(motions(table), step.action);
  return [
    flag(`${id}.flag`, { x: x + size * 0.45, y, size }, step.wrong_subgoal ? "wrong" : "planner"),
    ...words("subgoal", subgoal, x + size * 1.1, width * 0.56 - size * 1.3, step.wrong_subgoal),
    actionSign(
      `${id}.sign`,
      { x: second + size * 0.4, y: right, size },
      action,
      motion,
      step.wrong_action ? "wrong" : "doer",
    ),
    ...words(
      "action",
      action,
      second + size * 1.2,
      width * 0.42 - size * 1.4,
      step.wrong_action,
      right + size * 0.35,
    ),
    ...(step.distractor
      ? mistake(id, at(table.actions, step.taken), {
          x: second + size * 0.4,
          y: done,
          width: width * 0.42 - size * 1.4,
          height: Math.max(11, size * 0.85),
        })
      : []),
  ];
}

/** What the teacher did wrong on purpose: its ring, as on the cards, and its name crossed out. */
function mistake(id: string, taken: string, { x, y, width, height: size }: Box): Shape[] {
  const left = x + size;
  const long = Math.min(width, textWidth(taken, size, 600));
  return [
    circle(`${id}.stray`, round(x), round(y), round(size * 0.34), {
      fill: "none",
      stroke: "blame-doer",
      strokeWidth: 2.2,
    }),
    fitted(`${id}.taken`, taken, left, y + size * 0.35, width, size, { fill: "muted" }),
    rect(
      `${id}.crossed`,
      { x: round(left - 2), y: round(y - 1), width: round(long + 4), height: 1.8 },
      { fill: "wrong" },
    ),
  ];
}

/** A line under a wrong label, so that it is not told by its colour alone. */
function underline(id: string, x: number, y: number, width: number): Shape {
  return rect(
    id,
    { x, y: y + 7, width: Math.max(10, width), height: 2 },
    { fill: "wrong", radius: 1 },
  );
}

export interface BucketProps {
  readonly id: string;
  readonly box: Box;
  readonly title: string;
  readonly half: "planner" | "doer";
  readonly names: readonly string[];
  readonly counts: readonly number[];
  readonly wrong: number;
  readonly most: number;
  readonly size: number;
}

/** A bucket of targets: how many labels of each kind have been dealt into it. */
export const bucket = memoByValue(drawBucket);

function drawBucket(props: BucketProps): Shape[] {
  const { id, box, title, half, names, counts, size } = props;
  const tone: Tone = half;
  const soft: Tone = half === "planner" ? "planner-soft" : "doer-soft";
  const total = counts.reduce((all, one) => all + one, 0);
  const head = size * 2.4;
  const step = Math.min(
    (box.height - head - size * (props.wrong ? 2.1 : 1)) / names.length,
    size * 3,
  );
  const nameWidth = box.width * 0.42;
  return [
    group(
      id,
      [
        rect(`${id}.box`, box, { radius: radius.panel, fill: soft, stroke: tone, strokeWidth: 2 }),
        fitted(`${id}.title`, title, box.x + 14, box.y + size * 1.75, box.width - 80, size * 1.1, {
          weight: 700,
        }),
        text(`${id}.total`, String(total), box.x + box.width - 14, box.y + size * 1.8, size * 1.3, {
          anchor: "end",
          weight: 700,
          fill: tone,
        }),
        ...names.flatMap((name, i) => {
          const middle = box.y + head + (i + 0.5) * step;
          const value = at(counts, i);
          const full = box.width - nameWidth - 66;
          return [
            fitted(
              `${id}.${i}.name`,
              name,
              box.x + 14,
              round(middle + size * 0.35),
              nameWidth - 8,
              size,
              {},
            ),
            rect(
              `${id}.${i}.bar`,
              {
                x: box.x + nameWidth + 14,
                y: round(middle - 5),
                width: round(Math.max(0.1, (full * value) / Math.max(1, props.most))),
                height: 10,
              },
              { radius: 5, fill: tone },
            ),
            text(
              `${id}.${i}.count`,
              String(value),
              box.x + box.width - 14,
              round(middle + size * 0.35),
              size,
              { anchor: "end", fill: "muted" },
            ),
          ];
        }),
        ...(props.wrong
          ? [
              fitted(
                `${id}.wrong`,
                `${props.wrong} of them wrong`,
                box.x + 14,
                box.y + box.height - size * 0.7,
                box.width - 28,
                size,
                { weight: 600, fill: "wrong" },
              ),
            ]
          : []),
      ],
      {
        label: `${title}: ${count(total, "label")}`,
        tip: `${title}: what the examples say in ${count(total, "situation")}.`,
      },
    ),
  ];
}
