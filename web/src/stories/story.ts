/** What a kind of story says of itself (`about.ts` in its folder), for `registry.ts`. */
import type { Definitions } from "../recording/definitions.gen";
import type { AnyRecording, Form } from "../recording/form";
import type { Scene } from "../scene/scene";
import type { Tone } from "../scene/shape";
import type { Field, Fields } from "./fields";
import type { PageAccess, Live, OnStage } from "./onStage";

/** A hue and what it means; 'signed' is the scale of weights and changes. */
export type LegendRow = readonly [hue: Tone | "signed", meaning: string];

export interface Story<R extends AnyRecording = AnyRecording> extends Form<R> {
  /** The name of its folder, where `scenes.ts` lists its scenes. */
  readonly id: string;
  /** What a story of this kind is called, beside the others. */
  title(definitions: Definitions | null): string;
  /** What will happen in it, in one short sentence; stands on the button that plays it. */
  readonly promise: string;
  readonly legend: readonly LegendRow[];
  /** What a link carries for it, beside what it carries for every story. */
  readonly fields: Fields;
  /** What can stand beside it, as `compare=` in a link; absent where nothing can. */
  readonly beside?: Pick<Field<string>, "read" | "accepted">;
  /** Keys that lead to one of its scenes. */
  readonly keys?: readonly {
    readonly key: string;
    readonly scene: string;
    readonly what: string;
  }[];
  /** Why a recording of that name is not there, if it could be; a sentence or two. */
  missing?(name: string, definitions: Definitions | null): string | undefined;
  /**
   * What a text that was dropped on the page means for it, as values for its `fields`; null for
   * nothing. Throws a Problem for what is nearly something, with what is wrong about it.
   */
  takes?(text: string): Promise<Readonly<Record<string, unknown>> | null>;
  /** What else a reader can do with it, by its title: a clause for the help. */
  help?(title: string): string;
  /**
   * Fetches what puts a recording on stage. Without it, the story stands there by itself
   * (`single.ts`).
   */
  fetchStage?(): Promise<StageOf<R>>;
}

/** A recording and what goes with it, on its way to the stage. */
export interface Loaded<R extends AnyRecording = AnyRecording> {
  readonly recording: R;
  readonly scenes: readonly Scene[];
  /** Where more of it is, if it is of a run that may still be training. */
  readonly live: Live | null;
}

/** What puts a kind of recording on stage. */
export interface StageOf<R extends AnyRecording = AnyRecording> {
  putOnStage(page: PageAccess, loaded: Loaded<R>): OnStage;
}
