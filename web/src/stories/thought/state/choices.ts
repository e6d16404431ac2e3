/** The kinds of puzzles that can be put on the table, each with a picture. */
import type { ThinkerModel } from "../../../engine/thinker/client";
import type { Shape } from "../../../scene/shape";
import { capital } from "../../../scene/words";
import { PICTURE, type Choice } from "../../onStage";
import { puzzleBoard } from "../../puzzle/board";
import { isKind, type Kind } from "../draft";
import { LEVELS } from "./pile";

/** A choice for each kind that one of `models` thinks about. */
export function kindChoices(
  models: readonly ThinkerModel[],
  chosen: Kind,
  choose: (kind: Kind) => void,
): readonly Choice[] {
  const kinds = [...new Set(models.map(({ puzzle }) => puzzle))].filter(isKind);
  return kinds.map((kind) => ({
    id: kind,
    recording: kind,
    title: capital(kind),
    picture: pictureOf(kind, models),
    chosen: kind === chosen,
    note: "",
    progress: null,
    choose: () => choose(kind),
  }));
}

function pictureOf(kind: Kind, models: readonly ThinkerModel[]): readonly Shape[] {
  const draft = LEVELS.find((level) => level.kind === kind)?.puzzles[0]?.draft;
  const model = models.find(({ puzzle }) => puzzle === kind);
  if (!draft || !model) return [];
  const { height, width, grid } = draft;
  return [
    puzzleBoard({
      id: `picture.${kind}`,
      box: { x: 5, y: 2, width: PICTURE.width - 10, height: PICTURE.height - 4 },
      board: { ...model.board, height, width, cells: height * width },
      grid,
      given: grid,
      small: true,
      label: kind,
      tip: kind,
    }),
  ];
}
