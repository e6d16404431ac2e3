/** Step 6: the outer loop. End states become starting states, and there is time to think. */
import type { LadderRecording, PuzzleThought, Rung } from "../../../recording/ladder.gen";
import { faded } from "../../../scene/build";
import { coming, leaving, progress, tween } from "../../../scene/ease";
import { at, last, range } from "../../../lib/list";
import { count, mean, percent } from "../../../scene/numbers";
import type { Caption } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import {
  beside,
  emptyPanel,
  notMeasured,
  playing,
  puzzleOf,
  rungName,
  stepRows,
  wiresOf,
  type Eye,
} from "../common";
import {
  changedCells,
  compare,
  exact,
  moves,
  ofSeeds,
  puzzleIndex,
  rungOf,
  thoughtOf,
  unsplit,
  wrongCells,
  type Grid,
  type LadderScene,
  failedSeeds,
  failedWords,
  tieWords,
} from "../facts";
import { mathsOf } from "../maths";
import { dotNote, dotRows, rhythm, segmentBars } from "../parts/charts";
import { seedLines } from "../../../scene/parts/seedLines";
import { machine, pluggedIn } from "../parts/machine";
import { below, credit, creditHeight, panel } from "../parts/panel";
import { namesOf, pieces, tray } from "../parts/tray";
import { sizes } from "../places";
import { inOrder, timeline } from "../../../scene/timeline";
import { callsDone, playOf, PLUG, stepAt, type Play } from "../play";
import type { LadderView } from "../view";

const ID = "step-06";
const STEP = 6;
const T = timeline({ hello: 3.6, plug: 3.4, think: 13, chart: 6, verdict: 6.8, unsplit: 6.4 });
const EYE: Eye = { machine: [[0, T.think]], panel: [[T.chart, T.end]] };
const THANKS =
  "That the outer loop does most of the work was found by ARC Prize (2025), The hidden drivers of HRM's performance.";

function play(thought: PuzzleThought): Play {
  return playOf(thought, T.think + 0.3, 11.6, 1.2);
}

function captions(recording: LadderRecording, view: LadderView): readonly Caption[] {
  const [before, rung] = [rungOf(recording, 5), rungOf(recording, STEP)];
  const list: Caption[] = [
    {
      at: 0,
      text: "One thing was missing: time. Nobody likes to be rushed over a riddle, not even a block.",
    },
    {
      at: T.plug,
      text: "Two thick wires: H and L keep their notes, and begin another round. No learning goes back along them.",
    },
  ];
  if (!rung) return inOrder([...list, { at: T.think, text: notMeasured(STEP) }]);
  const puzzle = puzzleOf(recording, view);
  const thought = thoughtOf(rung, puzzleIndex(recording, view));
  if (thought) {
    const wrong = thought.segments.map((one) => wrongCells(puzzle, one.answer));
    const [first, end] = [at(wrong, 0), last(wrong)];
    list.push({
      at: T.think,
      text: `${count(thought.segments.length, "segment")} of thinking. Wrong blanks: ${first} after the first, ${end === 0 ? "none" : end} after the last.`,
    });
  }
  const bySegment = rung.seeds.map((seed) => seed.by_segment);
  const from = mean(bySegment.map((one) => at(one, 0)));
  const to = mean(bySegment.map(last));
  list.push({
    at: T.chart,
    text: `All new puzzles: ${percent(from)} are solved after one segment, ${percent(to)} after ${at(bySegment, 0).length}.`,
  });
  const now = ofSeeds(rung, exact);
  list.push({
    at: T.verdict,
    text: before
      ? `Without the outer loop, then with it: the share ${moves(ofSeeds(before, exact), now)}.`
      : `It solves ${percent(mean(now))} of new puzzles.`,
  });
  const failed = failedWords(rung);
  if (failed) list.push({ at: T.verdict + 3.2, text: failed });
  const rivals = unsplit(recording);
  list.push({ at: T.unsplit, text: rivals[0] ? rival(rung, rivals[0]) : NO_RIVAL });
  return inOrder(list);
}

const NO_RIVAL =
  "Is it the outer loop or the two blocks? This ladder did not train one block with an outer loop.";

/** What one block with the same outer loop does, in honest words. */
function rival(rung: Rung, other: Rung): string {
  const now = ofSeeds(rung, exact);
  const failed = failedSeeds(rung);
  const as = failed ? `, as ${count(failed, "seed")} failed` : "";
  const [ours, theirs] = [percent(mean(now)), percent(mean(ofSeeds(other, exact)))];
  switch (compare(now, ofSeeds(other, exact))) {
    case "tie":
      return `Honest note: one undivided block has ${theirs}, H and L ${ours}${as}. ${tieWords(now, ofSeeds(other, exact))}`;
    case "more":
      return `Honest note: one undivided block with this loop does better, ${theirs} against ${ours}.`;
    case "less":
      return `One undivided block with this loop does worse: ${theirs} against ${ours}.`;
  }
}

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const rung = rungOf(recording, STEP);
  const thought = rung && thoughtOf(rung, puzzleIndex(recording, view));
  const played = thought ? play(thought) : null;
  const all = pieces(ID, t, layout, [
    { wire: "outerLow", at: T.plug },
    { wire: "outerHigh", at: T.plug + 0.9 },
  ]);
  const wires = wiresOf(rung, { segments: 2, cycles: 2, low_calls: 2 });
  const { outerLow: _low, outerHigh: _high, ...others } = pluggedIn(wires);
  return [
    ...tray(layout, namesOf(all)),
    ...beside(
      t,
      EYE,
      machine({
        ...playing(recording, view, played, wires, t),
        split: 1,
        same: wires.modules === 1,
        wires: others,
        pieces: all,
        ...(played ? { changed: justChanged(played, t) } : {}),
        mood: t < T.plug ? -0.4 : 0.6,
      }),
      evidence(recording, rung, thought, t, view),
    ),
  ];
}

