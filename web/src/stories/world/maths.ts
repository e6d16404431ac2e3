/** The equations behind "show me the maths", in TeX, with a recording's numbers in them. */
import type { GradientStep, Recording, Thought } from "../../recording/types.gen";
import { at } from "../../lib/list";
import { grouped, logistic, loss, percent, softmax, weight } from "../../scene/numbers";
import type { Equation } from "../../scene/scene";

/** A name as TeX text. */
export function texText(words: string): string {
  return `\\text{${words.replace(/[\\{}$%_&#^~]/g, (character) => `\\${character}`)}}`;
}

export function texNumber(text: string): string {
  return text.replace("−", "-").replace("%", "\\%");
}

/** The losses of a gradient step. */
export function crossEntropy(recording: Recording, step: GradientStep): readonly Equation[] {
  const { planner, doer, halting } = step.losses;
  const rows = step.rows;
  const list: Equation[] = [];
  if (recording.model.subgoal_head) {
    list.push({
      title: "The Planner's loss",
      tex: `\\mathcal{L}_{\\text{Planner}} = -\\frac{1}{${rows}} \\sum_{i=1}^{${rows}} \\log p_H(g_i^{*} \\mid s_i) = ${texNumber(loss(planner))}`,
      meaning: `Cross-entropy over the ${rows} labelled states of the batch: how surprised the Planner is by the right sub-goal.`,
    });
  }
  list.push(
    {
      title: "The Doer's loss",
      tex: `\\mathcal{L}_{\\text{Doer}} = -\\frac{1}{${rows}} \\sum_{i=1}^{${rows}} \\log p_L(a_i^{*} \\mid s_i${recording.model.subgoal_channel ? ", g_i^{*}" : ""}) = ${texNumber(loss(doer))}`,
      meaning: recording.model.subgoal_channel
        ? "The same for the action. In training the Doer is told the right sub-goal."
        : "The same for the action.",
    },
    {
      title: "What is minimised",
      tex: `\\mathcal{L} = ${recording.model.subgoal_head ? "\\mathcal{L}_{\\text{Planner}} + " : ""}\\mathcal{L}_{\\text{Doer}} + \\tfrac{1}{2}\\,\\mathcal{L}_{\\text{halt}}, \\qquad \\mathcal{L}_{\\text{halt}} = ${texNumber(loss(halting))}`,
      meaning: "Halting learns to say whether both answers are right.",
    },
    {
      title: "The update",
      tex: `\\lVert \\Delta\\theta_{\\text{Planner}} \\rVert = ${texNumber(weight(step.weight_change.planner))}, \\qquad \\lVert \\Delta\\theta_{\\text{Doer}} \\rVert = ${texNumber(weight(step.weight_change.doer))}`,
      meaning: `How far Adam moved each half in gradient step ${grouped(step.step + 1)}.`,
    },
  );
  return list;
}

/** Softmax of both heads and the halting chance of a thought's segment. */
export function headsOf(
  recording: Recording,
  thought: Thought,
  segment: number,
): readonly Equation[] {
  const now = at(thought.segments, segment);
  const { subgoals, actions } = recording.world;
  const list: Equation[] = [];
  if (recording.model.subgoal_head) {
    list.push(softmaxEquation("The Planner's choice", "p_H", subgoals, now.subgoal_logits));
  }
  list.push(softmaxEquation("The Doer's choice", "p_L", actions, now.action_logits), {
    title: "Halting",
    tex: `q = \\sigma(${texNumber(weight(now.q_halt))}) = ${texNumber(percent(logistic(now.q_halt)))}`,
    meaning: "Above one half, the light turns red: stop, this answer will do.",
  });
  return list;
}

function softmaxEquation(
  title: string,
  symbol: string,
  names: readonly string[],
  logits: readonly number[],
): Equation {
  const shares = softmax(logits);
  const best = shares.indexOf(Math.max(...shares));
  const terms = logits.map((logit) => `e^{${texNumber(weight(logit))}}`).join(" + ");
  return {
    title,
    tex: `${symbol}(${texText(at(names, best))}) = \\frac{e^{${texNumber(weight(at(logits, best)))}}}{${terms}} = ${texNumber(percent(at(shares, best)))}`,
    meaning: "Softmax turns the head's numbers into shares of 1.",
  };
}
