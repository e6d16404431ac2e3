/**
 * The table: a puzzle is written here, a model thinks about it in the page, and the thought takes
 * the stage. What stood there before can stand beside it.
 */
import type { ThinkerModel, ThoughtProgress } from "../../../engine/thinker/client";
import Busy from "../../../elements/Busy.svelte";
import { Problem, sentence } from "../../../recording/problem";
import { Several } from "../../../recording/puzzles/lines";
import type { ThoughtRecording } from "../../../recording/thought.gen";
import type { Scene } from "../../../scene/scene";
import { count } from "../../../scene/numbers";
import {
  drawn,
  type Choices,
  type Drawn,
  type Fold,
  type OnStage,
  type PageAccess,
  type Side,
} from "../../onStage";
import { paired } from "../../paired";
import { SingleStory } from "../../single";
import type { Loaded } from "../../story";
import { about } from "../about";
import {
  draftOf,
  empty,
  firstTest,
  judge,
  read,
  readWritten,
  refuseTask,
  TASK,
  withToken,
  write,
  type Draft,
  type GridDraft,
  type Judged,
  type Kind,
} from "../draft";
import { clues, verdict } from "../facts";
import Beside from "../panel/Beside.svelte";
import Table from "../panel/Table.svelte";
import Thinking from "../panel/Thinking.svelte";
import { readQuestion, writeQuestion, type Question, type ThoughtValues } from "../view";
import { kindChoices } from "./choices";
import { Kept, shelfOfBrowser } from "./kept";
import { Models } from "./models.svelte";
import { another, anyOf, LEVELS, levelOf, type Level } from "./pile";

/** Thoughts that are kept, to be compared with and to come back to. */
const MOST_KEPT = 12;
/** Steps that can be undone. */
const MOST_UNDONE = 300;

export function putOnStage(page: PageAccess, loaded: Loaded<ThoughtRecording>): OnStage {
  return new Solve(page, loaded);
}

/** A thought that is under way. */
export interface UnderWay {
  readonly puzzle: string;
  readonly progress: ThoughtProgress | null;
}

/** A thought that was thought here. */
export interface Earlier {
  readonly question: Question;
  readonly recording: ThoughtRecording;
}

export class Solve extends SingleStory<ThoughtRecording> {
  /** The puzzle in the editor. */
  draft = $state.raw() as Draft;
  underWay = $state.raw<UnderWay | null>(null);
  /** The level that is chosen, or that the puzzle in the editor was taken from; null for another. */
  level = $state.raw<Level | null>(null);
  /** Thoughts that were thought here, the newest last. */
  thoughts = $state.raw<readonly Earlier[]>([]);
  readonly models: Models;
  readonly judged: Judged = $derived.by(() => this.#judge(this.draft));

  #shown = $state.raw() as ThoughtRecording;
  #asked = $state.raw<Question | null>(null);
  /** The puzzle of the link, once it was looked at. */
  #followed: string | null | undefined;
  #other = $state.raw<{ readonly compare: string; readonly thought: Earlier } | null>(null);
  #past = $state.raw<readonly Draft[]>([]);
  readonly #loaded: ThoughtRecording;
  readonly #kept = new Kept(shelfOfBrowser());
  #controller: AbortController | null = null;
  #gone = false;

  constructor(page: PageAccess, loaded: Loaded<ThoughtRecording>) {
    super(page, loaded);
    this.models = new Models(page);
    this.#loaded = loaded.recording;
    this.#shown = loaded.recording;
    this.draft = draftOf(loaded.recording) ?? empty("sudoku", 0);
    this.level = levelOf(this.draft);
  }

  override get recording(): ThoughtRecording {
    return this.#shown;
  }

  get values(): ThoughtValues {
    return this.page.state.own as ThoughtValues;
  }

  override get view(): object {
    return { truth: this.values.truth };
  }

  override get legendOpen(): boolean {
    return false;
  }

  override get folds(): readonly Fold[] {
    const props = { story: this };
    return [
      { title: "Your puzzle", content: drawn(Table, props), open: () => true },
      {
        title: "How it thinks",
        content: drawn(Thinking, props),
        open: ({ narrow, tall }) => !narrow && tall,
      },
      {
        title: "Side by side",
        content: drawn(Beside, { ...props, page: this.page }),
        open: ({ narrow, tall }) => !narrow && tall,
      },
    ];
  }

  get choices(): Choices {
    return {
      title: "Puzzles",
      among: kindChoices(
        this.models.known ? this.models.all : null,
        this.models.tasks,
        this.draft.kind,
        (kind) => void this.chooseKind(kind),
      ),
      making: null,
    };
  }

  override get floating(): Drawn | null {
    const { underWay } = this;
    if (!underWay) return null;
    const { progress } = underWay;
    const views =
      progress && progress.views > 1 ? `view ${progress.view} of ${progress.views}, ` : "";
    return drawn(Busy, {
      label: "Thinking",
      title: "Thinking",
      detail: progress
        ? `${views}segment ${progress.segment} of ${progress.segments}`
        : "Loading the model and the runtime…",
      share: progress
        ? (progress.view - 1 + progress.segment / progress.segments) / progress.views
        : 0,
      counts: "Views",
      oncancel: () => this.cancel(),
    });
  }

  // --- side by side ---

  get #beside(): Earlier | null {
    const { compare } = this.page.state;
    return this.#other?.compare === compare ? (this.#other?.thought ?? null) : null;
  }

