/** Step 3: the recall wire. Told its puzzle at every call, it may think for longer. */
import type { LadderRecording } from "../../../recording/ladder.gen";
import { count, mean, percent } from "../../../scene/numbers";
import type { Caption } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { beside, notMeasured, playing, stepRows, type Eye } from "../common";
import {
  compare,
  exact,
  moves,
  ofSeeds,
  puzzleIndex,
  rungOf,
  thoughtOf,
  type LadderScene,
} from "../facts";
import {
  loopEvidence,
  loopedEnds,
  loopedSeeds,
  loopingPlay,
  TURN,
  type LoopTimes,
} from "./looping";
import { mathsOf } from "../maths";
import { machine } from "../parts/machine";
import { namesOf, pieces, tray } from "../parts/tray";
import { inOrder, timeline } from "../../../scene/timeline";
import { PLUG, type Play } from "../play";
import type { LadderView } from "../view";

const ID = "step-03";
const STEP = 3;
const T = timeline({ hello: 3.8, plug: 2.8, think: 7, better: 5, longer: 7, found: 6 });
const EYE: Eye = {
  machine: [[0, T.think]],
  panel: [
    [T.better, T.longer - TURN],
    [T.found, T.end],
  ],
};
const THANKS =
  "Recall comes from Bansal et al. 2022, End-to-end algorithm synthesis with recurrent networks.";

const TIMES: LoopTimes = {
  think: T.think,
  better: T.better,
  longer: T.longer,
  verdict: T.found,
  road: 5.6,
};

function captions(recording: LadderRecording, view: LadderView): readonly Caption[] {
  const [before, rung] = [rungOf(recording, 2), rungOf(recording, STEP)];
  const list: Caption[] = [
    {
      at: 0,
      text: "Poor thing. It was shown its puzzle once, at the start. From then on it heard only itself.",
    },
    {
      at: T.plug,
      text: "The dashed wire is for recall. It shows the puzzle again at every call, not at the start only.",
    },
  ];
  if (!rung) return inOrder([...list, { at: T.think, text: notMeasured(STEP) }]);
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
  return inOrder(list);
}

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const rung = rungOf(recording, STEP);
  const play = loopingPlay(recording, rung, view, t, TIMES);
  const all = pieces(ID, t, layout, [{ wire: "recall", at: T.plug }]);
  const poor = t < T.plug + PLUG;
  return [
    ...tray(layout, namesOf(all)),
    ...beside(
      t,
      EYE,
      machine({
        ...playing(recording, view, play, rung?.wires, t),
        split: 0,
        wires: { in: 1, out: 1, loop: 1 },
        pieces: all,
        mood: poor ? -0.8 : 0.7,
      }),
      evidence(recording, t, view, play),
    ),
  ];
}

function evidence(
  recording: LadderRecording,
  t: number,
  view: LadderView,
  play: Play | null,
): Shape[] {
  const [before, rung] = [rungOf(recording, 2), rungOf(recording, STEP)];
  return loopEvidence({
    recording,
    t,
    view,
    step: STEP,
    play,
    times: TIMES,
    titles: ["Does recall help?", "And on the long road?"],
    thanks: THANKS,
    rows: stepRows(
      recording,
      { 1: "1 one look", 2: "2 with the loop", 3: "3 with recall" },
      "agent",
    ),
    high: 9.4,
    lines: [
      ...(before
        ? [
            {
              name: "without recall",
              tone: "input" as const,
              dash: [4, 5],
              seeds: loopedSeeds(before),
            },
          ]
        : []),
      ...(rung ? [{ name: "with recall", tone: "agent" as const, seeds: loopedSeeds(rung) }] : []),
    ],
  });
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
