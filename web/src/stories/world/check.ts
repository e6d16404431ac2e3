/**
 * What a schema cannot say: that lists have the lengths and indexes the ranges that the world's
 * table asks for. A recording that passes can be drawn without a look-up ever missing.
 */
import type {
  Checkpoint,
  Policy,
  Recording,
  Run,
  Thought,
  WorldTable,
} from "../../recording/types.gen";
import { sizeKey } from "../../recording/settings";
import { filled, index, invalid, length, lengths, problemIn } from "../../recording/invalid";
import {
  checkBounds,
  checkCycle,
  checkEpisode,
  checkExample,
  checkTable,
  checkThoughtsOf,
} from "./checkTable";

import { checkPreferences } from "./checkPreferences";

export { validate } from "../../recording/validate.gen.js";

/** What is wrong, as the end of a sentence; null if nothing is. */
export function check(recording: Recording): string | null {
  return problemIn(() => checkAll(recording));
}

function checkAll(recording: Recording): void {
  const { world, model, examples } = recording;
  checkWorld(world);
  checkTable(world);
  checkBounds(recording);
  const live = world.live_states;
  const [goals, actions] = [world.subgoals.length, world.actions.length];
  start(recording.showcase, world, "showcase");
  for (const example of examples) {
    if (!example.steps.length) invalid("an example has no steps");
    for (const step of example.steps) {
      index(step.state, 0, live, "an example's state");
      index(step.subgoal, 0, goals, "an example's sub-goal");
      index(step.action, 0, actions, "an example's action");
      index(step.taken, 0, actions, "an example's taken action");
    }
    checkExample(example, world);
  }
  checkPreferences(recording);
  const lessons = examples.length || (recording.preferences?.length ?? 0);
  for (const step of recording.fine_tuning) {
    length(step.watched, recording.watched.length, "a gradient step's list of watched weights");
    for (const example of step.examples) index(example, 0, lessons, "a batch's example");
    index(step.segment, 0, model.segments, "a gradient step's segment");
  }
  for (const cycle of recording.cycles) {
    index(cycle.step, 0, recording.fine_tuning.length, "a cycle's step");
    index(cycle.example, 0, examples.length, "a cycle's example");
    const steps = examples[cycle.example]?.steps.length ?? 0;
    index(cycle.example_step, 0, steps, "a cycle's step of its example");
    index(cycle.label_subgoal, 0, goals, "a cycle's sub-goal");
    index(cycle.label_action, 0, actions, "a cycle's action");
    checkThought(cycle.thought, world);
    checkCycle(cycle, recording);
  }
  if (recording.rollouts.length < 2) invalid("rollouts has no before and after");
  for (const rollout of recording.rollouts) {
    start(rollout.episode.start, world, "a rollout's start");
    if (!rollout.episode.steps.length) invalid("a rollout has no steps");
    for (const step of rollout.episode.steps) {
      index(step.state, 0, live, "a rollout's state");
      index(step.subgoal, -1, goals, "a rollout's sub-goal");
      index(step.action, 0, actions, "a rollout's action");
    }
    for (const thought of rollout.thoughts) checkThought(thought, world);
    checkEpisode(rollout.episode, world);
    checkThoughtsOf(rollout);
  }
  if (recording.checkpoints.length < 2) invalid("checkpoints has no before and after");
  for (const point of recording.checkpoints) checkCheckpoint(point, world);
  if (recording.curve.length < 2) invalid("curve has no before and after");
  for (const run of recording.ablations) checkRun(run, recording);
}

