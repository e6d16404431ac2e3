/** The equations of a gradient step from preferences, with the recording's numbers in them. */
import type { GradientStep } from "../../recording/types.gen";
import { at } from "../../lib/list";
import { loss, reward } from "../../scene/numbers";
import type { Equation } from "../../scene/scene";
import { texNumber } from "./maths";

const POLICY = (which: string): string => `\\log\\frac{p(\\text{${which}})}{p_0(\\text{${which}})}`;

/** How the best and the worst are told apart, and what else is minimised. */
export function preferenceMaths(step: GradientStep): readonly Equation[] {
  const { preference, losses } = step;
  if (!preference) return [];
  const [best, worst] = [at(preference.best, 0), at(preference.worst, 0)];
  return [
    {
      title: "How far they have come apart",
      tex: `${POLICY("best")} = ${texNumber(reward(best))}, \\qquad ${POLICY("worst")} = ${texNumber(reward(worst))}`,
      meaning:
        "The log-probability of a whole try, over all its sub-goals and actions, less that of the model before it learned. Here of the batch's first start.",
    },
    {
      title: "The loss of telling them apart (DPO)",
      tex: `\\mathcal{L}_{\\text{DPO}} = -\\operatorname{mean} \\log \\sigma\\!\\left(${POLICY("best")} - ${POLICY("worst")}\\right) = ${texNumber(loss(preference.dpo))}`,
      meaning: "Small once the best is much likelier, against before, than the worst.",
    },
    {
      title: "The loss of the best try itself",
      tex: `\\mathcal{L}_{\\text{Planner}} = ${texNumber(loss(losses.planner))}, \\qquad \\mathcal{L}_{\\text{Doer}} = ${texNumber(loss(losses.doer))}`,
      meaning:
        "The mean negative log-likelihood of what was done in the best tries. Without it both would sink.",
    },
    {
      title: "What is minimised",
      tex: "\\mathcal{L} = \\mathcal{L}_{\\text{DPO}} + \\mathcal{L}_{\\text{Planner}} + \\mathcal{L}_{\\text{Doer}} + \\tfrac{1}{2}\\,\\mathcal{L}_{\\text{halt}}",
      meaning:
        "Direct preference optimization (Rafailov and others, 2023), and imitation of the best.",
    },
  ];
}
