/** Trains and records in the page what experiments/record.py trains and records in Python. */
import { Problem } from "../recording/problem";
import { keyOf, sizeKey, wayOf } from "../recording/settings";
import type { Policy, Recording, Run, Settings, Spread, WorldTable } from "../recording/types.gen";
import { baseIn, drawPreferences } from "../recording/preferences";
import { sealed } from "../recording/write";
import { Draws } from "../lib/draws";
import { labels, type Lessons } from "./batch";
import { drawExamples } from "./examples";
import { fineTune, plannedSteps, type StepSeen } from "./fineTune";
import type { Library, Model } from "./graphs";
import { at } from "../lib/list";
import { policyOf } from "./policy";
import { preferences, thoughtsOfBase } from "./preferences";
import { Recorder, type Learned } from "./recorder";

/** How far a training is. */
export interface Progress {
  /** What is being trained, e.g. 'frozen-planner'; empty for the story itself. */
  readonly what: string;
  readonly done: number;
  readonly of: number;
  /** Loss of the latest gradient step, Planner and Doer together; null before the first. */
  readonly loss: number | null;
}

/** Called after every gradient step; throws to cancel. */
export type Watch = (progress: Progress) => Promise<void>;

/** Asking the model in every state costs as much as a dozen gradient steps: the page does so less. */
const MOST_EVALUATIONS = 5;

/** A training beside the main one: the same settings but for these. */
export type Variant = Pick<Run, "name"> & Pick<Settings, "preset" | "freeze">;

/** What a new story takes over from the one before: trainings of other settings, which say so. */
export interface Carried {
  readonly ablations: readonly Run[];
  readonly spread: Spread | null;
  /**
   * What the base says, where that is known already: of the same base, another runtime's last digits
   * might draw other episodes than those that somebody has chosen from.
   */
  readonly base?: Policy | null;
}

interface Trained {
  readonly table: WorldTable;
  readonly recorder: Recorder;
  readonly learned: Learned;
  readonly steps: number;
  readonly planned: number;
}

/** The base model's policy: the same for every training that starts from it. */
async function basePolicy(library: Library, settings: Settings): Promise<Policy> {
  const { preset, base_seed } = settings;
  const [table, model] = await Promise.all([library.table(settings), library.model(settings)]);
  const key = `policy of ${preset} ${base_seed} on ${sizeKey(settings)}`;
  return library.remember(key, () => policyOf(model, model.base, table));
}

/**
 * Reads what training under such settings needs and runs a few steps of it: the first ones of a
 * session are slow.
 */
export async function warmUp(library: Library, like: Settings): Promise<void> {
  const settings: Settings = { ...like, ...WARM };
  const [index, table, model] = await Promise.all([
    library.index(settings.preset),
    library.table(settings),
    library.model(settings),
  ]);
  const draws = new Draws(settings.seed);
  const policy = await basePolicy(library, settings);
  const { lessons } = await learn(library, model, table, settings, draws, policy);
  await fineTune(model, table, lessons, settings, index.settings, draws, async () => undefined);
}

/** A short training, however the settings are otherwise. */
const WARM = { examples: 2, passes: 5, seed: 0, choices: null } as const;

/** What is learned under some settings. */
async function learn(
  library: Library,
  model: Model,
  table: WorldTable,
  settings: Settings,
  draws: Draws,
  policy: Policy,
): Promise<{ readonly learned: Learned; readonly lessons: Lessons }> {
  const { examples: count, noise, distractors, choices = null } = settings;
  if (wayOf(settings) === "labels") {
    const examples = drawExamples(table, count, noise, distractors, draws);
    return { learned: { examples, preferences: [] }, lessons: labels(table, examples) };
  }
  const key = `base of ${settings.preset} ${settings.base_seed} on ${sizeKey(settings)}`;
  const base = await library.remember(key, () => thoughtsOfBase(model, table));
  const { card } = model.preset;
  const drawn = drawPreferences(table, policy, card, count, noise, draws, choices);
  return {
    learned: { examples: [], preferences: drawn },
    lessons: preferences(model, table, drawn, base),
  };
}

