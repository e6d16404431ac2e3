/** Step 2: the latent recurrence wire. Better, until it loops for too long. */
import type { LadderRecording, Rung } from "../../recording/ladder.gen";
import { faded } from "../build";
import { progress, tween } from "../ease";
import { at } from "../list";
import { count, mean, percent } from "../numbers";
import type { Caption, View } from "../scene";
import type { Shape } from "../shape";
import { absent, boardProps, notMeasured, puzzleOf, snapshots, told, standing } from "./common";
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
} from "./facts";
import { mathsOf } from "./maths";
import { dotRows, rhythm, seedLines } from "./parts/charts";
import { machine } from "./parts/machine";
import { below, credit, creditHeight, panel } from "./parts/panel";
import { namesOf, pieces, tray } from "./parts/tray";
import { sizes } from "./places";
import { aside, answerAt, callsDone, playOf, PLUG, timeline, type Window } from "./timeline";

const ID = "step-02";
const STEP = 2;
const T = timeline({ hello: 3.6, plug: 2.6, think: 7.4, better: 5, longer: 7.4, lost: 6 });
/** When the eye should be on the machine, and when on the panel. */
const MACHINE: readonly Window[] = [[0, T.think]];
const PANEL: readonly Window[] = [[T.better, T.longer - 0.4]];
const THANKS =
  "Looping one block is not the HRM's idea: see the Universal Transformer (Dehghani et al. 2018).";

/** How many times the loops of training `exact_looped` was measured with. */
export const LOOPED = [1, 2, 4] as const;

/** The longest recorded thought about the puzzle beyond the training's loops. */
export function longest(rung: Rung, puzzle: number) {
  return thoughtOf(rung, puzzle, 4) ?? thoughtOf(rung, puzzle, 2);
}

/** Exact with the loops of training and with the most. */
export function loopedEnds(rung: Rung): [number[], number[]] {
  return [
    ofSeeds(rung, (seed) => seed.exact_looped[0]),
    ofSeeds(rung, (seed) => seed.exact_looped[2]),
  ];
}

function captions(recording: LadderRecording, view: View): readonly Caption[] {
  const [before, rung] = [rungOf(recording, 1), rungOf(recording, STEP)];
  const list: (Caption | null)[] = [
    {
      at: 0,
      text: "One look is not enough for a puzzle. So give the block its own output, and let it look again.",
    },
    {
      at: T.plug,
      text: "A thin wire from its end back to its start: latent recurrence. No words, only thoughts.",
    },
  ];
  if (!rung) return told([...list, { at: T.think, text: notMeasured(STEP) }]);
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
      text: `Now it goes round ${count(calls, "time")}, and its answer changes on the way.${wrong === null ? "" : ` ${wrong} of ${puzzle.blanks} blanks wrong.`}`,
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
        less: `Oh no, it got lost: from ${percent(mean(short))} down to ${percent(mean(long))}. It forgot what the puzzle was.`,
        more: `And here that helps: from ${percent(mean(short))} to ${percent(mean(long))}. Others get lost on this road.`,
        tie: `That changes little: ${percent(mean(short))}, then ${percent(mean(long))}. Seeds differ a lot, as the lines show.`,
      }[verdict],
    },
  );
  return told(list);
}

/** Whether looking again helps, in honest words. */
function betterWords(before: Rung | null, rung: Rung): string {
  const now = ofSeeds(rung, exact);
  if (!before) return `It solves ${percent(mean(now))} of new puzzles. Dots: one a seed.`;
  const share = `the share of new puzzles solved ${moves(ofSeeds(before, exact), now)}`;
  return {
    more: `It is better: ${share}. Dots: one a seed.`,
    less: `Better? Not with this much training: ${share}.`,
    tie: `Better? Hard to say: ${share}.`,
  }[compare(ofSeeds(before, exact), now)];
}

function draw(recording: LadderRecording, t: number, view: View): readonly Shape[] {
  const { layout } = view;
  const rung = rungOf(recording, STEP);
  const puzzle = puzzleOf(recording, view);
  const index = puzzleIndex(recording, view);
  const thought = rung && thoughtOf(rung, index);
  const further = rung && longest(rung, index);
  const first = thought ? playOf(thought, T.think + 0.3, 5.4) : null;
  const second = further ? playOf(further, T.longer + 0.6, 6) : null;
  const play = second && t >= T.longer ? second : first;
  const answer = play ? answerAt(play, t) : null;
  const over = play !== null && t >= play.end;
  const seed = rung ? shownSeed(rung) : null;
  const lost =
    seed !== null && t >= T.lost - 0.6 && at(seed.exact_looped, 2) < at(seed.exact_looped, 0);
  const all = pieces(ID, t, layout, [{ wire: "loop", at: T.plug }]);
  return [
    ...tray(layout, namesOf(all)),
    standing(
      "stage.machine",
      aside(t, PANEL),
      machine({
        ...boardProps(recording, view),
        split: 0,
        power: 1,
        wires: { in: 1, out: 1 },
        pieces: all,
        answer,
        ...(over ? { solution: puzzle.solution } : {}),
        lost,
        mood: 0.5,
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
  const title = t < T.longer - 0.4 ? "Does looking again help?" : "And with more loops?";
  if (!rung) {
    return panel(layout, title, absent("absent", box, "Step 2 was not measured.", layout));
  }
  const before = rungOf(recording, 1);
  const foot = creditHeight(layout, THANKS);
  const strip = { ...box, height: size * 3.4 };
  const rest = {
    ...box,
    y: box.y + strip.height,
    height: box.height - strip.height - foot,
  };
  const early = 1 - tween(t, T.longer - 0.4, T.longer);
  const snaps =
    play && t < T.longer
      ? snapshots(
          "snaps",
          { ...rest, y: rest.y + size * 6.6, height: rest.height - size * 6.6 },
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
    ...faded("rungs", early, [
      ...dotRows(
        "rows",
        rest,
        [
          {
            id: "before",
            name: "1 one look",
            values: before ? ofSeeds(before, exact) : [],
            tone: "input",
            what: "Step 1, new puzzles solved",
          },
          {
            id: "now",
            name: "2 with the loop",
            values: ofSeeds(rung, exact),
            tone: "agent",
            what: "Step 2, new puzzles solved",
            strong: true,
          },
        ],
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
          {
            name: "step 2",
            tone: "agent",
            seeds: rung.seeds.map((seed) => [...seed.exact_looped]),
          },
        ],
        size,
        drawn: progress(t, T.lost - 1.6, T.lost + 0.6),
        tip: `Step 2 with 1, 2 and 4 times the loops: ${LOOPED.map((_, i) => percent(mean(ofSeeds(rung, (seed) => at(seed.exact_looped, i))))).join(", ")} on average.`,
      }),
    ),
    ...credit(layout, THANKS),
  ]);
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
