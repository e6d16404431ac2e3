/** Between the page and the story on its stage. */
import { createContext, type Component } from "svelte";

import type { Engine } from "../engine/client";
import type { Definitions } from "../recording/definitions.gen";
import type { AnyRecording } from "../recording/form";
import type { Fresh, Listed } from "../recording/load";
import type { Scene } from "../scene/scene";
import type { Shape } from "../scene/shape";

/** Whatever a link carries for every story; `own` is what it carries for one kind of story. */
export interface PageState {
  /** The recording's name in `recordings/`; null is the first of them. */
  readonly story: string | null;
  /** A scene's id; null is the first scene. */
  readonly scene: string | null;
  /** Seconds into the scene. */
  readonly time: number;
  readonly playing: boolean;
  /** What stands on the right side, as the story calls it; null if nothing does. */
  readonly compare: string | null;
  /** What stories keep in the link, by the names of their `fields`. */
  readonly own: Readonly<Record<string, unknown>>;
}

/** What a story may ask of the page. */
export interface PageAccess {
  readonly state: PageState;
  /** The recordings that stand beside the page. */
  readonly listed: readonly Listed[];
  /** What Python defines of the worlds that there are; null where it could not be loaded. */
  readonly definitions: Definitions | null;
  /** What trains in the page. */
  readonly engine: Engine;
  /** What a kind of story holds for as long as the page lives, such as a worker; made when first asked for. */
  once<T>(name: string, make: () => T): T;
  update(patch: Partial<Omit<PageState, "own">>): void;
  /** Changes what the story keeps in the link. */
  keep(values: Readonly<Record<string, unknown>>): void;
  say(kind: "problem" | "news", text: string): void;
  /** Puts another recording of those that stand beside the page on stage. */
  choose(name: string): Promise<void>;
  /** Looks again which recordings stand beside the page. */
  relist(): Promise<void>;
  /** Another recording of those that stand beside the page. */
  fetch(name: string, signal: AbortSignal): Promise<AnyRecording>;
  /** The state of a recording that still grows; null if that is the state called `tag`. */
  fetchFresh(name: string, tag: string | null, signal: AbortSignal): Promise<Fresh | null>;
}

/** What the studio's server calls the run, and the state of it that is on stage. */
export interface Live {
  readonly name: string;
  readonly tag: string | null;
}

/** One stage: a scene of a recording, with a label where two stand side by side. */
export interface Side {
  readonly recording: AnyRecording;
  /** Only ever drawn with the recording beside it, whose kind it tells. */
  readonly scene: Scene;
  readonly label: string;
}

/** How much room the screen has. */
export interface Room {
  /** Too narrow for the wide stage. */
  readonly narrow: boolean;
  /** High enough for more than one open panel. */
  readonly tall: boolean;
}

/** A part of the page's panel that folds. */
export interface Fold {
  readonly title: string;
  readonly content: Drawn;
  /** Whether it is open to begin with. */
  open(room: Room): boolean;
}

/** Something else of its kind that could be on stage, with a picture of it. */
export interface Choice {
  readonly id: string;
  /** What its recording is called in the list of stories, once it is there. */
  readonly recording: string;
  readonly title: string;
  /** What is drawn of it, in a box of `PICTURE`. */
  readonly picture: readonly Shape[];
  readonly chosen: boolean;
  /** What is to be known before it is chosen, e.g. that it has to be trained; '' if nothing. */
  readonly note: string;
  /** How far it has come while it is being made, 0 to 1; null while it is not. */
  readonly progress: number | null;
  choose(): void;
}

export interface Choices {
  /** What is chosen among. */
  readonly title: string;
  readonly among: readonly Choice[];
  /** How far the one is that is being made. */
  readonly making: Drawn | null;
}

/** The size of a choice's picture. */
export const PICTURE = { width: 120, height: 54 } as const;

/** A component and what it is given. */
export interface Drawn {
  readonly component: Component<Record<string, unknown>>;
  readonly props: Record<string, unknown>;
}

/** A component with props of its own, as the page mounts it. */
export function drawn<P extends Record<string, unknown>>(component: Component<P>, props: P): Drawn {
  return { component: component as unknown as Drawn["component"], props };
}

/** Shapes drawn outside the stage, in a panel of a story. */
export interface PictureProps extends Record<string, unknown> {
  readonly shapes: readonly Shape[];
  /** The size of the drawing in its own units. */
  readonly width: number;
  readonly height: number;
  readonly label: string;
}

/** What draws them: the page provides it, since stories know no painter. */
export const [pictureOfPage, providePicture] = createContext<Component<PictureProps>>();

/** What the page needs to know of a story, whatever its kind. */
export interface OnStage {
  /** The recording on screen. */
  readonly recording: AnyRecording;
  /** Its chapters. */
  readonly scenes: readonly Scene[];
  /** What plays, usually the chapters; of two stories side by side, with the longer one's clock. */
  readonly timeline: readonly Scene[];
  /** What its frames depend on beside recording, time and layout. */
  readonly view: object;
  /** What stands on stage in a scene of the timeline. */
  sides(scene: string): readonly Side[];
  /** The one side worth showing around, if there is one. */
  readonly finale: Side | null;
  /** What else there is to choose; absent where there is nothing. */
  readonly choices?: Choices;
  /** Its parts of the page's panel. */
  readonly folds: readonly Fold[];
  /** Whether the legend is open beside them, where there is room. */
  readonly legendOpen: boolean;
  /** What floats above the page, e.g. how far a training is. */
  readonly floating: Drawn | null;
  /** What else changes when the reader goes to a moment of a scene; 0 is its beginning. */
  changesAt(scene: string, time: number): Partial<Omit<PageState, "own">>;
  /** Brings what is on screen to what the state asks for. */
  follow(): Promise<void>;
  /** Takes what somebody handed over, as `takes` of its kind read it. */
  receive?(values: Readonly<Record<string, unknown>>): Promise<void>;
  /** Another story takes the stage: nothing goes on in the background. */
  leave(): void;
  /** Loads ahead what it will need and is too large for the first load. */
  warm?(): Promise<void>;
  /** Whether that is there. */
  readonly warmed?: boolean;
}
