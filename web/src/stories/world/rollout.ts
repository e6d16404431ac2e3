/** Rolling a recorded policy out over the world's table. */
import type { Episode, ModelCard, Policy, WorldTable } from "../../recording/types.gen";
import { Draws } from "../../lib/draws";
import { argmax, at } from "../../lib/list";
import { softmax } from "../../scene/numbers";

export interface Exploration {
  /** 0: always the best choice. Above: choices are drawn at this temperature. */
  readonly temperature: number;
  readonly seed: number;
}

export const noExploration: Exploration = { temperature: 0, seed: 0 };

type HasSubgoals = Pick<ModelCard, "subgoal_head">;

/** The episode that follows from `start`, until the goal or the world's limit of actions. */
export function rollOut(
  table: WorldTable,
  policy: Policy,
  model: HasSubgoals,
  start: number,
  exploration: Exploration = noExploration,
): Episode {
  const draws = new Draws(exploration.seed);
  const steps: Episode["steps"] = [];
  let state = start;
  while (state < table.live_states && steps.length < table.max_steps) {
    const subgoal = model.subgoal_head
      ? choose(at(policy.subgoal_logits, state), exploration.temperature, draws)
      : -1;
    const action = choose(toldActions(policy, state, subgoal), exploration.temperature, draws);
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
    success: state >= table.live_states,
    total_reward: steps.reduce((total, step) => total + step.reward, 0),
  };
}

/** The Doer's logits in `state` when told `subgoal`; one row only where nothing can be told. */
export function toldActions(policy: Policy, state: number, subgoal: number): readonly number[] {
  const told = at(policy.action_logits, state);
  return at(told, Math.min(Math.max(subgoal, 0), told.length - 1));
}

function choose(logits: readonly number[], temperature: number, draws: Draws): number {
  if (temperature <= 0) return argmax(logits);
  let left = draws.uniform();
  const shares = softmax(logits, temperature);
  for (let i = 0; i < shares.length; i++) {
    left -= at(shares, i);
    if (left < 0) return i;
  }
  return shares.length - 1;
}

/** Follow the teacher from `start`. */
export function teacherEpisode(table: WorldTable, start: number): Episode {
  const steps: Episode["steps"] = [];
  let state = start;
  while (state < table.live_states && steps.length < table.max_steps) {
    const action = at(table.teacher_action, state);
    steps.push({
      state,
      subgoal: at(table.teacher_subgoal, state),
      action,
      reward: at(at(table.reward, state), action),
      outcome: at(at(table.outcome, state), action),
    });
    state = at(at(table.next_state, state), action);
  }
  const total = steps.reduce((rewards, step) => rewards + step.reward, 0);
  return { start, steps, success: state >= table.live_states, total_reward: total };
}

/** The state that a step of an episode leads to. */
export function stateAfter(table: WorldTable, step: { state: number; action: number }): number {
  return at(at(table.next_state, step.state), step.action);
}