  override get timeline(): readonly Scene[] {
    const other = this.#beside?.recording;
    return other ? this.scenes.map((scene) => paired(scene, scene, other)) : this.scenes;
  }

  override sides(id: string): readonly Side[] {
    const scene = this.scenes.find((one) => one.id === id);
    if (!scene) return [];
    const { recording } = this;
    const other = this.#beside;
    if (!other) return [{ recording, scene, label: "" }];
    return [
      { recording, scene, label: `Now: ${labelOf(recording)}` },
      { recording: other.recording, scene, label: `Before: ${labelOf(other.recording)}` },
    ];
  }

  /** Puts an earlier thought beside the one on stage; null takes it away. */
  async compare(compare: string | null): Promise<void> {
    this.page.update({ compare });
    await this.#bringOther();
  }

  async #bringOther(): Promise<void> {
    const { compare } = this.page.state;
    const question = compare === null ? null : readQuestion(compare);
    if (!compare || !question) {
      this.#other = null;
      if (compare) await super.follow();
      return;
    }
    const kind = readWritten(question.puzzle)?.kind;
    if (kind !== this.#shown.puzzle) {
      this.page.say(
        "problem",
        `Only puzzles of one kind stand side by side: the link asks for ${kind ?? "another"} beside ${this.#shown.puzzle}.`,
      );
      this.page.update({ compare: null });
      return;
    }
    const thought = await this.#thoughtOf(question);
    if (thought) this.#other = { compare, thought };
    else this.page.update({ compare: null });
  }

  // --- what the link asks for ---

  override async follow(): Promise<void> {
    const { puzzle } = this.values;
    const asked = puzzle === null ? draftOf(this.#loaded) : readWritten(puzzle);
    // Whoever comes back finds what she wrote, beside the thought that stood there then.
    const begun = this.#followed === undefined && this.#isEntrance ? this.#begun(puzzle) : null;
    const draft = begun ?? (puzzle === this.#followed ? null : asked);
    this.#followed = puzzle;
    if (draft && write(draft) !== write(this.draft)) this.#put(draft, false);
    const before = this.#controller;
    await this.models.find();
    if (this.draft.kind === TASK || asked?.kind === TASK) await this.models.findTasks();
    // The table does not wait for the models: what somebody asks meanwhile comes first.
    if (this.#controller && this.#controller !== before) return;
    if (this.values.puzzle !== puzzle) return;
    if (asked) await this.#bring(asked);
    await this.#bringOther();
  }

  /** What was begun here; of another kind than the puzzle on stage it waits where its kind is. */
  #begun(puzzle: string | null): Draft | null {
    const last = this.#kept.last(puzzle);
    return puzzle === null && last?.kind !== draftOf(this.#loaded)?.kind ? null : last;
  }

  /** Whether this is the story that the switch leads to: it goes on with what was typed. */
  get #isEntrance(): boolean {
    const { listed, state } = this.page;
    const first = listed.find(({ kind }) => kind === about.kind)?.name;
    return (state.story ?? listed[0]?.name) === first;
  }

  /** A puzzle was handed over: also one that stood here before, and was changed since. */
  async receive(values: Readonly<Record<string, unknown>>): Promise<void> {
    this.#followed = "";
    this.page.update({ scene: null, time: 0, playing: false, compare: null });
    this.page.keep(values);
    await this.follow();
  }

  get #turned(): boolean {
    const { thinker, segments, halt, views } = this.values;
    return [thinker, segments, halt, views].some((value) => value !== null);
  }

  override leave(): void {
    this.#gone = true;
    this.#controller?.abort();
  }

  // --- the puzzle ---

  /** Writes a token into a cell. */
  set(cell: number, token: number): void {
    const { draft } = this;
    if (draft.kind !== TASK && draft.grid[cell] !== token) {
      const { level } = this;
      this.#put(withToken(draft, cell, token), true);
      this.level = level; // with another clue it is still the one that was taken
    }
  }

  /** Takes a text that was pasted; what it is no puzzle for is said. Whether it was taken. */
  paste(text: string): string | null {
    try {
      this.#put(this.#read(text), true);
      return null;
    } catch (error) {
      return sentence(error);
    }
  }

  /** A sudoku's editor takes a maze as well, and the other way round; both take a task's id. */
  #read(text: string): Draft {
    const { kind } = this.draft;
    const id = text.trim();
    const known = [id, id.toLowerCase()].find((one) =>
      this.models.tasks.some((task) => task.id === one),
    );
    if (known) return { kind: TASK, task: known, test: 1 };
    if (kind === TASK) return this.#readBesideTask(text);
    const other = kind === "sudoku" ? "maze" : "sudoku";
    try {
      return read(kind, text);
    } catch (error) {
      const draft = readReady(other, text);
      if (draft) return draft;
      // It is said what is wrong with it as one of the kind that is on the table.
      throw error;
    }
  }

  #readBesideTask(text: string): Draft {
    const draft = readReady("sudoku", text) ?? readReady("maze", text);
    if (draft) return draft;
    throw new Problem(refuseTask(text, this.models.tasks.length, this.thinker?.canvas[0] ?? 0));
  }

  clear(): void {
    const { draft } = this;
    if (draft.kind !== TASK) this.#put(empty(draft.kind, draft.height), false);
  }

  /** An empty maze of another size. */
  resize(side: number): void {
    this.#put(empty("maze", side), false);
  }

  /** Puts a test of a task on the table, and thinks about it. */
  async chooseTask(task: string, test: number): Promise<void> {
    this.#put({ kind: TASK, task, test }, true);
    await this.think();
  }

  /** Levels of which one can be taken. */
  get levels(): readonly Level[] {
    return LEVELS.filter(({ kind }) => kind === this.draft.kind);
  }

  /** Another one of the level that is chosen, in another shape; of any level where none is. */
  async take(): Promise<void> {
    const { level, levels } = this;
    const one = level ?? anyOf(levels, this.draft);
    if (!one) return;
    this.#put(another(one, this.draft), false);
    this.level = one;
    await this.think();
  }

  /** What the visitor wrote last herself, if it is not what stands here. */
  get own(): Draft | null {
    const own = this.draft.kind === TASK ? null : this.#kept.own(this.draft.kind);
    return own && write(own) !== write(this.draft) ? own : null;
  }

  takeOwn(): void {
    if (this.own) this.#put(this.own, true);
  }

  async chooseKind(kind: Kind): Promise<void> {
    if (kind === this.draft.kind) return;
    if (kind === TASK) await this.models.findTasks();
    const draft = this.#kept.own(kind) ?? this.#firstOf(kind);
    if (!draft) {
      this.page.say("problem", this.models.silent ?? "No model for such puzzles is here.");
      return;
    }
    this.#put(draft, false);
    this.page.update({ compare: null });
    this.page.keep({ thinker: null, segments: null, halt: null, views: null });
    await this.think();
  }

  #firstOf(kind: Kind): Draft | null {
    if (kind !== TASK) {
      return LEVELS.filter((level) => level.kind === kind)[1]?.puzzles[0]?.draft ?? null;
    }
    // Kinds are changed with all knobs at rest: it is the usual model that will think.
    return firstTest(this.models.tasks, this.models.named(kind, null)?.solved ?? []);
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  undo(): void {
    const before = this.#past.at(-1);
    if (!before) return;
    const rest = this.#past.slice(0, -1);
    this.#put(before, false);
    this.#past = rest;
  }

  #put(draft: Draft, own: boolean): void {
    this.#past = [...this.#past, this.draft].slice(-MOST_UNDONE);
    this.draft = draft;
    this.level = levelOf(draft);
    this.#kept.keep(draft, this.values.puzzle, own);
  }

  #isLoaded(draft: Draft): boolean {
    const loaded = draftOf(this.#loaded);
    return loaded !== null && write(loaded) === write(draft);
  }

  // --- thinking ---

  /** The models for the puzzle on the table. */
  get thinkers(): readonly ThinkerModel[] {
    return this.models.of(this.draft.kind);
  }

  /** The model that thinks about it. */
  get thinker(): ThinkerModel | undefined {
    return this.models.named(this.draft.kind, this.values.thinker);
  }

  /** Whether what is on stage is a thought about the puzzle in the editor. */
  get isThoughtAbout(): boolean {
    const shown = draftOf(this.#shown);
    return shown !== null && write(shown) === write(this.draft);
  }

  /** What it answers at the moment, in the cells of the draft; null while it does not think. */
  get coming(): readonly number[] | null {
    const { underWay, draft, thinker } = this;
    if (!underWay?.progress || !thinker || underWay.puzzle !== write(draft)) return null;
    if (draft.kind === TASK) return null;
    const { answer } = underWay.progress;
    const [, across] = thinker.canvas;
    return draft.grid.map(
      (_, i) => answer[Math.floor(i / draft.width) * across + (i % draft.width)] ?? 0,
    );
  }

  /** A knob was released, or a model chosen. */
  async turn(values: Partial<Omit<Question, "puzzle">>): Promise<void> {
    this.page.keep(values);
    if (this.judged.ready) await this.think();
  }

  showTruth(truth: boolean): void {
    this.page.keep({ truth });
  }

  /** Thinks about the puzzle in the editor, and plays the thought; whether it came. */
  async think(): Promise<boolean> {
    const { draft } = this;
    if (!(await this.#bring(draft))) return false;
    const puzzle = this.#isLoaded(draft) ? null : write(draft);
    this.#followed = puzzle;
    this.page.keep({ puzzle });
    this.#kept.keep(this.draft, puzzle, false);
    const thinking = this.scenes[1]?.id ?? null;
    this.page.update({ scene: thinking, time: 0, playing: true });
    return true;
  }

  /** Brings a thought about a puzzle to the stage; whether it came. */
  async #bring(draft: Draft): Promise<boolean> {
    const { puzzle: _, truth: __, ...how } = this.values;
    const question: Question = { puzzle: write(draft), ...pick(how) };
    if (this.#isLoaded(draft) && !this.#turned) {
      this.#show(null, this.#loaded);
      return true;
    }
    const judged = this.#judge(draft);
    if (!judged.ready) {
      // A grid is in the editor, with what is wrong beside it; a task is only a link's words.
      if (draft.kind === TASK) this.page.say("problem", judged.words);
      return false;
    }
    const thought = await this.#thoughtOf(question);
    if (!thought || this.#gone) return false;
    this.#show(question, thought.recording);
    return true;
  }

  #show(question: Question | null, recording: ThoughtRecording): void {
    this.#asked = question;
    this.#shown = recording;
    // What stood beside a puzzle of another kind goes.
    if (this.#other && !this.#isAlike(this.#other.thought.recording)) {
      this.#other = null;
      this.page.update({ compare: null });
    }
    if (question) {
      const others = this.thoughts.filter((one) => one.recording !== recording);
      this.thoughts = [...others, { question, recording }].slice(-MOST_KEPT);
    }
  }

  /** Earlier thoughts that can stand beside the one on stage, of its kind, the newest first. */
  get earlier(): readonly Earlier[] {
    const asked = this.#asked && writeQuestion(this.#asked);
    return this.thoughts
      .filter((one) => writeQuestion(one.question) !== asked && this.#isAlike(one.recording))
      .toReversed();
  }

  /** Whether a thought is about a puzzle of the kind that is on stage. */
  #isAlike({ puzzle }: ThoughtRecording): boolean {
    return puzzle === this.#shown.puzzle;
  }

  /** The answer to a question: one that is known, or thought about now; null if it did not come. */
  async #thoughtOf(question: Question): Promise<Earlier | null> {
    const key = writeQuestion(question);
    const known = this.thoughts.find((one) => writeQuestion(one.question) === key);
    if (known) return known;
    this.cancel();
    const controller = new AbortController();
    this.#controller = controller;
    this.underWay = { puzzle: question.puzzle, progress: null };
    try {
      const heard = (progress: ThoughtProgress): void => {
        if (!controller.signal.aborted) this.underWay = { puzzle: question.puzzle, progress };
      };
      const recording = await this.models.ask(question, heard, controller.signal);
      return { question, recording };
    } catch (error) {
      if (!controller.signal.aborted) this.page.say("problem", sentence(error));
      return null;
    } finally {
      if (this.#controller === controller) this.cancel();
    }
  }

  get warmed(): boolean {
    return this.models.warmed;
  }

  warm(): Promise<void> {
    return this.models.warm();
  }

  cancel(): void {
    this.#controller?.abort();
    this.#controller = null;
    this.underWay = null;
  }

  #judge(draft: Draft): Judged {
    return this.models.judge(draft, this.values.thinker);
  }
}

/**
 * A puzzle of another kind than the one on the table, if it is a proper one. Several of that kind
 * are a Problem that says so.
 */
function readReady(kind: GridDraft["kind"], text: string): GridDraft | null {
  try {
    const draft = read(kind, text);
    return judge(draft).ready ? draft : null;
  } catch (error) {
    if (error instanceof Several) throw error;
    return null;
  }
}

/** Only what is asked for of a thought: other stories keep values in the link as well. */
function pick({
  thinker,
  segments,
  halt,
  views,
}: Omit<Question, "puzzle">): Omit<Question, "puzzle"> {
  return { thinker, segments, halt, views };
}

/** A thought in a few words, above it. */
function labelOf(recording: ThoughtRecording): string {
  const views = recording.vote?.views.length ?? recording.tried?.length ?? 1;
  return `${clues(recording)}, ${count(views, "view")}. ${verdict(recording)}`;
}