function checkWorld(world: WorldTable): void {
  const live = world.live_states;
  const states = world.tokens.length;
  index(live, 1, states + 1, "world.live_states");
  const [goals, actions, tokens] = [
    world.subgoals.length,
    world.actions.length,
    world.token_names.length,
  ];
  index(world.subgoal_token, 0, tokens, "world.subgoal_token");
  index(world.action_token, 0, tokens, "world.action_token");
  lengths(world.tokens, tokens, "a row of world.tokens");
  for (const row of world.tokens) {
    for (const token of row) {
      for (const feature of token) index(feature, 0, world.features.length, "an input feature");
    }
  }
  length(world.places, states, "world.places");
  lengths(world.places, world.entities.length, "a row of world.places");
  length(world.flags, states, "world.flags");
  lengths(world.flags, world.memory.length, "a row of world.flags");
  for (const row of world.places) {
    for (const place of row) index(place, -1, world.tiles, "a place in world.places");
  }
  for (const name of ["next_state", "reward", "outcome"] as const) {
    length(world[name], live, `world.${name}`);
    lengths(world[name], actions, `a row of world.${name}`);
  }
  for (const row of world.next_state) for (const to of row) index(to, 0, states, "a next state");
  length(world.teacher_subgoal, live, "world.teacher_subgoal");
  length(world.teacher_action, live, "world.teacher_action");
  for (const goal of world.teacher_subgoal) index(goal, 0, goals, "a teacher's sub-goal");
  for (const action of world.teacher_action) index(action, 0, actions, "a teacher's action");
  length(world.subgoal_tile, live, "world.subgoal_tile");
  lengths(world.subgoal_tile, goals, "a row of world.subgoal_tile");
  for (const row of world.subgoal_tile) {
    for (const tile of row) index(tile, -1, world.tiles, "a tile of world.subgoal_tile");
  }
  filled(world.starts, "world.starts");
  for (const one of world.starts) index(one, 0, live, "a start");
  start(world.showcase, world, "world.showcase");
}

function start(value: number, world: WorldTable, where: string): void {
  if (!world.starts.includes(value)) invalid(`${where} is ${value}, which is not a start`);
}

function checkThought(thought: Thought, world: WorldTable): void {
  const tokens = world.token_names.length;
  index(thought.state, 0, world.live_states, "a thought's state");
  if (thought.segments.length > 64) invalid("a thought has too many segments");
  index(thought.segments_used, 1, thought.segments.length + 1, "a thought's segments used");
  for (const segment of thought.segments) {
    length(segment.subgoal_logits, world.subgoals.length, "a thought's sub-goal logits");
    length(segment.action_logits, world.actions.length, "a thought's action logits");
    index(segment.told, -1, world.subgoals.length, "a thought's told sub-goal");
    if (segment.calls.length > 2048) invalid("a segment has too many calls");
    for (const call of segment.calls) {
      length(call.change, tokens, "a call's change");
      length(call.attention, tokens, "a call's attention");
    }
  }
}

function checkCheckpoint(point: Checkpoint, world: WorldTable): void {
  checkPolicy(point.policy, world, "a checkpoint");
}

function checkRun(run: Run, { world, settings }: Recording): void {
  // A run of another size has a policy of another table; it is shown only by its scores.
  if (sizeKey(run.settings) === sizeKey({ ...settings, tiles: world.tiles })) {
    checkPolicy(run.policy, world, `the run ${run.name}`);
  }
  if (!run.curve.length) invalid(`the run ${run.name} has no curve`);
}

function checkPolicy(policy: Policy, world: WorldTable, whose: string): void {
  const live = world.live_states;
  length(policy.subgoal_logits, live, `${whose}'s sub-goal logits`);
  lengths(policy.subgoal_logits, world.subgoals.length, `a row of ${whose}'s sub-goal logits`);
  length(policy.action_logits, live, `${whose}'s action logits`);
  for (const rows of policy.action_logits) {
    if (rows.length !== 1) length(rows, world.subgoals.length, `${whose}'s told rows`);
    lengths(rows, world.actions.length, `a row of ${whose}'s action logits`);
  }
  length(policy.q_halt, live, `${whose}'s q values`);
  length(policy.segments, live, `${whose}'s segments`);
}
