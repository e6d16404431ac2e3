/** Telling settings of a training from others. */
import type { Choice, Settings } from "./types.gen";

/** What a model can learn from. */
export type Way = NonNullable<Settings["learn"]>;

/** What it learns from; older files, which do not say, from labels. */
export function wayOf({ learn = "labels" }: Pick<Settings, "learn">): Way {
  return learn;
}

/** Choices as a link and a command have them: '3-5,0-7', the best and the worst of each start. */
export function writeChoices(choices: readonly Choice[]): string {
  return choices.map(({ best, worst }) => `${best}-${worst}`).join(",");
}

/** The world's sizes, as tables are called by them: '5', or '3-1' where it has another one. */
export function sizeKey({ tiles, sizes }: Settings): string {
  return [tiles, ...Object.values(sizes ?? {})].join("-");
}

/** A text that is the same for the same settings only; the preset says which world it is. */
export function keyOf(settings: Settings): string {
  const { world: _world, tiles: _tiles, sizes: _sizes, choices, ...others } = settings;
  const all = {
    ...others,
    learn: wayOf(settings),
    choices: writeChoices(choices ?? []),
    size: sizeKey(settings),
  };
  return JSON.stringify(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
