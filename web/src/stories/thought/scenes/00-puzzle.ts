/** The puzzle, and the model that is going to think about it. */
import type { ThoughtRecording } from "../../../recording/thought.gen";
import { fitted, group, round, type Box } from "../../../scene/build";
import { count, grouped, percent } from "../../../scene/numbers";
import { puzzleBoard } from "../../puzzle/board";
import { blankCells, puzzleName, sizeOf } from "../../puzzle/facts";
import { card, halves, inside, sizes } from "../../puzzle/places";
import type { Caption, Layout, View } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { textWidth } from "../../../scene/text";
import { capital, listed } from "../../../scene/words";
import { cropOfThought, type ThoughtScene } from "../facts";
import { timeline } from "../../../scene/timeline";

const T = timeline({ puzzle: 4.5, model: 4, view: 4, before: 3.5 });

/** What came of the other views, where there were some: the story begins with the one that counts. */
function othersIn({ view, valid, tried }: ThoughtRecording): string | null {
  if (!view || !tried || tried.length < 2) return null;
  return valid
    ? `${count(tried.length - 1, "view")} before it gave no correct answer: they come in the last chapter.`
    : `None of ${tried.length} views gave a correct answer: they come in the last chapter.`;
}

function captions(recording: ThoughtRecording): readonly Caption[] {
  const { model, board, given, puzzle, segments, view } = recording;
  const blanks = blankCells(board, given);
  const others = othersIn(recording);
  return [
    {
      at: 0,
      text: `${capital(puzzleName(puzzle))}, ${sizeOf(cropOfThought(recording))} cells${blanks ? `, ${blanks} of them to be filled in` : ""}.`,
    },
    {
      at: T.model,
      text: `A model of ${grouped(model.parameters)} numbers thinks up to ${count(segments.length, "segment")}, and answers after each.`,
    },
    ...(view
      ? [
          {
            at: T.view,
            text: `It thinks about view ${view}, the puzzle under a symmetry: its answers are shown changed back.`,
          },
        ]
      : []),
    ...(others ? [{ at: T.before, text: others }] : []),
  ];
}

function rows(recording: ThoughtRecording): readonly (readonly [string, string])[] {
  const { model, trained_on, step, solution, segments, halt_threshold, view } = recording;
  const lights = {
    none: "none",
    "q-learning": "red where stopping is worth more",
    "single-pass": "red where q is above 0",
  };
  return [
    ["model", model.name ?? model.preset ?? "of one's own"],
    ["size", `${grouped(model.parameters)} numbers`],
    ["learned from", trained_on.length ? listed(trained_on) : "it does not say"],
    ["learned for", step === null ? "it does not say" : count(step, "step")],
    [
      "a segment",
      model.hierarchy
        ? `${count(model.cycles, "cycle")} of ${count(model.low_calls, "call")} of L and one of H`
        : count(model.cycles * model.low_calls, "call"),
    ],
    ["looks at", view ? `view ${view}, under a symmetry` : "the puzzle as it is"],
    ["thinks", count(segments.length, "segment")],
    ["may think", `up to ${count(model.segments, "segment")}`],
    [
      "road lights",
      typeof halt_threshold === "number"
        ? `red where it is ${percent(halt_threshold)} sure`
        : lights[model.halting],
    ],
    ["solution", solution ? "known, but not to the model" : "not known"],
  ];
}

function duration(recording: ThoughtRecording): number {
  return othersIn(recording) ? T.end : T.before;
}

function draw(recording: ThoughtRecording, _: number, view: View): readonly Shape[] {
  const { layout } = view;
  const { first, second } = halves(layout);
  const { board, given } = recording;
  const said = `The puzzle ${puzzleName(recording.puzzle)}, as it is given.`;
  return [
    ...card("puzzle", first, "The puzzle", layout),
    puzzleBoard({
      id: "given",
      box: inside(first, layout),
      board,
      crop: cropOfThought(recording),
      grid: given,
      given,
      label: "The puzzle",
      tip: said,
    }),
    ...card("model", second, "The model", layout),
    group("rows", table(rows(recording), inside(second, layout), layout), { label: "The model" }),
  ];
}

function table(list: readonly (readonly [string, string])[], box: Box, layout: Layout): Shape[] {
  const step = Math.min(box.height / list.length, layout === "wide" ? 34 : 26);
  const size = sizes[layout].body;
  const name = Math.max(...list.map(([words]) => textWidth(words, size))) + 14;
  return list.flatMap(([words, value], i) => {
    const y = round(box.y + (i + 0.7) * step);
    return [
      fitted(`row.${i}.name`, words, box.x, y, name, size, { fill: "muted" }),
      fitted(`row.${i}.value`, value, box.x + name, y, box.width - name, size, { weight: 600 }),
    ];
  });
}

export const thePuzzle: ThoughtScene = {
  id: "puzzle",
  phase: 0,
  title: "The puzzle",
  duration,
  captions,
  stops: (recording) => [0, duration(recording) - 1],
  draw,
};
