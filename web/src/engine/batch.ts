/** What goes into the graphs: features and labels as tensors. */
import type { Example, WorldTable } from "../recording/types.gen";
import type { GraphPreset, Values } from "./graphs";
import { at } from "../lib/list";

/** What a model learns from, cut into batches: labels or preferences. */
export interface Lessons {
  readonly count: number;
  /** Some of it, by position, as one batch. */
  lesson(chosen: readonly number[]): Batch;
}

/** Labelled states. */
export interface Batch {
  readonly rows: number;
  readonly features: Values;
  readonly subgoal: Values;
  readonly action: Values;
  readonly subgoalLabels: readonly number[];
  readonly actionLabels: readonly number[];
  /** The rows whose answers can be right or wrong; all where absent. */
  readonly judged?: readonly number[];
  /** What else the graph of a way to learn wants in a segment. */
  more?(segment: number): Record<string, Values>;
}

/** Any step that says what was done, or what should be. */
interface Labelled {
  readonly state: number;
  /** -1 where none is named. */
  readonly subgoal: number;
  readonly action: number;
}

/** Multi-hot features `[states, tokens, F]`. */
export function featuresOf(table: WorldTable, states: readonly number[]): Values {
  const [tokens, features] = [table.token_names.length, table.features.length];
  const data = new Float32Array(states.length * tokens * features);
  states.forEach((state, row) => {
    at(table.tokens, state).forEach((active, token) => {
      for (const feature of active) data[(row * tokens + token) * features + feature] = 1;
    });
  });
  return { data, dims: [states.length, tokens, features] };
}

/** One-hot labels `[labels, classes]`. */
export function oneHot(labels: readonly number[], classes: number): Values {
  const data = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => (data[row * classes + label] = 1));
  return { data, dims: [labels.length, classes] };
}

/** Examples to learn from: all their steps are labels. */
export function labels(table: WorldTable, examples: readonly Example[]): Lessons {
  return {
    count: examples.length,
    lesson: (chosen) =>
      batchOf(
        table,
        chosen.flatMap((i) => at(examples, i).steps),
      ),
  };
}

/** Some steps as one batch of states. */
export function batchOf(table: WorldTable, steps: readonly Labelled[]): Batch {
  const subgoalLabels = steps.map((step) => Math.max(0, step.subgoal));
  const actionLabels = steps.map((step) => step.action);
  return {
    rows: steps.length,
    features: featuresOf(
      table,
      steps.map((step) => step.state),
    ),
    subgoal: oneHot(subgoalLabels, table.subgoals.length),
    action: oneHot(actionLabels, table.actions.length),
    subgoalLabels,
    actionLabels,
  };
}

/** The states that a segment starts from, handed on without gradient. */
export interface Carry {
  readonly high: Values;
  readonly low: Values;
}

/** The carry before the first segment, for `rows` rows of `tokens` tokens. */
export function initialCarry(preset: GraphPreset, rows: number, tokens: number): Carry {
  const spread = (vector: readonly number[]): Values => {
    const data = new Float32Array(rows * tokens * vector.length);
    for (let i = 0; i < rows * tokens; i++) data.set(vector, i * vector.length);
    return { data, dims: [rows, tokens, vector.length] };
  };
  return { high: spread(preset.initial.high), low: spread(preset.initial.low) };
}
