/** What is true of a recording, worked out once; captions follow these facts. */
import type {
  Episode,
  EpisodeStep,
  ModelCard,
  Policy,
  Recording,
  Run,
  WorldTable,
} from "../../recording/types.gen";
import { Draws } from "../../lib/draws";
import { compare, type Verdict } from "../../lib/paired";
import { at, last, range } from "../../lib/list";
import { memo, memoBy } from "../../scene/memo";
import { extent, mean } from "../../scene/numbers";
import { rollOut, stateAfter, type Exploration } from "../../recording/episode";
import type { WorldView } from "./view";

export interface Played {
  readonly episode: Episode;
  readonly policy: Policy;
  readonly model: ModelCard;
}

/** The clumsy rollout: the base model's. */
export function before(recording: Recording, view: WorldView): Played {
  return played(
    recording,
    view,
    at(recording.checkpoints, 0).policy,
    at(recording.rollouts, 0).episode,
  );
}

/** The rollout after fine-tuning, from the same start. */
export function after(recording: Recording, view: WorldView): Played {
  return played(
    recording,
    view,
    last(recording.checkpoints).policy,
    last(recording.rollouts).episode,
  );
}

function played(recording: Recording, view: WorldView, policy: Policy, recorded: Episode): Played {
  const model = recording.model;
  if (view.exploration <= 0) return { episode: recorded, policy, model };
  const key = `${view.exploration}/${view.drawSeed}/${recorded.start}`;
  const episode = explored(policy, key, () =>
    rollOut(recording.world, policy, model, recorded.start, explorationOf(view, view.drawSeed)),
  );
  return { episode, policy, model };
}

const exploredBy = memo((_: Policy) => new Map<string, Episode>());

function explored(policy: Policy, key: string, compute: () => Episode): Episode {
  const known = exploredBy(policy);
  const before = known.get(key);
  if (before) return before;
  if (known.size > 200) known.clear();
  const episode = compute();
  known.set(key, episode);
  return episode;
}

/** How choices are drawn for a view; not at all where it does not explore. */
export function explorationOf(
  { exploration }: Pick<WorldView, "exploration">,
  seed: number,
): Exploration | undefined {
  return exploration > 0 ? { temperature: exploration, draws: new Draws(seed >>> 0) } : undefined;
}

/** The main run in the form of an ablation, so that scenes 6 and 7 treat all runs alike. */
export const mainRun = memo((recording: Recording): Run => ({
  name: "main",
  settings: recording.settings,
  model: recording.model,
  gradient_steps: recording.fine_tuning.length,
  base: at(recording.curve, 0).score,
  final: last(recording.curve).score,
  curve: recording.curve,
  policy: last(recording.checkpoints).policy,
  // The spread's first run is this story's own training, told by `final` already.
  seeds: (recording.spread?.runs ?? [])
    .filter((run) => run.seed !== recording.settings.seed)
    .map((run) => last(run.curve).score),
}));

/** The main run, then every ablation. */
export const allRuns = memo((recording: Recording): readonly Run[] => [
  mainRun(recording),
  ...recording.ablations,
]);

export function chosenRun(recording: Recording, view: WorldView): Run {
  return allRuns(recording).find((run) => run.name === view.run) ?? mainRun(recording);
}

/** Lowest and highest success over the seeds; null with one seed. */
export function spreadOf(run: Run): readonly [number, number] | null {
  return run.seeds.length === 0 ? null : rangeOf(run);
}

/** Lowest and highest success over however many seeds there are. */
export function rangeOf(run: Run): readonly [number, number] {
  return extent(successes(run));
}

/** Success from each seed, the run's own first. */
export function successes(run: Run): number[] {
  return [run.final.success, ...run.seeds.map((score) => score.success)];
}

/** Whether a run does better than the other, worse, or as it may be by luck, seed by seed. */
export function compared(run: Run, other: Run): Verdict {
  return compare(successes(other), successes(run));
}

/** Every start rolled out with a run's policy. */
export function gridOf(recording: Recording, run: Run, view: WorldView): readonly Episode[] {
  return gridBy(run, recording.world, view);
}

const grids = memoBy((_: Policy, __: string) => ({ episodes: null as readonly Episode[] | null }));

function gridBy(
  run: Run,
  table: WorldTable,
  view: Pick<WorldView, "exploration" | "drawSeed">,
): readonly Episode[] {
  const key = view.exploration > 0 ? `${view.exploration}/${view.drawSeed}` : "best";
  const kept = grids(run.policy, key);
  kept.episodes ??= table.starts.map((start, i) =>
    rollOut(table, run.policy, run.model, start, explorationOf(view, view.drawSeed + i)),
  );
  return kept.episodes;
}

/** Every start rolled out by a run's best choices. */
export function startsOf(recording: Recording, run: Run): readonly Episode[] {
  return gridBy(run, recording.world, { exploration: 0, drawSeed: 0 });
}

/** Every start rolled out with the model as it was before training, by its best choices. */
export const startsBefore = memo((recording: Recording): readonly Episode[] => {
  const { policy } = at(recording.checkpoints, 0);
  return recording.world.starts.map((start) =>
    rollOut(recording.world, policy, recording.model, start),
  );
});

