/** Step 1: input and output are plugged in, and the power is turned on. */
import type { LadderRecording } from "../../../recording/ladder.gen";
import { progress } from "../../../scene/ease";
import { mean, percent } from "../../../scene/numbers";
import type { Caption } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import {
  absent,
  answerAndSolution,
  boardProps,
  boardSide,
  notMeasured,
  puzzleOf,
  standing,
} from "../common";
import {
  answerOf,
  compare,
  exact,
  ofSeeds,
  puzzleIndex,
  rungOf,
  thoughtOf,
  wrongCells,
  type LadderScene,
} from "../facts";
import { dotNote, dotRows } from "../parts/charts";
import { machine } from "../parts/machine";
import { below, panel } from "../parts/panel";
import { namesOf, pieces, tray } from "../parts/tray";
import { sizes } from "../places";
import { inOrder, aside, timeline, type Window } from "../../../scene/timeline";
import { answerAt, playOf, PLUG } from "../play";
import type { LadderView } from "../view";

const ID = "step-01";
const STEP = 1;
const T = timeline({ hello: 3.4, input: 2.2, output: 2.6, power: 4.4, check: 5.4, memory: 6.5 });
/** When the eye should be on the machine, and when on the panel. */
const MACHINE: readonly Window[] = [[0, T.check - 0.4]];
const PANEL: readonly Window[] = [[T.memory, T.end]];

function captions(recording: LadderRecording, view: LadderView): readonly Caption[] {
  const rung = rungOf(recording, STEP);
  const puzzle = puzzleOf(recording, view);
  const thought = rung && thoughtOf(rung, puzzleIndex(recording, view));
  const wrong = thought ? wrongCells(puzzle, answerOf(thought)) : null;
  const [train, test] = rung
    ? [ofSeeds(rung, (s) => s.train_exact), ofSeeds(rung, exact)]
    : [[], []];
  return inOrder([
    {
      at: 0,
      text: "Two wires in the tray, two sockets with a ring. Plug them in yourself, or lean back and watch.",
    },
    {
      at: T.input,
      text: "The input wire: it turns the puzzle into numbers that the block can chew on.",
    },
    { at: T.output, text: "And the output wire. Click! Mind your fingers." },
    rung
      ? { at: T.power, text: "Power on! In one go, every blank is filled in." }
      : { at: T.power, text: notMeasured(STEP) },
    wrong === null
      ? null
      : {
          at: T.check,
          text:
            wrong === 0
              ? `Not bad: all ${puzzle.blanks} blanks of this one are right. But one puzzle is no test.`
              : `Hm. Of ${puzzle.blanks} blanks, ${wrong} ${wrong === 1 ? "is" : "are"} wrong: it cannot take anything back.`,
        },
    rung
      ? {
          at: T.memory,
          text:
            compare(test, train) === "more"
              ? `It solves ${percent(mean(train))} of the puzzles it learned, ${percent(mean(test))} of new ones: it knows them by heart.`
              : `It solves ${percent(mean(train))} of the puzzles it learned from and ${percent(mean(test))} of new ones.`,
        }
      : null,
  ]);
}

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const rung = rungOf(recording, STEP);
  const puzzle = puzzleOf(recording, view);
  const thought = rung && thoughtOf(rung, puzzleIndex(recording, view));
  const play = thought ? playOf(thought, T.power + 0.9, 3, 2.4) : null;
  const answer = play ? answerAt(play, t) : null;
  const checked = t >= T.check;
  const all = pieces(ID, t, layout, [
    { wire: "in", at: T.input },
    { wire: "out", at: T.output },
  ]);
  const wrong = thought ? wrongCells(puzzle, answerOf(thought)) : 0;
  return [
    ...tray(layout, namesOf(all)),
    standing(
      "stage.machine",
      aside(t, PANEL),
      machine({
        ...boardProps(recording, view),
        split: 0,
        power: t >= T.power + 0.3 ? 1 : 0,
        wires: {},
        pieces: all,
        answer,
        ...(checked ? { solution: puzzle.solution } : {}),
        mood: checked && wrong > 0 ? -0.7 : 0.5,
        ...(play && rung ? { play: { of: play, t, wires: rung.wires } } : {}),
      }),
    ),
    ...panel(layout, t < T.memory ? "The test" : "Learned, or learned by heart?", [
      standing(
        "stage.panel",
        aside(t, MACHINE),
        evidence(recording, t, view, checked ? answer : null),
      ),
    ]),
  ];
}

function evidence(
  recording: LadderRecording,
  t: number,
  view: LadderView,
  answer: readonly number[] | null,
): Shape[] {
  const { layout } = view;
  const box = below(layout);
  const rung = rungOf(recording, STEP);
  if (!rung) return absent("absent", box, "Step 1 was not measured.", layout);
  const size = sizes[layout].body;
  const top = boardSide(box, layout) + size * 3.4;
  const rows = { ...box, y: box.y + top, height: box.height - top };
  return [
    ...answerAndSolution("boards", box, recording, view, answer, 1),
    ...dotRows(
      "rows",
      rows,
      [
        {
          id: "train",
          name: "learned puzzles",
          values: ofSeeds(rung, (seed) => seed.train_exact),
          tone: "input",
          what: "Puzzles solved of those that it learned from",
        },
        {
          id: "test",
          name: "new puzzles",
          values: ofSeeds(rung, exact),
          tone: "agent",
          what: "New puzzles solved",
          strong: true,
        },
      ],
      progress(t, T.memory - 1.2, T.memory + 1),
      size,
    ),
    ...dotNote(rung, { ...rows, y: rows.y + size * 6.6 }, size),
  ];
}

export const plugIn: LadderScene = {
  id: ID,
  phase: 1,
  title: "Input and output",
  duration: () => T.end,
  captions,
  stops: () => [
    0,
    T.input + PLUG + 0.1,
    T.output + PLUG + 0.1,
    T.check - 0.2,
    T.check + 1,
    T.memory + 1.4,
  ],
  draw,
};
