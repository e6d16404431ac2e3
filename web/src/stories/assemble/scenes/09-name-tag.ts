/** Step 9: the name tag of a puzzle, and what it is good for. */
import type { ArcShown, ArcVariant, LadderRecording, MiniArc } from "../../../recording/ladder.gen";
import { circle, faded, fitted, group, rect, round, text, type Box } from "../../../scene/build";
import { coming, leaving, progress, tween } from "../../../scene/ease";
import { at } from "../../../lib/list";
import { count, mean, percent } from "../../../scene/numbers";
import { cross, tick } from "../../../scene/parts/marks";
import type { Caption, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { absent, boardProps, wiresOf, standing } from "../common";
import { byTask, ofArc, rungOf, type LadderScene } from "../facts";
import { symbols } from "../parts/board";
import { dotRows } from "../parts/charts";
import { tagIcon } from "../parts/icons";
import { machine, machinePlaces, pluggedIn } from "../parts/machine";
import { twoLines, words } from "../../../scene/parts/paragraphs";
import { below, credit, creditHeight, panel } from "../parts/panel";
import { gadget, slotOf, travelling, tray } from "../parts/tray";
import { places, sizes } from "../places";
import { inOrder, aside, timeline, type Window } from "../../../scene/timeline";
import { PLUG } from "../play";
import type { LadderView } from "../view";

const ID = "step-09";
const T = timeline({
  hello: 3.8,
  tag: 3.4,
  tasks: 12.6,
  variants: 6.8,
});
/** When the eye should be on the machine, and when on the panel. */
const MACHINE: readonly Window[] = [[0, T.tasks]];
const PANEL: readonly Window[] = [[T.variants, T.end]];
/** As many tasks as are shown one after the other. */
const MOST = 4;
const THANKS = "Task embeddings, augmentation and voting on ARC: the HRM paper (Wang et al. 2025).";

function captions(recording: LadderRecording): readonly Caption[] {
  const arc = recording.mini_arc;
  const list: Caption[] = [
    { at: 0, text: "One piece is left in the box, the tiniest of all. No, you may not eat it." },
    {
      at: T.tag,
      text: "A name tag, called puzzle embedding: a learned label that says which task this is, in which disguise.",
    },
  ];
  if (arc) {
    const examples = arc.tasks[0]?.demonstrations.length ?? 0;
    list.push({
      at: T.tasks,
      text: `Another test: ${count(arc.tasks.length, "made-up task")}, each with a rule of its own. The input alone does not say which: the tag does.`,
    });
    const [shown] = arc.shown;
    if (shown) {
      list.push({
        at: T.tasks + 5,
        text: `It learned from ${count(examples, "example")} of each. Below: an input, the right answer, and what each training made of it.`,
      });
    }
    list.push({ at: T.variants, text: tagWords(arc) });
    const never = unsolved(arc);
    if (never > 0) {
      list.push({
        at: T.variants + 3.8,
        text: `${never} of the ${arc.tasks.length} tasks nobody ever solves here, tag or no tag.`,
      });
    }
  } else {
    list.push({
      at: T.tasks,
      text: "This ladder did not measure the name tag: no tasks, no numbers, only the machine.",
    });
  }
  return inOrder(list);
}

/** What a variant has of the two things, in words. */
function variantName({ puzzle_embedding, augmented }: ArcVariant): string {
  if (puzzle_embedding) return augmented ? "tag and disguises" : "only the tag";
  return augmented ? "only disguises" : "neither";
}

function nameOf(arc: MiniArc, variant: string): string {
  const found = arc.variants.find(({ name }) => name === variant);
  return found ? variantName(found) : variant;
}

/** What each variant solves. */
function tagWords(arc: MiniArc): string {
  const parts = arc.variants.map(
    (one) =>
      `${variantName(one).replace("neither", "with neither")} ${percent(mean(ofArc(one, (seed) => seed.exact)))}`,
  );
  return `Test inputs solved: ${parts.join(", ")}.`;
}

/** Tasks that no variant solves on any seed. */
function unsolved(arc: MiniArc): number {
  return arc.tasks.filter((_, task) =>
    arc.variants.every((one) => one.seeds.every((seed) => (seed.by_task[task] ?? 0) === 0)),
  ).length;
}

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const arc = recording.mini_arc;
  const rung = rungOf(recording, 8) ?? rungOf(recording, 7) ?? rungOf(recording, 6);
  const wires = wiresOf(rung, { segments: 2, cycles: 2, low_calls: 2 });
  const going = travelling(ID, t, T.tag);
  const place = machinePlaces(layout, 1);
  const tasks = arc ? tween(t, T.tasks, T.tasks + 0.4) : 0;
  const light = wires.halting === "none" ? 0 : 1;
  return [
    ...tray(layout, [{ name: "name tag", out: going.share }]),
    ...faded(
      "machine",
      leaving(tasks),
      machine({
        ...boardProps(recording, view),
        split: 1,
        same: wires.modules === 1,
        power: 1,
        wires: pluggedIn(wires),
        answer: null,
        mood: 0.7,
        tag: going.share >= 1 ? 1 : 0,
        light: { share: light, stop: false, lit: 0, tip: "The road lights." },
      }),
    ),
    ...gadget({
      id: "piece.tag",
      name: "name tag",
      tip: "The puzzle embedding, a learned row of numbers for each task in each disguise.",
      slot: slotOf(layout, 0, 1),
      target: place.tag,
      small: layout === "tall",
      icon: tagIcon,
      ...going,
    }),
    standing(
      "stage.tasks",
      aside(t, PANEL),
      arc ? faded("tasks", coming(tasks), tasksShown(arc, t, layout)) : [],
    ),
    standing("stage.panel", aside(t, MACHINE), evidence(recording, t, view)),
  ];
}

