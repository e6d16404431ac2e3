/** Step 3: the recall wire. Told its puzzle at every call, it may think for longer. */
import type { LadderRecording } from "../../recording/ladder.gen";
import { faded } from "../build";
import { progress, tween } from "../ease";
import { at } from "../list";
import { count, mean, percent } from "../numbers";
import type { Caption, View } from "../scene";
import type { Shape } from "../shape";
import { LOOPED, longest, loopedEnds } from "./02-loop";
import { absent, boardProps, notMeasured, puzzleOf, snapshots, told, standing } from "./common";
import {
  compare,
  exact,
  moves,
  ofSeeds,
  puzzleIndex,
  rungOf,
  thoughtOf,
  type LadderScene,
} from "./facts";
import { mathsOf } from "./maths";
import { dotRows, rhythm, seedLines } from "./parts/charts";
import { machine } from "./parts/machine";
import { below, credit, creditHeight, panel } from "./parts/panel";
import { namesOf, pieces, tray } from "./parts/tray";
import { sizes } from "./places";
import { aside, answerAt, callsDone, playOf, PLUG, timeline, type Window } from "./timeline";

const ID = "step-03";
const STEP = 3;
const T = timeline({ hello: 3.8, plug: 2.8, think: 7, better: 5, longer: 7, found: 6 });
/** When the eye should be on the machine, and when on the panel. */
const MACHINE: readonly Window[] = [[0, T.think]];
const PANEL: readonly Window[] = [
  [T.better, T.longer - 0.4],
  [T.found, T.end],
];
const THANKS =
  "Recall comes from Bansal et al. 2022, End-to-end algorithm synthesis with recurrent networks.";

function captions(recording: LadderRecording, view: View): readonly Caption[] {
  const [before, rung] = [rungOf(recording, 2), rungOf(recording, STEP)];
  const list: Caption[] = [
    {
      at: 0,
      text: "Poor thing. Round after round it heard only itself, and never saw its puzzle again.",
    },
    {
      at: T.plug,
      text: "The dashed wire is for recall: it shows the puzzle to the block at every single call.",
    },
  ];
  if (!rung) return told([...list, { at: T.think, text: notMeasured(STEP) }]);
  const thought = thoughtOf(rung, puzzleIndex(recording, view));
  const [short, long] = loopedEnds(rung);
  list.push(
    {
      at: T.think,
      text: thought
        ? `${count(thought.segments.flatMap((one) => one.calls).length, "call")}, and the puzzle comes along each time. Follow the current.`
        : "The puzzle comes along at each call.",
    },
    {
      at: T.better,
      text: before
        ? `New puzzles solved: the share ${moves(ofSeeds(before, exact), ofSeeds(rung, exact))}.`
        : `It solves ${percent(mean(ofSeeds(rung, exact)))} of new puzzles.`,
    },
    {
      at: T.longer,
      text:
        before && compare(...loopedEnds(before)) === "less"
          ? "And now the long road again, on which it lost its way a minute ago."
          : "And now the long road again: more loops than in training.",
    },
    {
      at: T.found,
      text: {
        more: `Longer thinking helps now: from ${percent(mean(short))} to ${percent(mean(long))}. A thing to be proud of.`,
        tie: `It keeps its way: ${percent(mean(short))} with the loops of training, ${percent(mean(long))} with the most.`,
        less: `Truth be told, too long still hurts: from ${percent(mean(short))} down to ${percent(mean(long))}.`,
      }[compare(short, long)],
    },
  );
  return told(list);
}

