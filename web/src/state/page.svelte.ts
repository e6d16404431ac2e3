/**
 * What the page knows and does, whatever the story; components read it and call it.
 *
 * Whatever a link carries is in `state`, so that writing the link, scrubbing and jumping are one and
 * the same thing. At most its time changes at every frame, and only what reads the time follows.
 * What only one kind of story knows is in its folder of `stories/`; no kind is named here.
 */
import type { Engine } from "../engine/client";
import { fetchDefinitions } from "../recording/definitions";
import type { Definitions } from "../recording/definitions.gen";
import type { AnyRecording } from "../recording/form";
import {
  fetchFresh,
  fetchRecording,
  listRecordings,
  type Fresh,
  type Listed,
} from "../recording/load";
import { Problem, sentence } from "../recording/problem";
import { captionAt, direct, type Director, type Entry } from "../scene/director";
import type { Caption, Layout, Scene, View } from "../scene/scene";
import type { Action } from "../scene/shape";
import type { PageAccess, OnStage, Side } from "../stories/onStage";
import { STORIES, storyOf } from "../stories/registry";
import { scenesOf } from "../stories/scenes";
import { SingleStory } from "../stories/single";
import type { Loaded, StageOf, Story } from "../stories/story";
import { placeOf, readHash, writeHash } from "./hash";
import { Opened } from "./opened";
import { initial, OWN, type State } from "./state";

/** A recording, and, if it is of a run that may still be training, where more of it is. */
type Arrived = Pick<Loaded, "recording" | "live">;

export interface Notice {
  readonly id: number;
  readonly kind: "problem" | "news";
  readonly text: string;
  /** What can be done about it. */
  readonly offer?: { readonly label: string; readonly take: () => void };
}

const MAX_NOTICES = 4;
/** The scrubber moves until it has not for that long. */
const RESTS_AFTER_MS = 120;

/** A file with a larger text is no puzzle. */
const LONGEST_TEXT = 20_000;

/** Where a story begins; what the reader has set up for the page stays. */
const BEGINNING: Partial<State> = {
  scene: null,
  time: 0,
  compare: null,
  own: Object.fromEntries(
    Object.entries(OWN).flatMap(([key, { initial, lasts }]) => (lasts ? [] : [[key, initial]])),
  ),
};

export class Page implements PageAccess {
  readonly state: State = $state({ ...initial, own: { ...initial.own } });
  /** The story on stage. */
  story = $state.raw<OnStage | null>(null);
  /** Of which kind it is. */
  readonly about: Story | undefined = $derived(storyOf(this.story?.recording.kind));
  listed = $state.raw<readonly Listed[]>([]);
  definitions = $state.raw<Definitions | null>(null);
  notices = $state.raw<readonly Notice[]>([]);
  loading = $state(true);
  layout = $state<Layout>("wide");
  reducedMotion = $state(false);
  /** Whether the scrubber is on the move, or was a moment ago. */
  scrubbing = $state(false);
  dialog = $state<"help" | "maths" | null>(null);

  readonly view: View = $derived({
    layout: this.state.compare && this.layout === "wide" ? "tall" : this.layout,
    ...this.story?.view,
  });

  readonly director: Director | null = $derived(
    this.story ? direct(this.story.recording, this.view, this.story.timeline) : null,
  );

  readonly entries: readonly Entry[] = $derived(this.director?.entries ?? []);
  readonly total: number = $derived(this.director?.total ?? 0);
  readonly entry: Entry | null = $derived(
    this.entries.find(({ scene }) => scene.id === this.state.scene) ?? this.entries[0] ?? null,
  );
  /** Seconds into the scene, within it. */
  readonly time: number = $derived(Math.min(this.state.time, this.entry?.duration ?? 0));
  /** Seconds into the story. */
  readonly position: number = $derived((this.entry?.start ?? 0) + this.time);

  readonly sides: readonly Side[] = $derived(
    this.story && this.entry ? this.story.sides(this.entry.scene.id) : [],
  );

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

