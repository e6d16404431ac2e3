/** Preferences as lessons: what training/worlds/preferences.py makes of them, for its graph. */
import type { Preference, WorldTable } from "../recording/types.gen";
import { at, logSoftmax, range, sum } from "../lib/list";
import { batchOf, featuresOf, type Batch, type Lessons } from "./batch";
import type { Model, Values } from "./graphs";
import { actionsAt, subgoalsAt, think, type Thinking } from "./policy";

/** What the base says of every state, after each segment. */
export function thoughtsOfBase(model: Model, table: WorldTable): Promise<Thinking> {
  return think(model, model.base, featuresOf(table, range(table.live_states)));
}

/** Preferences to learn from, with what the base says. */
export function preferences(
  model: Model,
  table: WorldTable,
  all: readonly Preference[],
  base: Thinking,
): Lessons {
  const named = model.preset.card.subgoal_head;
  return {
    count: all.length,
    lesson: (chosen) =>
      lesson(
        table,
        chosen.map((i) => at(all, i)),
        (step, segment) => likelihood(base, step, segment, named),
      ),
  };
}

interface Step {
  readonly state: number;
  readonly subgoal: number;
  readonly action: number;
}

/** The best and the worst episodes of some starts as one batch. */
function lesson(
  table: WorldTable,
  pairs: readonly Preference[],
  reference: (step: Step, segment: number) => number,
): Batch {
  const episodes = pairs.flatMap(({ episodes, best, worst }, pair) => [
    { pair, liked: true, steps: at(episodes, best).steps },
    { pair, liked: false, steps: at(episodes, worst).steps },
  ]);
  const rows = episodes.flatMap(({ pair, liked, steps }) =>
    steps.map((step) => ({ pair, liked, step })),
  );
  const steps = rows.map(({ step }) => step);
  /** `[rows, pairs]`: 1 where a row is of the pair's best, or worst, episode. */
  const side = (wanted: boolean): Values => {
    const data = new Float32Array(rows.length * pairs.length);
    rows.forEach(({ pair, liked }, i) => {
      if (liked === wanted) data[i * pairs.length + pair] = 1;
    });
    return { data, dims: [rows.length, pairs.length] };
  };
  const [best, worst] = [side(true), side(false)];
  return {
    ...batchOf(table, steps),
    judged: range(rows.length).filter((i) => at(rows, i).liked),
    more: (segment) => ({
      reference: {
        data: Float32Array.from(steps, (step) => reference(step, segment)),
        dims: [rows.length],
      },
      best,
      worst,
    }),
  };
}

/** What a step is worth to a model after a segment: the log-probability of what was done. */
function likelihood(
  thinking: Thinking,
  { state, subgoal, action }: Step,
  segment: number,
  named: boolean,
): number {
  const told = Math.min(Math.max(subgoal, 0), thinking.told - 1);
  const doer = at(logSoftmax(actionsAt(thinking, segment, state, told)), action);
  return named ? sum([at(logSoftmax(subgoalsAt(thinking, segment, state)), subgoal), doer]) : doer;
}
