/**
 * A visitor who teaches: for one start after the other she says which of the model's tries is the
 * best and which the worst. What she has said is kept for the tab, so that leaving loses nothing.
 */
import constants from "../../../recording/constants.json";
import { drawEpisodes } from "../../../recording/preferences";
import { keyOf } from "../../../recording/settings";
import type { Choice, Episode, Recording, Settings } from "../../../recording/types.gen";
import { Draws } from "../../../lib/draws";
import { at } from "../../../lib/list";
import type { Verdict } from "../parts/PreferenceDeck";

/** What she thinks of a start's tries so far. */
export type Partly = { readonly [K in Verdict]: number | null };

/** Where what she said is kept; a tab's own storage, or nothing where there is none. */
export interface Kept {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const NOTHING: Partly = { best: null, worst: null };
const MOST = constants.knobs.examples.most;

export class Teacher {
  /** One a start that she has come to. */
  said = $state.raw<readonly Partly[]>([]);
  /** The start that she looks at. */
  now = $state(0);
  /** Why her last choice was not taken; null if it was. */
  refused = $state<string | null>(null);
  readonly #recording: Recording;
  readonly #kept: Kept | null;
  readonly #source: ReturnType<typeof drawEpisodes>;
  readonly #drawn: (readonly Episode[])[] = [];

  constructor(recording: Recording, kept: Kept | null) {
    const { world, checkpoints, model, settings } = recording;
    this.#recording = recording;
    this.#kept = kept;
    const draws = new Draws(settings.seed);
    this.#source = drawEpisodes(world, at(checkpoints, 0).policy, model, 0, draws);
    this.said = this.#before() ?? settings.choices ?? [];
    this.now = Math.min(this.finished, MOST - 1);
  }

  /** The tries from the start that she looks at. */
  get episodes(): readonly Episode[] {
    while (this.#drawn.length <= this.now) this.#drawn.push(this.#source.next().value.episodes);
    return at(this.#drawn, this.now);
  }

  get here(): Partly {
    return this.said[this.now] ?? NOTHING;
  }

  /** How many starts, from the first on, she has said both of. */
  get finished(): number {
    const open = this.said.findIndex((one) => !isWhole(one));
    return open < 0 ? this.said.length : open;
  }

  get choices(): readonly Choice[] {
    return this.said.slice(0, this.finished).filter(isWhole);
  }

  get canGoOn(): boolean {
    return isWhole(this.here) && this.now + 1 < MOST;
  }

  choose(verdict: Verdict, number: number): void {
    const other = verdict === "best" ? "worst" : "best";
    if (this.here[other] === number) {
      this.refused = `Try ${number + 1} is already your ${other}: pick another as the ${verdict}.`;
      return;
    }
    this.refused = null;
    const said = [...this.said];
    said[this.now] = { ...this.here, [verdict]: number };
    this.#say(said);
  }

  go(to: number): void {
    this.refused = null;
    this.now = Math.min(Math.max(0, to), this.finished, MOST - 1);
  }

  /** Forgets all that she said. */
  startOver(): void {
    this.#say([]);
    this.go(0);
  }

  #say(said: readonly Partly[]): void {
    this.said = said;
    try {
      this.#kept?.setItem(this.#key, JSON.stringify(said));
    } catch {
      // Full, or forbidden: it lasts as long as the page.
    }
  }

  /** The same world, model and seed have the same tries, whatever was learned from them. */
  get #key(): string {
    const { settings } = this.#recording;
    const about: Settings = { ...settings, ...ANY };
    return `hrmkit teacher ${keyOf(about)}`;
  }

  #before(): readonly Partly[] | null {
    try {
      const kept: unknown = JSON.parse(this.#kept?.getItem(this.#key) ?? "null");
      return Array.isArray(kept) && kept.length <= MOST && kept.every(isPartly) ? kept : null;
    } catch {
      return null;
    }
  }
}

/** What the tries of a start do not depend on. */
const ANY = {
  learn: "preferences",
  examples: 1,
  noise: 0,
  distractors: 0,
  passes: 1,
  batch: 1,
  freeze: "none",
  choices: null,
} as const;

function isWhole(one: Partly): one is Choice {
  return one.best !== null && one.worst !== null;
}

function isPartly(value: unknown): value is Partly {
  if (typeof value !== "object" || value === null) return false;
  const { best, worst } = value as Record<string, unknown>;
  const fits = (one: unknown): boolean =>
    one === null || (Number.isInteger(one) && Number(one) >= 0 && Number(one) < constants.episodes);
  return fits(best) && fits(worst) && (best === null || best !== worst);
}
