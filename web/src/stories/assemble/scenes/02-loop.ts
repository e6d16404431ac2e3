/** Step 2: the latent recurrence wire. Better, until it loops for too long. */
import type { LadderRecording, Rung } from "../../../recording/ladder.gen";
import { at } from "../../../lib/list";
import { count, mean, percent } from "../../../scene/numbers";
import type { Caption } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { beside, notMeasured, playing, puzzleOf, stepRows, type Eye } from "../common";
import {
  answerOf,
  callsOf,
  compare,
  exact,
  moves,
  ofSeeds,
  puzzleIndex,
  rungOf,
  shownSeed,
  thoughtOf,
  wrongCells,
  type LadderScene,
} from "../facts";
import {
  loopEvidence,
  loopedEnds,
  loopedSeeds,
  loopingPlay,
  longest,
  TURN,
  type LoopTimes,
} from "./looping";
import { mathsOf } from "../maths";
import { machine } from "../parts/machine";
import { namesOf, pieces, tray } from "../parts/tray";
import { inOrder, timeline } from "../../../scene/timeline";
import { PLUG, type Play } from "../play";
import type { LadderView } from "../view";

const ID = "step-02";
const STEP = 2;
const T = timeline({ hello: 3.6, plug: 2.6, think: 7.4, better: 5, longer: 7.4, lost: 6 });
const EYE: Eye = { machine: [[0, T.think]], panel: [[T.better, T.longer - TURN]] };
const THANKS =
  "Looping one block is not the HRM's idea: see the Universal Transformer (Dehghani et al. 2018).";

const TIMES: LoopTimes = {
  think: T.think,
  better: T.better,
  longer: T.longer,
  verdict: T.lost,
  road: 6,
};

/** That longer loops lead astray, and on how many seeds where it is not all of them. */
function lostWords(short: readonly number[], long: readonly number[]): string {
  const lost = long.filter((share, i) => share < at(short, i) / 2).length;
  const from = `from ${percent(mean(short))} down to ${percent(mean(long))}`;
  return lost === long.length
    ? `Oh no, it got lost: ${from}. It forgot what the puzzle was.`
    : `Oh no, on ${lost} of ${long.length} seeds it got lost: ${from} on average. It forgot its puzzle.`;
}

function captions(recording: LadderRecording, view: LadderView): readonly Caption[] {
  const [before, rung] = [rungOf(recording, 1), rungOf(recording, STEP)];
  const list: (Caption | null)[] = [
    {
      at: 0,
      text: "One look is not enough for a puzzle. So give the block its own thoughts, and let it look again.",
    },
    {
      at: T.plug,
      text: "A wire from its end back to its start: latent recurrence. No words, only thoughts.",
    },
  ];
  if (!rung) return inOrder([...list, { at: T.think, text: notMeasured(STEP) }]);
  const puzzle = puzzleOf(recording, view);
  const index = puzzleIndex(recording, view);
  const thought = thoughtOf(rung, index);
  const wrong = thought ? wrongCells(puzzle, answerOf(thought)) : null;
  const calls = callsOf(rung.wires);
  const [short, long] = loopedEnds(rung);
  const verdict = compare(short, long);
  const long_ = longest(rung, index);
  list.push(
    {
      at: T.think,
      text: `Now it goes round: ${count(calls, "call")}, and its answer changes on the way.${wrong === null ? "" : ` ${wrong} of ${puzzle.blanks} blanks wrong.`}`,
    },
    { at: T.better, text: betterWords(before, rung) },
    {
      at: T.longer,
      text: long_
        ? `It can loop for as long as it likes! Then let it go round ${long_.loops} times as often…`
        : "It can loop for as long as it likes! Then let it go round more often…",
    },
    {
      at: T.lost,
      text: {
        less: lostWords(short, long),
        more: `And here that helps: from ${percent(mean(short))} to ${percent(mean(long))}. Others get lost on this road.`,
        tie: `That changes little: ${percent(mean(short))}, then ${percent(mean(long))}. Seeds differ a lot, as the lines show.`,
      }[verdict],
    },
  );
  return inOrder(list);
}

/** Whether looking again helps, in honest words. */
function betterWords(before: Rung | null, rung: Rung): string {
  const now = ofSeeds(rung, exact);
  if (!before) return `It solves ${percent(mean(now))} of new puzzles. Dots: one a seed.`;
  const share = `the share of new puzzles solved ${moves(ofSeeds(before, exact), now)}`;
  return {
    more: `It is better: ${share}. Dots: one a seed.`,
    less: `Better? Not with this much training: ${share}.`,
    tie: `Better? T${share.slice(1)}.`,
  }[compare(ofSeeds(before, exact), now)];
}

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const rung = rungOf(recording, STEP);
  const play = loopingPlay(recording, rung, view, t, TIMES);
  const seed = rung ? shownSeed(rung) : null;
  const lost =
    seed !== null && t >= T.lost - 0.6 && at(seed.exact_looped, 2) < at(seed.exact_looped, 0);
  const all = pieces(ID, t, layout, [{ wire: "loop", at: T.plug }]);
  return [
    ...tray(layout, namesOf(all)),
    ...beside(
      t,
      EYE,
      machine({
        ...playing(recording, view, play, rung?.wires, t),
        split: 0,
        wires: { in: 1, out: 1 },
        pieces: all,
        lost,
        mood: 0.5,
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
  const rung = rungOf(recording, STEP);
  return loopEvidence({
    recording,
    t,
    view,
    step: STEP,
    play,
    times: TIMES,
    titles: ["Does looking again help?", "And with more loops?"],
    thanks: THANKS,
    rows: stepRows(recording, { 1: "1 one look", 2: "2 with the loop" }, "agent"),
    high: 6.6,
    lines: rung ? [{ name: "step 2", tone: "agent", seeds: loopedSeeds(rung) }] : [],
  });
}

export const loopWire: LadderScene = {
  id: ID,
  phase: 2,
  title: "The recurrence wire",
  duration: () => T.end,
  captions,
  stops: () => [
    0,
    T.plug + PLUG + 0.1,
    T.think + 3,
    T.better - 1,
    T.better + 1.8,
    T.longer + 3,
    T.lost + 1.2,
  ],
  draw,
  maths: mathsOf(2),
};