  readonly engine: Engine;
  readonly #changed: () => void;
  readonly #opened = new Opened();
  /** What a link asked for that has to be opened from its file first. */
  #wanted: { readonly name: string; readonly hash: string } | null = null;
  /** Asks the reader for a file; the page that holds the button sets it. */
  askForFile: () => void = () => undefined;
  readonly #held = new Map<string, unknown>();
  #scrubbed = 0;
  #notices = 0;
  #loads = 0;

  /** `changed` is called whenever the state was changed. */
  constructor(engine: Engine, changed: () => void) {
    this.engine = engine;
    this.#changed = changed;
  }

  once<T>(name: string, make: () => T): T {
    if (!this.#held.has(name)) this.#held.set(name, make());
    return this.#held.get(name) as T;
  }

  // --- messages ---

  say(kind: Notice["kind"], text: string, offer?: Notice["offer"]): void {
    const others = this.notices.filter((notice) => notice.text !== text);
    const one = { id: this.#notices++, kind, text, ...(offer ? { offer } : {}) };
    this.notices = [...others, one].slice(-MAX_NOTICES);
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  // --- state and link ---

  update({ own, ...patch }: Partial<State>): void {
    Object.assign(this.state, patch);
    Object.assign(this.state.own, own);
    this.#changed();
  }

  keep(values: State["own"]): void {
    this.update({ own: values });
  }

  hash(): string {
    return writeHash(this.state);
  }

  place(): string {
    return placeOf(this.state);
  }

  /** Takes over what a link says; then loads and trains what it asks for. */
  async follow(hash: string): Promise<void> {
    const { state, problems } = readHash(hash);
    const before = this.state.story;
    this.update(state);
    for (const problem of problems) this.say("problem", problem);
    if (!this.story || state.story !== before) await this.#loadStory(state.story);
    else await this.#settle(this.story);
  }

  /** Holds the state to the story that is on stage. */
  async #settle(story: OnStage): Promise<void> {
    const { scene } = this.state;
    if (scene !== null && story.scenes.every(({ id }) => id !== scene)) {
      this.say(
        "problem",
        `The link asks for scene = ${scene.slice(0, 40)}, but this story has ` +
          `${story.scenes.map(({ id }) => id).join(", ")}; it begins at its first.`,
      );
      this.update({ scene: null, time: 0 });
    }
    await story.follow();
    // What is on screen is what the link says: beyond its end a scene shows its end.
    if (story === this.story && this.state.time > this.time)
      this.update({ time: round(this.time) });
  }

  // --- stories ---

  async open(hash: string): Promise<void> {
    const failed = (error: unknown): null => (this.say("problem", sentence(error)), null);
    const [listed, definitions] = await Promise.all([
      listRecordings().catch(failed),
      fetchDefinitions().catch(failed),
    ]);
    this.listed = listed ?? [];
    this.definitions = definitions;
    await this.follow(hash);
    this.loading = false;
    this.#changed(); // the address was not written meanwhile
  }

  async #loadStory(name: string | null): Promise<void> {
    const known = this.listed.some((one) => one.name === name);
    const first = this.listed[0]?.name ?? null;
    const fromFile = name !== null && !known && this.#opened.wasOpened(name);
    if (name && !known && (first || fromFile)) this.#miss(name, fromFile);
    const chosen = name && (known || !(first || fromFile)) ? name : first;
    if (!chosen) return;
    try {
      await this.#play(this.#fetched(chosen), () => undefined);
    } catch (error) {
      this.say("problem", sentence(error));
    }
  }

  /** Says that a story is not there; what came from a file has to be opened again. */
  #miss(name: string, fromFile: boolean): void {
    const why = STORIES.map((one) => one.missing?.(name, this.definitions)).find(Boolean);
    if (why && !fromFile) this.say("problem", why);
    else {
      const words = fromFile
        ? `“${name}” was opened from a file, which the page cannot do by itself: open it again to ` +
          `go on where you were.`
        : `There is no story “${name}” here; the first one is shown. If it came from a file, open ` +
          `that file again.`;
      this.#wanted = { name, hash: this.hash() };
      this.say("problem", words, { label: "Open a file", take: () => this.askForFile() });
    }
    this.update({ ...(fromFile ? BEGINNING : {}), story: null });
  }

