/** Step 5: two smaller blocks, L and H. A gradient for little money, and a disappointment. */
import type { LadderRecording, PuzzleThought, Rung } from "../../../recording/ladder.gen";
import { faded, inset, type Box } from "../../../scene/build";
import { coming, leaving, progress, tween } from "../../../scene/ease";
import { at } from "../../../lib/list";
import { count, mean, percent } from "../../../scene/numbers";
import type { Caption } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import {
  beside,
  emptyPanel,
  playing,
  notMeasured,
  rungName,
  snapshots,
  wiresOf,
  type Eye,
} from "../common";
import {
  bytes,
  compare,
  exact,
  moves,
  ofSeeds,
  puzzleIndex,
  ratio,
  rungOf,
  thoughtOf,
  withoutOuter,
  type LadderScene,
} from "../facts";
import { mathsOf } from "../maths";
import { bars, dotNote, dotRows, rhythm } from "../parts/charts";
import { machine, machinePlaces, pluggedIn } from "../parts/machine";
import { words } from "../../../scene/parts/paragraphs";
import { below, credit, creditHeight, panel } from "../parts/panel";
import { blocksIcon } from "../parts/icons";
import { gadget, namesOf, pieces, slotOf, travelling, tray } from "../parts/tray";
import { sizes } from "../places";
import { inOrder, timeline } from "../../../scene/timeline";
import { callsDone, playOf, PLUG } from "../play";
import type { LadderView } from "../view";

const ID = "step-05";
const STEP = 5;
const T = timeline({
  hello: 3.6,
  swap: 4,
  wires: 3.6,
  think: 8.6,
  gradient: 5.4,
  memory: 5.6,
  verdict: 8.4,
});
const EYE: Eye = { machine: [[0, T.think]], panel: [[T.gradient, T.end]] };
const THANKS =
  "One-step gradient and H over L: the HRM paper (Wang et al. 2025). Its critics (arXiv 2510.04871, 2601.10679) doubt both.";

function captions(recording: LadderRecording, view: LadderView): readonly Caption[] {
  const rung = rungOf(recording, STEP);
  const before = rungOf(recording, 3);
  const list: Caption[] = [
    {
      at: 0,
      text: "Deep breath. Another prank: the big block goes back into the box. Gently, please.",
    },
    {
      at: T.swap,
      text: "Two smaller blocks instead, exactly alike. Only the wires decide which one is L and which is H.",
    },
    {
      at: T.wires,
      text: "L is fast, like a Doer, and sees the puzzle. H is slow, like a Planner, and has the last word.",
    },
  ];
  if (!rung) return inOrder([...list, { at: T.think, text: notMeasured(STEP) }]);
  const { low_calls, cycles } = rung.wires;
  const thought = thoughtOf(rung, puzzleIndex(recording, view));
  const { one_step, full } = recording.memory;
  list.push({
    at: T.think,
    text: `L chatters ${count(low_calls, "time")}, then H nods once; all that ${count(cycles, "time")}. Watch the current.`,
  });
  if (thought) {
    const calls = at(thought.segments, 0).calls;
    const learning = calls.filter((call) => call.gradient).length;
    list.push({
      at: T.gradient,
      text:
        learning < calls.length
          ? `The one-step gradient: learning looks back only along the red flags, ${learning} of the ${calls.length} calls.`
          : `Learning looks back along all ${calls.length} calls.`,
    });
  }
  list.push({
    at: T.memory,
    text:
      one_step < full
        ? `It takes less memory: ${bytes(one_step)} to remember, not ${bytes(full)}. That is ${ratio(full, one_step)} times less.`
        : `What has to be remembered: ${bytes(one_step)}, against ${bytes(full)} along all calls.`,
  });
  const now = ofSeeds(rung, exact);
  list.push({
    at: T.verdict,
    text: before
      ? verdict(ofSeeds(before, exact), now)
      : `It solves ${percent(mean(now))} of new puzzles.`,
  });
  const through = withoutOuter(recording).find(({ wires }) => wires.gradient === "full");
  if (through) list.push({ at: T.verdict + 4.4, text: fullWords(now, ofSeeds(through, exact)) });
  return inOrder(list);
}

