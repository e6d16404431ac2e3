/**
 * What the page knows and does; components read it and call it.
 *
 * Whatever a link carries is in `state`, so that writing the link, scrubbing and jumping are one and
 * the same thing. At most its time changes at every frame, and only what reads the time follows.
 */
import { Engine, type Progress } from "../engine/client";
import { fetchRecording, listRecordings, openRecording, type Listed } from "../recording/load";
import { sentence } from "../recording/problem";
import type { Recording, Settings } from "../recording/types.gen";
import { captionAt, direct, type Director, type Entry } from "../story/director";
import type { Caption, Layout, Scene, View } from "../story/scene";
import type { Action } from "../story/shape";
import { scenes } from "../story/story";
import { comparisonOf, ownLabel, paired } from "./compare";
import { readHash, writeHash } from "./hash";
import { changesFrom, keyOf, knobsOf, settingsFor } from "./settings";
import { initial, type Knobs, type State } from "./state";

export const SCENE_IDS = scenes.map((scene) => scene.id);
const CLUMSY = scenes.find((scene) => scene.phase === 2);
const CLEAN = scenes.find((scene) => scene.phase === 5);

export interface Notice {
  readonly id: number;
  readonly kind: "problem" | "news";
  readonly text: string;
}

/** A training that is under way. */
export interface Training {
  readonly title: string;
  readonly progress: Progress | null;
  /** Seconds that are left, by the pace so far; null until there is a pace. */
  readonly left: number | null;
}

/** One stage: a scene of a recording, with a label where two stand side by side. */
export interface Side {
  readonly recording: Recording;
  readonly scene: Scene;
  readonly label: string;
}

const SEEDS_OF_SPREAD = 5;
const MAX_CACHED = 12;
const MAX_NOTICES = 4;

export class Page {
  readonly state: State = $state({ ...initial });
  /** The story that was loaded; knobs are measured against it. */
  told = $state.raw<Recording | null>(null);
  /** The story on screen: the loaded one, or one trained here from it. */
  recording = $state.raw<Recording | null>(null);
  /** What stands on the right side, once it is there. */
  other = $state.raw<{ compare: string; recording: Recording; label: string } | null>(null);
  listed = $state.raw<readonly Listed[]>([]);
  notices = $state.raw<readonly Notice[]>([]);
  training = $state.raw<Training | null>(null);
  loading = $state(true);
  layout = $state<Layout>("wide");
  reducedMotion = $state(false);
  /** Whether the runtime was asked for and has answered. */
  engineReady = $state(false);
  dialog = $state<"help" | "maths" | "export" | null>(null);

  readonly view: View = $derived({
    layout: this.state.compare && this.layout === "wide" ? "tall" : this.layout,
    exploration: this.state.exploration,
    drawSeed: this.state.drawSeed,
    start: this.state.start,
    run: this.state.run,
    wires: null,
  });

  /** The knobs as they stand: the story's own, but for what was moved. */
  readonly knobs: Knobs | null = $derived(
    this.told ? { ...knobsOf(this.told.settings), ...this.state.knobs } : null,
  );

  readonly #before: boolean = $derived(this.state.compare === "before");
  readonly #other = $derived(this.other?.compare === this.state.compare ? this.other : null);

  /** The timeline; of two stories side by side, that of the longer one. */
  readonly director: Director | null = $derived.by(() => {
    const { recording, view } = this;
    if (!recording) return null;
    if (this.#before) {
      return CLUMSY && CLEAN ? direct(recording, view, [paired(CLUMSY, CLEAN, recording)]) : null;
    }
    const other = this.#other?.recording;
    return direct(
      recording,
      view,
      other ? scenes.map((scene) => paired(scene, scene, other)) : scenes,
    );
  });

