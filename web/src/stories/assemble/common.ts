/** What the scenes share: the rung of a step, the puzzle that is followed, words for what is missing. */
import type { LadderPuzzle, LadderRecording, Rung, Wires } from "../../recording/ladder.gen";
import { faded, fitted, group, notice, round, type Box } from "../../scene/build";
import { at, range } from "../../lib/list";
import type { Layout } from "../../scene/scene";
import type { Group, Shape, Tone } from "../../scene/shape";
import { plain } from "../../scene/words";
import { aside, type Window } from "../../scene/timeline";
import { exact, ofSeeds, puzzleIndex, rungOf, wrongCells, type Grid } from "./facts";
import { board } from "./parts/board";
import { sizes } from "./places";
import type { DotRow } from "./parts/charts";
import { below, panel } from "./parts/panel";
import { answerAt, callsDone, type Play } from "./play";
import type { LadderView } from "./view";

export function puzzleOf(recording: LadderRecording, view: LadderView): LadderPuzzle {
  return at(recording.puzzles, puzzleIndex(recording, view));
}

/** The boards of input and output, which every scene's machine needs. */
export function boardProps(recording: LadderRecording, view: LadderView) {
  const { width, box } = recording;
  return { layout: view.layout, width, box, given: puzzleOf(recording, view).given };
}

export function notMeasured(step: number): string {
  return `This ladder did not measure step ${step}: the wires are shown, but no numbers.`;
}

/** A rung in few words, for a row of a chart. */
export function rungName(rung: Rung): string {
  const words = SHORT[rung.name] ?? rung.title;
  if (rung.step !== null) return `${rung.step} ${words}`;
  return words.length <= LONG ? words : plain(rung.name.replaceAll("-", " "));
}

const LONG = 30;

/** Where a title says more than a row shows, or too little for who has not read the manual. */
const SHORT: Readonly<Record<string, string>> = {
  "step-8": "disguises",
  "one-module": "one module",
  "full-gradient": "H and L, all calls learn",
  "one-module-two-states": "TRM: one module, two notes",
  "single-pass": "lights, one pass",
};

/** What is said where a part of the evidence is missing. */
export function absent(id: string, box: Box, sentence: string, layout: Layout): Shape[] {
  return notice(id, sentence, box, sizes[layout].body);
}

/** The answer and the solution, side by side; returns how high they are, titles included. */
export function answerAndSolution(
  id: string,
  box: Box,
  recording: LadderRecording,
  view: LadderView,
  answer: Grid | null,
  shown: number,
): Shape[] {
  const puzzle = puzzleOf(recording, view);
  const size = sizes[view.layout].small;
  const side = boardSide(box, view.layout);
  const right = box.x + box.width - side;
  const title = (key: string, words: string, x: number) =>
    fitted(`${id}.${key}`, words, x + side / 2, box.y + size, side, size, {
      anchor: "middle",
      weight: 600,
      fill: "muted",
    });
  const common = {
    y: box.y + size * 1.6,
    size: side,
    width: recording.width,
    box: recording.box,
    given: puzzle.given,
  };
  return faded(id, shown, [
    title("mine", "its answer", box.x),
    board({
      ...common,
      id: `${id}.answer`,
      x: box.x,
      answer,
      ...(answer ? { solution: puzzle.solution } : {}),
      tone: "answer",
      label: "The answer",
      tip: "Its answer: bold cells were given, underlined ones are right, crossed out ones wrong.",
    }),
    title("true", "the solution", right),
    board({
      ...common,
      id: `${id}.solution`,
      x: right,
      answer: puzzle.solution,
      tone: "right",
      label: "The solution",
      tip: "The solution, which the model does not see.",
    }),
  ]);
}

export function boardSide(box: Box, layout: Layout): number {
  return Math.min((box.width - 22) / 2, layout === "wide" ? 134 : 96);
}

/** The kit's own wiring of a step, for the picture of a rung that was not measured. */
export function wiresOf(rung: Rung | null, fallback: Partial<Wires>): Wires {
  return (
    rung?.wires ?? {
      loop: true,
      recall: true,
      hierarchy: true,
      modules: 2,
      cycles: 1,
      low_calls: 1,
      gradient: "one-step",
      segments: 1,
      halting: "none",
      puzzle_embedding: false,
      ...fallback,
    }
  );
}

