/**
 * A fine-tuning on stage: knobs that train it again in the page, and what can stand beside it.
 */
import type { Carried, Engine, Progress } from "../../../engine/client";
import type { AnyRecording } from "../../../recording/form";
import constants from "../../../recording/constants.json";
import { baseIn } from "../../../recording/preferences";
import { Problem, sentence } from "../../../recording/problem";
import { keyOf, writeChoices } from "../../../recording/settings";
import type { Choice, Recording, Settings } from "../../../recording/types.gen";
import type { Scene } from "../../../scene/scene";
import { shownTitle } from "../../../scene/words";
import {
  drawn,
  type Choices,
  type Drawn,
  type Fold,
  type PageAccess,
  type OnStage,
  type Side,
} from "../../onStage";
import { paired } from "../../paired";
import type { Loaded } from "../../story";
import { about } from "../about";
import { ablationsOf, titleOf, worldOf, type WorldInPage } from "../definition";
import { ofEach, readChoices, trainingOf, type Knobs, type Training as Rows } from "../knobs";
import Compare from "../panel/Compare.svelte";
import Controls from "../panel/Controls.svelte";
import Teach from "../panel/Teach.svelte";
import Busy from "../../../elements/Busy.svelte";
import { scenes } from "../scenes";
import { changesFrom, knobsOf, knobsWith, refusedIn, settingsFor, turned } from "../settings";
import type { WorldValues, WorldView } from "../view";
import { choicesOf } from "./choices";
import { comparisonOf, ownLabel } from "./compare";
import { ofTraining, ofWorld, type Training } from "./progress";
import { WorldsServer } from "./worlds.svelte";

const CLUMSY = scenes.find((scene) => scene.phase === 2);
const SET = scenes.find((scene) => scene.phase === 3);
const CLEAN = scenes.find((scene) => scene.phase === 5);

const SEEDS_OF_SPREAD = constants.story_seeds;
const MAX_CACHED = 12;

export function putOnStage(page: PageAccess, { recording }: Loaded<Recording>): OnStage {
  return new FineTuning(page, recording);
}

export class FineTuning implements OnStage {
  readonly scenes: readonly Scene[] = scenes;
  readonly legendOpen = false;
  /** The story that was loaded; knobs are measured against it. */
  loaded = $state.raw() as Recording;
  /** The story on screen: the loaded one, or one trained here from it. */
  recording = $state.raw() as Recording;
  /** What stands on the right side, once it is there. */
  other = $state.raw<{ compare: string; recording: Recording; label: string } | null>(null);
  training = $state.raw<Training | null>(null);
  /** Whether the engine has what it trains with. */
  warmed = $state(false);

