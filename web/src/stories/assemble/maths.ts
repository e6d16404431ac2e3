/** The maths behind the wires, with this ladder's numbers filled in. */
import type { LadderRecording, Rung } from "../../recording/ladder.gen";
import type { Equation } from "../../scene/scene";
import { callsOf, rungOf } from "./facts";

/** What a wire does, as an equation; nothing where the step was not measured. */
export function mathsOf(step: number): (recording: LadderRecording) => readonly Equation[] {
  return (recording) => {
    const rung = rungOf(recording, step);
    return rung ? (EQUATIONS[step]?.(rung, recording) ?? []) : [];
  };
}

const EQUATIONS: Record<number, (rung: Rung, recording: LadderRecording) => readonly Equation[]> = {
  2: (rung) => [
    {
      title: "Latent recurrence",
      tex: `z_0 = x, \\quad z_{k+1} = f(z_k), \\quad k = 0, \\dots, ${callsOf(rung.wires) - 1}`,
      meaning:
        "The block's output is its next input. The puzzle x is only where thinking starts; the answer is read from the last z.",
    },
  ],
  3: (rung) => [
    {
      title: "Recall",
      tex: `z_{k+1} = f(z_k + x), \\quad k = 0, \\dots, ${callsOf(rung.wires) - 1}`,
      meaning: "The puzzle x is added to the state before every call.",
    },
  ],
  5: ({ wires }) => [
    {
      title: "Fast L, slow H",
      tex: `z_L \\leftarrow f_L(z_L + z_H + x) \\;\\; (T = ${wires.low_calls} \\text{ times}), \\qquad z_H \\leftarrow f_H(z_H + z_L)`,
      meaning: `That is a cycle, and a segment has N = ${wires.cycles} of them. The answer is read from z_H.`,
    },
    {
      title: "One-step gradient",
      tex: "\\frac{\\partial z_H}{\\partial \\theta} \\approx \\frac{\\partial f_H}{\\partial \\theta_H} + \\frac{\\partial f_H}{\\partial z_L} \\frac{\\partial f_L}{\\partial \\theta_L}",
      meaning:
        "Only the last call of each block is looked back upon; what came before counts as given.",
    },
  ],
  6: ({ wires }) => [
    {
      title: "The outer loop",
      tex: `(z_H, z_L)^{m+1} = \\text{segment}\\big(\\operatorname{sg}[(z_H, z_L)^{m}], x\\big), \\quad m = 0, \\dots, ${wires.segments - 1}`,
      meaning:
        "Each segment starts where the last one ended; sg stops the gradient. There is a loss after every segment.",
    },
  ],
  8: (_, { settings }) => [
    {
      title: "The vote",
      tex: `\\hat y = \\arg\\max_y \\sum_{v=1}^{${settings.views}} \\big[\\, v^{-1}(\\text{model}(v(x))) = y \\,\\big]`,
      meaning: `Each of ${settings.views} views v of the puzzle x is answered; the answers are undone and counted.`,
    },
  ],
};