/** Which shown input is on the table, and since when. */
function onTable(
  arc: MiniArc,
  t: number,
): { shown: ArcShown; which: number; since: number } | null {
  const all = spread(arc.shown, MOST);
  const length = (T.end - T.tasks) / Math.max(1, all.length);
  const which = Math.min(all.length - 1, Math.max(0, Math.floor((t - T.tasks) / length)));
  const shown = all[which];
  return shown ? { shown, which, since: t - T.tasks - which * length } : null;
}

/** The shown inputs, one after the other. */
function tasksShown(arc: MiniArc, t: number, layout: Layout): Shape[] {
  const now = onTable(arc, t);
  return now ? oneTask(arc, now.shown, now.which, now.since, layout) : [];
}

/** At most `most` of a list, of different tasks first, evenly over the list. */
function spread(shown: readonly ArcShown[], most: number): readonly ArcShown[] {
  const firsts = shown.filter((one, i) => shown.findIndex((two) => two.task === one.task) === i);
  const pool = firsts.length >= Math.min(most, shown.length) ? firsts : shown;
  if (pool.length <= most) return pool;
  return Array.from({ length: most }, (_, i) =>
    at(pool, Math.floor((i * (pool.length - 1)) / (most - 1))),
  );
}

function oneTask(arc: MiniArc, shown: ArcShown, which: number, t: number, layout: Layout): Shape[] {
  const { machine: area } = places(layout);
  const task = at(arc.tasks, shown.task);
  const size = sizes[layout];
  const wide = layout === "wide";
  const id = `task${which}`;
  const pad = wide ? 16 : 9;
  const inner = { x: area.x + pad, width: area.width - 2 * pad };
  const demos = task.demonstrations.slice(0, 3);
  const demoStep = inner.width / Math.max(1, demos.length);
  const demoSide = Math.min((demoStep - (wide ? 46 : 28)) / 2, wide ? 78 : 46);
  const demoTop = area.y + (wide ? 76 : 46);
  const testTop = demoTop + demoSide + (wide ? 78 : 52);
  const columns = 2 + shown.answers.length;
  const step = inner.width / columns;
  const side = Math.min(step - (wide ? 12 : 8), wide ? 112 : 64);
  const grid = { width: arc.width };
  const answersFrom = 1.2;
  return [
    rect(`${id}.card`, area, {
      radius: 18,
      fill: "surface",
      stroke: "faint",
      strokeWidth: 1.5,
    }),
    fitted(`${id}.name`, task.name, inner.x, area.y + (wide ? 26 : 19), inner.width, size.title, {
      weight: 700,
    }),
    fitted(`${id}.rule`, task.rule, inner.x, area.y + (wide ? 46 : 34), inner.width, size.small, {
      fill: "muted",
    }),
    fitted(
      `${id}.colours`,
      "colours",
      inner.x,
      round(area.y + area.height - pad - size.small * 0.3),
      70,
      size.small,
      { fill: "muted" },
    ),
    ...legend(
      `${id}.legend`,
      arc,
      inner.x + 64,
      area.y + area.height - pad - size.small * 0.66,
      size.small,
    ),
    ...demos.flatMap(([from, to], i) => {
      const x = inner.x + i * demoStep + (demoStep - 2 * demoSide - (wide ? 26 : 16)) / 2;
      const gap = wide ? 26 : 16;
      const middle = demoTop + demoSide / 2;
      return [
        rect(
          `${id}.demo${i}`,
          {
            x: round(x - 7),
            y: demoTop - 7,
            width: round(2 * demoSide + gap + 14),
            height: round(demoSide + 14),
          },
          { radius: 10, fill: "ground" },
        ),
        symbols({
          ...grid,
          id: `${id}.demo${i}.from`,
          x: round(x),
          y: demoTop,
          size: round(demoSide),
          grid: from,
          label: `Example ${i + 1}, before`,
          tip: `Example ${i + 1} of the task, before.`,
        }),
        arrowTo(`${id}.demo${i}.arrow`, x + demoSide + gap / 2, middle, wide ? 8 : 5),
        symbols({
          ...grid,
          id: `${id}.demo${i}.to`,
          x: round(x + demoSide + gap),
          y: demoTop,
          size: round(demoSide),
          grid: to,
          label: `Example ${i + 1}, after`,
          tip: `Example ${i + 1} of the task, after.`,
        }),
      ];
    }),
    fitted(`${id}.test`, "the test", inner.x, testTop - (wide ? 14 : 9), inner.width, size.small, {
      weight: 700,
    }),
    ...[
      { key: "given", name: "input", cells: shown.given, right: null },
      { key: "solution", name: "right answer", cells: shown.solution, right: null },
      ...shown.answers.map((answer, k) => ({
        key: `answer${k}`,
        name: nameOf(arc, answer.variant),
        cells: answer.answer,
        right: answer.answer.every((token, i) => token === shown.solution[i]),
      })),
    ].flatMap(({ key, name, cells, right }, i) => {
      const x = inner.x + i * step + (step - side) / 2;
      const appears =
        i < 2 ? 1 : progress(t, answersFrom + (i - 2) * 0.5, answersFrom + (i - 2) * 0.5 + 0.3);
      const words_ =
        right === null
          ? `${i === 0 ? "The test's input" : "The right answer"}.`
          : `${name}: ${right ? "right" : "wrong"}.`;
      return faded(`${id}.${key}.in`, appears, [
        symbols({
          ...grid,
          id: `${id}.${key}`,
          x: round(x),
          y: testTop,
          size: round(side),
          grid: cells,
          tone: right === null ? (i === 0 ? "input" : "answer") : right ? "right" : "wrong",
          label: words_,
          tip: words_,
        }),
        ...twoLines(
          `${id}.${key}.name`,
          name,
          x + side / 2,
          testTop + side + size.small * 1.3,
          step - 4,
          size.small,
        ),
        ...(right === null
          ? []
          : [
              (right ? tick : cross)(`${id}.${key}.mark`, {
                x: round(x + side - 4),
                y: round(testTop + 2),
                size: wide ? 24 : 17,
              }),
            ]),
      ]);
    }),
  ];
}

