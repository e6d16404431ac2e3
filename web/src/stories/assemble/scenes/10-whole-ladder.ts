/** The whole ladder at a glance: what every step solves, and what to believe of it. */
import type { LadderRecording, Rung } from "../../../recording/ladder.gen";
import { fitted, rect, type Box } from "../../../scene/build";
import { progress } from "../../../scene/ease";
import { mean, percent } from "../../../scene/numbers";
import { paragraphs } from "../../../scene/parts/paragraphs";
import type { Caption, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { inOrder, timeline } from "../../../scene/timeline";
import { beside, rungName, type Eye } from "../common";
import {
  compare,
  comparePair,
  dips,
  exact,
  falls,
  meanOf,
  ofSeeds,
  rungOf,
  tieWords,
  unsplit,
  type LadderScene,
} from "../facts";
import { dotRows, type DotRow } from "../parts/charts";
import { below, panel } from "../parts/panel";
import { places, sizes } from "../places";
import type { LadderView } from "../view";

const T = timeline({ ladder: 6, honest: 5, believe: 6.6 });
const EYE: Eye = { machine: [[0, T.honest]], panel: [] };

function captions(recording: LadderRecording): readonly Caption[] {
  const best = bestRung(recording);
  return inOrder([
    best ? { at: 0, text: highestWords(recording, best) } : null,
    { at: T.honest, text: staircaseWords(recording) },
    { at: T.believe, text: believeWords(recording) },
  ]);
}

/** How many steps go down, and how many of those by more than luck. */
function staircaseWords(recording: LadderRecording): string {
  const down = dips(recording);
  if (down.length === 0)
    return "Here every step is as high as the one before, or higher. Build it and see for yourself.";
  const sure = falls(recording).length;
  const luck =
    sure === down.length ? "" : `, ${sure === 0 ? "none" : `${sure} of them`} by more than luck`;
  return `It is no staircase: ${down.length} of the ladder's ${recording.rungs.length - 1} steps ${down.length === 1 ? "goes" : "go"} down${luck}. Build it and see.`;
}

/** The highest of the steps, and what at the bench is higher still. */
function highestWords(recording: LadderRecording, best: Rung): string {
  const step = `step ${best.step ?? ""} with ${percent(meanOf(best, exact))}`;
  const [other] = recording.bench.toSorted((a, b) => meanOf(b, exact) - meanOf(a, exact));
  return other && meanOf(other, exact) > meanOf(best, exact)
    ? `Of the ladder's steps the highest is ${step}; off the ladder, “${rungName(other)}” has ${percent(meanOf(other, exact))}.`
    : `The whole ladder. The highest rung: ${step}, one answer a puzzle.`;
}

/** What the ladder says of hierarchy: H and L against one module, both with the outer loop. */
export function believeWords(recording: LadderRecording): string {
  const [split, whole] = [rungOf(recording, 6), unsplit(recording)[0]];
  if (!split || !whole)
    return "What to believe about H and L? This ladder did not measure one module beside them.";
  const [two, one] = [ofSeeds(split, exact), ofSeeds(whole, exact)];
  const [ours, theirs] = [percent(mean(two)), percent(mean(one))];
  const verdict = {
    more: "One module was better here.",
    tie: tieWords(two, one),
    less: "Two were better here.",
  }[compare(two, one)];
  return `To believe: H and L with the outer loop solve ${ours}, one module with it ${theirs}. ${verdict}`;
}

function bestRung(recording: LadderRecording) {
  return recording.rungs.toSorted((a, b) => meanOf(b, exact) - meanOf(a, exact))[0];
}

function draw(recording: LadderRecording, t: number, { layout }: LadderView): readonly Shape[] {
  const size = sizes[layout].body;
  const kept = paragraphs("honest", below(layout), honest(recording), size, size * 0.8);
  return beside(
    t,
    EYE,
    ladderChart(recording, t, layout),
    panel(layout, "What to keep in mind", kept),
  );
}

/** All rungs and what else was measured, a row each. */
function ladderChart(recording: LadderRecording, t: number, layout: Layout): Shape[] {
  const { machine, tray } = places(layout);
  const area: Box = { ...machine, height: tray.y + tray.height - machine.y };
  const wide = layout === "wide";
  const size = sizes[layout];
  const pad = wide ? 18 : 10;
  const box: Box = {
    x: area.x + pad,
    y: area.y + pad + size.title * 1.5,
    width: area.width - 2 * pad,
    height: area.height - 2 * pad - size.title * 1.5,
  };
  const rows = ladderRows(recording, Math.floor(box.height / (wide ? 30 : 21)));
  return [
    rect("ladder.card", area, { radius: 18, fill: "surface", stroke: "faint", strokeWidth: 1.5 }),
    fitted(
      "ladder.title",
      "New puzzles solved, one answer each (squares: by voting)",
      box.x,
      area.y + pad + size.title * 0.7,
      box.width,
      size.title,
      { weight: 700 },
    ),
    ...dotRows(
      "ladder",
      box,
      rows,
      progress(t, 0.3, 3.7),
      size.body,
      Math.min(box.height / Math.max(1, rows.length), 38),
    ),
  ];
}

/** Rows for every rung and then for the bench's, at most `most`. */
export function ladderRows(recording: LadderRecording, most: number, chosen?: string): DotRow[] {
  return [...recording.rungs, ...recording.bench].slice(0, Math.max(1, most)).map((rung) => ({
    id: rung.name,
    name: rungName(rung),
    values: ofSeeds(rung, exact),
    tone:
      rung.step === null
        ? ("input" as const)
        : rung.wires.hierarchy
          ? ("planner" as const)
          : ("agent" as const),
    what: `${rungName(rung)}, new puzzles solved with one answer`,
    second: ofSeeds(rung, (seed) => seed.vote_one),
    secondWhat: "By voting",
    strong: rung.name === chosen,
  }));
}

/** What a proud advertisement would leave out. */
function honest(recording: LadderRecording): readonly string[] {
  const down = dips(recording).map(
    (pair) =>
      `Step ${pair[1].step ?? ""} solves fewer than step ${pair[0].step ?? ""}: ${percent(meanOf(pair[1], exact))} after ${percent(meanOf(pair[0], exact))}${comparePair(pair) === "less" ? "" : ", which may be luck"}.`,
  );
  return [
    ...down.slice(0, 3),
    "Step 4 was a break, with nothing to measure; step 9 has a test of its own.",
    "One rung is one budget of compute and one size. With more of either the order may change.",
    "So none of this says what the paper's large model does; it says what these wires do to this toy.",
    "Next: was it long enough, and is it more than luck? Then you plug it together as you like.",
  ];
}

export const wholeLadder: LadderScene = {
  id: "whole-ladder",
  phase: 10,
  title: "The whole ladder",
  duration: () => T.end,
  captions,
  stops: () => [0, T.honest - 1, T.honest + 1, T.believe + 1],
  draw,
};
