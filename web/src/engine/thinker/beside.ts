/**
 * Segments of many views on two cores: half of them run in a worker beside this one, which is
 * started when there are many for the first time. Where it cannot be, all run here.
 */
import type { Mind, Segment, Segmented, States } from "./mind";
import type { ThinkerEntry } from "./models";

export type ToHelper =
  | {
      readonly kind: "open";
      readonly entry: ThinkerEntry;
      readonly graph: Uint8Array<ArrayBuffer>;
      readonly weights: Float32Array<ArrayBuffer>;
    }
  | {
      readonly kind: "segment";
      readonly states: readonly States[];
      readonly given: readonly (readonly number[])[];
    };

export type FromHelper =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly outputs: Segmented[] }
  | { readonly kind: "failed" };

/** What of a worker is used here. */
export interface Port {
  postMessage(message: ToHelper): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromHelper>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/**
 * Gives minds a helper that shares their work once there is much of it. There is one helper at a
 * time: whoever needs it next has one of its own instead.
 */
export function helpBy(spawn: () => Port): (mind: Mind) => Mind {
  let latest: Helper | null = null;
  return (mind) => {
    const helper = new Helper(mind, spawn);
    return {
      ...mind,
      together: () => {
        if (latest !== helper) latest?.end();
        latest = helper;
        helper.begin();
        return helper.ready ? 2 * mind.together() : mind.together();
      },
      segment: async (states, given) => {
        if (states.length <= mind.together() || !helper.ready) return mind.segment(states, given);
        const half = Math.ceil(states.length / 2);
        const rest = [states.slice(half), given.slice(half)] as const;
        const [own, others] = await Promise.all([
          mind.segment(states.slice(0, half), given.slice(0, half)),
          helper.segment(...rest),
        ]);
        return [...own, ...(others ?? (await mind.segment(...rest)))];
      },
    };
  };
}

class Helper {
  readonly #mind: Mind;
  readonly #spawn: () => Port;
  #port: Port | null = null;
  #begun = false;
  #ready = false;
  #waiting: ((outputs: Segmented[] | null) => void) | null = null;

  constructor(mind: Mind, spawn: () => Port) {
    this.#mind = mind;
    this.#spawn = spawn;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Starts it, unless it was; it is ready some time later. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    try {
      const port = (this.#port = this.#spawn());
      port.onmessage = ({ data }) => {
        if (data.kind === "ready") this.#ready = true;
        else if (data.kind === "failed") this.#give();
        else this.#answer(data.outputs);
      };
      port.onerror = (event) => {
        event.preventDefault();
        this.#give();
      };
      const { entry, graph, weights } = this.#mind;
      port.postMessage({ kind: "open", entry, graph, weights });
    } catch {
      this.#give(); // a browser without workers in workers
    }
  }

  /** A segment of some puzzles; null where it has failed. */
  segment(...[states, given]: Parameters<Segment>): Promise<Segmented[] | null> {
    return new Promise((resolve) => {
      if (!this.#port) {
        resolve(null);
        return;
      }
      this.#waiting = resolve;
      this.#port.postMessage({ kind: "segment", states: states.map(compact), given });
    });
  }

  #answer(outputs: Segmented[] | null): void {
    this.#waiting?.(outputs);
    this.#waiting = null;
  }

  /** Ends it; it may begin again. */
  end(): void {
    this.#give();
    this.#begun = false;
  }

  /** Works without it from here on. */
  #give(): void {
    this.#ready = false;
    this.#port?.terminate();
    this.#port = null;
    this.#answer(null);
  }
}

/** Without the memory around it: a state is a part of what a run gave, all of which would be sent. */
function compact({ high, low, tag }: States): States {
  return { high: high.slice(), low: low.slice(), ...(tag ? { tag: tag.slice() } : {}) };
}
