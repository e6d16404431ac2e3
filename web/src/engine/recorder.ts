/** Records a fine-tuning in the page, by the rules of recording/world/recorder.py. */
import constants from "../recording/constants.json";
import { rollOut } from "../recording/episode";
import { shortest, shortestAll } from "../recording/float32";
import { standing } from "../recording/preferences";
import type {
  Call,
  Checkpoint,
  CurvePoint,
  Cycle,
  Episode,
  Example,
  GradientStep,
  Losses,
  PerOwner,
  Policy,
  Preference,
  Rollout,
  Standing,
  Thought,
  ThoughtSegment,
  WatchedWeight,
  WorldTable,
} from "../recording/types.gen";
import { featuresOf } from "./batch";
import type { StepSeen } from "./fineTune";
import type { GraphParameter, Model, Owner } from "./graphs";
import { argmax, at, range, row } from "../lib/list";
import { actionsAt, policyOf, scoreOf, subgoalsAt, think, type Thinking } from "./policy";

/** As Python's recorder has them. */
const { watched, watched_parameters, shares_of_cycles, shares_of_rollouts } = constants.recorder;

/** Python's round: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

/** Which gradient steps to look at closely: first segments of some batches. */
export function stepsOfCycles(planned: number, segments: number): number[] {
  const batches = planned / segments;
  const chosen = new Set([0, 1, batches - 1]);
  for (const share of shares_of_cycles) chosen.add(Math.floor(share * batches));
  return [...chosen]
    .filter((batch) => batch < batches)
    .sort((a, b) => a - b)
    .map((batch) => batch * segments);
}

/** After how many gradient steps to evaluate: about `evaluations` times, and at the end. */
export function stepsOfEvaluations(
  planned: number,
  segments: number,
  evaluations: number,
): number[] {
  const batches = planned / segments;
  const every = Math.max(1, roundHalfEven(batches / evaluations));
  const steps: number[] = [];
  for (let batch = every; batch < batches; batch += every) steps.push(batch * segments);
  return [...steps, planned];
}

/** Cross-entropy, in nats, of one row of logits against a label. */
export function crossEntropy(logits: ArrayLike<number>, label: number): number {
  const highest = Math.max(...Array.from(logits));
  const sum = Array.from(logits, (logit) => Math.exp(logit - highest)).reduce((a, b) => a + b, 0);
  return Math.log(sum) + highest - at(logits, label);
}

/** Binary cross-entropy of a q_halt logit against whether it should have been above 0. */
function haltingLoss(logit: number, target: boolean): number {
  return Math.max(logit, 0) - (target ? logit : 0) + Math.log1p(Math.exp(-Math.abs(logit)));
}

/** What a model learns from: one of the two is empty. */
export interface Learned {
  readonly examples: readonly Example[];
  readonly preferences: readonly Preference[];
}

/** The starts that it learns from. */
export function startsOf({ examples, preferences }: Learned): ReadonlySet<number> {
  return new Set([
    ...examples.map((example) => at(example.steps, 0).state),
    ...preferences.map(({ episodes }) => at(episodes, 0).start),
  ]);
}

interface Kept {
  readonly parameter: GraphParameter;
  /** Its values before the first step and after each. */
  readonly values: Float32Array[];
}

/** Collects what the story shows of a fine-tuning; `seen` is its callback. */
export class Recorder {
  readonly steps: GradientStep[] = [];
  readonly cycles: Cycle[] = [];
  readonly curve: CurvePoint[] = [];
  readonly checkpoints: Checkpoint[] = [];
  readonly rollouts: Rollout[] = [];
  readonly #kept: readonly Kept[];
  readonly #cycleSteps: ReadonlySet<number>;
  readonly #evaluationSteps: ReadonlySet<number>;
  readonly #rolloutSteps: ReadonlySet<number>;

  readonly standings: Standing[] = [];
  #base: Policy | null = null;