/** What a gradient along all calls buys, for the same compute. */
function fullWords(now: readonly number[], full: readonly number[]): string {
  const share = percent(mean(full));
  return {
    more: `Learning along all calls costs memory, but here it solves more: ${share}.`,
    less: `Learning along all calls costs memory, and here it solves less: ${share}.`,
    tie: `Along all calls it costs memory, and the share ${moves(now, full)}.`,
  }[compare(now, full)];
}

function verdict(before: readonly number[], now: readonly number[]): string {
  const [was, is] = [percent(mean(before)), percent(mean(now))];
  switch (compare(before, now)) {
    case "less":
      return `And the test? A disappointment: ${is} of new puzzles, where one looped block had ${was}. Read on!`;
    case "more":
      return `And the test? ${is} of new puzzles, where one looped block had ${was}.`;
    case "tie":
      return `And the test? The share of new puzzles solved ${moves(before, now)}.`;
  }
}

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const rung = rungOf(recording, STEP);
  const thought = rung && thoughtOf(rung, puzzleIndex(recording, view));
  const play = thought ? playOf(thought, T.think + 0.3, 7.4, 1.4) : null;
  const split = tween(t, T.swap + 0.9, T.swap + 2.2);
  const small = layout === "tall";
  const swapped = split >= 1;
  const wires = wiresOf(rung, { cycles: 2, low_calls: 2 });
  const plan = [
    { wire: "up" as const, at: T.wires },
    { wire: "down" as const, at: T.wires + 0.7 },
  ];
  const all = pieces(ID, t, layout, plan, 1).map((piece) => ({ ...piece, waiting: !swapped }));
  const one = machinePlaces(layout, 0).one;
  const going = travelling(ID, t, T.swap);
  const { up: _up, down: _down, ...others } = pluggedIn(wires);
  return [
    ...tray(layout, [{ name: "blocks", out: going.share }, ...namesOf(all)]),
    ...beside(
      t,
      EYE,
      machine({
        ...playing(recording, view, play, wires, t),
        split,
        wires: swapped ? others : split > 0 ? {} : { in: 1, out: 1, loop: 1, recall: 1 },
        pieces: all,
        mood: t >= T.verdict && disappointed(recording) ? -0.7 : 0.5,
      }),
      evidence(recording, rung, thought, t, view),
      gadget({
        id: "piece.blocks",
        name: "two small blocks",
        tip: "Two encoder blocks, half as deep each, so that together they weigh as much.",
        slot: slotOf(layout, 0, 3),
        target: { x: one.x + one.width / 2, y: one.y + one.height / 2 },
        small,
        around: inset(one, small ? -7 : -12, small ? -12 : -20),
        icon: blocksIcon,
        ...going,
        plug: { kind: "go", scene: ID, time: T.swap + 2.3 },
      }),
    ),
  ];
}

function disappointed(recording: LadderRecording): boolean {
  const [before, rung] = [rungOf(recording, 3), rungOf(recording, STEP)];
  return (
    before !== null &&
    rung !== null &&
    compare(ofSeeds(before, exact), ofSeeds(rung, exact)) === "less"
  );
}

