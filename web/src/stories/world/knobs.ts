/**
 * The knobs, a row each. Whatever the page knows of a knob comes from here: its control with its
 * words and its range, what a link carries, what a file is called, how one run is told from another,
 * and which setting it is to the engine and to Python. Ranges and words are Python's: of what any
 * world has in `constants.json`, of a world's sizes in its definition.
 */
import constants from "../../recording/constants.json";
import type { Size } from "../../recording/definitions.gen";
import { wayOf, writeChoices, type Way } from "../../recording/settings";
import type { Choice, Settings } from "../../recording/types.gen";
import { memo } from "../../scene/memo";
import { count, percent } from "../../scene/numbers";
import { listed } from "../../scene/words";
import { decimal, field, MAX_SEED, oneOf, optional, whole, type Field } from "../fields";
import { modelIn, worldOf, type Defined, type WorldInPage } from "./definition";
import { countedOf, WAYS } from "./ways";

type Link<T> = Pick<Field<T>, "read" | "write" | "accepted">;

/** A number on a slider. */
export interface Slider {
  readonly label: string;
  readonly hint: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Its value in words, beside it, as the knobs stand. */
  shown(value: number, knobs: Pick<Knobs, "learn">): string;
}

/** A knob that asks for another training, in a world. */
export interface TrainingKnob<T> {
  /** Where it stands for some settings. */
  of(settings: Settings): T;
  /** What of the settings is another when it stands at `value`. */
  into(settings: Settings, value: T): Partial<Settings>;
  /** How a run with this value is told from one with another; absent where its title says it. */
  words?(value: T): string;
  /** What the world accepts instead, as the end of a sentence; null if it accepts the value. */
  refusal?(value: T): string | null;
  /** What its choice is called. */
  readonly label?: string;
  /** The values among which it chooses. */
  readonly choices?: readonly (readonly [value: T, label: string])[];
  /** What each of them means, in a sentence. */
  readonly hints?: readonly string[];
  /** The sliders that stand for it: what each shows of the value, and the value it is moved to. */
  readonly sliders?: readonly (Slider & {
    get(value: T): number;
    set(value: T, to: number): T;
  })[];
  /** Whether it means nothing as the knobs stand. */
  idle?(knobs: Pick<Knobs, "learn">): boolean;
  /** Whether what it means is said below it: gradient steps. */
  readonly countsSteps?: boolean;
}

/** Which wiring a knob asks for. */
export type Wiring = typeof MAIN | "flat";

/** The wiring of a world's main model. */
const MAIN = "hierarchy";

/** The knobs that any world has. */
type General = keyof typeof constants.knobs;

/** Where the knobs of a training stand; `sizes` are the world's others, as `writeSizes` has them. */
export type Knobs = Readonly<Record<General | "tiles", number>> & {
  readonly preset: Wiring;
  readonly learn: Way;
  readonly sizes: string;
  /** A visitor's own preferences, as `writeChoices` has them; `BY_RETURN` where there are none. */
  readonly choices: string;
};

/** The choices where nobody has chosen. */
export const BY_RETURN = "none";

export type KnobName = keyof Knobs;

/** Where they were moved to; null where they stand as in the story. */
export type Moved = { readonly [K in KnobName]: Knobs[K] | null };

/** The knobs of a world, in the order of their controls. */
export type Training = { readonly [K in KnobName]: TrainingKnob<Knobs[K]> };

/** The sizes of a world but 'tiles' in a link: 'cloths-2,swaps-1'. */
export function writeSizes(sizes: Settings["sizes"]): string {
  return Object.entries(sizes ?? {})
    .map(([name, value]) => `${name}-${value}`)
    .join(",");
}

export function readSizes(text: string): Record<string, number> {
  const parts = text ? text.split(",") : [];
  return Object.fromEntries(
    parts.map((part) => part.split("-")).map(([name = "", value]) => [name, Number(value)]),
  );
}

const sizesLink: Link<string> = {
  read: (text) => (/^[a-z_]+-\d{1,4}(,[a-z_]+-\d{1,4})*$/.test(text) ? text : undefined),
  write: String,
  accepted: "a name and a number for each, such as swaps-2",
};

/** Choices from what `writeChoices` made of them; null where they contradict or are none. */
export function readChoices(text: string): readonly Choice[] | null {
  const found = text.split(",").map((one) => /^(\d)-(\d)$/.exec(one));
  const choices = found.map((match) => ({
    best: Number(match?.[1] ?? NaN),
    worst: Number(match?.[2] ?? NaN),
  }));
  const known = (episode: number): boolean => episode < constants.episodes;
  const good = choices.every(({ best, worst }) => known(best) && known(worst) && best !== worst);
  return good && choices.length <= constants.knobs.examples.most ? choices : null;
}

