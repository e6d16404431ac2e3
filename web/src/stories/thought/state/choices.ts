/** The kinds of puzzles that can be put on the table, each with a picture. */
import type { TableTask, ThinkerModel } from "../../../engine/thinker/client";
import type { Shape } from "../../../scene/shape";
import { range } from "../../../lib/list";
import { FREE } from "../../../lib/rules/maze";
import { BLANK } from "../../../lib/rules/sudoku";
import { capital } from "../../../scene/words";
import { PICTURE, type Choice } from "../../onStage";
import { puzzleBoard } from "../../puzzle/board";
import { isKind, KINDS, SIDE, TASK, type GridKind, type Kind } from "../draft";
import { pair } from "../parts/canvases";
import { LEVELS } from "./pile";

/** A choice for each kind that one of `models` thinks about; for each there is while none is known. */
export function kindChoices(
  models: readonly ThinkerModel[] | null,
  tasks: readonly TableTask[],
  chosen: Kind,
  choose: (kind: Kind) => void,
): readonly Choice[] {
  const kinds = models ? [...new Set(models.map(({ puzzle }) => puzzle))].filter(isKind) : KINDS;
  return kinds.map((kind) => ({
    id: kind,
    recording: kind,
    title: titleOf(kind),
    picture: kind === TASK ? pictureOfTask(tasks, models ?? []) : pictureOf(kind),
    chosen: kind === chosen,
    note: "",
    progress: null,
    choose: () => choose(kind),
  }));
}

export function titleOf(kind: Kind): string {
  return kind === TASK ? kind.toUpperCase() : capital(kind);
}

/** An example of the first task; nothing until the tasks are there. */
function pictureOfTask(
  tasks: readonly TableTask[],
  models: readonly ThinkerModel[],
): readonly Shape[] {
  const example = tasks[0]?.examples[0];
  const model = models.find(({ puzzle }) => puzzle === TASK);
  if (!example || !model) return [];
  return pair({
    id: "picture.arc",
    box: { x: 5, y: 2, width: PICTURE.width - 10, height: PICTURE.height - 4 },
    board: model.board,
    small: true,
    from: { grid: example.given, label: "before", tip: "An example, before." },
    to: { grid: example.answer, tone: "answer", label: "after", tip: "An example, after." },
  });
}

/** The tokens of each kind, as in the rules, as they are written. */
const GLYPHS: Readonly<Record<GridKind, readonly string[]>> = {
  sudoku: ["", "", ...range(SIDE).map((i) => String(i + 1))],
  maze: ["", "#", " ", "S", "G", "o"],
};

/** The first puzzle of the pile: it is there before any model is known. */
function pictureOf(kind: GridKind): readonly Shape[] {
  const draft = LEVELS.find((level) => level.kind === kind)?.puzzles[0]?.draft;
  if (!draft) return [];
  const { height, width, grid } = draft;
  const [sudoku, glyphs] = [kind === "sudoku", GLYPHS[kind]];
  return [
    puzzleBoard({
      id: `picture.${kind}`,
      box: { x: 5, y: 2, width: PICTURE.width - 10, height: PICTURE.height - 4 },
      board: {
        kind,
        height,
        width,
        cells: height * width,
        box: sudoku ? Math.sqrt(SIDE) : 0,
        blank: sudoku ? BLANK : FREE,
        glyphs: [...glyphs],
        names: [...glyphs],
      },
      grid,
      given: grid,
      small: true,
      label: kind,
      tip: kind,
    }),
  ];
}
