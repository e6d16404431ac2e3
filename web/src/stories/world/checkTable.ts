/**
 * Whether a recording agrees with its own world's table: the table is one, no number goes beyond
 * what can be drawn, and every episode is what the table makes of its actions.
 *
 * The same as recording/world/agreement.py.
 */
import constants from "../../recording/constants.json";
import { distinct, filled, index, invalid, length } from "../../recording/invalid";
import type {
  Cycle,
  Episode,
  Example,
  Losses,
  Recording,
  Rollout,
  WorldTable,
} from "../../recording/types.gen";

/** The most of each that can be drawn; the worlds that there are have a third of these at most. */
const MOST = constants.most.table;
const {
  segments: MOST_SEGMENTS,
  calls: MOST_CALLS,
  of_a_kind: MOST_OF_A_KIND,
  steps: MOST_STEPS,
} = constants.most;

/** Bounds of the table's own numbers and lists, and of its rewards' outcomes. */
export function checkTable(world: WorldTable): void {
  index(world.tiles, 1, MOST.tiles + 1, "world.tiles");
  index(world.max_steps, 1, MOST.max_steps + 1, "world.max_steps");
  const states = world.tokens.length;
  index(states, 1, MOST.tokens + 1, "the number of states");
  for (const name of ["subgoals", "actions", "features", "token_names"] as const) {
    index(world[name].length, 1, MOST[name] + 1, `the length of world.${name}`);
    distinct(world[name], `world.${name}`);
  }
  for (const name of ["entities", "memory"] as const) {
    index(world[name].length, 0, MOST[name] + 1, `the length of world.${name}`);
  }
  distinct(
    world.entities.map(({ name }) => name),
    "world.entities",
  );
  distinct(world.starts, "world.starts");
  world.outcome.forEach((row, state) =>
    row.forEach((outcome, action) => {
      const to = world.next_state[state]?.[action] ?? -1;
      if (outcome === "success" && to < world.live_states) {
        invalid(`world.outcome says success in state ${state}, where the episode goes on`);
      }
    }),
  );
}

/** Bounds of all else that is counted or drawn as often as it says. */
export function checkBounds(recording: Recording): void {
  const { model, settings, fine_tuning, curve, spread, ablations } = recording;
  index(model.modules, 1, 3, "model.modules");
  index(model.segments, 1, MOST_SEGMENTS + 1, "model.segments");
  index(model.cycles, 1, MOST_CALLS + 1, "model.cycles");
  index(model.low_calls, 1, MOST_CALLS + 1, "model.low_calls");
  index(model.cycles * model.low_calls, 1, MOST_CALLS + 1, "the calls of L in a segment");
  index(recording.planned_steps, fine_tuning.length, MOST_STEPS + 1, "planned_steps");
  for (const one of [settings, ...ablations.map((run) => run.settings)]) {
    index(one.tiles, 1, MOST.tiles + 1, "settings.tiles");
    index(one.examples, 1, 1001, "settings.examples");
    index(one.passes, 1, 1001, "settings.passes");
    index(one.batch, 1, 1001, "settings.batch");
    share(one.noise, "settings.noise");
    share(one.distractors, "settings.distractors");
  }
  for (const name of ["cycles", "rollouts", "checkpoints", "ablations", "watched"] as const) {
    index(recording[name].length, 0, MOST_OF_A_KIND + 1, `the length of ${name}`);
  }
  for (const step of fine_tuning) {
    for (const name of ["losses", "gradient_norm", "weight_change"] as const) {
      positive(step[name], `a gradient step's ${name}`);
    }
  }
  for (const cycle of recording.cycles) {
    positive(cycle.losses, "a cycle's losses");
    positive(cycle.losses_after, "a cycle's losses_after");
  }
  const curves = [curve, ...ablations.map((run) => run.curve)];
  for (const run of spread?.runs ?? []) curves.push(run.curve);
  if (spread) filled(spread.runs, "spread.runs");
  for (const points of curves) {
    filled(points, "a curve");
    let before = 0;
    for (const { step, score } of points) {
      index(step, before, MOST_STEPS + 1, "a step of a curve");
      before = step;
      share(score.success, "a curve's success");
      share(score.success_unseen ?? 0, "a curve's success_unseen");
      share(score.order_mistakes, "a curve's order_mistakes");
      share(score.planner_accuracy, "a curve's planner_accuracy");
      share(score.doer_accuracy, "a curve's doer_accuracy");
    }
  }
}