function evidence(
  recording: LadderRecording,
  rung: Rung | null,
  thought: PuzzleThought | null,
  t: number,
  view: LadderView,
): Shape[] {
  const { layout } = view;
  const box = below(layout);
  const size = sizes[layout].body;
  if (!rung || !thought) return emptyPanel(layout, "L and H", STEP);
  const play = playOf(thought, T.think + 0.3, 7.4, 1.4);
  const foot = creditHeight(layout, THANKS);
  const strip: Box = { ...box, height: size * 4 };
  const rest = { ...box, y: box.y + strip.height, height: box.height - strip.height - foot };
  const last = tween(t, T.verdict, T.verdict + 0.5);
  const { one_step, full, cycles, low_calls } = recording.memory;
  const note = `A disc is a call of L, a square one of H${t >= T.gradient ? "; a red flag: it carries gradient." : "."}`;
  const shape = `one round of ${count(cycles * (low_calls + 1), "call")} on ${recording.settings.batch} puzzles`;
  return panel(layout, last < 0.5 ? "The rhythm, and what it costs" : "Does it solve more?", [
    ...rhythm({
      id: "calls",
      box: strip,
      calls: at(thought.segments, 0).calls,
      two: true,
      done: Math.min(callsDone(play, t), at(thought.segments, 0).calls.length),
      marks: tween(t, T.gradient, T.gradient + 0.6),
      size,
      tip: "The calls of one round: L, a disc, several times; H, a square, once after that. Flags carry gradient.",
    }),
    ...faded("cost", leaving(last), [
      ...words("cost.note", { ...rest, height: size * 3 }, note, size),
      ...faded(
        "snaps",
        1 - tween(t, T.memory, T.memory + 0.4),
        snapshots(
          "snaps.it",
          { ...rest, y: rest.y + size * 3.4, height: rest.height - size * 3.4 },
          recording,
          view,
          play,
          t,
          "its answer, after each call of H",
        ),
      ),
      ...faded("memory", tween(t, T.memory + 0.4, T.memory + 0.8), [
        ...words(
          "memory.title",
          { ...rest, y: rest.y + size * 3.4 },
          `What learning keeps in memory: ${shape}`,
          size,
          { fill: "ink", weight: 600 },
        ),
        ...bars(
          "memory",
          { ...rest, y: rest.y + size * 7.2, height: size * 6 },
          [
            {
              id: "one",
              name: "only the last calls",
              value: one_step,
              text: bytes(one_step),
              tone: "right",
              tip: `One-step gradient keeps ${bytes(one_step)}.`,
            },
            {
              id: "full",
              name: "all calls",
              value: full,
              text: bytes(full),
              tone: "wrong",
              tip: `Learning along all calls keeps ${bytes(full)}.`,
            },
          ],
          progress(t, T.memory, T.memory + 1.2),
          size,
        ),
      ]),
    ]),
    ...faded(
      "verdict",
      coming(last),
      dotRows(
        "rows",
        rest,
        [
          row("3 one block, recall", rungOf(recording, 3), 3, false),
          row("5 L and H", rung, 5, true),
          ...withoutOuter(recording)
            .slice(0, 2)
            .map((one) => row(rungName(one), one, null, false)),
        ],
        progress(t, T.verdict, T.verdict + 1.8),
        size,
        size * 2.8,
      ),
    ),
    ...faded(
      "verdict.note",
      coming(last),
      dotNote(
        rung,
        { ...rest, y: rest.y + size * 2.8 * (2.3 + Math.min(2, withoutOuter(recording).length)) },
        size,
      ),
    ),
    ...credit(layout, THANKS),
  ]);
}

function row(name: string, rung: Rung | null, step: number | null, strong: boolean) {
  return {
    id: rung?.name ?? `step-${step}`,
    name,
    values: rung ? ofSeeds(rung, exact) : [],
    tone: strong ? ("planner" as const) : ("input" as const),
    what: `${name}, new puzzles solved`,
    strong,
  };
}

export const twoBlocks: LadderScene = {
  id: ID,
  phase: 5,
  title: "L and H",
  duration: () => T.end,
  captions,
  stops: () => [
    0,
    T.swap + 2.4,
    T.wires + 0.7 + PLUG + 0.1,
    T.think + 4,
    T.gradient + 0.8,
    T.memory + 1.4,
    T.verdict + 2,
  ],
  draw,
  maths: mathsOf(5),
};