async function train(
  library: Library,
  settings: Settings,
  what: string,
  watch: Watch,
  known: Policy | null,
): Promise<Trained> {
  const [index, table, model] = await Promise.all([
    library.index(settings.preset),
    library.table(settings),
    library.model(settings),
  ]);
  const draws = new Draws(settings.seed);
  const base = await basePolicy(library, settings);
  const { learned, lessons } = await learn(library, model, table, settings, draws, known ?? base);
  const { segments } = model.preset.card;
  const planned = plannedSteps(settings, segments);
  const evaluations = Math.min(index.settings.evaluations, MOST_EVALUATIONS);
  const recorder = new Recorder(model, table, learned, planned, evaluations);
  await watch({ what, done: 0, of: planned, loss: null });
  await recorder.evaluate(model.base, 0, true, known ?? base);
  const seen = async (now: StepSeen): Promise<void> => {
    await recorder.seen(now);
    const loss = now.losses.planner + now.losses.doer;
    await watch({ what, done: now.step + 1, of: planned, loss });
  };
  const tuned = await fineTune(model, table, lessons, settings, index.settings, draws, seen);
  await recorder.evaluate(tuned.theta, tuned.steps, true);
  return { table, recorder, learned, steps: tuned.steps, planned };
}

/** Trains as the settings say and writes the whole recording, called `title`. */
export async function record(
  library: Library,
  settings: Settings,
  title: string,
  carried: Carried,
  runtime: string,
  watch: Watch,
): Promise<Recording> {
  const index = await library.index(settings.preset);
  const trained = await train(library, settings, "", watch, carried.base ?? null);
  const { recorder, table } = trained;
  const { watched, steps } = recorder.watched();
  const card = index.presets[settings.preset]?.card;
  if (!card) throw new Problem(`The graphs here have no model “${settings.preset}”.`);
  return sealed({
    format: "hrm-recording",
    version: 1,
    kind: "fine-tuning",
    title,
    made_by: { program: "page", hrmkit: index.version, engine: runtime },
    settings,
    world: table,
    model: card,
    showcase: table.showcase,
    examples: [...trained.learned.examples],
    preferences: [...trained.learned.preferences],
    standings: recorder.standings,
    watched,
    fine_tuning: steps,
    planned_steps: trained.planned,
    cycles: recorder.cycles,
    rollouts: recorder.rollouts,
    checkpoints: recorder.checkpoints,
    curve: recorder.curve,
    // A policy of another size has other states: it cannot be shown in this one.
    ablations: carried.ablations.filter((run) => sizeKey(run.settings) === sizeKey(settings)),
    spread:
      carried.spread && sameButSeed(carried.spread.settings, settings) ? carried.spread : null,
  });
}

/** Whether a spread over seeds is this training's own: its whiskers name no settings. */
function sameButSeed(one: Settings, other: Settings): boolean {
  return keyOf({ ...one, seed: 0 }) === keyOf({ ...other, seed: 0 });
}

async function runOf(
  library: Library,
  name: string,
  settings: Settings,
  watch: Watch,
  beside: Recording,
): Promise<Run> {
  const trained = await train(library, settings, name, watch, baseIn(beside, settings));
  const { curve, checkpoints } = trained.recorder;
  const model = (await library.index(settings.preset)).presets[settings.preset]?.card;
  if (!model) throw new Problem(`The graphs here have no model “${settings.preset}”.`);
  return {
    name,
    settings,
    model,
    gradient_steps: trained.steps,
    base: at(curve, 0).score,
    final: at(curve, curve.length - 1).score,
    curve,
    policy: at(checkpoints, checkpoints.length - 1).policy,
    seeds: [],
  };
}

/** A story with its ablations trained again under its own settings; others stay as they are. */
export async function withAblations(
  library: Library,
  recording: Recording,
  variants: readonly Variant[],
  watch: Watch,
): Promise<Recording> {
  const fresh: Run[] = [];
  const { preset: ownPreset, freeze: ownFreeze } = recording.settings;
  for (const { name, preset, freeze } of variants) {
    if (preset === ownPreset && freeze === ownFreeze) continue;
    fresh.push(
      await runOf(library, name, { ...recording.settings, preset, freeze }, watch, recording),
    );
  }
  const kept = recording.ablations.filter((run) => fresh.every((one) => one.name !== run.name));
  const { hash: _, ...rest } = recording;
  return sealed({ ...rest, ablations: [...fresh, ...kept] });
}

/** A story with its main run trained on `seeds` seeds, its own first. */
export async function withSpread(
  library: Library,
  recording: Recording,
  seeds: number,
  watch: Watch,
): Promise<Recording> {
  const { settings } = recording;
  const runs: Spread["runs"] = [{ seed: settings.seed, curve: recording.curve }];
  for (let seed = settings.seed + 1; seed < settings.seed + seeds; seed++) {
    const run = await runOf(library, `seed ${seed}`, { ...settings, seed }, watch, recording);
    runs.push({ seed, curve: run.curve });
  }
  const { hash: _, ...rest } = recording;
  return sealed({ ...rest, spread: { settings, runs } });
}
