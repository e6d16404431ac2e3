/** What a policy, or the teacher, does over a recording's table; the same in stories and engine. */
import type { Draws } from "../lib/draws";
import { argmax, at, softmax } from "../lib/list";
import type { Episode, ModelCard, Policy, WorldTable } from "./types.gen";

/** How choices are drawn: at a temperature above 0; without it, always the best. */
export interface Exploration {
  readonly temperature: number;
  readonly draws: Draws;
}

interface Choice {
  /** -1 where none is named. */
  readonly subgoal: number;
  readonly action: number;
}

/** The episode from `start` in which `choose` says what is done, until an end or the last action. */
function follow(table: WorldTable, start: number, choose: (state: number) => Choice): Episode {
  const steps: Episode["steps"] = [];
  let state = start;
  while (state < table.live_states && steps.length < table.max_steps) {
    const { subgoal, action } = choose(state);
    steps.push({
      state,
      subgoal,
      action,
      reward: at(at(table.reward, state), action),
      outcome: at(at(table.outcome, state), action),
    });
    state = at(at(table.next_state, state), action);
  }
  return {
    start,
    steps,
    success: steps.at(-1)?.outcome === "success",
    total_reward: steps.reduce((total, step) => total + step.reward, 0),
  };
}

/** The episode of a policy; it names sub-goals only where the model has a head for them. */
export function rollOut(
  table: WorldTable,
  policy: Policy,
  { subgoal_head }: Pick<ModelCard, "subgoal_head">,
  start: number,
  exploration?: Exploration,
): Episode {
  return follow(table, start, (state) => {
    const subgoal = subgoal_head ? choose(at(policy.subgoal_logits, state), exploration) : -1;
    return { subgoal, action: choose(toldActions(policy, state, subgoal), exploration) };
  });
}

/** The teacher's episode. */
export function teacherEpisode(table: WorldTable, start: number): Episode {
  return follow(table, start, (state) => ({
    subgoal: at(table.teacher_subgoal, state),
    action: at(table.teacher_action, state),
  }));
}

/** The Doer's logits in `state` when told `subgoal`; one row only where nothing can be told. */
export function toldActions(policy: Policy, state: number, subgoal: number): readonly number[] {
  const told = at(policy.action_logits, state);
  return at(told, Math.min(Math.max(subgoal, 0), told.length - 1));
}

function choose(logits: readonly number[], exploration?: Exploration): number {
  if (!exploration) return argmax(logits);
  let left = exploration.draws.uniform();
  const shares = softmax(logits, exploration.temperature);
  for (let i = 0; i < shares.length; i++) {
    left -= at(shares, i);
    if (left < 0) return i;
  }
  return shares.length - 1;
}

/** The state that a step of an episode leads to. */
export function stateAfter(table: WorldTable, step: { state: number; action: number }): number {
  return at(at(table.next_state, step.state), step.action);
}
