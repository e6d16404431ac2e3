/**
 * What the page knows and does, whatever the story; components read it and call it.
 *
 * Whatever a link carries is in `state`, so that writing the link, scrubbing and jumping are one and
 * the same thing. At most its time changes at every frame, and only what reads the time follows.
 * What only one kind of story knows is in `fineTuning.svelte.ts`, `ladder.svelte.ts` and the like.
 */
import type { Engine } from "../engine/client";
import type { AnyRecording, Kind } from "../recording/kinds";
import {
  fetchFresh,
  fetchRecording,
  listRecordings,
  openRecording,
  type Listed,
} from "../recording/load";
import { Problem, sentence } from "../recording/problem";
import { captionAt, direct, type Director, type Entry } from "../scene/director";
import type { Caption, Layout, Scene, View } from "../scene/scene";
import type { Action } from "../scene/shape";
import { scenesOf } from "../stories/registry";
import { FineTuning } from "../stories/world/state/fineTuning.svelte";
import { readHash, writeHash } from "./hash";
import type { Host, Side } from "../stories/host";
import { Ladder } from "../stories/assemble/state/ladder.svelte";
import { Run, type Live } from "../stories/run/state/run.svelte";
import { initial, type State } from "./state";
import { Thought } from "../stories/thought/state/thought.svelte";

export type Story = FineTuning | Ladder | Run | Thought;

/** A recording, and, if it is of a run that may still be training, where more of it is. */
interface Loaded {
  readonly recording: AnyRecording;
  readonly live: Live | null;
}

export interface Notice {
  readonly id: number;
  readonly kind: "problem" | "news";
  readonly text: string;
}

const MAX_NOTICES = 4;
/** The scrubber moves until it has not for that long. */
const RESTS_AFTER_MS = 120;

/** Where a story begins; what the reader has set up for the page stays. */
const BEGINNING: Partial<State> = {
  scene: null,
  time: 0,
  knobs: {},
  start: null,
  run: null,
  compare: null,
  wires: null,
};

export class Page implements Host {
  readonly state: State = $state({ ...initial });
  /** The story on stage. */
  story = $state.raw<Story | null>(null);
  listed = $state.raw<readonly Listed[]>([]);
  notices = $state.raw<readonly Notice[]>([]);
  loading = $state(true);
  layout = $state<Layout>("wide");
  reducedMotion = $state(false);
  /** Whether the scrubber is on the move, or was a moment ago. */
  scrubbing = $state(false);
  dialog = $state<"help" | "maths" | null>(null);

  readonly view: View = $derived({
    layout: this.state.compare && this.layout === "wide" ? "tall" : this.layout,
    exploration: this.state.exploration,
    drawSeed: this.state.drawSeed,
    start: this.state.start,
    run: this.state.run,
    wires: this.state.wires,
  });

  readonly director: Director<AnyRecording> | null = $derived(
    this.story ? direct<AnyRecording>(this.story.recording, this.view, this.story.timeline) : null,
  );

  readonly entries: readonly Entry<AnyRecording>[] = $derived(this.director?.entries ?? []);
  readonly total: number = $derived(this.director?.total ?? 0);
  readonly entry: Entry<AnyRecording> | null = $derived(
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

  readonly #engine: Engine;
  readonly #changed: () => void;
  #scrubbed = 0;
  #notices = 0;
  #loads = 0;

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
    return writeHash(this.state);
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
  async #settle(story: Story): Promise<void> {
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
      await this.#tell(this.#fetched(chosen), () => undefined);
    } catch (error) {
      this.say("problem", sentence(error));
    }
  }

  async choose(name: string): Promise<void> {
    const story = name === this.listed[0]?.name ? null : name;
    try {
      await this.#tell(this.#fetched(name), () => this.update({ ...BEGINNING, story }));
    } catch (error) {
      this.say("problem", sentence(error));
    }
  }

  /** To the first recording of that kind. */
  async chooseKind(kind: Kind): Promise<void> {
    const first = this.listed.find((one) => one.kind === kind);
    if (first && this.story?.kind !== kind) await this.choose(first.name);
  }

  async drop(file: File): Promise<void> {
    try {
      const opened = openRecording(file).then((recording) => ({ recording, live: null }));
      await this.#tell(opened, ({ title }) => {
        this.update(BEGINNING);
        this.say("news", `Playing ${file.name}: ${title}.`);
      });
    } catch (error) {
      this.say("problem", `${sentence(error)} What was on screen stays.`);
    }
  }

  /**
   * A recording takes the stage once it and its scenes are there, unless another was asked for
   * meanwhile; `arrived` is called just before.
   */
  async #tell(loading: Promise<Loaded>, arrived: (recording: AnyRecording) => void): Promise<void> {
    const load = ++this.#loads;
    const { recording, live } = await loading;
    const scenes = await scenesOf(recording.kind).catch(() => {
      throw new Problem(
        "The scenes of this story cannot be loaded: the server does not answer. Is the studio " +
          "running?",
      );
    });
    if (load !== this.#loads) return;
    arrived(recording);
    this.story?.leave();
    this.story = this.#onStage(recording, scenes, live);
    await this.#settle(this.story);
  }

  #onStage(
    recording: AnyRecording,
    scenes: readonly Scene<AnyRecording>[],
    live: Live | null,
  ): Story {
    switch (recording.kind) {
      case "fine-tuning":
        return new FineTuning(this, this.#engine, recording);
      case "ladder":
        return new Ladder(this, recording, scenes);
      case "run":
        return new Run(this, recording, scenes, live);
      case "thought":
        return new Thought(this, recording, scenes);
    }
  }

  async #fetched(name: string): Promise<Loaded> {
    if (!this.listed.some((one) => one.name === name && one.live)) {
      return { recording: await fetchRecording(name), live: null };
    }
    const fresh = await fetchFresh(name, null);
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
      default:
        this.story?.act(action);
    }
  }
}

/** Times in links need no more than milliseconds. */
function round(time: number): number {
  return Math.round(time * 1000) / 1000;
}