const choicesLink: Link<string> = {
  read: (text) => (text === BY_RETURN || readChoices(text) ? text : undefined),
  write: String,
  accepted:
    `the best and the worst episode of each start, two different ones from 0 to ` +
    `${constants.episodes - 1}, such as 3-5,0-7`,
};

function linkOf(name: General): Link<number> {
  const { least, most, step } = constants.knobs[name];
  return (Number.isInteger(step) ? whole : decimal)(least, most);
}

/** `make` of each knob that any world has, in the order of their controls: the seed comes last. */
function ofGeneral<T>(make: (name: General) => T) {
  const names = Object.keys(constants.knobs) as General[];
  const all = Object.fromEntries(names.map((name) => [name, make(name)])) as Record<General, T>;
  const { seed, ...rest } = all;
  return { rest, seed };
}

const general = ofGeneral(linkOf);

/** What a link accepts, whichever world it is; a world may accept less. */
export const LINKS: { readonly [K in KnobName]: Link<Knobs[K]> } = {
  preset: oneOf<Wiring>(["hierarchy", "flat"]),
  learn: oneOf<Way>(WAYS.map(({ name }) => name)),
  ...general.rest,
  tiles: whole(1, constants.most.table.tiles),
  sizes: sizesLink,
  seed: general.seed,
  // Last, since they say how many examples there are.
  choices: choicesLink,
};

export const KNOBS = Object.keys(LINKS) as readonly KnobName[];

/** What settings are called in a file's name, in order; nothing is said of the main wiring. */
export function settingsInFileName(settings: Settings, defined: Defined): readonly string[] {
  const { preset, tiles, sizes, examples, noise, seed } = settings;
  const world = worldOf(defined, settings);
  const wiring = modelIn(world, settings)?.wiring ?? preset;
  return [
    wiring === MAIN ? "" : wiring,
    `${tiles}-${world?.sizes[0]?.unit ?? "place"}s`,
    ...Object.entries(sizes ?? {}).map(([name, value]) => `${value}-${name}`),
    `${examples}-${countedOf(settings).replaceAll(" ", "-")}s`,
    noise ? `noise-${noise}` : "",
    `seed-${seed}`,
  ];
}

/** A knob that is a setting of the same name. */
function setting(
  name: General | "tiles",
  slider: Slider,
  rest: Pick<TrainingKnob<number>, "words" | "countsSteps" | "idle">,
): TrainingKnob<number> {
  return {
    of: (settings) => settings[name],
    into: (_, value) => ({ [name]: value }),
    sliders: [{ ...slider, get: (value) => value, set: (_, to) => to }],
    ...rest,
  };
}

const examples = (value: number, { learn }: Pick<Knobs, "learn"> = { learn: "labels" }): string =>
  count(value, countedOf({ learn }));

/** What is said of the knobs that any world has; the rest of them is Python's. */
const SAID: {
  readonly [K in General]: Pick<TrainingKnob<number>, "words" | "countsSteps" | "idle"> &
    Partial<Pick<Slider, "shown">>;
} = {
  examples: { words: (value) => examples(value), shown: examples },
  noise: { words: (value) => `${percent(value)} noise`, shown: percentShown },
  distractors: {
    words: (value) => `${percent(value)} distractors`,
    shown: percentShown,
    // Nobody shows a mistake where the tries are the model's own.
    idle: ({ learn }) => learn === "preferences",
  },
  passes: { words: (value) => count(value, "pass", "passes"), countsSteps: true },
  seed: { words: (value) => `seed ${value}` },
};

function generalKnob(name: General): TrainingKnob<number> {
  const { title, what, from, to, step } = constants.knobs[name];
  const { shown = String, ...rest } = SAID[name];
  return setting(name, { label: title, hint: what, min: from, max: to, step, shown }, rest);
}

const LEARN: TrainingKnob<Way> = {
  of: wayOf,
  into: (_, learn) => ({ learn }),
  words: (value) => value,
  label: "Learn from",
  choices: WAYS.map(({ name, title }) => [name, title]),
  hints: WAYS.map(({ what }) => what),
};

/** Made where a visitor teaches; it has no control of its own. */
const CHOICES: TrainingKnob<string> = {
  of: ({ choices }) => (choices ? writeChoices(choices) : BY_RETURN),
  into(_, value) {
    const choices = readChoices(value);
    return choices
      ? { learn: "preferences", examples: choices.length, choices: [...choices] }
      : { choices: null };
  },
  words: (value) => (value === BY_RETURN ? "preferences by return" : "a visitor’s choices"),
};

/** The knobs of a world; of one that is not known here, what its settings can be told by. */
export function trainingOf(world: WorldInPage | undefined): Training {
  return world ? knownTraining(world) : UNKNOWN;
}

const knownTraining = memo((world: WorldInPage) => makeTraining(world));
const UNKNOWN = makeTraining(undefined);

