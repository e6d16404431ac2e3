/** Whether a recording has what its way to learn learns from: recording/world/agreement.py. */
import constants from "../../recording/constants.json";
import { index, invalid, length } from "../../recording/invalid";
import { wayOf } from "../../recording/settings";
import type { Preference, Recording, WorldTable } from "../../recording/types.gen";
import { checkEpisode } from "./checkTable";

export function checkPreferences(recording: Recording): void {
  const { settings, examples, cycles, curve, preferences = [], standings = [] } = recording;
  const way = wayOf(settings);
  index(preferences.length, 0, constants.most.of_a_kind + 1, "the length of preferences");
  const others =
    way === "labels" ? preferences.length > 0 : examples.length > 0 || cycles.length > 0;
  if (others || examples.length + preferences.length === 0) {
    invalid(`it learns from ${way}, and has none or others`);
  }
  if (preferences.length) {
    length(preferences, settings.examples, "preferences");
    length(standings, curve.length, "standings");
  }
  for (const preference of preferences) checkPreference(preference, recording.world);
  checkChoices(recording);
  for (const { preference, examples: batch } of recording.fine_tuning) {
    const pairs = preferences.length ? batch.length : 0;
    length(preference?.best ?? [], pairs, "a gradient step's best");
    length(preference?.worst ?? [], pairs, "a gradient step's worst");
    if (!((preference?.dpo ?? 0) >= 0)) {
      invalid(`a gradient step's dpo is ${preference?.dpo}, which is not 0 or more`);
    }
  }
  for (const { best, worst } of standings) {
    length(best, preferences.length, "a standing's best");
    length(worst, preferences.length, "a standing's worst");
  }
}

function checkPreference({ episodes, best, worst }: Preference, world: WorldTable): void {
  length(episodes, constants.episodes, "a preference's episodes");
  for (const episode of episodes) {
    if (!world.starts.includes(episode.start)) {
      invalid(`an episode's start is ${episode.start}, which is not a start`);
    }
    for (const { state, subgoal, action } of episode.steps) {
      index(state, 0, world.live_states, "an episode's state");
      index(subgoal, -1, world.subgoals.length, "an episode's sub-goal");
      index(action, 0, world.actions.length, "an episode's action");
    }
    checkEpisode(episode, world);
    if (episode.start !== episodes[0]?.start) {
      invalid("a preference's episodes are from different starts");
    }
  }
  index(best, 0, constants.episodes, "a preference's best");
  index(worst, 0, constants.episodes, "a preference's worst");
  if (best === worst) invalid(`a preference calls episode ${best} both the best and the worst`);
}

/** Whether what is learned is what somebody chose, but for what noise turned round. */
function checkChoices({ settings: { choices }, preferences = [] }: Recording): void {
  if (!choices) return;
  length(choices, preferences.length, "settings.choices");
  preferences.forEach(({ best, worst, turned }, i) => {
    const chosen = choices[i];
    const [liked, least] = turned ? [worst, best] : [best, worst];
    if (liked !== chosen?.best || least !== chosen.worst) {
      invalid("a preference is not what was chosen");
    }
  });
}