/** Cells that changed at the call whose answer has just appeared. */
function justChanged(play: Play, t: number): number[] {
  const now = stepAt(play, t);
  if (!now || now.share < 0.8) return [];
  const before = play.steps[now.step.order - 1]?.call.answer;
  if (!before) return [];
  const answer: Grid = now.step.call.answer;
  return range(answer.length).filter((i) => answer[i] !== before[i]);
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
  if (!rung || !thought) return emptyPanel(layout, "Time to think", STEP);
  const puzzle = puzzleOf(recording, view);
  const played = play(thought);
  const now = stepAt(played, t);
  const over = t >= played.end;
  const segment = over ? thought.segments.length - 1 : (now?.step.segment ?? 0);
  const calls = at(thought.segments, segment).calls;
  const done = over ? calls.length : now ? now.step.index + now.share : 0;
  const allDone = callsDone(played, t) / calls.length;
  const foot = creditHeight(layout, THANKS);
  const strip = { ...box, height: size * 3 };
  const rest = { ...box, y: box.y + strip.height, height: box.height - strip.height - foot };
  const whole = { ...box, height: box.height - foot };
  const charted = tween(t, T.chart, T.chart + 0.4);
  const judged = tween(t, T.verdict, T.verdict + 0.4);
  const rivals = unsplit(recording).slice(0, 2);
  const tall = Math.min(size * 3.6, (whole.height - size * 4) / (3 + rivals.length));
  const title =
    charted < 0.5
      ? "One puzzle, segment by segment"
      : judged < 0.5
        ? "All new puzzles"
        : "What made the difference?";
  return panel(layout, title, [
    ...faded("one", leaving(charted), [
      ...rhythm({
        id: "calls",
        box: strip,
        calls,
        two: wiresOf(rung, {}).hierarchy,
        done,
        marks: 0,
        size,
        tip: `Segment ${segment + 1} of ${thought.segments.length}: a mark for each of its calls.`,
      }),
      ...segmentBars(
        "segments",
        rest,
        thought.segments.map((one, i) => ({
          wrong: wrongCells(puzzle, one.answer),
          changed: i === 0 ? null : changedCells(at(thought.segments, i - 1).answer, one.answer),
        })),
        puzzle.blanks,
        Math.floor(allDone + 1e-6),
        size,
      ),
    ]),
    ...faded(
      "chart",
      Math.min(coming(charted), leaving(judged)),
      seedLines({
        id: "lines",
        box: whole,
        title: "New puzzles solved, by segment",
        ticks: at(rung.seeds, 0).by_segment.map((_, i) => String(i + 1)),
        xTitle: "segments of thinking",
        lines: [
          { name: "step 6", tone: "planner", seeds: rung.seeds.map((seed) => seed.by_segment) },
        ],
        size,
        drawn: progress(t, T.chart, T.chart + 2.6),
        tip: `Solved after each segment, on average: ${at(rung.seeds, 0)
          .by_segment.map((_, i) => percent(mean(rung.seeds.map((seed) => at(seed.by_segment, i)))))
          .join(", ")}.`,
      }),
    ),
    ...faded(
      "verdict",
      coming(judged),
      dotRows(
        "rows",
        whole,
        [
          ...stepRows(
            recording,
            { 3: "3 one block, recall", 5: "5 L and H", 6: "6 outer loop" },
            "planner",
          ),
          ...(t >= T.unsplit - 0.2
            ? rivals.map((one) => ({
                id: one.name,
                name: rungName(one),
                values: ofSeeds(one, exact),
                tone: "agent" as const,
                what: `${one.title}, new puzzles solved`,
              }))
            : []),
        ],
        t < T.unsplit - 0.2
          ? progress(t, T.verdict, T.verdict + 1.6)
          : 3 / (3 + rivals.length) +
              (rivals.length / (3 + rivals.length)) * progress(t, T.unsplit, T.unsplit + 1.2),
        size,
        tall,
      ),
    ),
    ...faded(
      "verdict.note",
      coming(judged),
      dotNote(rung, { ...whole, y: whole.y + tall * (3 + rivals.length) + size }, size),
    ),
    ...credit(layout, THANKS),
  ]);
}

export const outerLoop: LadderScene = {
  id: ID,
  phase: 6,
  title: "The outer loop",
  duration: () => T.end,
  captions,
  stops: () => [
    0,
    T.plug + 0.9 + PLUG + 0.1,
    T.think + 4,
    T.chart - 0.6,
    T.chart + 3,
    T.verdict + 2,
    T.unsplit + 1.6,
  ],
  draw,
  maths: mathsOf(6),
};
