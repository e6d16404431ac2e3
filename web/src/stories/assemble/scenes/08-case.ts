/** Step 8: the case. One puzzle in many disguises, and the answers are counted. */
import type { Ballot, LadderRecording, Rung, Vote } from "../../../recording/ladder.gen";
import {
  circle,
  faded,
  fitted,
  group,
  path,
  rect,
  round,
  text,
  type Box,
} from "../../../scene/build";
import { bow, clamp, coming, easeInOut, leaving, mix, progress, tween } from "../../../scene/ease";
import { at, range } from "../../../lib/list";
import { count, percent } from "../../../scene/numbers";
import { cross, tick } from "../../../scene/parts/marks";
import type { Caption, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { absent, boardProps, rungName, wiresOf, standing } from "../common";
import { exact, meanOf, moves, ofSeeds, rungOf, type LadderScene } from "../facts";
import { mathsOf } from "../maths";
import { board } from "../parts/board";
import { dotRows, hasBoth } from "../parts/charts";
import { caseIcon } from "../parts/icons";
import { machine, pluggedIn } from "../parts/machine";
import { twoLines, words } from "../../../scene/parts/paragraphs";
import { below, credit, creditHeight, panel } from "../parts/panel";
import { gadget, slotOf, travelling, tray } from "../parts/tray";
import { places, sizes } from "../places";
import { inOrder, aside, timeline, type Window } from "../../../scene/timeline";
import { PLUG } from "../play";
import type { LadderView } from "../view";

const ID = "step-08";
const STEP = 8;
const T = timeline({
  hello: 3.6,
  case: 2.8,
  disguise: 6.4,
  answer: 4.4,
  undo: 4.6,
  count: 6,
  two: 4.4,
  rungs: 7.4,
});
/** When the eye should be on the machine, and when on the panel. */
const MACHINE: readonly Window[] = [[0, T.disguise]];
const PANEL: readonly Window[] = [[T.count, T.end]];
/** As many views as are drawn. */
const MOST = 8;
const THANKS =
  "Augmenting and voting is older than the HRM: CompressARC (Liao & Gu 2025) did it without pretraining.";

function captions(recording: LadderRecording): readonly Caption[] {
  const { vote } = recording;
  const rung = rungOf(recording, STEP);
  const list: Caption[] = [
    {
      at: 0,
      text: "One answer may be a slip. So the whole machine goes into a case of tricks.",
    },
    { at: T.case, text: "Lift it with both hands. The case makes many puzzles out of one." },
  ];
  if (vote) {
    const best = vote.candidates[0];
    const right = vote.candidates.findIndex((one) => one.right);
    const tied = vote.candidates
      .slice(1)
      .filter(({ count: votes }) => votes === vote.candidates[1]?.count);
    const two =
      tied.length > 1 ? "Second place is a tie. Two are handed in" : "The best two are handed in";
    list.push(
      {
        at: T.disguise,
        text: `Flipped, shuffled, renamed: ${count(vote.ballots.length, "disguise")} of one puzzle. Same riddle, new clothes.`,
      },
      {
        at: T.answer,
        text: "The machine answers every one of them, and does not know that they are one.",
      },
      {
        at: T.undo,
        text: "Then the case undoes its trick on every answer. Tidying up is part of the game.",
      },
    );
    if (best) {
      list.push(
        {
          at: T.count,
          text: `Now count: ${count(vote.candidates.length, "different answer")}; the most frequent one has ${count(best.count, "vote")}.`,
        },
        {
          at: T.two,
          text:
            right < 0
              ? `${two}. Here neither they nor any other is right.`
              : right === 0
                ? `${two}, and the first is right.`
                : right === 1
                  ? `${two}: the first is wrong, the second right.`
                  : `${two}. Both are wrong; the right one got fewer votes.`,
        },
      );
    }
  } else {
    list.push({
      at: T.disguise,
      text: "This ladder recorded no vote, so no disguises can be shown.",
    });
  }
  if (rung) {
    list.push({
      at: T.rungs,
      text: `Step 8 learns from disguises, too. One answer, then the vote: the share ${moves(
        ofSeeds(rung, exact),
        ofSeeds(rung, (seed) => seed.vote_one),
      )}.`,
    });
  }
  const helped = recording.rungs.filter((one) => meanOf(one, voteOne) > meanOf(one, exact)).length;
  list.push({
    at: T.rungs + (rung ? 3.8 : 0),
    text:
      helped === recording.rungs.length
        ? `And a fair word: voting helps every step of this ladder.${asGood(recording)}`
        : `And a fair word: voting helps ${helped} of the ${recording.rungs.length} steps measured here.`,
  });
  return inOrder(list);
}

const voteOne = (seed: { vote_one: number }) => seed.vote_one;

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const { vote } = recording;
  const rung = rungOf(recording, STEP) ?? rungOf(recording, 7) ?? rungOf(recording, 6);
  const wires = wiresOf(rung, { segments: 2, cycles: 2, low_calls: 2 });
  const going = travelling(ID, t, T.case);
  const area = places(layout).machine;
  const small = layout === "tall";
  const packed = tween(t, T.disguise - 0.6, T.disguise + 0.2);
  const shown = vote ? packed : 0;
  const from = at(recording.puzzles, vote?.puzzle ?? 0);
  return [
    ...tray(layout, [{ name: "the case", out: going.share }]),
    ...faded("case", tween(going.share, 0.6, 1), carryingCase(area, t, small)),
    ...faded("inside", 1 - shown, [
      group(
        "machine",
        machine({
          ...boardProps(recording, view),
          given: from.given,
          split: 1,
          same: wires.modules === 1,
          power: 1,
          wires: pluggedIn(wires),
          answer: null,
          mood: 0.6,
          light: {
            share: wires.halting === "none" ? 0 : 1,
            stop: false,
            lit: 0,
            tip: "The road lights.",
          },
        }),
        scaled(area, going.share >= 1 ? 0.86 : mix(1, 0.86, easeInOut(going.share))),
      ),
    ]),
    standing(
      "stage.ballots",
      aside(t, PANEL),
      vote && shown > 0 ? ballots(recording, vote, t, layout) : [],
    ),
    ...gadget({
      id: "piece.case",
      name: "case",
      tip: "The case: it augments a puzzle, undoes that on the answers, and counts them.",
      slot: slotOf(layout, 0, 1),
      target: { x: area.x + area.width / 2, y: area.y + area.height / 2 },
      small,
      ring: small ? 60 : 90,
      icon: caseIcon,
      ...going,
    }),
    standing("stage.panel", aside(t, MACHINE), evidence(recording, t, view)),
  ];
}