function makeTraining(world: WorldInPage | undefined): Training {
  const { rest, seed } = ofGeneral(generalKnob);
  return {
    preset: wiringOf(world),
    learn: LEARN,
    ...rest,
    tiles: placesOf(world),
    sizes: sizesOf(world),
    seed,
    choices: CHOICES,
  };
}

function wiringOf(world: WorldInPage | undefined): TrainingKnob<Wiring> {
  const of = (settings: Settings): Wiring =>
    modelIn(world, settings)?.flat ? "flat" : "hierarchy";
  const trained = (value: Wiring) =>
    world?.models.find(({ flat, in_page }) => in_page && flat === (value === "flat"));
  const choices = (["hierarchy", "flat"] as const).filter(trained);
  return {
    of,
    into(settings, value) {
      const model = value === of(settings) ? undefined : trained(value);
      return model ? { preset: model.preset, freeze: "none" } : {};
    },
    refusal: (value) => (choices.includes(value) ? null : choices.join(" or ") || "none"),
    label: "Wiring",
    choices: choices.map((value) => [value, WIRINGS[value]]),
  };
}

export const WIRINGS: Readonly<Record<Wiring, string>> = {
  hierarchy: "With hierarchy",
  flat: "Without hierarchy",
};

/** The slider of one of a world's sizes. */
function sliderOf({ label, hint, unit, minimum, maximum }: Size): Slider {
  const shown = (value: number): string => count(value, unit);
  return { label, hint, min: minimum, max: maximum, step: 1, shown };
}

function placesOf(world: WorldInPage | undefined): TrainingKnob<number> {
  const size = world?.sizes.find(({ name }) => name === "tiles");
  const unit = size?.unit ?? "place";
  const words = (value: number): string => count(value, unit);
  if (!size) return { of: ({ tiles }) => tiles, into: (_, tiles) => ({ tiles }), words };
  return {
    ...setting("tiles", sliderOf(size), { words }),
    refusal: (value) => beyond(size, value),
  };
}

/** What a size may be instead; null if it may be `value`. */
function beyond({ name, minimum, maximum }: Size, value: number): string | null {
  if (value >= minimum && value <= maximum) return null;
  return `${name} from ${minimum} to ${maximum}`;
}

function sizesOf(world: WorldInPage | undefined): TrainingKnob<string> {
  const others = world?.sizes.filter(({ name }) => name !== "tiles") ?? [];
  const unitOf = (key: string): string => others.find(({ name }) => name === key)?.unit ?? key;
  return {
    of: ({ sizes }) => writeSizes(sizes),
    into: ({ sizes }, value) => ({ sizes: value ? { ...sizes, ...readSizes(value) } : null }),
    words: (value) =>
      listed(Object.entries(readSizes(value)).map(([key, size]) => count(size, unitOf(key)))),
    refusal(value) {
      const given = Object.entries(readSizes(value));
      const refused = given.map(([key, to]) => {
        const size = others.find(({ name }) => name === key);
        return size ? beyond(size, to) : others.map(({ name }) => name).join(", ") || "none";
      });
      return refused.find((one) => one !== null) ?? null;
    },
    sliders: others.map((size) => ({
      ...sliderOf(size),
      get: (value) => readSizes(value)[size.name] ?? size.default,
      set: (value, to) => writeSizes({ ...readSizes(value), [size.name]: to }),
    })),
  };
}

/** A knob that only changes how the trained model is played. */
export interface PlayingKnob extends Slider {
  readonly link: Link<number>;
  readonly initial: number;
  /** The knob without which it means nothing. */
  readonly needs?: string;
}

export const PLAYING = {
  exploration: {
    label: "Exploration",
    hint: "0 takes the best action. Above, actions are drawn at this temperature.",
    min: 0,
    max: 2,
    step: 0.1,
    shown: (value) => (value === 0 ? "off" : value.toFixed(1)),
    link: decimal(0, 2),
    initial: 0,
  },
  drawSeed: {
    label: "Exploration seed",
    hint: "Which draws exploration makes.",
    min: 0,
    max: 99,
    step: 1,
    shown: String,
    link: whole(0, MAX_SEED),
    initial: 0,
    needs: "exploration",
  },
} as const satisfies Record<string, PlayingKnob>;

function percentShown(value: number): string {
  return `${Math.round(value * 100)}%`;
}

/** `make` of each knob. */
export function ofEach<T>(make: (name: KnobName) => T): Record<KnobName, T> {
  return Object.fromEntries(KNOBS.map((name) => [name, make(name)])) as Record<KnobName, T>;
}

/** What a link carries of the knobs. */
export const knobFields = {
  exploration: field(PLAYING.exploration.link, PLAYING.exploration.initial, true),
  drawSeed: field(PLAYING.drawSeed.link, PLAYING.drawSeed.initial, true),
  ...(ofEach((name) => optional<unknown>(LINKS[name] as Link<unknown>)) as {
    readonly [K in KnobName]: Field<Knobs[K] | null>;
  }),
};
