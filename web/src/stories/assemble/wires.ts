/**
 * The wires of the bench as a link carries them, e.g. `lrh-m2-n2-t2-gone-s8-hq`: letters for what is
 * plugged in (loop, recall, hierarchy, puzzle embedding), then modules, cycles, calls of L,
 * gradient, segments and halting.
 *
 * Which of them make a model is for Python to say.
 */
import type { LadderRecording, Rung, Wires } from "../../recording/ladder.gen";
import type { Action } from "../../scene/shape";

export const GRADIENTS = ["one-step", "last-cycle", "full"] as const;
export const HALTINGS = ["none", "q-learning", "single-pass"] as const;
/** What the page calls the switches of the bench, on stage and beside it, and what they are set to. */
export const SWITCHES = {
  loop: "loop",
  recall: "recall",
  hierarchy: "H and L",
  modules: "modules",
  outer: "outer",
  gradient: "gradient",
  halting: "halting",
} as const;
export const MODULE_NAMES = { 1: "1, shared", 2: "2, apart" } as const;
export const GRADIENT_NAMES = {
  "one-step": "one step",
  "last-cycle": "last cycle",
  full: "all calls",
} as const;
export const HALTING_NAMES = {
  none: "none",
  "q-learning": "Q-learning",
  "single-pass": "single pass",
} as const;
/** The most that the bench's dials go to. */
export const DIALS = { cycles: 4, low_calls: 8, segments: 8 } as const;
/** Segments when the outer loop is plugged in: as many as the ladder measures. */
const OUTER = DIALS.segments;

const LETTERS = { loop: "l", recall: "r", hierarchy: "h", puzzle_embedding: "e" } as const;
const GRADIENT_CODES = { "one-step": "one", "last-cycle": "last", full: "full" } as const;
const HALTING_CODES = { none: "n", "q-learning": "q", "single-pass": "s" } as const;

const FORM =
  /^(l?)(r?)(h?)(e?)-m([12])-n([1-9]\d?)-t([1-9]\d?)-g(one|last|full)-s([1-9]\d?)-h([nqs])$/;

/** An example of the form, for messages. */
export const EXAMPLE = "lrh-m2-n2-t2-gone-s8-hq";

export function writeWires(wires: Wires): string {
  const plugged = Object.entries(LETTERS).map(([name, letter]) =>
    wires[name as keyof typeof LETTERS] ? letter : "",
  );
  return [
    plugged.join(""),
    `m${wires.modules}`,
    `n${wires.cycles}`,
    `t${wires.low_calls}`,
    `g${GRADIENT_CODES[wires.gradient]}`,
    `s${wires.segments}`,
    `h${HALTING_CODES[wires.halting]}`,
  ].join("-");
}

/** The wires that `text` says, or null if it has another form. */
export function readWires(text: string): Wires | null {
  const found = FORM.exec(text);
  if (!found) return null;
  const [
    ,
    loop,
    recall,
    hierarchy,
    embedding,
    modules,
    cycles,
    calls,
    gradient,
    segments,
    halting,
  ] = found;
  return {
    loop: loop !== "",
    recall: recall !== "",
    hierarchy: hierarchy !== "",
    modules: modules === "1" ? 1 : 2,
    cycles: Number(cycles),
    low_calls: Number(calls),
    gradient: GRADIENTS.find((one) => GRADIENT_CODES[one] === gradient) ?? "one-step",
    segments: Number(segments),
    halting: HALTINGS.find((one) => HALTING_CODES[one] === halting) ?? "none",
    puzzle_embedding: embedding !== "",
  };
}

/** The wires that a bench starts from: step 6's, or the last rung's where 6 was not measured. */
export function startingWires({ rungs }: LadderRecording): Wires {
  const rung: Rung | undefined = rungs.find(({ step }) => step === 6) ?? rungs.at(-1);
  if (!rung) throw new RangeError("a recording without rungs");
  return rung.wires;
}

/** The wires plugged in, by `LadderView.wires`. */
export function pluggedWires(recording: LadderRecording, wires: string | null): Wires {
  return (wires === null ? null : readWires(wires)) ?? startingWires(recording);
}

/** The wires of the bench, each a field of `Wires`; 'outer' is whether there are several segments. */
export type WireName =
  "loop" | "recall" | "hierarchy" | "modules" | "gradient" | "outer" | "halting";

/** What a link carries when these wires are plugged in. */
export function keptWires(recording: LadderRecording, wires: Wires): { wires: string | null } {
  const text = writeWires(wires);
  return { wires: text === writeWires(startingWires(recording)) ? null : text };
}

/** What pressing a wire's switch does. */
export function pressed(recording: LadderRecording, wires: Wires, wire: WireName): Action {
  return { kind: "set", values: keptWires(recording, toggled(wires, wire)) };
}

/** `wires` with one plugged in or out, or a dial at its next position. */
export function toggled(wires: Wires, wire: WireName): Wires {
  switch (wire) {
    case "loop":
    case "recall":
    case "hierarchy":
      return { ...wires, [wire]: !wires[wire] };
    case "modules":
      return { ...wires, modules: wires.modules === 1 ? 2 : 1 };
    case "gradient":
      return { ...wires, gradient: following(GRADIENTS, wires.gradient) };
    case "halting":
      return { ...wires, halting: following(HALTINGS, wires.halting) };
    case "outer":
      return { ...wires, segments: wires.segments > 1 ? 1 : OUTER };
  }
}

function following<T>(positions: readonly T[], now: T): T {
  return positions[(positions.indexOf(now) + 1) % positions.length] ?? now;
}
