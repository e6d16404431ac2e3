/**
 * What trains a wiring of the bench and measures it: the studio's server.
 *
 * A page on a static host has none, and the bench says so.
 */
import type { LadderSettings, Rung, Wires } from "../../../recording/ladder.gen";
import { fetchFile } from "../../../lib/files";
import { Problem, sentence } from "../../../recording/problem";

export interface Training {
  /** What is being done. */
  readonly what: string;
  readonly done: number;
  readonly of: number;
  /** Seconds that are left; null until there is a pace. */
  readonly left: number | null;
}

/** What the server says at bench/state.json. */
interface Answer extends Training {
  readonly state: "idle" | "training" | "done" | "failed" | "cancelled";
  readonly rung: Rung | null;
  readonly problem: string | null;
  /** All that was measured here, also earlier. */
  readonly measured: readonly Rung[];
  /** What they were measured under; null while nothing can be trained here. */
  readonly settings: LadderSettings | null;
}

const ABSENT =
  "Training a wiring takes the studio's server, and this page has none: it is served as plain " +
  "files. Start it with hrmkit studio.";
const SILENT = "The studio's server does not answer. Is the studio running?";
const ASK_AFTER_MS = 600;

export class BenchServer {
  /** Why nothing can be trained; null where it can. */
  absent = $state<string | null>("Looking for the studio's server…");
  training = $state.raw<Training | null>(null);
  /** What went wrong last. */
  problem = $state<string | null>(null);
  measured = $state.raw<readonly Rung[]>([]);
  /** The name of what was trained last. */
  latest = $state<string | null>(null);
  /** Whether the server has been asked. */
  #asked = false;
  #gone = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #accepts: (settings: LadderSettings | null) => boolean;

  /** `accepts` says whether what was measured under those settings belongs to the story. */
  constructor(accepts: (settings: LadderSettings | null) => boolean) {
    this.#accepts = accepts;
  }

  /** Looks for the server, once. */
  async look(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    await this.#ask();
  }

  async train(wires: Wires): Promise<void> {
    this.problem = null;
    this.latest = null;
    try {
      await post("bench/train", { wires });
      this.training = { what: "Starting", done: 0, of: 1, left: null };
      await this.#ask();
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  async cancel(): Promise<void> {
    try {
      await post("bench/cancel", {});
      await this.#ask();
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  /** Asks no more; what is being trained goes on, and is there when the story comes back. */
  leave(): void {
    this.#gone = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    const answer = await stateOfBench().catch((error: unknown) => sentence(error));
    if (this.#gone) return;
    if (typeof answer === "string") {
      // A server that was there and is silent may come back; one that never was will not.
      if (this.training) {
        this.problem = answer;
        this.#timer = setTimeout(() => void this.#ask(), 4 * ASK_AFTER_MS);
      } else this.absent = answer;
      return;
    }
    this.absent = null;
    const measured = this.#accepts(answer.settings) ? answer.measured : [];
    // The same results stay the same list: a new one would have every scene drawn anew.
    if (namesOf(measured) !== namesOf(this.measured)) this.measured = measured;
    const { what, done, of, left } = answer;
    const was = this.training !== null;
    this.training = answer.state === "training" ? { what, done, of, left } : null;
    if (this.training) {
      this.problem = null;
      this.#timer = setTimeout(() => void this.#ask(), ASK_AFTER_MS);
    } else if (was) {
      this.latest = answer.rung?.name ?? null;
      this.problem = answer.state === "failed" ? answer.problem : null;
    }
  }
}

function namesOf(rungs: readonly Rung[]): string {
  return JSON.stringify(rungs.map(({ name }) => name));
}

async function stateOfBench(): Promise<Answer> {
  let response: Response;
  try {
    response = await fetchFile("bench/state.json", { cache: "no-store" });
  } catch {
    throw new Problem(SILENT);
  }
  const answer: unknown = response.ok ? await response.json().catch(() => null) : null;
  if (typeof (answer as Answer | null)?.state !== "string") throw new Problem(ABSENT);
  return answer as Answer;
}

/** Sends `body`; a refusal is thrown with the server's own sentence. */
async function post(address: string, body: unknown): Promise<void> {
  let response: Response;
  try {
    response = await fetchFile(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
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
