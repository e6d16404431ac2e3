/**
 * What trains the stories of worlds that are not there yet: the studio's server, in the background.
 *
 * A page on a static host has none, and offers only what is there.
 */
import { fetchFile } from "../../../lib/files";
import { Problem, sentence } from "../../../recording/problem";

/** How a world's story stands. */
export interface StoryState {
  readonly state: "there" | "absent" | "waiting" | "training" | "failed";
  /** What is being done, how much of it, and of how much. */
  readonly what: string;
  readonly done: number;
  readonly of: number;
  /** Seconds until that is done; null until there is a pace. */
  readonly left: number | null;
  /** Why it failed, as a sentence. */
  readonly problem: string | null;
}

type States = Readonly<Record<string, StoryState>>;

/** What is told of a world whose story was asked for here. */
export interface Told {
  /** It is there now. */
  ready(world: string): void;
  /** It is not, and why. */
  failed(words: string): void;
}

const SILENT = "The studio's server does not answer. Is the studio running?";
const ASK_AFTER_MS = 900;

export class WorldsServer {
  /** By the world's name; empty where there is no server. */
  states = $state.raw<States>({});
  readonly #told: Told;
  #asked = false;
  #gone = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(told: Told) {
    this.#told = told;
  }

  /** Looks for the server, once. */
  async look(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    await this.#ask();
  }

  /** Sees to it that a world's story is trained. */
  train(world: string): Promise<void> {
    return this.#post("worlds/train", world);
  }

  cancel(world: string): Promise<void> {
    return this.#post("worlds/cancel", world);
  }

  /** Asks no more; what is being trained goes on. */
  leave(): void {
    this.#gone = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #post(address: string, world: string): Promise<void> {
    try {
      await post(address, world);
      await this.#ask();
    } catch (error) {
      this.#told.failed(sentence(error));
    }
  }

  async #ask(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    const before = this.states;
    const states = await statesNow();
    if (this.#gone) return;
    const busy = Object.values(before).some(isBusy);
    if (states) this.states = states;
    // One that was there and is silent for once may answer again.
    if (states ? Object.values(states).some(isBusy) : busy) {
      this.#timer = setTimeout(() => void this.#ask(), ASK_AFTER_MS);
    }
    for (const [world, { state, problem }] of Object.entries(states ?? {})) {
      if (!before[world] || !isBusy(before[world])) continue;
      if (state === "there") this.#told.ready(world);
      if (state === "failed") this.#told.failed(problem ?? "The training failed.");
    }
  }
}

function isBusy({ state }: StoryState): boolean {
  return state === "waiting" || state === "training";
}

/** How all stand; null where nobody answers. */
async function statesNow(): Promise<States | null> {
  try {
    const response = await fetchFile("worlds/state.json", { cache: "no-store" });
    const answer: unknown = response.ok ? await response.json() : null;
    const worlds = (answer as { worlds?: unknown } | null)?.worlds;
    return typeof worlds === "object" ? (worlds as States | null) : null;
  } catch {
    return null;
  }
}

/** Sends the name of a world; a refusal is thrown with the server's own sentence. */
async function post(address: string, world: string): Promise<void> {
  let response: Response;
  try {
    response = await fetchFile(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ world }),
    });
  } catch {
    throw new Problem(SILENT);
  }
  if (response.ok) return;
  const answer: unknown = await response.json().catch(() => null);
  const reason = (answer as { problem?: unknown } | null)?.problem;
  throw new Problem(
    typeof reason === "string"
      ? reason
      : `The studio's server refuses: it says ${response.status}.`,
  );
}
