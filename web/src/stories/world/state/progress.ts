/** What is told of trainings that are under way, in this page and in the studio. */
import type { Progress } from "../../../engine/client";
import type { StoryState } from "./worlds.svelte";

/** A training in this page. */
export interface Training {
  readonly title: string;
  readonly progress: Progress | null;
  /** Seconds that are left, by the pace so far; null until there is a pace. */
  readonly left: number | null;
}

/** What is shown of a training. */
export interface Shown {
  [key: string]: unknown;
  readonly title: string;
  readonly detail: string;
  /** How far it has come, 0 to 1. */
  readonly share: number;
  /** What that counts. */
  readonly counts: string;
  readonly oncancel: () => void;
}

export function ofTraining({ title, progress, left }: Training, oncancel: () => void): Shown {
  const what = progress?.what ? ` (${progress.what})` : "";
  const detail = progress
    ? [
        `gradient step ${progress.done} of ${progress.of}`,
        ...(progress.loss === null ? [] : [`loss ${progress.loss.toFixed(3)}`]),
        ...leftWords(left),
      ].join(", ")
    : "Loading the model and the runtime…";
  const share = progress ? progress.done / progress.of : 0;
  return { title: title + what, detail, share, counts: "Gradient steps", oncancel };
}

/** A world's story, trained by the studio. */
export function ofWorld(title: string, state: StoryState, oncancel: () => void): Shown {
  const { what, done, of, left } = state;
  const detail =
    of > 0 ? [`${what}: ${done} of ${of}`, ...leftWords(left)].join(", ") : "Starting…";
  return {
    title: `Training the story of ${title}`,
    detail,
    share: of > 0 ? done / of : 0,
    counts: what,
    oncancel,
  };
}

function leftWords(seconds: number | null): string[] {
  if (seconds === null) return [];
  if (seconds > 90) return [`about ${Math.round(seconds / 60)} min left`];
  return [`about ${Math.max(1, Math.ceil(seconds))} s left`];
}