/** The answer after each call, small, in the order of the calls; as many as fit in a row. */
export function snapshots(
  id: string,
  box: Box,
  recording: LadderRecording,
  view: LadderView,
  play: Play,
  t: number,
  title: string,
): Shape[] {
  const size = sizes[view.layout].small;
  const puzzle = puzzleOf(recording, view);
  // With two states the answer is read from zH, which only H moves.
  const two = play.steps.some((one) => one.call.module === "H");
  const shown = play.steps.filter((one) => !two || one.call.module === "H").slice(-SNAPSHOTS);
  const top = size * 1.7;
  // In the columns that make the boards largest; in more of them where that hardly matters.
  const layouts = range(shown.length).map((i) => {
    const columns = i + 1;
    const rows = Math.ceil(shown.length / columns);
    const [across, down] = [box.width / columns, (box.height - top) / rows];
    return { columns, across, down, side: Math.min(across - 8, down - 8, 112) };
  });
  const { columns, across, down, side } = layouts.reduce((best, one) =>
    one.side > best.side - 6 ? one : best,
  );
  if (side < recording.width * 11) return [];
  const done = callsDone(play, t);
  return [
    fitted(`${id}.title`, title, box.x, box.y + size, box.width, size, {
      weight: 600,
      fill: "muted",
    }),
    ...shown.map((one, i) => {
      const over = done >= one.order + 0.8;
      const wrong = wrongCells(puzzle, one.call.answer);
      const words = `After call ${one.order + 1}: ${wrong} of ${puzzle.blanks} blanks wrong.`;
      return board({
        id: `${id}.${one.order}`,
        x: round(box.x + ((i % columns) + 0.5) * across - side / 2),
        y: round(box.y + top + Math.floor(i / columns) * down),
        size: round(side),
        width: recording.width,
        box: recording.box,
        given: over ? puzzle.given : puzzle.given.map(() => 0),
        answer: over ? one.call.answer : null,
        solution: puzzle.solution,
        tone: over ? "answer" : "faint",
        label: over ? words : `Call ${one.order + 1} is still to come`,
        tip: over ? words : `The answer after call ${one.order + 1} will stand here.`,
      });
    }),
  ];
}

const SNAPSHOTS = 4;

/** What a machine shows of a play: its calls, its answer so far, and once it is over what is right. */
export function playing(
  recording: LadderRecording,
  view: LadderView,
  play: Play | null,
  wires: Wires | undefined,
  t: number,
) {
  return {
    ...boardProps(recording, view),
    power: 1,
    answer: play && answerAt(play, t),
    ...(play && t >= play.end ? { solution: puzzleOf(recording, view).solution } : {}),
    ...(play && wires ? { play: { of: play, t, wires } } : {}),
  };
}

/** When the eye should be on the machine, and when on the panel beside it. */
export interface Eye {
  readonly machine: readonly Window[];
  readonly panel: readonly Window[];
}

/** Machine and panel, each standing back while the other is talked about; `between` never does. */
export function beside(
  t: number,
  eye: Eye,
  machine: readonly Shape[],
  panel: readonly Shape[],
  between: readonly Shape[] = [],
): Shape[] {
  return [
    standing("stage.machine", aside(t, eye.panel), machine),
    ...between,
    standing("stage.panel", aside(t, eye.machine), panel),
  ];
}

/** The panel of a step that was not measured. */
export function emptyPanel(layout: Layout, title: string, step: number): Shape[] {
  const sentence = `Step ${step} was not measured.`;
  return panel(layout, title, absent("absent", below(layout), sentence, layout));
}

/** A row a step: how many new puzzles each seed solved; the last is the one that is talked about. */
export function stepRows(
  recording: LadderRecording,
  names: Readonly<Record<number, string>>,
  tone: Tone,
): DotRow[] {
  const steps = Object.keys(names).map(Number);
  return steps.map((step) => {
    const rung = rungOf(recording, step);
    const strong = step === Math.max(...steps);
    return {
      id: `step-${step}`,
      name: names[step] ?? "",
      values: rung ? ofSeeds(rung, exact) : [],
      tone: strong ? tone : "input",
      what: `Step ${step}, new puzzles solved`,
      strong,
    };
  });
}

/** A part of the stage that stands back (`share` below 1) while something else is talked about. */
export function standing(id: string, share: number, shapes: readonly Shape[]): Group {
  return group(id, shapes, share < 0.999 ? { opacity: round(share, 3) } : {});
}