  readonly #page: PageAccess;
  readonly #engine: Engine;
  readonly #cache = new Map<string, Recording>();
  /** What trains the stories of other worlds. */
  readonly #worlds = new WorldsServer({
    ready: (world) => void this.#arrived(world),
    failed: (words) => this.#problem(words),
  });
  #controller: AbortController | null = null;
  #othersController: AbortController | null = null;
  /** The settings that are being trained, or were last. */
  #wanted = "";

  constructor(page: PageAccess, recording: Recording) {
    this.#page = page;
    this.#engine = page.engine;
    this.warmed = page.engine.ready;
    this.loaded = recording;
    this.recording = recording;
    this.#show(recording);
  }

  get #values(): WorldValues {
    return this.#page.state.own as WorldValues;
  }

  get view(): Omit<WorldView, "layout"> {
    const { exploration, drawSeed, start, run } = this.#values;
    return { exploration, drawSeed, start, run, definitions: this.#page.definitions };
  }

  get folds(): readonly Fold[] {
    const props = { page: this.#page, story: this };
    return [
      {
        title: "Knobs",
        content: drawn(Controls, props),
        open: ({ narrow }) => !narrow,
      },
      {
        title: "You are the teacher",
        content: drawn(Teach, { story: this }),
        open: ({ narrow, tall }) => !narrow && tall,
      },
      {
        title: "Side by side",
        content: drawn(Compare, props),
        open: ({ narrow, tall }) => !narrow && tall,
      },
    ];
  }

  get choices(): Choices {
    const among = choicesOf(this.#page, this.#worlds, this.world);
    return { title: "Worlds", among, making: this.#worldInTraining };
  }

  get floating(): Drawn | null {
    const { training } = this;
    const cancel = (): void => this.cancelAll();
    return training && drawn(Busy, ofTraining(training, cancel));
  }

  /** How far the story of another world is. */
  get #worldInTraining(): Drawn | null {
    const { states } = this.#worlds;
    const world = this.#page.definitions?.worlds.find(
      ({ name }) => states[name]?.state === "training",
    );
    const state = world && states[world.name];
    if (!state) return null;
    const cancel = (): void => void this.#worlds.cancel(world.name);
    return drawn(Busy, ofWorld(world.title, state, cancel));
  }

  /** What is defined of the story's world; undefined where it is not known here. */
  get world(): WorldInPage | undefined {
    return worldOf(this.#page, this.loaded.settings);
  }

  /** The knobs of its world. */
  get rows(): Rows {
    return trainingOf(this.world);
  }

  /** The knobs as they stand: the story's own, but for what was moved. */
  get knobs(): Knobs {
    return knobsWith(this.rows, this.loaded.settings, this.#values);
  }

  get #compare(): string | null {
    return this.#page.state.compare;
  }

  get #beside(): { readonly recording: Recording; readonly label: string } | null {
    return this.other?.compare === this.#compare ? this.other : null;
  }

  get timeline(): readonly Scene[] {
    const { recording } = this;
    if (this.#compare === "before") {
      return CLUMSY && CLEAN ? [paired(CLUMSY, CLEAN, recording)] : [];
    }
    const other = this.#beside?.recording;
    return other ? scenes.map((scene) => paired(scene, scene, other)) : scenes;
  }

  sides(id: string): readonly Side[] {
    const { recording } = this;
    if (this.#compare === "before" && CLUMSY && CLEAN) {
      return [
        { recording, scene: CLUMSY, label: "Before fine-tuning" },
        { recording, scene: CLEAN, label: "After fine-tuning" },
      ];
    }
    const scene = scenes.find((one) => one.id === id);
    if (!scene) return [];
    const other = this.#beside;
    if (!other || !this.#compare) return [{ recording, scene, label: "" }];
    return [
      { recording, scene, label: ownLabel(this.#compare, recording.settings, this.rows) },
      { recording: other.recording, scene, label: other.label },
    ];
  }

  /** The run after training. */
  get finale(): Side | null {
    return CLEAN ? { recording: this.recording, scene: CLEAN, label: "" } : null;
  }

  /** Before and after stand side by side in one scene only. */
  changesAt(scene: string): { readonly compare?: null } {
    return this.#compare === "before" && scene !== CLUMSY?.id ? { compare: null } : {};
  }

  async follow(): Promise<void> {
    void this.#worlds.look();
    for (const [name, words] of refusedIn(this.rows, this.#values)) {
      this.#problem(words);
      this.#page.keep({ [name]: null });
    }
    // A link's choices say from what it learns, and from how much.
    const { choices } = this.#values;
    const chosen = choices === null ? null : readChoices(choices);
    if (chosen) this.#page.keep({ learn: "preferences", examples: chosen.length });
    await this.retrain();
    this.#holdLink();
    await this.loadOther();
  }

  leave(): void {
    this.#controller?.abort();
    this.#othersController?.abort();
    this.#worlds.leave();
  }

  /** The story of a world has been trained: it begins, unless somebody is watching this one. */
  async #arrived(name: string): Promise<void> {
    const world = this.#page.definitions?.worlds.find((one) => one.name === name);
    if (!world) return;
    await this.#page.relist().catch((error: unknown) => this.#problem(sentence(error)));
    if (this.#page.state.story === world.story) {
      // It came along, and what learns in it did not.
      this.#page.say(
        "news",
        `The models of “${shownTitle(world.title)}” are trained: turn a knob.`,
      );
    } else if (this.#page.state.playing) {
      this.#page.say(
        "news",
        `The story of “${shownTitle(world.title)}” is trained: choose its picture.`,
      );
    } else await this.#page.choose(world.story);
  }

  #show(recording: Recording): void {
    this.recording = recording;
    this.#holdLink();
  }

  /** What the link asks for of the story on stage, if it is there. */
  #holdLink(): void {
    const { recording } = this;
    const { start, run } = this.#values;
    const runs = new Set(["main", ...recording.ablations.map((one) => one.name)]);
    if (start !== null && !recording.world.starts.includes(start)) {
      this.#problem(`Start ${start} does not exist in this world; the story's own is shown.`);
      this.#page.keep({ start: null });
    }
    if (run !== null && !runs.has(run)) {
      this.#problem(`There is no run “${run}” in this story; its main one is shown.`);
      this.#page.keep({ run: null });
    }
  }

  #problem(text: string): void {
    this.#page.say("problem", text);
  }

  // --- training in the page ---

  /** Loads the runtime ahead of its use; a failure shows only once it is needed. */
  async warm(): Promise<void> {
    if (!this.warmed) await this.#engine.warm(this.loaded.settings).catch(() => undefined);
    this.warmed = this.#engine.ready;
  }

  /** A knob was released at `value`. */
  async turn<K extends keyof Knobs>(knob: K, value: Knobs[K]): Promise<void> {
    await this.#turnTo(turned(this.knobs, knob, value));
  }

  /** A visitor's own preferences: the model learns from them, and from nothing else. */
  async teach(choices: readonly Choice[]): Promise<void> {
    const { knobs } = this;
    await this.#turnTo({
      ...knobs,
      learn: "preferences",
      examples: choices.length,
      choices: writeChoices(choices),
    });
    // What came of it plays from where her thumbs are seen.
    const settings = this.recording.settings;
    const shown =
      SET && settings.choices && writeChoices(settings.choices) === writeChoices(choices);
    if (shown) this.#page.update({ scene: SET.id, time: 0, playing: true });
  }

  async #turnTo(knobs: Knobs): Promise<void> {
    this.#page.keep(changesFrom(this.rows, this.loaded.settings, knobs));
    await this.retrain();
    if (this.#compare) await this.loadOther();
  }

  async reset(): Promise<void> {
    this.#page.keep(ofEach(() => null));
    await this.retrain();
    if (this.#compare) await this.loadOther();
  }

  /** Brings the story on screen to what the knobs ask for. */
  async retrain(): Promise<void> {
    const { loaded } = this;
    const settings = settingsFor(this.rows, loaded.settings, this.knobs);
    const key = keyOf(settings);
    if (key === this.#wanted && this.training) return;
    this.#controller?.abort();
    this.#controller = null;
    this.training = null;
    const known = key === keyOf(loaded.settings) ? loaded : this.#cache.get(key);
    if (known) {
      if (known !== this.recording) this.#show(known);
      return;
    }
    this.#wanted = key;
    await this.#train("Training the new story", (progress, signal) =>
      this.#engine.record(
        settings,
        this.#titleOf(settings),
        this.#carried(settings),
        progress,
        signal,
      ),
    );
  }

  /** Trains what stands beside the main run again, under its settings. */
  async trainAblations(): Promise<void> {
    const { recording } = this;
    await this.#train("Training the ablations", (progress, signal) =>
      this.#engine.ablations(
        recording,
        ablationsOf(this.#known(), recording.settings),
        progress,
        signal,
      ),
    );
  }

  async trainSeeds(): Promise<void> {
    const { recording } = this;
    await this.#train(`Training ${SEEDS_OF_SPREAD} seeds`, (progress, signal) =>
      this.#engine.spread(recording, SEEDS_OF_SPREAD, progress, signal),
    );
  }

  /** Stops what is being trained; the knobs go back to the story on screen. */
  cancel(): void {
    this.#controller?.abort();
    this.#controller = null;
    this.training = null;
    this.#knobsBack();
  }

  #titleOf(settings: Settings): string {
    return titleOf(this.#known(), settings);
  }

  /** Throws a Problem where the world has no such wiring to train; other comparisons have one. */
  #canTrain(compare: string): void {
    const { title } = this.#known();
    const other = compare === "flat" || compare === "hierarchy" ? compare : null;
    if (other && this.rows.preset.refusal?.(other)) {
      throw new Problem(`“${title}” has no model “${other}” that can be trained in the page.`);
    }
  }

  /** What is defined of the world, for what cannot be done without. */
  #known(): WorldInPage {
    if (this.world) return this.world;
    const [title] = this.loaded.title.split(":");
    throw new Problem(`The world “${title}” is not defined here, so nothing can be trained in it.`);
  }

  #carried(settings: Settings): Carried {
    // A story of another size has none of its own: the loaded one's come back with its size.
    const from = this.recording.ablations.length ? this.recording : this.loaded;
    const base = baseIn(this.recording, settings) ?? baseIn(this.loaded, settings);
    return { ablations: from.ablations, spread: from.spread, base };
  }

  async #train(
    title: string,
    work: (progress: (p: Progress) => void, signal: AbortSignal) => Promise<Recording>,
  ): Promise<void> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.training = { title, progress: null, left: null };
    try {
      const recording = await work(this.#pace(title), controller.signal);
      if (this.#controller !== controller) return;
      this.#controller = null;
      this.training = null;
      this.warmed = true;
      this.#remember(recording);
      this.#show(recording);
    } catch (error) {
      if (controller.signal.aborted || this.#controller !== controller) return;
      this.#controller = null;
      this.training = null;
      this.#problem(sentence(error));
      this.#knobsBack();
    }
  }

  /** Reports progress, with the time that is left by the pace of the steps so far. */
  #pace(title: string): (progress: Progress) => void {
    let what: string | null = null;
    let began = 0;
    return (progress) => {
      const now = performance.now();
      if (progress.what !== what) [what, began] = [progress.what, now];
      const seconds = (now - began) / 1000;
      const left =
        progress.done > 2 ? (seconds / progress.done) * (progress.of - progress.done) : null;
      this.training = { title, progress, left };
    };
  }

  #remember(recording: Recording): void {
    const key = keyOf(recording.settings);
    this.#cache.delete(key);
    this.#cache.set(key, recording);
    const oldest = this.#cache.keys().next();
    if (this.#cache.size > MAX_CACHED && !oldest.done) this.#cache.delete(oldest.value);
    if (keyOf(this.loaded.settings) === key) this.loaded = recording;
  }

  #knobsBack(): void {
    const { loaded, recording } = this;
    this.#page.keep(
      changesFrom(this.rows, loaded.settings, knobsOf(this.rows, recording.settings)),
    );
  }

  // --- side by side ---

  async compare(compare: string | null): Promise<void> {
    const clumsy = compare === "before" && CLUMSY ? { scene: CLUMSY.id, time: 0 } : {};
    this.#page.update({ compare, ...clumsy });
    await this.loadOther();
  }

  /** Loads or trains what stands on the right side. */
  async loadOther(): Promise<void> {
    const compare = this.#compare;
    this.#othersController?.abort();
    this.#othersController = null;
    // What is shown as being trained is then the main run's, or nothing.
    if (!this.#controller) this.training = null;
    if (!compare) {
      this.other = null;
      return;
    }
    const comparison = comparisonOf(compare, this.recording.settings, this.rows);
    if (comparison.kind === "before") return;
    const controller = new AbortController();
    this.#othersController = controller;
    try {
      if (comparison.kind === "settings") this.#canTrain(compare);
      const found =
        comparison.kind === "story"
          ? await this.#fetched(comparison.name, controller.signal)
          : await this.#trained(comparison.settings, controller.signal);
      if (controller.signal.aborted) return;
      const label = comparison.kind === "story" ? found.title : comparison.label;
      this.other = { compare, recording: found, label };
    } catch (error) {
      if (controller.signal.aborted) return;
      this.#problem(sentence(error));
      this.#page.update({ compare: null });
    } finally {
      if (this.#othersController === controller && !this.#controller) this.training = null;
    }
  }

  async #fetched(name: string, signal: AbortSignal): Promise<Recording> {
    const recording = await this.#page.fetch(name, signal);
    if (isOurs(recording)) return recording;
    throw new Problem(`${name} tells another kind of story, so the two cannot stand side by side.`);
  }

  async #trained(settings: Settings, signal: AbortSignal): Promise<Recording> {
    const key = keyOf(settings);
    const known = [this.loaded, this.recording, ...this.#cache.values()].find(
      (one) => keyOf(one.settings) === key,
    );
    if (known) return known;
    const title = "Training the right side";
    this.training = { title, progress: null, left: null };
    const recording = await this.#engine.record(
      settings,
      this.#titleOf(settings),
      this.#carried(settings),
      this.#pace(title),
      signal,
    );
    this.#cache.set(key, recording);
    return recording;
  }

  /** Stops training for the right side as well. */
  cancelAll(): void {
    const training = this.#othersController && this.training;
    this.#othersController?.abort();
    this.#othersController = null;
    this.cancel();
    if (training && this.#compare !== "before" && this.other?.compare !== this.#compare) {
      this.#page.update({ compare: null });
    }
  }
}

function isOurs(recording: AnyRecording): recording is Recording {
  return recording.kind === about.kind;
}
