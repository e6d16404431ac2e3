/** What is recorded of the states of a thought: whether it fits, and what is derived from it. */
import type { Inside, StatePath, ThoughtRecording } from "../../recording/thought.gen";
import { at } from "../../lib/list";
import { invalid, length, lengths } from "../../recording/invalid";

/** In sizes of a state; states of two calls are at most 2 away from each other. */
const FARTHEST = 1e6;

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

/** Calls of a module that are over when so many segments are, with a fraction of one. */
export function callsOver(recording: ThoughtRecording, module: ModuleName, over: number): number {
  return Math.floor(over * callsIn(recording.model, module) + 1e-6);
}

/** Derivation: the mean certainty of the cells that were to be filled in, or of all if none were. */
export function meanCertainty(certainty: readonly number[], cells: readonly number[]): number {
  const own = cells.length ? cells.map((cell) => at(certainty, cell)) : certainty;
  return own.reduce((total, one) => total + one, 0) / own.length;
}
