/** Everything about the page that a link carries. */
import { initialOf, type Fields } from "../stories/fields";
import type { PageState } from "../stories/onStage";
import { STORIES } from "../stories/registry";

export type Theme = "auto" | "light" | "dark" | "contrast";

export interface State extends PageState {
  readonly speed: number;
  /** Whether the scene begins again when it ends. */
  readonly loop: boolean;
  readonly theme: Theme;
  readonly captions: boolean;
}

export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4] as const;
export const THEMES = ["auto", "light", "dark", "contrast"] as const;

/** What stories keep in a link. */
export const OWN: Fields = Object.assign({}, ...STORIES.map(({ fields }) => fields)) as Fields;

export const initial: State = {
  story: null,
  scene: null,
  time: 0,
  speed: 1,
  playing: false,
  loop: false,
  theme: "auto",
  captions: true,
  compare: null,
  own: initialOf(OWN),
};