  readonly entries: readonly Entry[] = $derived(this.director?.entries ?? []);
  readonly total: number = $derived(this.director?.total ?? 0);
  readonly entry: Entry | null = $derived(
    this.entries.find(({ scene }) => scene.id === this.state.scene) ?? this.entries[0] ?? null,
  );
  /** Seconds into the scene, within it. */
  readonly time: number = $derived(Math.min(this.state.time, this.entry?.duration ?? 0));
  /** Seconds into the story. */
  readonly position: number = $derived((this.entry?.start ?? 0) + this.time);

  readonly sides: readonly Side[] = $derived.by(() => {
    const { recording, entry } = this;
    if (!recording || !entry) return [];
    if (this.#before && CLUMSY && CLEAN) {
      return [
        { recording, scene: CLUMSY, label: "Before fine-tuning" },
        { recording, scene: CLEAN, label: "After fine-tuning" },
      ];
    }
    const own = scenes.find(({ id }) => id === entry.scene.id);
    if (!own) return [];
    const other = this.#other;
    if (!other) return [{ recording, scene: own, label: "" }];
    return [
      { recording, scene: own, label: ownLabel(other.compare, recording.settings) },
      { recording: other.recording, scene: own, label: other.label },
    ];
  });

  /** The moment that a side shows: with reduced motion, the last stop. */
  timeOf(side: Side): number {
    const time = Math.min(this.time, side.scene.duration(side.recording, this.view));
    if (!this.reducedMotion) return time;
    const stops = side.scene.stops(side.recording, this.view);
    return stops.findLast((stop) => stop <= time + 1e-6) ?? 0;
  }

  /** The caption of a side at this moment. */
  captionOf(side: Side): Caption {
    return captionAt(side.scene, side.recording, this.timeOf(side), this.view);
  }

  readonly #engine: Engine;
  readonly #changed: () => void;
  readonly #cache = new Map<string, Recording>();
  #controller: AbortController | null = null;
  #othersController: AbortController | null = null;
  #notices = 0;
  #asked = "";

  /** `changed` is called whenever the state was changed. */
  constructor(engine: Engine, changed: () => void) {
    this.#engine = engine;
    this.#changed = changed;
  }

  // --- messages ---

  say(kind: Notice["kind"], text: string): void {
    const others = this.notices.filter((notice) => notice.text !== text);
    this.notices = [...others, { id: this.#notices++, kind, text }].slice(-MAX_NOTICES);
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  // --- state and link ---

  update(patch: Partial<State>): void {
    Object.assign(this.state, patch);
    this.#changed();
  }

  hash(): string {
    return writeHash(this.state, SCENE_IDS);
  }

  /** Takes over what a link says; then loads and trains what it asks for. */
  async follow(hash: string): Promise<void> {
    const { state, problems } = readHash(hash, SCENE_IDS);
    const before = this.state.story;
    this.update(state);
    for (const problem of problems) this.say("problem", problem);
    if (!this.recording || state.story !== before) await this.#loadStory(state.story);
    else await this.retrain();
    await this.loadOther();
  }

  // --- stories ---

  async open(hash: string): Promise<void> {
    try {
      this.listed = await listRecordings();
    } catch (error) {
      this.say("problem", sentence(error));
    }
    await this.follow(hash);
    this.loading = false;
  }

  async #loadStory(name: string | null): Promise<void> {
    const known = this.listed.some((one) => one.name === name);
    const first = this.listed[0]?.name ?? null;
    if (name && !known && first) {
      this.say("problem", `There is no story “${name}” here; the first one is shown.`);
      this.update({ story: null });
    }
    const chosen = name && (known || !first) ? name : first;
    if (!chosen) return;
    try {
      const recording = await fetchRecording(chosen);
      this.#tell(recording);
      await this.retrain();
    } catch (error) {
      this.say("problem", sentence(error));
    }
  }

  async choose(name: string): Promise<void> {
    try {
      const recording = await fetchRecording(name);
      const story = name === this.listed[0]?.name ? null : name;
      this.update({
        story,
        knobs: {},
        start: null,
        run: null,
        time: 0,
        scene: null,
        compare: null,
      });
      this.#tell(recording);
    } catch (error) {
      this.say("problem", sentence(error));
    }
  }

  async drop(file: File): Promise<void> {
    try {
      const recording = await openRecording(file);
      this.update({ knobs: {}, start: null, run: null, time: 0, scene: null, compare: null });
      this.#tell(recording);
      this.say("news", `Playing ${file.name}: ${recording.title}.`);
    } catch (error) {
      this.say("problem", `${sentence(error)} What was on screen stays.`);
    }
  }

  /** A loaded story takes the stage. */
  #tell(recording: Recording): void {
    this.cancel();
    this.told = recording;
    this.#cache.clear();
    this.#show(recording);
  }

  #show(recording: Recording): void {
    this.recording = recording;
    const { start, run } = this.state;
    const runs = new Set(["main", ...recording.ablations.map((one) => one.name)]);
    if (start !== null && !recording.world.starts.includes(start)) {
      this.say("problem", `Start ${start} does not exist on this line; the story's own is shown.`);
      this.update({ start: null });
    }
    if (run !== null && !runs.has(run)) {
      this.say("problem", `There is no run “${run}” in this story; its main one is shown.`);
      this.update({ run: null });
    }
  }

