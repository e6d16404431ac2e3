/** Everything about the page that a link carries. */

export type Theme = "auto" | "light" | "dark" | "contrast";

/** Which wiring a knob asks for. */
export type Wiring = "hierarchy" | "flat";

/** What a new training is asked for. */
export interface Knobs {
  readonly examples: number;
  readonly noise: number;
  readonly distractors: number;
  readonly passes: number;
  readonly seed: number;
  readonly tiles: number;
  readonly preset: Wiring;
}

export interface State {
  /** The recording's name in `recordings/`; null is the first of them. */
  readonly story: string | null;
  /** A scene's id; null is the first scene. */
  readonly scene: string | null;
  /** Seconds into the scene. */
  readonly time: number;
  readonly speed: number;
  readonly playing: boolean;
  /** Whether the scene begins again when it ends. */
  readonly loop: boolean;
  readonly theme: Theme;
  readonly captions: boolean;
  /** Where the knobs differ from the story's own settings; the page then trains. */
  readonly knobs: Partial<Knobs>;
  /** Temperature at which sub-goals and actions are drawn; 0 takes the best. */
  readonly exploration: number;
  readonly drawSeed: number;
  /** The start chosen in scene 6. */
  readonly start: number | null;
  /** The run chosen in scene 6. */
  readonly run: string | null;
  /** What stands on the right side: `before`, `hierarchy`, `flat`, `examples-5`, `story:NAME`. */
  readonly compare: string | null;
  /** The wires plugged in at the bench, as `wires.ts` writes them; null is step 6's. */
  readonly wires: string | null;
}

export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4] as const;
export const THEMES = ["auto", "light", "dark", "contrast"] as const;
export const MAX_SEED = 2 ** 32 - 1;

/** The range and the step of each numeric knob, for the page's sliders and for links alike. */
export const RANGES = {
  examples: { min: 1, max: 50, step: 1 },
  noise: { min: 0, max: 0.5, step: 0.05 },
  distractors: { min: 0, max: 0.5, step: 0.05 },
  passes: { min: 3, max: 10, step: 1 },
  seed: { min: 0, max: 99, step: 1 },
  tiles: { min: 3, max: 9, step: 1 },
  exploration: { min: 0, max: 2, step: 0.1 },
  drawSeed: { min: 0, max: 99, step: 1 },
} as const;

export const initial: State = {
  story: null,
  scene: null,
  time: 0,
  speed: 1,
  playing: false,
  loop: false,
  theme: "auto",
  captions: true,
  knobs: {},
  exploration: 0,
  drawSeed: 0,
  start: null,
  run: null,
  compare: null,
  wires: null,
};
