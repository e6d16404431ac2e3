/**
 * Episodes to prefer one of, drawn exactly as training/worlds/preferences.py draws them: whoever
 * chooses sees the ones that are learned from.
 */
import constants from "./constants.json";
import { rollOut, toldActions } from "./episode";
import { shortest } from "./float32";
import { sizeKey } from "./settings";
import type {
  Choice,
  Episode,
  ModelCard,
  Policy,
  Preference,
  Recording,
  Settings,
  WorldTable,
} from "./types.gen";
import type { Draws } from "../lib/draws";
import { at, logSoftmax, range } from "../lib/list";

/** Returns that differ by no more are equal: they were summed in another order. */
const EQUAL = 1e-6;

/** The highest return against the lowest; of equals the first is best and the last worst. */
export function byReturn(episodes: readonly Episode[]): Choice {
  const [least, most] = extremes(episodes);
  return {
    best: episodes.findIndex(({ total_reward }) => total_reward >= most - EQUAL),
    worst: episodes.findLastIndex(({ total_reward }) => total_reward <= least + EQUAL),
  };
}

function extremes(episodes: readonly Episode[]): readonly [least: number, most: number] {
  const returns = episodes.map(({ total_reward }) => total_reward);
  return [Math.min(...returns), Math.max(...returns)];
}

/**
 * The episodes of one start after the other, and whether noise turns round what is chosen. A start is
 * passed over where all of them earn the same, unless that is so everywhere.
 */
export function* drawEpisodes(
  table: WorldTable,
  policy: Policy,
  card: Pick<ModelCard, "subgoal_head">,
  noise: number,
  draws: Draws,
): Generator<{ readonly episodes: Episode[]; readonly turned: boolean }, never> {
  let starts: number[] = [];
  let passed = 0;
  for (;;) {
    if (starts.length === 0) starts = draws.shuffled(table.starts);
    const start = at(starts, 0);
    starts = starts.slice(1);
    const episodes = range(constants.episodes).map(() =>
      rollOut(table, policy, card, start, { temperature: 1, draws }),
    );
    const turned = draws.uniform() < noise;
    const [least, most] = extremes(episodes);
    if (most - least <= EQUAL && passed < table.starts.length) {
      passed++;
      continue;
    }
    passed = 0;
    yield { episodes, turned };
  }
}

/** `count` preferences by `choices`, or else by return. */
export function drawPreferences(
  table: WorldTable,
  policy: Policy,
  card: Pick<ModelCard, "subgoal_head">,
  count: number,
  noise: number,
  draws: Draws,
  choices: readonly Choice[] | null,
): Preference[] {
  const source = drawEpisodes(table, policy, card, noise, draws);
  return range(count).map((i) => {
    const { episodes, turned } = source.next().value;
    const { best, worst } = choices ? at(choices, i) : byReturn(episodes);
    return {
      episodes: episodes.map((one) => ({ ...one, total_reward: shortest(one.total_reward) })),
      ...(turned ? { best: worst, worst: best } : { best, worst }),
      turned,
    };
  });
}

/** The log-probability of an episode under a policy. */
export function standing(policy: Policy, { steps }: Episode): number {
  return steps.reduce((total, { state, subgoal, action }) => {
    const doer = at(logSoftmax(toldActions(policy, state, subgoal)), action);
    const planner = subgoal < 0 ? 0 : at(logSoftmax(at(policy.subgoal_logits, state)), subgoal);
    return total + doer + planner;
  }, 0);
}

/** What the base of such settings says, as a recording has it; null if that is of another one. */
export function baseIn(recording: Recording, settings: Settings): Policy | null {
  const own = recording.settings;
  const same =
    own.preset === settings.preset &&
    own.base_seed === settings.base_seed &&
    sizeKey(own) === sizeKey(settings);
  return same ? at(recording.checkpoints, 0).policy : null;
}
