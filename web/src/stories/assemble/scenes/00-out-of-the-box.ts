/** Step 0: one encoder block, out of the box and still asleep. */
import type { LadderRecording } from "../../../recording/ladder.gen";
import { circle, faded, fitted, group, line, rect, round, text } from "../../../scene/build";
import { easeBack, easeInOut, mix, progress, tween, within } from "../../../scene/ease";
import { at, range } from "../../../lib/list";
import { count, grouped } from "../../../scene/numbers";
import type { Caption } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { boardProps, puzzleOf, standing } from "../common";
import { puzzleIndex, telling, type LadderScene } from "../facts";
import { machine, machinePlaces } from "../parts/machine";
import { paragraphs } from "../../../scene/parts/paragraphs";
import { below, panel } from "../parts/panel";
import { tray } from "../parts/tray";
import { sizes } from "../places";
import { aside, timeline, type Window } from "../../../scene/timeline";
import type { LadderView } from "../view";

const T = timeline({ hello: 4.2, inside: 6, grid: 6, rules: 6 });
/** When the eye should be on the machine, and when on the panel. */
const MACHINE: readonly Window[] = [
  [0, T.inside - 0.4],
  [T.grid, T.rules - 0.4],
];
const PANEL: readonly Window[] = [
  [T.inside, T.grid - 0.4],
  [T.rules, T.end],
];

function captions(recording: LadderRecording): readonly Caption[] {
  const { settings, rungs, width } = recording;
  const weights = rungs[0] ? ` ${grouped(rungs[0].parameters)} numbers to learn.` : "";
  return [
    { at: 0, text: "Out of its box: one encoder block. The power is off, so please let it sleep." },
    {
      at: T.inside,
      text: `Inside, every cell peeks at all the others (attention), then thinks for itself.${weights}`,
    },
    {
      at: T.grid,
      text: `It takes all ${width * width} cells at once and gives all of them back: no word by word, no decoder.`,
    },
    {
      at: T.rules,
      text: `House rules: every step learns from ${grouped(settings.train_puzzles)} small sudokus and is tested on ${grouped(settings.test_puzzles)} others.`,
    },
  ];
}

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const place = machinePlaces(layout, 0);
  const arrives = mix(0.55, 1, easeBack(progress(t, 0.3, 1.1)));
  const { one } = place;
  const [cx, cy] = [one.x + one.width / 2, one.y + one.height / 2];
  return [
    standing("stage.machine", aside(t, PANEL), [
      group(
        "arriving",
        machine({
          ...boardProps(recording, view),
          split: 0,
          power: 0,
          wires: t < T.grid ? {} : { in: 0, out: 0 },
          answer: null,
          boards: tween(t, T.grid, T.grid + 0.7),
        }),
        {
          x: round(cx * (1 - arrives)),
          y: round(cy * (1 - arrives)),
          scale: round(arrives, 4),
        },
      ),
    ]),
    ...cells(recording, t, view),
    ...tray(layout, []),
    standing(
      "stage.panel",
      aside(t, MACHINE),
      panel(layout, t < T.rules ? "Inside the block" : "The rules of this ladder", [
        ...faded("inside", 1 - progress(t, T.rules - 0.3, T.rules), layers(recording, t, view)),
        ...faded("rules", progress(t, T.rules, T.rules + 0.4), rules(recording, view)),
      ]),
    ),
  ];
}

/** All cells at once: a drop a cell, into the block, and a drop a cell out of it. */
function cells(recording: LadderRecording, t: number, view: LadderView): Shape[] {
  const { width } = recording;
  const { input, output, one } = machinePlaces(view.layout, 0);
  const opacity = within(t, T.grid + 1, T.grid + 5, 0.4);
  const go = easeInOut(progress(t, T.grid + 1.2, T.grid + 2.6));
  const come = easeInOut(progress(t, T.grid + 2.8, T.grid + 4.2));
  const where = (i: number, board: typeof input) => ({
    x: board.x + ((i % width) + 0.5) * (board.width / width),
    y: board.y + (Math.floor(i / width) + 0.5) * (board.height / width),
  });
  // In the block they wait above its face.
  const across = width * 2;
  const gap = Math.min(12, (one.width * 0.8) / across);
  const middle = (i: number) => ({
    x: one.x + one.width / 2 + ((i % across) - (across - 1) / 2) * gap,
    y: one.y + one.height * 0.12 + Math.floor(i / across) * gap * 0.9,
  });
  return faded(
    "cells",
    opacity,
    range(width * width).map((i) => {
      const [from, to] = come > 0 ? [middle(i), where(i, output)] : [where(i, input), middle(i)];
      const share = come > 0 ? come : go;
      return circle(
        `cells.${i}`,
        round(mix(from.x, to.x, share)),
        round(mix(from.y, to.y, share)),
        view.layout === "wide" ? 4.5 : 3.5,
        { fill: come > 0 ? "answer" : "input" },
      );
    }),
  );
}

