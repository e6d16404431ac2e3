/** What is recorded of the states of a thought: whether it fits, and what is derived from it. */
import type { Inside, StatePath, ThoughtRecording } from "../../recording/thought.gen";
import { at, mean, range } from "../../lib/list";
import { clamp } from "../../scene/ease";
import { IGNORED, type Crop } from "../puzzle/facts";
import { invalid, length, lengths } from "../../recording/invalid";

/** In sizes of a state; states of two calls are at most 2 away from each other. */
const FARTHEST = 1e6;

/** Between these residuals are drawn. */
const LEAST = 1e-4;
const MOST = 1e3;
/** Powers of ten above the largest. */
const HEADROOM = 0.06;

export type ModuleName = "H" | "L";

/** Calls of a module in a segment. */
export function callsIn(
  { hierarchy, cycles, low_calls }: ThoughtRecording["model"],
  module: ModuleName,
): number {
  return module === "L" ? cycles * low_calls : hierarchy ? cycles : 0;
}

/** Whether the states belong to the rest of the recording. */
export function checkInside({ inside, model, segments, board }: ThoughtRecording): void {
  if (!inside) return;
  const { high, certainty } = inside;
  if (Boolean(high) !== model.hierarchy) invalid("inside.high is not as the model's hierarchy");
  for (const [name, path] of modulesOf(inside)) {
    const calls = segments.length * callsIn(model, name);
    lengths([path.residuals, path.x, path.y], calls, `a list of ${name}'s calls`);
    for (const one of [...path.residuals, ...path.x, ...path.y]) {
      if (Math.abs(one) > FARTHEST) invalid(`a state of ${name} is ${one} away`);
    }
    if (path.residuals.some((one) => one < 0)) invalid(`a residual of ${name} is below 0`);
    for (const share of path.explained) within(share, "a share of the variance");
  }
  if (!certainty) return;
  length(certainty, segments.length, "certainty");
  for (const one of certainty) {
    length(one, board.cells, "the certainty after a segment");
    for (const share of one) within(share, "a certainty");
  }
}

function within(share: number, what: string): void {
  if (share < 0 || share > 1) invalid(`${what} is ${share}, and 0 to 1 are possible`);
}

/** The states that there are, the slow one first. */
export function modulesOf({ high, low }: Inside): readonly (readonly [ModuleName, StatePath])[] {
  return high
    ? [
        ["H", high],
        ["L", low],
      ]
    : [["L", low]];
}

/** When a call of a module is over, in segments; calls are counted from 0. */
export function momentOf(
  { hierarchy, cycles, low_calls }: ThoughtRecording["model"],
  module: ModuleName,
  call: number,
): number {
  const cycle = low_calls + (hierarchy ? 1 : 0);
  const own = module === "H" ? 1 : low_calls;
  const place = Math.floor(call / own) * cycle + (module === "H" ? low_calls : call % own);
  return (place + 1) / (cycles * cycle);
}

/** Calls of a module that are over when so many segments are, with a fraction of one. */
export function callsOver(
  { model, segments }: ThoughtRecording,
  module: ModuleName,
  over: number,
): number {
  const most = segments.length * callsIn(model, module);
  let calls = Math.min(most, Math.floor(over) * callsIn(model, module));
  while (calls < most && momentOf(model, module, calls) <= over + 1e-6) calls++;
  return calls;
}

/** The powers of ten between which the residuals lie, the lower one whole; less is at the foot. */
export function decadesOf(inside: Inside): readonly [lowest: number, highest: number] {
  const all = modulesOf(inside).flatMap(([, { residuals }]) => residuals);
  const lowest = Math.floor(Math.log10(Math.max(LEAST, Math.min(...all))));
  const highest = Math.log10(clamp(Math.max(...all), 10 ** lowest, MOST)) + HEADROOM;
  return [lowest, Math.max(highest, lowest + 1)];
}

/** The cells that it fills in: blank ones, or all that are asked about where none are. */
export function filledCells(
  { board, given, solution, vote }: ThoughtRecording,
  crop: Crop,
): number[] {
  const asked = range(board.cells).filter((i) => {
    const [x, y] = [i % board.width, Math.floor(i / board.width)];
    const shown = x >= crop.left && x < crop.left + crop.width;
    return (
      shown && y >= crop.top && y < crop.top + crop.height && (vote || solution?.[i] !== IGNORED)
    );
  });
  const blank = asked.filter((i) => given[i] === board.blank);
  return blank.length ? blank : asked.length ? asked : range(board.cells);
}

/** Derivation: the mean certainty of some cells. */
export function meanCertainty(certainty: readonly number[], cells: readonly number[]): number {
  return mean(cells.map((cell) => at(certainty, cell)));
}