  // --- the clock ---

  /** Moves the clock on by `seconds` of real time. */
  tick(seconds: number): void {
    const { director } = this;
    if (!this.state.playing || !director) return;
    const to = director.advance(this.position, seconds * this.state.speed, this.state.loop);
    const { entry, time } = director.locate(to);
    const playing = this.state.loop || to < director.total;
    this.update({ scene: entry.scene.id, time, ...(playing ? {} : { playing }) });
  }

  toggle(): void {
    if (!this.state.playing && this.position >= this.total - 0.01) this.seek(0);
    this.update({ playing: !this.state.playing });
  }

  /** Jumps to a moment of the whole story. */
  seek(position: number): void {
    const place = this.director?.locate(position);
    if (place) this.update({ scene: place.entry.scene.id, time: round(place.time) });
  }

  go(scene: string, time = 0): void {
    const leaves = this.#before && scene !== this.entry?.scene.id;
    this.update({ scene, time: round(time), ...(leaves ? { compare: null } : {}) });
  }

  /** To the phase of that number, if there is one. */
  phase(number: number): void {
    const scene = scenes.find((one) => one.phase === number);
    if (scene) this.go(scene.id);
  }

  neighbour(direction: 1 | -1): void {
    const entry = this.entries[(this.entry?.index ?? 0) + direction];
    if (entry) this.go(entry.scene.id);
  }

  step(direction: 1 | -1): void {
    const { director, position } = this;
    if (!director) return;
    this.seek(direction > 0 ? director.nextStop(position) : director.previousStop(position));
    this.update({ playing: false });
  }

  act(action: Action): void {
    switch (action.kind) {
      case "choose-start":
        return this.update({ start: action.start });
      case "choose-run":
        return this.update({ run: action.run === "main" ? null : action.run });
      case "go":
        return this.go(action.scene, action.time);
      case "maths":
        this.update({ playing: false });
        this.dialog = "maths";
    }
  }

  // --- training in the page ---

  /** Loads the runtime ahead of its use; a failure shows only once it is needed. */
  async warm(): Promise<void> {
    try {
      await this.#engine.warm();
      this.engineReady = true;
    } catch {
      this.engineReady = false;
    }
  }

  /** A knob was released at `value`. */
  async turn<K extends keyof Knobs>(knob: K, value: Knobs[K]): Promise<void> {
    const { told, knobs } = this;
    if (!told || !knobs) return;
    this.update({ knobs: changesFrom(told.settings, { ...knobs, [knob]: value }) });
    await this.retrain();
    if (this.state.compare) await this.loadOther();
  }