/** What a block does: each cell looks at every other, then each thinks for itself. */
function layers(recording: LadderRecording, t: number, view: LadderView): Shape[] {
  const box = below(view.layout);
  const size = sizes[view.layout].body;
  const count_ = Math.min(8, recording.width * 2);
  const step = box.width / count_;
  const row = (share: number) => round(box.y + box.height * share);
  const x = (i: number) => round(box.x + (i + 0.5) * step);
  const look = progress(t, T.inside, T.inside + 1.6);
  const think = progress(t, T.inside + 2, T.inside + 3.2);
  const chosen = Math.floor(count_ / 2);
  const given = puzzleOf(recording, view).given;
  const [top, middle, bottom] =
    view.layout === "wide" ? [row(0.19), row(0.5), row(0.78)] : [row(0.2), row(0.47), row(0.71)];
  const r = step * 0.3;
  const token = (id: string, i: number, y: number, lit: number) => [
    rect(
      `${id}.${i}`,
      { x: round(x(i) - r), y: round(y - r), width: round(2 * r), height: round(2 * r) },
      { radius: 6, fill: "ground", stroke: lit > 0.5 ? "agent" : "faint", strokeWidth: 2.4 },
    ),
  ];
  return [
    ...range(count_).flatMap((i) => [
      ...token("cell", i, top, 1),
      ...(at(given, i) > 0
        ? [
            text(`cell.t${i}`, String(at(given, i)), x(i), round(top + size * 0.36), size, {
              anchor: "middle",
              weight: 700,
            }),
          ]
        : []),
      line(
        `look.${i}`,
        [
          [x(i), top + r],
          [mix(x(i), x(chosen), look), mix(top + r, middle - r, look)],
        ],
        "agent",
        i === chosen ? 3 : 1.8,
        { opacity: look > 0 ? 0.75 : 0 },
      ),
      ...token("mixed", i, middle, look),
      line(
        `think.${i}`,
        [
          [x(i), middle + r],
          [x(i), mix(middle + r, bottom - r, think)],
        ],
        "agent",
        2.4,
        { opacity: think > 0 ? 0.75 : 0 },
      ),
      ...token("thought", i, bottom, think),
    ]),
    fitted(
      "look.words",
      `1. peek at the others (attention): ${count_} of ${recording.width ** 2} drawn`,
      box.x,
      row(0.08),
      box.width,
      size,
      {
        weight: 600,
      },
    ),
    fitted("think.words", "2. think for yourself (SwiGLU)", box.x, row(0.88), box.width, size, {
      weight: 600,
    }),
    fitted(
      "layers.note",
      recording.rungs[0]
        ? `${grouped(recording.rungs[0].parameters)} numbers to learn, always this deep`
        : "always this deep",
      box.x,
      row(0.97),
      box.width,
      size,
      { fill: "muted" },
    ),
  ];
}

function rules(recording: LadderRecording, view: LadderView): Shape[] {
  const box = below(view.layout);
  const size = sizes[view.layout].body;
  const { settings, width } = recording;
  const facts = [
    `The puzzles: sudokus of ${width} × ${width} cells.`,
    `${grouped(settings.train_puzzles)} of them to learn from, ${grouped(settings.test_puzzles)} kept for the test.`,
    `Every step may compute as much: ${grouped(settings.units)} units. One block that looks once at ${settings.batch} puzzles uses one.`,
    settings.seeds.length === 1
      ? "Every step is trained from one seed only: luck cannot be told from skill."
      : `Every step is trained from ${count(settings.seeds.length, "seed")}: a dot in a chart is one of them, and what lies between dots is luck.`,
    ...(puzzleIndex(recording, view) === telling(recording)
      ? ["The puzzle on the stage was picked for the tale: step 1 gets it wrong, step 6 right."]
      : []),
    "The manual's block has 27 million numbers. Ours is a toy, so that you can train it at home.",
  ];
  return paragraphs("rule", box, facts, size, size * 0.9);
}

export const outOfTheBox: LadderScene = {
  id: "step-00",
  phase: 0,
  title: "A block, out of the box",
  duration: () => T.end,
  captions,
  stops: () => [0, 1.5, T.inside + 3.4, T.grid + 2.6, T.grid + 4.4, T.rules + 0.6],
  draw,
};
