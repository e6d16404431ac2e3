/** The models that think in this page, the tasks that they know, and what they are asked. */
import {
  Thinker,
  type Asked,
  type AskedTask,
  type TableTask,
  type ThinkerModel,
  type ThoughtProgress,
} from "../../../engine/thinker/client";
import { folderBeside } from "../../../lib/files";
import { Problem, sentence } from "../../../recording/problem";
import type { ThoughtRecording } from "../../../recording/thought.gen";
import type { PageAccess } from "../../onStage";
import {
  judge,
  judgeTask,
  readWritten,
  TASK,
  type Draft,
  type GridDraft,
  type Judged,
  type Kind,
} from "../draft";
import type { Question } from "../view";

export class Models {
  all = $state.raw<readonly ThinkerModel[]>([]);
  /** The tasks that can be put on the table; none before they are there. */
  tasks = $state.raw<readonly TableTask[]>([]);
  /** Why none is here; null while it is not known. */
  silent = $state.raw<string | null>(null);
  /** Whether the runtime and a model of each kind are there: thinking needs no network then. */
  warmed = $state(false);
  readonly #page: PageAccess;

  constructor(page: PageAccess) {
    this.#page = page;
  }

  /** Whether it is known which are here. */
  get known(): boolean {
    return this.all.length > 0 || this.silent !== null;
  }

  of(kind: Kind): readonly ThinkerModel[] {
    return this.all.filter(({ puzzle }) => puzzle === kind);
  }

  /** The model of that name; where none has it, the usual one. */
  named(kind: Kind, name: string | null): ThinkerModel | undefined {
    const among = this.of(kind);
    return among.find((one) => one.name === name) ?? among[0];
  }

  /** What is said of a puzzle, and whether the model of that name can be asked. */
  judge(draft: Draft, name: string | null): Judged {
    if (draft.kind === TASK) {
      return this.tasks.length
        ? judgeTask(draft, this.tasks)
        : { words: "Looking which tasks are here.", cells: [], ready: false };
    }
    const judged = judge(draft);
    const model = this.named(draft.kind, name);
    if (!judged.ready || !model) return judged;
    try {
      checkFit(draft, model);
      return judged;
    } catch (error) {
      return { words: sentence(error), cells: [], ready: false };
    }
  }

  /** Thinks about what a question asks; a `Problem`, or an `AbortError` once cancelled. */
  async ask(
    question: Question,
    progress: (progress: ThoughtProgress) => void,
    signal: AbortSignal,
  ): Promise<ThoughtRecording> {
    await this.find();
    const draft = readWritten(question.puzzle);
    if (!draft) throw new Error("a question without a puzzle");
    const model = this.named(draft.kind, question.thinker);
    if (!model) {
      throw new Problem(
        this.silent ?? `No model here thinks about such puzzles: ${nameOf(draft)} needs one.`,
      );
    }
    if (draft.kind !== TASK) checkFit(draft, model);
    if (question.thinker !== null && question.thinker !== model.name) {
      this.#page.say(
        "problem",
        `There is no model “${question.thinker}” for ${nameOf(draft)} here; ${model.name} thinks.`,
      );
    }
    return this.#thinker.think(
      {
        ...posed(draft),
        model: model.name,
        segments: question.segments ?? model.segments,
        haltThreshold: question.halt ?? model.haltThreshold,
        views: Math.min(question.views ?? model.views, model.mostViews),
        title: `${model.name} thinks about ${nameOf(draft)}`,
      },
      progress,
      signal,
    );
  }

  /** Loads the runtime, and the first model of each kind, ahead of the first thought. */
  async warm(): Promise<void> {
    await this.findTasks();
    const first = new Map(this.all.toReversed().map(({ puzzle, name }) => [puzzle, name]));
    if (this.warmed || !first.size) return;
    const loaded = [...first.values()].map((name) => this.#thinker.warm(name));
    this.warmed = await Promise.all(loaded).then(
      () => true,
      () => false, // whoever thinks is told
    );
  }

  async find(): Promise<void> {
    if (this.all.length) return;
    try {
      this.all = await this.#thinker.models();
      this.silent = null;
    } catch (error) {
      this.silent = sentence(error);
    }
  }

  /** The tasks of the model that thinks about such. */
  async findTasks(): Promise<void> {
    await this.find();
    const file = this.named(TASK, null)?.tasks;
    if (!file) return;
    try {
      this.tasks = await this.#thinker.tasks(file);
    } catch (error) {
      this.silent = sentence(error);
    }
  }

  get #thinker(): Thinker {
    return this.#page.once("thinker", () => {
      const spawn = (): Worker =>
        new Worker(new URL("../../../engine/thinker/worker.ts", import.meta.url), {
          type: "module",
        });
      return new Thinker(spawn, folderBeside("thinkers"));
    });
  }
}

/** A puzzle as the engine is asked about it. */
function posed(
  draft: Draft,
): Pick<Asked, "given" | "height" | "width"> | Pick<AskedTask, "task" | "test"> {
  if (draft.kind === TASK) return { task: draft.task, test: draft.test };
  return { given: draft.grid, height: draft.height, width: draft.width };
}

/** 'a maze', 'task 6ea4a07e'. */
function nameOf(draft: Draft): string {
  return draft.kind === TASK ? `task ${draft.task}` : `a ${draft.kind}`;
}

/** Throws a Problem where a puzzle is not of a size that the model reads. */
function checkFit(
  { kind, height, width }: GridDraft,
  { title, canvas, holdsSmaller }: ThinkerModel,
): void {
  const [rows, columns] = canvas;
  const fits = holdsSmaller
    ? height <= rows && width <= columns
    : height === rows && width === columns;
  if (fits) return;
  throw new Problem(
    `A ${kind} of ${height} × ${width} is not one that ${title} reads: ` +
      `${holdsSmaller ? "at most" : "only"} ${rows} × ${columns} is possible.`,
  );
}