function draw(recording: LadderRecording, t: number, view: View): readonly Shape[] {
  const { layout } = view;
  const rung = rungOf(recording, STEP);
  const puzzle = puzzleOf(recording, view);
  const index = puzzleIndex(recording, view);
  const thought = rung && thoughtOf(rung, index);
  const further = rung && longest(rung, index);
  const first = thought ? playOf(thought, T.think + 0.3, 5.4) : null;
  const second = further ? playOf(further, T.longer + 0.6, 5.6) : null;
  const play = second && t >= T.longer ? second : first;
  const over = play !== null && t >= play.end;
  const all = pieces(ID, t, layout, [{ wire: "recall", at: T.plug }]);
  const poor = t < T.plug + PLUG;
  return [
    ...tray(layout, namesOf(all)),
    standing(
      "stage.machine",
      aside(t, PANEL),
      machine({
        ...boardProps(recording, view),
        split: 0,
        power: 1,
        wires: { in: 1, out: 1, loop: 1 },
        pieces: all,
        answer: play ? answerAt(play, t) : null,
        ...(over ? { solution: puzzle.solution } : {}),
        mood: poor ? -0.8 : 0.7,
        ...(play && rung ? { play: { of: play, t, wires: rung.wires } } : {}),
      }),
    ),
    standing("stage.panel", aside(t, MACHINE), evidence(recording, t, view, play)),
  ];
}

function evidence(
  recording: LadderRecording,
  t: number,
  view: View,
  play: ReturnType<typeof playOf> | null,
): Shape[] {
  const { layout } = view;
  const box = below(layout);
  const size = sizes[layout].body;
  const rung = rungOf(recording, STEP);
  const title = t < T.longer - 0.4 ? "Does recall help?" : "And on the long road?";
  if (!rung) {
    return panel(layout, title, absent("absent", box, "Step 3 was not measured.", layout));
  }
  const before = rungOf(recording, 2);
  const foot = creditHeight(layout, THANKS);
  const strip = { ...box, height: size * 3.4 };
  const rest = { ...box, y: box.y + strip.height, height: box.height - strip.height - foot };
  const snaps =
    play && t < T.longer
      ? snapshots(
          "snaps",
          { ...rest, y: rest.y + size * 9.4, height: rest.height - size * 9.4 },
          recording,
          view,
          play,
          t,
          "its answer, call by call",
        )
      : [];
  return panel(layout, title, [
    ...(play
      ? rhythm({
          id: "calls",
          box: strip,
          calls: play.steps.map((step) => ({ module: step.call.module, gradient: false })),
          two: false,
          done: callsDone(play, t),
          marks: 0,
          size,
          tip: `One lamp for each time the block is called: ${count(play.steps.length, "call")}.`,
        })
      : []),
    ...faded("rungs", 1 - tween(t, T.longer - 0.4, T.longer), [
      ...dotRows(
        "rows",
        rest,
        [1, 2, 3].map((step) => {
          const one = rungOf(recording, step);
          return {
            id: `r${step}`,
            name: ["1 one look", "2 with the loop", "3 with recall"][step - 1] ?? "",
            values: one ? ofSeeds(one, exact) : [],
            tone: step === STEP ? ("agent" as const) : ("input" as const),
            what: `Step ${step}, new puzzles solved`,
            strong: step === STEP,
          };
        }),
        progress(t, T.better - 0.4, T.better + 1.6),
        size,
      ),
      ...snaps,
    ]),
    ...faded(
      "looped",
      tween(t, T.longer, T.longer + 0.5),
      seedLines({
        id: "loops",
        box: rest,
        title: "New puzzles solved, by loops",
        ticks: LOOPED.map((times) => `×${times}`),
        xTitle: "loops, of those in training",
        lines: [
          ...(before
            ? [
                {
                  name: "without recall",
                  tone: "input" as const,
                  dash: [4, 5],
                  seeds: before.seeds.map((seed) => [...seed.exact_looped]),
                },
              ]
            : []),
          {
            name: "with recall",
            tone: "agent" as const,
            seeds: rung.seeds.map((seed) => [...seed.exact_looped]),
          },
        ],
        size,
        drawn: progress(t, T.found - 1.6, T.found + 0.6),
        tip: `Step 3 with 1, 2 and 4 times the loops: ${LOOPED.map((_, i) => percent(mean(ofSeeds(rung, (seed) => at(seed.exact_looped, i))))).join(", ")} on average.`,
      }),
    ),
    ...credit(layout, THANKS),
  ]);
}

export const recallWire: LadderScene = {
  id: ID,
  phase: 3,
  title: "The recall wire",
  duration: () => T.end,
  captions,
  stops: () => [0, T.plug + PLUG + 0.1, T.think + 3, T.better + 1.8, T.longer + 3, T.found + 1.2],
  draw,
  maths: mathsOf(3),
};