  constructor(
    private readonly model: Model,
    private readonly table: WorldTable,
    private readonly learned: Learned,
    planned: number,
    evaluations: number,
  ) {
    const { segments } = model.preset.card;
    this.#cycleSteps = new Set(stepsOfCycles(planned, segments));
    const evaluationSteps = stepsOfEvaluations(planned, segments, evaluations);
    this.#evaluationSteps = new Set(evaluationSteps);
    const during = evaluationSteps.filter((step) => step < planned);
    this.#rolloutSteps = new Set(
      during.length ? shares_of_rollouts.map((s) => at(during, Math.floor(s * during.length))) : [],
    );
    this.#kept = watched_parameters.flatMap((name) => {
      const parameter = model.preset.parameters.find((one) => one.name === name);
      return parameter ? [{ parameter, values: [slice(model.base, parameter)] }] : [];
    });
  }

  /**
   * A point of the curve; with `keep`, also the policy and the showcase's episode. `known` is the
   * policy where it was asked for before.
   */
  async evaluate(theta: Float32Array, step: number, keep: boolean, known?: Policy): Promise<void> {
    const policy = known ?? (await policyOf(this.model, theta, this.table));
    this.curve.push({ step, score: scoreOf(this.table, policy, startsOf(this.learned)) });
    this.#stand(step, policy);
    if (!keep) return;
    this.checkpoints.push({ step, policy });
    const { subgoal_head } = this.model.preset.card;
    const episode = rollOut(this.table, policy, { subgoal_head }, this.table.showcase);
    const states = [...new Set(episode.steps.map((one) => one.state))];
    this.rollouts.push({
      step,
      episode: { ...episode, total_reward: shortest(episode.total_reward) },
      thoughts: await this.#thoughts(theta, states),
    });
  }

  /** Records one gradient step. */
  async seen(now: StepSeen): Promise<void> {
    if (this.#cycleSteps.has(now.step) && this.learned.examples.length) {
      this.cycles.push(await this.#cycle(now));
    }
    this.steps.push(this.#gradientStep(now));
    for (const { parameter, values } of this.#kept) values.push(slice(now.after, parameter));
    const taken = now.step + 1;
    if (this.#evaluationSteps.has(taken) && taken < now.steps) {
      await this.evaluate(now.after, taken, this.#rolloutSteps.has(taken));
    }
  }

  /** The weights of each head that moved most, and every step with their values filled in. */
  watched(): { watched: WatchedWeight[]; steps: GradientStep[] } {
    const chosen = this.#kept.flatMap((kept) => {
      const first = at(kept.values, 0);
      const last = at(kept.values, kept.values.length - 1);
      const moved = Array.from(first, (value, i) => Math.abs(Math.fround(at(last, i) - value)));
      return moved
        .map((_, i) => i)
        .sort((a, b) => at(moved, b) - at(moved, a) || a - b)
        .slice(0, watched)
        .sort((a, b) => a - b)
        .map((index) => ({ kept, index }));
    });
    return {
      watched: chosen.map(({ kept, index }) => {
        const { name, shape } = kept.parameter;
        const width = at(shape, 1);
        return {
          name: `${name}[${Math.floor(index / width)},${index % width}]`,
          owner: kept.parameter.owner === "planner" ? "planner" : "doer",
          before: shortest(at(at(kept.values, 0), index)),
        };
      }),
      steps: this.steps.map((step, i) => ({
        ...step,
        watched: chosen.map(({ kept, index }) => shortest(at(at(kept.values, i + 1), index))),
      })),
    };
  }

  #gradientStep(now: StepSeen): GradientStep {
    const { rows, subgoalLabels, actionLabels, judged = range(rows) } = now.batch;
    let [wrongPlanner, wrongDoer] = [0, 0];
    for (const i of judged) {
      if (!this.#subgoalRight(now.subgoalLogits, i, at(subgoalLabels, i))) wrongPlanner++;
      else if (argmax(this.#actions(now.actionLogits, i)) !== at(actionLabels, i)) wrongDoer++;
    }
    return {
      step: now.step,
      number_of_pass: now.pass,
      examples: [...now.chosen],
      segment: now.segment,
      rows: judged.length,
      losses: rounded(now.losses),
      wrong_planner: wrongPlanner,
      wrong_doer: wrongDoer,
      gradient_norm: rounded(now.gradientNorm),
      weight_change: rounded(now.weightChange),
      watched: [],
      rate: shortest(now.rate),
      preference: this.learned.preferences.length
        ? {
            dpo: shortest(at(now.output("dpo"), 0)),
            best: shortestAll(now.output("best_ratio")),
            worst: shortestAll(now.output("worst_ratio")),
          }
        : null,
    };
  }

  /** How probable the best and the worst episodes have become. */
  #stand(step: number, policy: Policy): void {
    const { preferences } = this.learned;
    if (preferences.length === 0) return;
    const base = (this.#base ??= policy);
    const risen = (episode: Episode): number =>
      shortest(standing(policy, episode) - standing(base, episode));
    this.standings.push({
      step,
      best: preferences.map(({ episodes, best }) => risen(at(episodes, best))),
      worst: preferences.map(({ episodes, worst }) => risen(at(episodes, worst))),
    });
  }

  #actions(logits: Float32Array, index: number): Float32Array {
    return row(logits, index, this.table.actions.length);
  }

  #subgoalRight(logits: Float32Array, index: number, label: number): boolean {
    if (!this.model.preset.card.subgoal_head) return true;
    return argmax(row(logits, index, this.table.subgoals.length)) === label;
  }

  /**
   * Looks closely at one row of the batch, before and after: by turns the row with the Planner's
   * largest loss and the one with the Doer's.
   */
  async #cycle(now: StepSeen): Promise<Cycle> {
    const { rows, subgoalLabels, actionLabels } = now.batch;
    const plannersTurn = this.model.preset.card.subgoal_head && this.cycles.length % 2 === 0;
    let worst = 0;
    let most = -Infinity;
    for (let i = 0; i < rows; i++) {
      const subgoals = row(now.subgoalLogits, i, this.table.subgoals.length);
      const loss = plannersTurn
        ? crossEntropy(subgoals, at(subgoalLabels, i))
        : crossEntropy(this.#actions(now.actionLogits, i), at(actionLabels, i));
      if (loss > most) [worst, most] = [i, loss];
    }
    const { examples } = this.learned;
    const places = now.chosen.flatMap((example) =>
      at(examples, example).steps.map((_, position) => ({ example, position })),
    );
    const { example, position } = at(places, worst);
    const label = at(at(examples, example).steps, position);
    const features = featuresOf(this.table, [label.state]);
    const before = await think(this.model, now.before, features);
    const after = await think(this.model, now.after, features);
    return {
      step: now.step,
      example,
      example_step: position,
      thought: this.#thought(before, 0, label.state, label.subgoal),
      label_subgoal: label.subgoal,
      label_action: label.action,
      losses: this.#rowLosses(before, label.subgoal, label.action),
      losses_after: this.#rowLosses(after, label.subgoal, label.action),
    };
  }

  /** Losses of a single row after its first segment; cycles are always first segments. */
  #rowLosses(thinking: Thinking, subgoal: number, action: number): Losses {
    const subgoals = subgoalsAt(thinking, 0, 0);
    const actions = actionsAt(thinking, 0, 0, thinking.told > 1 ? subgoal : 0);
    const right = this.#subgoalRight(subgoals, 0, subgoal) && argmax(actions) === action;
    return rounded({
      planner: crossEntropy(subgoals, subgoal),
      doer: crossEntropy(actions, action),
      halting: haltingLoss(at(thinking.qHalt, 0), right),
    });
  }

  async #thoughts(theta: Float32Array, states: readonly number[]): Promise<Thought[]> {
    const thinking = await think(this.model, theta, featuresOf(this.table, states));
    return states.map((state, index) => this.#thought(thinking, index, state, null));
  }

  /** The forward pass of row `index`; the Doer is told `told`, or the Planner's first choice. */
  #thought(thinking: Thinking, index: number, state: number, told: number | null): Thought {
    const { card, calls } = this.model.preset;
    const segments = Array.from({ length: thinking.segments }, (_, s): ThoughtSegment => {
      const subgoals = subgoalsAt(thinking, s, index);
      const heard = card.subgoal_channel ? (told ?? argmax(subgoals)) : -1;
      const call = (module: Call["module"], place: number): Call => {
        const at_ = (s * thinking.rows + index) * thinking.calls + place;
        return {
          module,
          change: shortestAll(row(thinking.change, at_, thinking.tokens)),
          attention: shortestAll(row(thinking.attention, at_, thinking.tokens)),
        };
      };
      return {
        // The last calls are the Doer's, one for each sub-goal; only the one heard is kept.
        calls: [
          ...calls.map((module, place) => call(module, place)),
          call("told", calls.length + Math.max(heard, 0)),
        ],
        subgoal_logits: shortestAll(subgoals),
        told: heard,
        action_logits: shortestAll(actionsAt(thinking, s, index, Math.max(heard, 0))),
        q_halt: shortest(at(thinking.qHalt, s * thinking.rows + index)),
      };
    });
    const red = segments.findIndex((segment) => segment.q_halt > 0);
    return { state, segments, segments_used: red < 0 ? segments.length : red + 1 };
  }
}

function slice(theta: Float32Array, { offset, shape }: GraphParameter): Float32Array {
  return theta.slice(offset, offset + shape.reduce((product, side) => product * side, 1));
}

function rounded(values: Record<Owner, number>): PerOwner {
  return {
    planner: shortest(values.planner),
    doer: shortest(values.doer),
    halting: shortest(values.halting),
  };
}