  /** Where the link wanted to be in the file that was opened; null where it asked for another. */
  #regained(name: string | null): Partial<State> | null {
    const wanted = this.#wanted;
    if (!wanted || wanted.name !== name) return null;
    this.#wanted = null;
    this.notices = this.notices.filter(({ offer }) => !offer);
    return readHash(wanted.hash).state;
  }

  async relist(): Promise<void> {
    this.listed = [...(await listRecordings()), ...this.#opened.listed];
  }

  async choose(name: string): Promise<void> {
    try {
      await this.#begin(name);
    } catch (error) {
      this.say("problem", sentence(error));
    }
  }

  /** To the first recording of that kind. */
  async chooseKind({ kind }: Story): Promise<void> {
    const first = this.listed.find((one) => one.kind === kind);
    if (first && this.about?.kind !== kind) await this.choose(first.name);
  }

  /** To a scene of a kind of story, from wherever; where none is here, that is said. */
  async goTo(story: Story, scene: string): Promise<void> {
    if (this.about !== story) await this.chooseKind(story);
    if (this.about === story) return this.go(scene);
    const title = story.title(this.definitions);
    if (!this.has(story)) this.say("news", `“${title}” is not here: no recording of it is listed.`);
  }

  /** Whether such a story is on stage, or could be. */
  has(story: Story): boolean {
    return this.about === story || this.listed.some(({ kind }) => kind === story.kind);
  }

  /** Opens files: the first recording among them plays, and the list of stories has them all. */
  async drop(files: readonly File[]): Promise<void> {
    const names: string[] = [];
    try {
      await this.#play(this.#openAll(files, names), ({ title }) => {
        const [story = null] = names;
        this.update({ ...BEGINNING, ...this.#regained(story), story });
        const more = names.length - 1;
        const others = more
          ? ` ${more} more ${more > 1 ? "are" : "is"} in the list of stories.`
          : "";
        this.say("news", `Playing ${story}: ${title}.${others}`);
      });
    } catch (error) {
      const why = await this.#takeText(files).then(
        (taken) => (taken ? null : sentence(error)),
        sentence,
      );
      if (why) this.say("problem", `${why} What was on screen stays.`);
    }
  }

  /** Gives a text among `files` to the first story that can use it; whether there was one. */
  async #takeText(files: readonly File[]): Promise<boolean> {
    for (const file of files.filter(({ size }) => size <= LONGEST_TEXT)) {
      const text = await file.text().catch(() => "");
      for (const story of STORIES) {
        const values = await story.takes?.(text);
        const first = this.listed.find(({ kind }) => kind === story.kind)?.name;
        if (!values || !(first || this.about === story)) continue;
        this.say("news", `${file.name} is on the table of “${story.title(this.definitions)}”.`);
        if (this.about === story && this.story?.receive) await this.story.receive(values);
        else if (first) await this.#begin(first, values);
        return true;
      }
    }
    return false;
  }

  /** Puts a story on stage from its beginning, with what it keeps in the link. */
  async #begin(name: string, values: State["own"] = {}): Promise<void> {
    const story = name === this.listed[0]?.name ? null : name;
    await this.#play(this.#fetched(name), () =>
      this.update({ ...BEGINNING, story, own: { ...BEGINNING.own, ...values } }),
    );
  }

  /** Lists every recording among `files` and puts its name into `names`; the first is returned. */
  async #openAll(files: readonly File[], names: string[]): Promise<Arrived> {
    let first: AnyRecording | null = null;
    const problems: string[] = [];
    for (const file of files) {
      try {
        const beside = this.listed.filter((one) => !this.#opened.listed.includes(one));
        const { name, recording } = await this.#opened.add(file, beside);
        this.listed = [...beside, ...this.#opened.listed];
        names.push(name);
        first ??= recording;
      } catch (error) {
        problems.push(sentence(error));
      }
    }
    if (!first) throw new Problem(problems.join(" "));
    if (problems.length) this.say("problem", problems.join(" "));
    return { recording: first, live: null };
  }

  /**
   * A recording takes the stage once it and its scenes are there, unless another was asked for
   * meanwhile; `arrived` is called just before.
   */
  async #play(
    loading: Promise<Arrived>,
    arrived: (recording: AnyRecording) => void,
  ): Promise<void> {
    const load = ++this.#loads;
    const { recording, live } = await loading;
    const [scenes, stage] = await partsOf(storyOf(recording.kind)).catch(() => {
      throw new Problem(
        "The scenes of this story cannot be loaded: the server does not answer. If the studio " +
          "is running, load the page again.",
      );
    });
    if (load !== this.#loads) return;
    arrived(recording);
    this.story?.leave();
    this.story = stage.putOnStage(this, { recording, scenes, live });
    await this.#settle(this.story);
  }

  /** A recording of the list. */
  async fetch(name: string, signal?: AbortSignal): Promise<AnyRecording> {
    return (await this.#opened.read(name)) ?? fetchRecording(name, STORIES, signal);
  }

  fetchFresh(name: string, tag: string | null, signal?: AbortSignal): Promise<Fresh | null> {
    return fetchFresh(name, tag, STORIES, signal);
  }

  async #fetched(name: string): Promise<Arrived> {
    const listed = this.listed.find((one) => one.name === name);
    // They come at the same time; whether they do is seen once both are needed.
    void partsOf(storyOf(listed?.kind)).catch(() => undefined);
    if (!listed?.live) return { recording: await this.fetch(name), live: null };
    const fresh = await this.fetchFresh(name, null);
    if (!fresh) throw new Problem(`The run ${name} was not sent: the server says nothing is new.`);
    return { recording: fresh.recording, live: { name, tag: fresh.tag } };
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

  /** The same for every moment that the scrubber passes. */
  scrub(position: number): void {
    this.seek(position);
    this.#scrubbed = performance.now();
    if (this.scrubbing) return;
    this.scrubbing = true;
    const look = (): void => {
      const left = this.#scrubbed + RESTS_AFTER_MS - performance.now();
      if (left > 0) setTimeout(look, left);
      else this.scrubbing = false;
    };
    look();
  }

  go(scene: string, time = 0): void {
    this.update({ scene, time: round(time), ...this.story?.changesAt(scene, time) });
  }

  /** To the phase of that number, if there is one. */
  phase(number: number): void {
    const scene = this.story?.scenes.find((one) => one.phase === number);
    if (scene) this.go(scene.id);
    else if (this.story) {
      const last = Math.min(9, Math.max(...this.story.scenes.map((one) => one.phase)));
      this.say("news", `There is no scene ${number} here: this story has 0 to ${last}.`);
    }
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
      case "go":
        return this.go(action.scene, action.time);
      case "maths":
        this.update({ playing: false });
        this.dialog = "maths";
        return;
      case "set":
        this.keep(action.values);
        if (action.time !== undefined) this.update({ time: action.time, playing: true });
        return;
    }
  }
}

/** A kind's scenes, and what puts a recording of it on stage. */
async function partsOf(story: Story | undefined): Promise<readonly [readonly Scene[], StageOf]> {
  const single: StageOf = { putOnStage: (page, loaded) => new SingleStory(page, loaded) };
  if (!story) return [[], single];
  return Promise.all([scenesOf(story.id), story.fetchStage?.() ?? single]);
}

/** Times in links need no more than milliseconds. */
function round(time: number): number {
  return Math.round(time * 1000) / 1000;
}
