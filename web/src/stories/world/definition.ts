/**
 * What Python defines of a recording's world, and the words for it. Of a world that is not known
 * here there are only the names in its recordings.
 */
import type { Definitions, ModelInPage, Size, WorldInPage } from "../../recording/definitions.gen";
import { wayOf } from "../../recording/settings";
import type { Recording, Settings } from "../../recording/types.gen";
import { count } from "../../scene/numbers";
import { capital, plain } from "../../scene/words";
import { countedOf } from "./ways";

export type { WorldInPage };

/** What is defined, where it could be loaded. */
export interface Defined {
  readonly definitions: Definitions | null;
}

/** The world of some settings, if it is defined here: each preset is of one world only. */
export function worldOf({ definitions }: Defined, settings: Settings): WorldInPage | undefined {
  return definitions?.worlds.find((world) => modelIn(world, settings));
}

/** The model that settings ask for. */
export function modelIn(
  world: WorldInPage | undefined,
  { preset }: Pick<Settings, "preset">,
): ModelInPage | undefined {
  return world?.models.find((model) => model.preset === preset);
}

/** What the page can train beside a main run of these settings, where it is a comparison. */
export function ablationsOf(world: WorldInPage, settings: Pick<Settings, "learn" | "choices">) {
  return world.ablations
    .filter(({ in_page, learn, chosen }) =>
      settings.choices ? in_page && chosen : in_page && learn.includes(wayOf(settings)),
    )
    .map(({ name, preset, freeze }) => ({ name, preset, freeze }));
}

/** Each size of the settings' world, and what is defined of it. */
export function sizesIn(world: WorldInPage, { tiles, sizes }: Settings) {
  return world.sizes.map((size): readonly [Size, number] => [
    size,
    size.name === "tiles" ? tiles : (sizes?.[size.name] ?? size.default),
  ]);
}

/** A line that tells recordings apart, as Python's `title_of` writes it. */
export function titleOf(world: WorldInPage, settings: Settings): string {
  const { preset, freeze, examples, noise, seed } = settings;
  const frozen = freeze === "none" ? "" : `, ${freeze} frozen`;
  const sizes = sizesIn(world, settings).map(([{ unit }, value]) => count(value, unit));
  return (
    `${world.title}: ${modelIn(world, settings)?.title ?? preset}${frozen}, ` +
    `${count(examples, countedOf(settings))}, ${sizes.join(", ")}, noise ${noise}, seed ${seed}`
  );
}

/** What a recording's world is called, place by place and as a whole. */
export interface Ground {
  /** One place, e.g. 'tile'. */
  readonly place: string;
  /** Where something is, by the number of its place from 1, e.g. 'on tile 2'. */
  at(number: number): string;
  /** All of them, e.g. 'line'. */
  readonly whole: string;
}

export function groundOf(defined: Defined, { settings }: Pick<Recording, "settings">): Ground {
  const world = worldOf(defined, settings);
  const place = world?.sizes[0]?.unit ?? "place";
  const words = (world?.at_place ?? "on {place} {number}").replace("{place}", place);
  return {
    place,
    whole: world?.whole ?? "world",
    at: (number) => words.replace("{number}", String(number)),
  };
}

/** The story's first caption. */
export function openingOf(defined: Defined, { settings, world }: Recording): string {
  const places = count(world.tiles, groundOf(defined, { settings }).place);
  const opening = worldOf(defined, settings)?.opening ?? "This world has {tiles}.";
  return opening.replace("{tiles}", places);
}

/** What a world says of its episodes; of one that is not known here, what holds for any. */
export interface EpisodeWords {
  /** What one is called, e.g. 'walk'. */
  readonly name: string;
  /** Why an action in the wrong order comes to nothing, as a sentence. */
  readonly wrongOrder: string;
  /** What an end without success looks like, as a sentence. */
  readonly lost: string;
}

export function episodeWords(defined: Defined, { settings }: Recording): EpisodeWords {
  const world = worldOf(defined, settings);
  return {
    name: world?.episode ?? "episode",
    wrongOrder: world?.wrong_order ?? "Something else had to come first.",
    lost: world?.lost || "That is an end, but not the one that was wanted.",
  };
}

/** How an entity is introduced. */
export function introductionOf(defined: Defined, { settings }: Recording, name: string): string {
  const thing = worldOf(defined, settings)?.things.find(({ entity }) => entity === name);
  return thing?.words ?? `This is the ${plain(name)}.`;
}

/** How a run is called, and what it is; one that is not known as it is named. */
export function runWords({ definitions }: Defined, name: string): { title: string; what: string } {
  return (
    definitions?.runs.find((run) => run.name === name) ?? {
      title: capital(plain(name.replaceAll("-", " "))),
      what: "",
    }
  );
}
