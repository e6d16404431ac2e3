/** Examples to learn from, drawn exactly as training/worlds/examples.py draws them. */
import type { Example, ExampleStep, WorldTable } from "../recording/types.gen";
import type { Draws } from "../lib/draws";
import { at } from "../lib/list";

/** A wrong choice: any of `count` but `right`. */
function otherThan(draws: Draws, right: number, count: number): number {
  return (right + 1 + draws.below(count - 1)) % count;
}

function drawExample(
  table: WorldTable,
  start: number,
  noise: number,
  distractors: number,
  draws: Draws,
): Example {
  const steps: ExampleStep[] = [];
  let state = start;
  while (state < table.live_states && steps.length < table.max_steps) {
    let subgoal = at(table.teacher_subgoal, state);
    const right = at(table.teacher_action, state);
    let action = right;
    // The order of these draws is part of what a seed means: see draw_example.
    const noisy = draws.uniform() < noise;
    const inSubgoal = noisy && draws.below(2) === 0;
    if (inSubgoal) subgoal = otherThan(draws, subgoal, table.subgoals.length);
    else if (noisy) action = otherThan(draws, action, table.actions.length);
    const distracted = draws.uniform() < distractors;
    const taken = distracted ? otherThan(draws, right, table.actions.length) : right;
    steps.push({
      state,
      subgoal,
      action,
      taken,
      reward: at(at(table.reward, state), taken),
      wrong_subgoal: inSubgoal,
      wrong_action: noisy && !inSubgoal,
      distractor: distracted,
    });
    state = at(at(table.next_state, state), taken);
  }
  return { steps };
}

/** `count` examples from different starts, as long as there are enough starts. */
export function drawExamples(
  table: WorldTable,
  count: number,
  noise: number,
  distractors: number,
  draws: Draws,
): Example[] {
  const starts: number[] = [];
  while (starts.length < count) starts.push(...draws.shuffled([...table.starts]));
  return starts
    .slice(0, count)
    .map((start) => drawExample(table, start, noise, distractors, draws));
}
