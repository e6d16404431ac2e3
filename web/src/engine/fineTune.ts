/**
 * Fine-tuning in the page: the loop of training/worlds/fine_tune.py around an exported step graph.
 *
 * Order of draws, batches, segments, schedule and early stop are Python's; the mathematics of a
 * step is inside the graph.
 */
import constants from "../recording/constants.json";
import { wayOf } from "../recording/settings";
import type { Settings, WorldTable } from "../recording/types.gen";
import type { Draws } from "../lib/draws";
import { initialCarry, type Batch, type Carry, type Lessons } from "./batch";
import type { GraphSettings, Model, Owner, Values } from "./graphs";
import { at, mean, range } from "../lib/list";

/** What a gradient step moved, seen right after it. */
export interface StepSeen {
  readonly step: number;
  /** Steps if training does not stop early. */
  readonly steps: number;
  readonly pass: number;
  /** The lessons of the batch, by position. */
  readonly chosen: readonly number[];
  readonly segment: number;
  readonly batch: Batch;
  /** The carry that the segment started from. */
  readonly carry: Carry;
  readonly before: Float32Array;
  readonly after: Float32Array;
  readonly losses: Record<Owner, number>;
  readonly subgoalLogits: Float32Array;
  readonly actionLogits: Float32Array;
  readonly gradientNorm: Record<Owner, number>;
  readonly weightChange: Record<Owner, number>;
  /** The schedule's factor. */
  readonly rate: number;
  /** Another output of the way's graph. */
  output(name: string): Float32Array;
}

export interface FineTuned {
  readonly theta: Float32Array;
  readonly steps: number;
}

/** Gradient steps of a fine-tuning that does not stop early: whole batches, each segment. */
export function plannedSteps(
  settings: Pick<Settings, "examples" | "batch" | "passes" | "learn">,
  segments: number,
): number {
  const { examples, batch, passes } = settings;
  const batches = passes * Math.ceil(examples / batch);
  const most = constants.ways.find(({ name }) => name === wayOf(settings))?.most_steps ?? Infinity;
  return Math.min(batches, Math.floor(most / segments)) * segments;
}

/** The cosine schedule's factor for gradient step `step` (from 0) of `steps`. */
export function rateAt(step: number, steps: number, finalRate: number): number {
  const share = step / Math.max(steps - 1, 1);
  return finalRate + ((1 - finalRate) * (1 + Math.cos(Math.PI * share))) / 2;
}

/** Learning rates before the schedule, one a parameter; 0 where it is frozen. */
function ratesOf(model: Model, settings: Settings): Float32Array {
  const rates = new Float32Array(model.preset.size);
  for (const { owner, offset, shape, rate, preference_rate } of model.preset.parameters) {
    const size = shape.reduce((product, side) => product * side, 1);
    const own = wayOf(settings) === "preferences" ? preference_rate : rate;
    rates.fill(owner === settings.freeze ? 0 : own, offset, offset + size);
  }
  return rates;
}

function vector(data: Float32Array): Values {
  return { data, dims: [data.length] };
}

function owners(values: Values): Record<Owner, number> {
  return { planner: at(values.data, 0), doer: at(values.data, 1), halting: at(values.data, 2) };
}

/**
 * Trains from the model's base. `seen` is awaited after every step, so that it can look at the
 * model, let other work happen, or throw to end the training.
 */
export async function fineTune(
  model: Model,
  table: WorldTable,
  lessons: Lessons,
  settings: Settings,
  graph: GraphSettings,
  draws: Draws,
  seen: (step: StepSeen) => Promise<void>,
): Promise<FineTuned> {
  const { segments } = model.preset.card;
  const tokens = table.token_names.length;
  const steps = plannedSteps({ ...settings, examples: lessons.count }, segments);
  const rates = ratesOf(model, settings);
  const clip = vector(Float32Array.of(graph.clip));
  let theta = vector(model.base);
  let m = vector(new Float32Array(model.preset.size));
  let v = vector(new Float32Array(model.preset.size));
  let step = 0;
  for (let pass = 0; pass < settings.passes; pass++) {
    const order = draws.shuffled(range(lessons.count));
    const passLosses: number[] = [];
    for (let first = 0; first < order.length; first += settings.batch) {
      if (step >= steps) return { theta: theta.data, steps: step };
      const chosen = order.slice(first, first + settings.batch);
      const batch = lessons.lesson(chosen);
      let carry = initialCarry(model.preset, batch.rows, tokens);
      for (let segment = 0; segment < segments; segment++) {
        const rate = rateAt(step, steps, graph.final_rate);
        const out = await model.step({
          theta,
          m,
          v,
          rates: vector(rates.map((one) => one * rate)),
          adam: vector(
            Float32Array.of(
              1 - graph.beta1 ** (step + 1),
              1 - graph.beta2 ** (step + 1),
              graph.epsilon,
            ),
          ),
          clip,
          high: carry.high,
          low: carry.low,
          features: batch.features,
          subgoal: batch.subgoal,
          action: batch.action,
          ...batch.more?.(segment),
        });
        const value = (name: string): Values => {
          const found = out[name];
          if (!found) throw new Error(`the step graph has no output ${name}`);
          return found;
        };
        const losses = owners(value("losses"));
        if (!Number.isFinite(losses.planner + losses.doer + losses.halting)) {
          throw new Error(`the loss is not a number any more at gradient step ${step + 1}`);
        }
        const before = theta.data;
        const from = carry;
        theta = value("theta_after");
        m = value("m_after");
        v = value("v_after");
        carry = { high: value("high_after"), low: value("low_after") };
        await seen({
          step,
          steps,
          pass,
          chosen,
          segment,
          batch,
          carry: from,
          before,
          after: theta.data,
          losses,
          subgoalLogits: value("subgoal_logits").data,
          actionLogits: value("action_logits").data,
          gradientNorm: owners(value("gradient_norm")),
          weightChange: owners(value("weight_change")),
          rate,
          output: (name) => value(name).data,
        });
        passLosses.push(losses.planner + losses.doer);
        step++;
      }
    }
    if (mean(passLosses) < graph.enough) break;
  }
  return { theta: theta.data, steps: step };
}