/** What goes wrong first in an episode, if anything does. */
export function firstMistake(table: WorldTable, { steps }: Episode): EpisodeStep | undefined {
  return steps.find((step) => fails(table, step));
}

/** What a step changes of the memory: the flags that are on after it, and those that are off. */
export function remembered(
  table: WorldTable,
  step: Pick<EpisodeStep, "state" | "action">,
): { readonly on: readonly string[]; readonly off: readonly string[] } {
  const [now, then] = [at(table.flags, step.state), at(table.flags, stateAfter(table, step))];
  const turned = (to: boolean) => table.memory.filter((_, i) => now[i] === !to && then[i] === to);
  return { on: turned(true), off: turned(false) };
}

/** How often the memory changes during an episode. */
export function flips(table: WorldTable, episode: Episode): number {
  return episode.steps.filter((step) => {
    const { on, off } = remembered(table, step);
    return on.length + off.length > 0;
  }).length;
}

/** Whether a step is the end of its episode, and not the one that was wanted. */
export function endsLost(
  table: WorldTable,
  step: Pick<EpisodeStep, "state" | "action" | "outcome">,
): boolean {
  return step.outcome !== "success" && stateAfter(table, step) >= table.live_states;
}

/** Whether a step is one that nobody wanted. */
export function fails(
  table: WorldTable,
  step: Pick<EpisodeStep, "state" | "action" | "outcome">,
): boolean {
  return !(step.outcome === "ok" || step.outcome === "success") || endsLost(table, step);
}

/** Whether an episode has come to an end that was not wanted. */
export function isLost(table: WorldTable, { steps }: Episode): boolean {
  const end = steps.at(-1);
  return end !== undefined && endsLost(table, end);
}

export function wrongOrders(episode: Episode): number {
  return episode.steps.filter((step) => step.outcome === "wrong-order").length;
}

export function blocked(episode: Episode): number {
  return episode.steps.filter((step) => step.outcome === "blocked").length;
}

/** The one who walks about, by the icon 'agent'; -1 in a world where nobody does. */
export function agentOf({ entities }: Pick<WorldTable, "entities">): number {
  return entities.findIndex(({ icon }) => icon === "agent");
}

/** For each action: does it move the agent to the left (-1), to the right (1), or not (0)? */
export const motions = memo((table: WorldTable): readonly number[] => {
  const agent = agentOf(table);
  return range(table.actions.length).map((action) => {
    if (agent < 0) return 0;
    const moved = mean(
      range(table.live_states).map(
        (state) =>
          at(at(table.places, at(at(table.next_state, state), action)), agent) -
          at(at(table.places, state), agent),
      ),
    );
    return Math.sign(Math.round(moved * 1000));
  });
});

/** The entities that an action changes in a state: where they are, or how they look. */
export function changedBy(table: WorldTable, state: number, action: number): readonly number[] {
  const next = table.next_state[state]?.[action] ?? state;
  const same = (one: number, rows: readonly (readonly unknown[])[] | undefined): boolean =>
    rows?.[state]?.[one] === rows?.[next]?.[one];
  return range(table.entities.length).filter(
    (one) => !same(one, table.places) || !same(one, table.whereabouts) || !same(one, table.looks),
  );
}

/** For each action: the one place where it ever does anything, or -1. */
const placesOfActions = memo((table: WorldTable): readonly number[] =>
  range(table.actions.length).map((action) => {
    const found = new Set<number>();
    for (const state of range(table.live_states)) {
      for (const one of changedBy(table, state, action))
        found.add(at(at(table.places, state), one));
    }
    const [only] = found;
    return found.size === 1 && only !== undefined ? only : -1;
  }),
);

/**
 * The place that an action is about, in places from the left: the agent's, else where it does
 * something, else the middle of what it changes, else the middle of all.
 */
export function placeOfAction(table: WorldTable, state: number, action: number): number {
  const places = at(table.places, state);
  const agent = agentOf(table);
  if (agent >= 0) return Math.max(0, at(places, agent));
  const own = at(placesOfActions(table), action);
  if (own >= 0) return own;
  const changed = changedBy(table, state, action)
    .map((one) => at(places, one))
    .filter((place) => place >= 0);
  return changed.length ? (Math.min(...changed) + Math.max(...changed)) / 2 : (table.tiles - 1) / 2;
}

/** True when training stopped before its planned end. */
export function stoppedEarly(recording: Recording): boolean {
  return recording.fine_tuning.length < recording.planned_steps;
}

/** The states that its lessons passed through. */
export const passedStates = memo(
  ({ examples, preferences = [] }: Recording): ReadonlySet<number> =>
    new Set(
      [...examples, ...preferences.flatMap(({ episodes }) => episodes)].flatMap(({ steps }) =>
        steps.map(({ state }) => state),
      ),
    ),
);

/** The starts that it learned from. */
export const learnedStarts = memo(
  ({ examples, preferences = [] }: Recording): ReadonlySet<number> =>
    new Set([
      ...examples.map((example) => at(example.steps, 0).state),
      ...preferences.map(({ episodes }) => at(episodes, 0).start),
    ]),
);