function positive(numbers: Losses, where: string): void {
  for (const [name, value] of Object.entries(numbers) as [string, number][]) {
    if (!(value >= 0)) invalid(`${where} for the ${name} is ${value}, which is not 0 or more`);
  }
}

function share(value: number, where: string): void {
  if (!(value >= 0 && value <= 1)) invalid(`${where} is ${value}, which is not from 0 to 1`);
}

/** Whether an example's steps follow one another by the action that was taken. */
export function checkExample({ steps }: Example, world: WorldTable): void {
  filled(steps, "an example's list of steps");
  if (!world.starts.includes(steps[0]?.state ?? -1)) {
    invalid(`an example begins in state ${steps[0]?.state}, which is not a start`);
  }
  follow(
    steps.map(({ state, taken, reward }) => ({ state, action: taken, reward })),
    world,
    "an example",
  );
}

/** Whether an episode is what the table makes of its actions, and says of itself what it did. */
export function checkEpisode(episode: Episode, world: WorldTable): void {
  const { steps, start, success, total_reward } = episode;
  filled(steps, "an episode's list of steps");
  if (steps[0]?.state !== start) {
    invalid(`an episode from start ${start} begins in state ${steps[0]?.state}`);
  }
  const outcome = follow(steps, world, "an episode");
  if (success !== (outcome === "success")) {
    invalid(`an episode says success ${success}, but by its last action it is ${outcome}`);
  }
  const sum = steps.reduce((total, step) => total + step.reward, 0);
  if (!(Math.abs(sum - total_reward) <= 1e-4 * (1 + Math.abs(sum)))) {
    invalid(`an episode's total_reward is ${total_reward}, but its rewards add up to ${sum}`);
  }
}

interface Taken {
  readonly state: number;
  readonly action: number;
  readonly reward: number;
  readonly outcome?: string;
}

/** Goes through an episode by the table, and returns what came of its last action. */
function follow(steps: readonly Taken[], world: WorldTable, whose: string): string {
  let state = steps[0]?.state ?? 0;
  let outcome = "ok";
  for (const [i, step] of steps.entries()) {
    if (step.state !== state) {
      invalid(`step ${i} of ${whose} is in state ${step.state}, but the table leads to ${state}`);
    }
    const reward = world.reward[state]?.[step.action] ?? NaN;
    if (Math.fround(reward) !== Math.fround(step.reward)) {
      invalid(`step ${i} of ${whose} earns ${step.reward}, but in the table it is ${reward}`);
    }
    outcome = world.outcome[state]?.[step.action] ?? "";
    if (step.outcome !== undefined && step.outcome !== outcome) {
      invalid(`the outcome of step ${i} of ${whose} is ${step.outcome}, in the table ${outcome}`);
    }
    state = world.next_state[state]?.[step.action] ?? -1;
    const over = state >= world.live_states;
    if (over && i + 1 < steps.length) invalid(`${whose} goes on after its end, at step ${i + 1}`);
    if (!over && i + 1 === steps.length && steps.length < world.max_steps) {
      invalid(`${whose} stops after ${steps.length} steps, though it is not at an end`);
    }
  }
  if (steps.length > world.max_steps) {
    invalid(`${whose} has ${steps.length} steps, and the world ends it after ${world.max_steps}`);
  }
  return outcome;
}

/** Whether the thoughts behind an episode are of the states that it visits, in that order. */
export function checkThoughtsOf({ episode, thoughts }: Rollout): void {
  const visited = [...new Set(episode.steps.map(({ state }) => state))];
  length(thoughts, visited.length, "the thoughts of an episode");
  thoughts.forEach((thought, i) => {
    if (thought.state !== visited[i]) {
      invalid(`thought ${i} of an episode is of state ${thought.state}, not of ${visited[i]}`);
    }
  });
}

/** Whether a cycle is about a row of its step's batch, with that row's labels. */
export function checkCycle(cycle: Cycle, { examples, fine_tuning }: Recording): void {
  const row = examples[cycle.example]?.steps[cycle.example_step];
  if (!fine_tuning[cycle.step]?.examples.includes(cycle.example)) {
    invalid(`a cycle's example ${cycle.example} is not in the batch of its step ${cycle.step}`);
  }
  if (row?.subgoal !== cycle.label_subgoal || row.action !== cycle.label_action) {
    invalid("a cycle's labels are not those of its example");
  }
  if (cycle.thought.state !== row.state) {
    invalid(`a cycle thinks about state ${cycle.thought.state}, its example is in ${row.state}`);
  }
}