function scaled(area: Box, scale: number) {
  const [cx, cy] = [area.x + area.width / 2, area.y + area.height / 2];
  return { x: round(cx * (1 - scale)), y: round(cy * (1 - scale)), scale: round(scale, 4) };
}

/** The case around the machine, with a handle and two locks. */
function carryingCase(area: Box, t: number, small: boolean): Shape[] {
  const lid = tween(t, T.case + PLUG, T.case + PLUG + 0.5);
  const top = area.y + (small ? 6 : 8);
  const box = { x: area.x, y: top, width: area.width, height: area.y + area.height - top };
  return [
    rect("case.body", box, {
      radius: 22,
      fill: "surface",
      stroke: "wood",
      strokeWidth: round(3 + 4 * lid),
      label: "The case",
      tip: "The data augmentation case, with the whole machine inside.",
    }),
    path(
      "case.handle",
      `M${round(box.x + box.width / 2 - 34)} ${round(top + 2)}V${round(top - 7)}H${round(box.x + box.width / 2 + 34)}V${round(top + 2)}`,
      { fill: "none", stroke: "wood", strokeWidth: 6 },
    ),
  ];
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

function spots(count_: number, layout: Layout): readonly Spot[] {
  const area = places(layout).machine;
  const columns = Math.min(4, count_);
  const rows = Math.ceil(count_ / columns);
  const pad = layout === "wide" ? 18 : 10;
  const label = layout === "wide" ? 40 : 34;
  const cell = {
    width: (area.width - 2 * pad) / columns,
    height: (area.height - 2 * pad) / rows,
  };
  const side = Math.min(cell.width - (layout === "wide" ? 22 : 16), cell.height - label, 124);
  return range(count_).map((i) => ({
    x: area.x + pad + ((i % columns) + 0.5) * cell.width - side / 2,
    y: area.y + pad + 6 + Math.floor(i / columns) * cell.height + (cell.height - label - side) / 2,
    side,
  }));
}

/** Every view flies in, is answered, and is undone, one after the other. */
function ballots(recording: LadderRecording, vote: Vote, t: number, layout: Layout): Shape[] {
  const shown = vote.ballots.slice(0, MOST);
  const places_ = spots(shown.length, layout);
  const area = places(layout).machine;
  const gap = (length: number) => (length - 1.4) / Math.max(1, shown.length);
  return shown.flatMap((ballot, i) => {
    const spot = at(places_, i);
    const arrives = tween(t, T.disguise + i * gap(6), T.disguise + i * gap(6) + 0.9);
    if (arrives <= 0) return [];
    const answered = t >= T.answer + i * gap(4.2) + 0.3;
    const undone = progress(t, T.undo + i * gap(4.2), T.undo + i * gap(4.2) + 0.7);
    const centre = { x: area.x + area.width / 2, y: area.y + area.height / 2 };
    const to = { x: spot.x + spot.side / 2, y: spot.y + spot.side / 2 };
    const now = bow(centre, to, arrives, 24);
    // A disguise is taken off as if its card were turned over.
    const turn = undone > 0 && undone < 1 ? Math.abs(Math.cos(Math.PI * undone)) * 0.85 + 0.15 : 1;
    const scale = mix(0.4, 1, arrives) * turn;
    return [
      group(
        `ballot${i}`,
        [ballotBoard(recording, vote, ballot, i, spot.side, answered, undone >= 0.5)],
        {
          x: round(now.x),
          y: round(now.y),
          scale: round(scale, 4),
          opacity: round(clamp(arrives * 2), 3),
        },
      ),
      ...(arrives >= 1
        ? [
            ...twoLines(
              `ballot${i}.what`,
              undone >= 0.5 ? "disguise off" : disguise(ballot.transform),
              spot.x + spot.side / 2,
              spot.y + spot.side + sizes[layout].small * 1.3,
              spot.side + 18,
              sizes[layout].small,
            ),
          ]
        : []),
    ];
  });
}

/** A transform in few words; its tip has all of them. */
function disguise(transform: string): string {
  const kinds = transform.split(", ").map((part) => {
    if (part === "unchanged") return "as it is";
    if (part === "transposed") return "flipped";
    if (/^(rows|columns) /.test(part)) return "shuffled";
    if (/^(digits|colours) /.test(part)) return "renamed";
    return part;
  });
  return [...new Set(kinds)].join(", ");
}

function ballotBoard(
  recording: LadderRecording,
  vote: Vote,
  ballot: Ballot,
  i: number,
  side: number,
  answered: boolean,
  undone: boolean,
): Shape {
  const puzzle = at(recording.puzzles, vote.puzzle);
  const right = ballot.undone.every((token, k) => token === puzzle.solution[k]);
  const what = undone
    ? `View ${i + 1}, undone: ${right ? "right" : "wrong"}.`
    : answered
      ? `View ${i + 1}, ${ballot.transform}: its answer.`
      : `View ${i + 1} of the puzzle: ${ballot.transform}.`;
  return board({
    id: `ballot${i}.board`,
    x: round(-side / 2),
    y: round(-side / 2),
    size: round(side),
    width: recording.width,
    box: recording.box,
    given: undone ? puzzle.given : ballot.given,
    answer: undone ? ballot.undone : answered ? ballot.answer : null,
    ...(undone ? { solution: puzzle.solution } : {}),
    tone: undone ? "answer" : "input",
    label: what,
    tip: what,
  });
}

function evidence(recording: LadderRecording, t: number, view: LadderView): Shape[] {
  const { layout } = view;
  const { vote } = recording;
  const box = below(layout);
  const size = sizes[layout].body;
  const foot = creditHeight(layout, THANKS);
  const whole = { ...box, height: box.height - foot };
  const voted = tween(t, T.rungs, T.rungs + 0.4);
  const most = Math.max(1, recording.rungs.length);
  const high = Math.min(size * 2.8, (whole.height - size * 4) / most);
  const [upper, lower] = hasBoth(high, size) ? ["upper ", " and lower number"] : ["", ""];
  return panel(
    layout,
    t < T.count ? "What the case does" : voted < 0.5 ? "The count" : "Voting, for every step",
    [
      ...faded(
        "count",
        leaving(voted),
        vote
          ? candidates(recording, vote, t, whole, layout)
          : absent("absent", whole, "No vote was recorded.", layout),
      ),
      ...faded("rungs", coming(voted), [
        ...dotRows(
          "rows",
          whole,
          recording.rungs.map((rung) => ({
            id: rung.name,
            name: rungName(rung),
            values: ofSeeds(rung, exact),
            tone: "input" as const,
            what: `${rung.title}: one answer`,
            strong: rung.step === STEP,
            second: ofSeeds(rung, voteOne),
            secondWhat: `Most counted of ${recording.settings.views} views`,
          })),
          progress(t, T.rungs, T.rungs + 2),
          size,
          high,
        ),
        ...words(
          "rows.note",
          { ...whole, y: whole.y + whole.height - size * 3.4 },
          `Discs and ${upper}number: one answer. Squares${lower}: the most counted answer of ${recording.settings.views} views.`,
          Math.max(11, size * 0.92),
        ),
      ]),
      ...credit(layout, THANKS),
    ],
  );
}

/** The first step that has as much by voting as step 8, if it comes before. */
function asGood({ rungs }: LadderRecording): string {
  const best = rungs.find(({ step }) => step === STEP);
  const share = (rung: Rung): string => percent(meanOf(rung, voteOne));
  const first = best && rungs.find((one) => one.step !== STEP && share(one) === share(best));
  return first
    ? ` With it step ${first.step ?? ""}, ${first.title}, has ${share(first)}, too.`
    : "";
}

const CHORES = [
  "Disguise the puzzle: flip, shuffle, rename.",
  "Answer every disguise, one by one.",
  "Undo the disguise on the answer.",
  "Count the answers that are the same.",
];

/** What the case does, with what it is doing now in bold. */
function chores(t: number, box: Box, size: number): Shape[] {
  const starts = [T.disguise, T.answer, T.undo, T.count];
  const now = starts.filter((start) => t >= start).length - 1;
  const step = size * 3;
  return CHORES.flatMap((chore, i) => {
    const y = box.y + size + i * step;
    return [
      circle(`chore${i}.mark`, box.x + size * 0.8, round(y + size * 0.5), size * 0.8, {
        fill: i < now ? "right" : i === now ? "wood" : "faint",
      }),
      text(
        `chore${i}.number`,
        String(i + 1),
        box.x + size * 0.8,
        round(y + size * 0.9),
        Math.max(11, size * 0.95),
        {
          anchor: "middle",
          weight: 700,
          fill: i <= now ? "surface" : "ink",
        },
      ),
      fitted(
        `chore${i}`,
        chore,
        box.x + size * 2.4,
        round(y + size * 0.9),
        box.width - size * 2.4,
        size,
        i === now ? { weight: 700 } : { fill: "muted" },
      ),
    ];
  });
}

/** The distinct answers, the most counted first, each with its pile of votes. */
function candidates(
  recording: LadderRecording,
  vote: Vote,
  t: number,
  box: Box,
  layout: Layout,
): Shape[] {
  const size = sizes[layout].body;
  const puzzle = at(recording.puzzles, vote.puzzle);
  const side = layout === "wide" ? 64 : 50;
  const step = side + (layout === "wide" ? 16 : 10);
  const room = Math.max(1, Math.floor((box.height - size) / step));
  const shown = vote.candidates.slice(0, room);
  const counted = progress(t, T.count, T.count + 3.4) * vote.ballots.length;
  if (t < T.count) return chores(t, box, size);
  const most = Math.max(...vote.candidates.map((one) => one.count), 1);
  let before = 0;
  return [
    ...shown.flatMap((candidate, i) => {
      const y = box.y + i * step;
      const votes = Math.round(clamp(counted - before, 0, candidate.count));
      before += candidate.count;
      if (votes === 0 && t < T.two) return [];
      const left = box.x + side + 14;
      const unit = Math.min((box.width - side - 78) / most, 26);
      const best = t >= T.two && i < 2;
      const q = candidate.mean_q;
      const told_ = `${count(candidate.count, "vote")}: ${candidate.right ? "the right answer" : "a wrong answer"}${best ? ", handed in" : ""}.`;
      return [
        ...(best
          ? [
              rect(
                `best${i}`,
                { x: box.x - 6, y: round(y - 5), width: box.width + 12, height: side + 10 },
                { radius: 10, fill: "halting", opacity: 0.2 },
              ),
            ]
          : []),
        board({
          id: `candidate${i}`,
          x: box.x,
          y: round(y),
          size: side,
          width: recording.width,
          box: recording.box,
          given: puzzle.given,
          answer: candidate.answer,
          solution: puzzle.solution,
          tone: "answer",
          label: told_,
          tip: `${told_}${q === null ? "" : " Ties are broken by the mean q of stopping."}`,
          opacity: t >= T.two && i >= 2 ? 0.4 : 1,
        }),
        ...range(votes).map((k) =>
          rect(
            `candidate${i}.vote${k}`,
            {
              x: round(left + k * unit),
              y: round(y + side * 0.3),
              width: round(unit * 0.78),
              height: round(side * 0.36),
            },
            { radius: 4, fill: candidate.right ? "right" : "input" },
          ),
        ),
        text(
          `candidate${i}.count`,
          String(votes),
          round(left + most * unit + 8),
          round(y + side / 2 + size * 0.4),
          size * 1.15,
          {
            weight: 700,
          },
        ),
        ...(t >= T.two
          ? [
              (candidate.right ? tick : cross)(`candidate${i}.mark`, {
                x: round(box.x + box.width - 14),
                y: round(y + side / 2),
                size: 24,
                label: candidate.right ? "right" : "wrong",
              }),
            ]
          : []),
      ];
    }),
    ...(vote.candidates.length > shown.length && counted >= vote.ballots.length
      ? [
          fitted(
            "candidates.more",
            `and ${vote.candidates.length - shown.length} more`,
            box.x,
            box.y + shown.length * step + size * 0.6,
            box.width,
            sizes[layout].small,
            { fill: "muted" },
          ),
        ]
      : []),
  ];
}

export const theCase: LadderScene = {
  id: ID,
  phase: 8,
  title: "The case",
  duration: () => T.end,
  captions,
  stops: () => [
    0,
    T.case + PLUG + 0.6,
    T.answer - 0.3,
    T.undo - 0.2,
    T.count - 0.2,
    T.count + 3.8,
    T.two + 0.6,
    T.rungs + 2.4,
  ],
  draw,
  maths: mathsOf(8),
};