/** Which form each colour has: rules call colours by their numbers. */
function legend(id: string, arc: MiniArc, x: number, y: number, size: number): Shape[] {
  const step = size * 3;
  return Array.from({ length: arc.colours - 1 }, (_, i) => i + 1).flatMap((colour, i) => [
    text(`${id}.n${colour}`, String(colour), round(x + i * step), round(y + size * 0.36), size, {
      fill: "muted",
    }),
    symbols({
      id: `${id}.s${colour}`,
      x: round(x + i * step + size * 0.8),
      y: round(y - size * 0.7),
      size: round(size * 1.4),
      width: 1,
      grid: [colour],
      label: `Colour ${colour}`,
      tip: `This is colour ${colour}.`,
    }),
  ]);
}

function arrowTo(id: string, x: number, y: number, r: number): Shape {
  return {
    kind: "path",
    id,
    d: `M${round(x - r)} ${round(y)}H${round(x + r)}M${round(x + r * 0.2)} ${round(y - r * 0.7)}L${round(x + r)} ${round(y)}L${round(x + r * 0.2)} ${round(y + r * 0.7)}`,
    fill: "none",
    stroke: "muted",
    strokeWidth: 2,
  };
}

function evidence(recording: LadderRecording, t: number, view: LadderView): Shape[] {
  const { layout } = view;
  const arc = recording.mini_arc;
  const box = below(layout);
  const size = sizes[layout].body;
  const foot = creditHeight(layout, THANKS);
  const whole = { ...box, height: box.height - foot };
  return panel(layout, "Tag or no tag?", [
    ...(arc
      ? variants(arc, t, whole, size)
      : absent("absent", whole, "Step 9 was not measured.", layout)),
    ...credit(layout, THANKS),
  ]);
}