  async reset(): Promise<void> {
    this.update({ knobs: {} });
    await this.retrain();
    if (this.state.compare) await this.loadOther();
  }

  /** Brings the story on screen to what the knobs ask for. */
  async retrain(): Promise<void> {
    const { told, knobs } = this;
    if (!told || !knobs) return;
    const settings = settingsFor(told.settings, knobs);
    const key = keyOf(settings);
    if (key === this.#asked && this.training) return;
    this.#controller?.abort();
    this.#controller = null;
    this.training = null;
    const known = key === keyOf(told.settings) ? told : this.#cache.get(key);
    if (known) {
      if (known !== this.recording) this.#show(known);
      return;
    }
    this.#asked = key;
    await this.#train("Training the new story", (progress, signal) =>
      this.#engine.record(settings, this.#carried(), progress, signal),
    );
  }

  /** Trains what stands beside the main run again, under its settings. */
  async trainAblations(): Promise<void> {
    const { recording } = this;
    if (!recording) return;
    await this.#train("Training the ablations", (progress, signal) =>
      this.#engine.ablations(recording, progress, signal),
    );
  }

  async trainSeeds(): Promise<void> {
    const { recording } = this;
    if (!recording) return;
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

  #carried(): Pick<Recording, "ablations" | "spread"> {
    // A story on another line has none of its own: the loaded one's come back with its line.
    const from = this.recording?.ablations.length ? this.recording : this.told;
    return { ablations: from?.ablations ?? [], spread: from?.spread ?? null };
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
      this.training = null;
      this.engineReady = true;
      this.#remember(recording);
      this.#show(recording);
    } catch (error) {
      if (controller.signal.aborted || this.#controller !== controller) return;
      this.training = null;
      this.say("problem", sentence(error));
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
    if (this.told && keyOf(this.told.settings) === key) this.told = recording;
  }

  #knobsBack(): void {
    if (!this.told || !this.recording) return;
    this.update({ knobs: changesFrom(this.told.settings, knobsOf(this.recording.settings)) });
  }

  // --- side by side ---

  async compare(compare: string | null): Promise<void> {
    const clumsy = compare === "before" && CLUMSY ? { scene: CLUMSY.id, time: 0 } : {};
    this.update({ compare, ...clumsy });
    await this.loadOther();
  }

  /** Loads or trains what stands on the right side. */
  async loadOther(): Promise<void> {
    const { recording } = this;
    const { compare } = this.state;
    this.#othersController?.abort();
    this.#othersController = null;
    if (!compare || !recording) {
      this.other = null;
      return;
    }
    const comparison = comparisonOf(compare, recording.settings);
    if (comparison.kind === "before") return;
    const controller = new AbortController();
    this.#othersController = controller;
    try {
      const found =
        comparison.kind === "story"
          ? await fetchRecording(comparison.name, controller.signal)
          : await this.#trained(comparison.settings, controller.signal);
      if (controller.signal.aborted) return;
      const label = comparison.kind === "story" ? found.title : comparison.label;
      this.other = { compare, recording: found, label };
    } catch (error) {
      if (controller.signal.aborted) return;
      this.say("problem", sentence(error));
      this.update({ compare: null });
    } finally {
      if (this.#othersController === controller && !this.#controller) this.training = null;
    }
  }

  async #trained(settings: Settings, signal: AbortSignal): Promise<Recording> {
    const key = keyOf(settings);
    const known = [this.told, this.recording, ...this.#cache.values()].find(
      (one) => one && keyOf(one.settings) === key,
    );
    if (known) return known;
    const title = "Training the right side";
    this.training = { title, progress: null, left: null };
    const recording = await this.#engine.record(
      settings,
      this.#carried(),
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
    if (training && !this.#before && this.other?.compare !== this.state.compare) {
      this.update({ compare: null });
    }
  }
}

/** Times in links need no more than milliseconds. */
function round(time: number): number {
  return Math.round(time * 1000) / 1000;
}
