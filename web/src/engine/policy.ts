/** A model's policy over a whole world, and the episodes it leads to: training/worlds/policy.py. */
import { shortest, shortestAll } from "../recording/float32";
import { rollOut, toldActions } from "../recording/episode";
import type { Policy, Score, WorldTable } from "../recording/types.gen";
import { featuresOf } from "./batch";
import type { Model, Values } from "./graphs";
import { argmax, at, mean, row } from "../lib/list";

/** Asks the model in every live state, under every sub-goal it might be told. */
export async function policyOf(
  model: Model,
  theta: Float32Array,
  table: WorldTable,
): Promise<Policy> {
  const states = Array.from({ length: table.live_states }, (_, state) => state);
  return policyFrom(await think(model, theta, featuresOf(table, states)), table);
}

/** Everything the think graph says about some rows. */
export interface Thinking {
  readonly rows: number;
  readonly segments: number;
  /** How many sub-goals could be told; 1 if none. */
  readonly told: number;
  readonly calls: number;
  readonly tokens: number;
  readonly subgoals: number;
  readonly actions: number;
  readonly subgoalLogits: Float32Array;
  readonly actionLogits: Float32Array;
  readonly qHalt: Float32Array;
  readonly change: Float32Array;
  readonly attention: Float32Array;
}

function vector(values: ArrayLike<number>): Values {
  return { data: Float32Array.from(values), dims: [values.length] };
}

/** Runs the think graph. */
export async function think(
  model: Model,
  theta: Float32Array,
  features: Values,
): Promise<Thinking> {
  const { high, low } = model.preset.initial;
  const out = await model.think({
    theta: vector(theta),
    high_init: vector(high),
    low_init: vector(low),
    features,
  });
  const value = (name: string): Values => {
    const found = out[name];
    if (!found) throw new Error(`the think graph has no output ${name}`);
    return found;
  };
  const [subgoal, action, change] = [
    value("subgoal_logits"),
    value("action_logits"),
    value("change"),
  ];
  return {
    rows: at(action.dims, 1),
    segments: at(action.dims, 0),
    told: at(action.dims, 2),
    actions: at(action.dims, 3),
    subgoals: at(subgoal.dims, 2),
    calls: at(change.dims, 2),
    tokens: at(change.dims, 3),
    subgoalLogits: subgoal.data,
    actionLogits: action.data,
    qHalt: value("q_halt").data,
    change: change.data,
    attention: value("attention").data,
  };
}

/** Sub-goal logits of a row after a segment. */
export function subgoalsAt(thinking: Thinking, segment: number, index: number): Float32Array {
  return row(thinking.subgoalLogits, segment * thinking.rows + index, thinking.subgoals);
}

/** Action logits of a row after a segment, told a sub-goal (0 where none can be told). */
export function actionsAt(
  thinking: Thinking,
  segment: number,
  index: number,
  told: number,
): Float32Array {
  const place = (segment * thinking.rows + index) * thinking.told + told;
  return row(thinking.actionLogits, place, thinking.actions);
}

/** The answers after the last segment, as in the original's evaluation. */
function policyFrom(thinking: Thinking, table: WorldTable): Policy {
  const states = Array.from({ length: table.live_states }, (_, state) => state);
  const last = thinking.segments - 1;
  const told = Array.from({ length: thinking.told }, (_, g) => g);
  const segments = Array.from({ length: thinking.segments }, (_, s) => s);
  return {
    subgoal_logits: states.map((state) => shortestAll(subgoalsAt(thinking, last, state))),
    action_logits: states.map((state) =>
      told.map((g) => shortestAll(actionsAt(thinking, last, state, g))),
    ),
    q_halt: states.map((state) =>
      segments.map((s) => shortest(at(thinking.qHalt, s * thinking.rows + state))),
    ),
    segments: states.map(() => thinking.segments),
  };
}

/** How a policy does over every start; `seen` are those that it learned from. */
export function scoreOf(table: WorldTable, policy: Policy, seen: ReadonlySet<number>): Score {
  const episodes = table.starts.map((start) =>
    rollOut(table, policy, { subgoal_head: true }, start),
  );
  const wins = episodes.filter((episode) => episode.success);
  const unseen = episodes.filter((episode) => !seen.has(episode.start));
  const live = Array.from({ length: table.live_states }, (_, state) => state);
  const share = (flags: readonly boolean[]): number =>
    flags.length ? shortest(mean(flags.map(Number))) : 0;
  return {
    success: share(episodes.map((episode) => episode.success)),
    success_unseen: unseen.length ? share(unseen.map((episode) => episode.success)) : null,
    steps: wins.length ? shortest(mean(wins.map((episode) => episode.steps.length))) : 0,
    order_mistakes: share(
      episodes.map((episode) => episode.steps.some((step) => step.outcome === "wrong-order")),
    ),
    reward: shortest(
      mean(episodes.map((one) => one.steps.reduce((sum, step) => sum + step.reward, 0))),
    ),
    planner_accuracy: share(
      live.map(
        (state) => argmax(at(policy.subgoal_logits, state)) === at(table.teacher_subgoal, state),
      ),
    ),
    doer_accuracy: share(
      live.map(
        (state) =>
          argmax(toldActions(policy, state, at(table.teacher_subgoal, state))) ===
          at(table.teacher_action, state),
      ),
    ),
  };
}