function variants(arc: MiniArc, t: number, box: Box, size: number): Shape[] {
  const step = Math.min(size * 3.2, (box.height * 0.42) / arc.variants.length);
  const top = size * 2.2;
  const grid = box.y + top + arc.variants.length * step + size * 0.8;
  return [
    ...words("arc.title", box, "Test inputs solved (squares: by voting)", size, {
      fill: "ink",
      weight: 600,
    }),
    ...dotRows(
      "arc.rows",
      { ...box, y: box.y + top, height: box.height - top },
      arc.variants.map((one) => ({
        id: one.name,
        name: variantName(one),
        values: ofArc(one, (seed) => seed.exact),
        tone: one.puzzle_embedding ? ("gold" as const) : ("input" as const),
        what: `${one.puzzle_embedding ? "With" : "Without"} the name tag, ${one.augmented ? "with" : "without"} augmentation`,
        second: ofArc(one, (seed) => seed.vote_one),
        secondWhat: "By voting",
        strong: one.puzzle_embedding && one.augmented,
      })),
      progress(t, T.variants - 0.6, T.variants + 1.6),
      size,
      step,
    ),
    ...taskGrid(
      arc,
      t >= T.tasks ? (onTable(arc, t)?.shown.task ?? -1) : -1,
      progress(t, T.variants - 0.6, T.variants + 1.6),
      { ...box, y: grid, height: box.y + box.height - grid },
      size,
    ),
  ];
}

/** Task by task: the larger the mark, the more of its inputs a variant solves. */
function taskGrid(arc: MiniArc, current: number, drawn: number, box: Box, size: number): Shape[] {
  const small = Math.max(11, size * 0.92);
  const left = box.width * 0.36;
  const column = (box.width - left) / arc.tasks.length;
  const top = box.y + small * 2.4;
  const step = Math.min(22, (box.height - small * 2.4) / arc.variants.length);
  if (step < small) return [];
  const x = (task: number) => round(box.x + left + (task + 0.5) * column);
  const r = Math.min(column, step) * 0.44;
  return [
    ...words("tasks.title", box, `Task by task: the larger, the more solved`, small, {
      fill: "ink",
      weight: 600,
    }),
    ...(current >= 0
      ? [
          rect(
            "tasks.current",
            {
              x: round(x(current) - column / 2),
              y: round(top - 2),
              width: round(column),
              height: round(step * arc.variants.length + 4),
            },
            { radius: 4, fill: "halting", opacity: 0.3 },
          ),
        ]
      : []),
    ...arc.variants.map((variant, row) => {
      const y = round(top + (row + 0.5) * step);
      const shares = byTask(arc, variant);
      const told_ = `${variantName(variant)}: ${arc.tasks.map((task, i) => `${task.name} ${percent(at(shares, i))}`).join(", ")}.`;
      return group(
        `tasks.${row}`,
        [
          fitted(
            `tasks.${row}.name`,
            variantName(variant),
            box.x,
            round(y + small * 0.35),
            left - 6,
            small,
            {
              fill: "muted",
            },
          ),
          ...shares.flatMap((share, i) => [
            circle(`tasks.${row}.${i}`, x(i), y, 1.2, { fill: "faint" }),
            ...(share > 0 && drawn > i / shares.length
              ? [
                  circle(
                    `tasks.${row}.${i}.solved`,
                    x(i),
                    y,
                    round(Math.max(2.4, r * Math.sqrt(share))),
                    {
                      fill: variant.puzzle_embedding ? "gold" : "input",
                    },
                  ),
                ]
              : []),
          ]),
        ],
        { label: told_, tip: told_ },
      );
    }),
  ];
}

export const nameTagScene: LadderScene = {
  id: ID,
  phase: 9,
  title: "The name tag",
  duration: () => T.end,
  captions,
  stops: () => [0, T.tag + PLUG + 0.1, T.tasks + 3.4, T.tasks + 8.8, T.variants + 2],
  draw,
};
