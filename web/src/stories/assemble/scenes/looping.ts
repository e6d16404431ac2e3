/** What steps 2 and 3 share: an answer call by call, then the same machine with more loops. */
import type { LadderRecording, Rung } from "../../../recording/ladder.gen";
import { faded } from "../../../scene/build";
import { progress, tween } from "../../../scene/ease";
import { at } from "../../../lib/list";
import { count, mean, percent } from "../../../scene/numbers";
import type { Shape } from "../../../scene/shape";
import { emptyPanel, snapshots } from "../common";
import { ofSeeds, puzzleIndex, rungOf, thoughtOf } from "../facts";
import { dotRows, rhythm, type DotRow } from "../parts/charts";
import { seedLines, type SeedLine } from "../../../scene/parts/seedLines";
import { below, credit, creditHeight, panel } from "../parts/panel";
import { sizes } from "../places";
import { callsDone, playOf, type Play } from "../play";
import type { LadderView } from "../view";

/** How many times the loops of training `exact_looped` was measured with. */
const LOOPED = [1, 2, 4] as const;
/** Before the long road begins, the panel turns to it. */
export const TURN = 0.4;

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

/** Exact of every seed with each number of loops. */
export function loopedSeeds(rung: Rung): number[][] {
  return rung.seeds.map((seed) => [...seed.exact_looped]);
}

/** When a scene thinks, compares, takes the long road, and gives its verdict on it. */
export interface LoopTimes {
  readonly think: number;
  readonly better: number;
  readonly longer: number;
  readonly verdict: number;
  /** Seconds that the long road takes. */
  readonly road: number;
}

/** The thought on stage: with the loops of training, later with the most. */
export function loopingPlay(
  recording: LadderRecording,
  rung: Rung | null,
  view: LadderView,
  t: number,
  times: LoopTimes,
): Play | null {
  if (!rung) return null;
  const index = puzzleIndex(recording, view);
  const [thought, further] = [thoughtOf(rung, index), longest(rung, index)];
  if (further && t >= times.longer) return playOf(further, times.longer + 0.6, times.road);
  return thought ? playOf(thought, times.think + 0.3, 5.4) : null;
}

export interface LoopEvidence {
  readonly recording: LadderRecording;
  readonly t: number;
  readonly view: LadderView;
  readonly step: number;
  readonly play: Play | null;
  readonly times: LoopTimes;
  /** The panel's title, before and on the long road. */
  readonly titles: readonly [string, string];
  readonly thanks: string;
  readonly rows: readonly DotRow[];
  /** Height of the rows, in lines of text. */
  readonly high: number;
  readonly lines: readonly SeedLine[];
}

export function loopEvidence(props: LoopEvidence): Shape[] {
  const { recording, t, view, step, play, times, titles, thanks, rows, high, lines } = props;
  const { layout } = view;
  const box = below(layout);
  const size = sizes[layout].body;
  const rung = rungOf(recording, step);
  const title = t < times.longer - TURN ? titles[0] : titles[1];
  if (!rung) return emptyPanel(layout, title, step);
  const strip = { ...box, height: size * 3.4 };
  const rest = {
    ...box,
    y: box.y + strip.height,
    height: box.height - strip.height - creditHeight(layout, thanks),
  };
  const boards = { ...rest, y: rest.y + size * high, height: rest.height - size * high };
  const looped = LOOPED.map((_, i) =>
    percent(mean(ofSeeds(rung, (seed) => at(seed.exact_looped, i)))),
  );
  return panel(layout, title, [
    ...(play
      ? rhythm({
          id: "calls",
          box: strip,
          calls: play.steps.map((one) => ({ module: one.call.module, gradient: false })),
          two: false,
          done: callsDone(play, t),
          marks: 0,
          size,
          tip: `One lamp for each time the block is called: ${count(play.steps.length, "call")}.`,
        })
      : []),
    ...faded("rungs", 1 - tween(t, times.longer - TURN, times.longer), [
      ...dotRows("rows", rest, rows, progress(t, times.better - 0.4, times.better + 1.6), size),
      ...(play && t < times.longer
        ? snapshots("snaps", boards, recording, view, play, t, "its answer, call by call")
        : []),
    ]),
    ...faded(
      "looped",
      tween(t, times.longer, times.longer + 0.5),
      seedLines({
        id: "loops",
        box: rest,
        title: "New puzzles solved, by loops",
        ticks: LOOPED.map((loops) => `×${loops}`),
        xTitle: "loops, of those in training",
        lines,
        size,
        drawn: progress(t, times.verdict - 1.6, times.verdict + 0.6),
        tip: `Step ${step} with 1, 2 and 4 times the loops: ${looped.join(", ")} on average.`,
      }),
    ),
    ...credit(layout, thanks),
  ]);
}
