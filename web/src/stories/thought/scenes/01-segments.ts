/** The thought: an answer after each segment, what changed, and whether it would stop there. */
import type { ThoughtRecording } from "../../../recording/thought.gen";
import { fitted, group, line, path, rect, round, text, type Box } from "../../../scene/build";
import { gridIn } from "../../../lib/rules/arc";
import { clamp, progress } from "../../../scene/ease";
import { at } from "../../../lib/list";
import { memo } from "../../../scene/memo";
import { count, logistic, percent, reward } from "../../../scene/numbers";
import { lamp, roadLight } from "../../../scene/parts/lights";
import { words } from "../../../scene/parts/paragraphs";
import { puzzleBoard } from "../../puzzle/board";
import { changedCells, type Grid } from "../../puzzle/facts";
import { card, halves, inside, sizes } from "../../puzzle/places";
import type { Caption, Equation } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import {
  askedIn,
  changedIn,
  cropOfThought,
  handedIn,
  isCanvas,
  isRight,
  judgedIn,
  judgementOf,
  ownOf,
  shownOf,
  solutionFor,
  ownVerdict,
  wrongIn,
  wrongOf,
  wrongWords,
  type ThoughtScene,
} from "../facts";
import type { ThoughtView } from "../view";
import { each, timeline, GLANCE, READ } from "../../../scene/timeline";

const LONGEST = 2.8;
const BUDGET = 36;
/** With more segments than this only the one that counts has a lamp. */
const MOST_LAMPS = 32;

/** How long the segments behind the light go on: as much as it takes to read why they are shown. */
const BEHIND = { shortest: READ + 0.4, longest: 8 };

/** It thinks until its light is red; what it would have thought then is shown too, as that. */
const times = memo((recording: ThoughtRecording) => {
  const { segments, segments_used: used } = recording;
  const behind = segments.length - used;
  const pace = Math.max(BEHIND.shortest, Math.min(behind, BEHIND.longest)) / Math.max(1, behind);
  return timeline({
    given: 1.2,
    segments: each(used, Math.min(LONGEST, BUDGET / used)),
    light: behind ? READ + 0.4 : 0,
    behind: each(behind, pace),
    verdict: 5,
  });
});

function duration(recording: ThoughtRecording): number {
  return Math.max(10, times(recording).end);
}

/** Segments that are over, with the fraction of the one under way. */
function done(recording: ThoughtRecording, t: number): number {
  const time = times(recording);
  const { segments, segments_used: used } = recording;
  const behind = progress(t, time.behind, time.verdict) * (segments.length - used);
  return progress(t, time.segments, time.light) * used + (t < time.behind ? 0 : behind);
}

/** When the answer of a segment, from 0, is there. */
function answeredAt(recording: ThoughtRecording, i: number, share: number): number {
  const used = recording.segments_used;
  const time = times(recording);
  return i < used ? time.nth("segments", i + share) : time.nth("behind", i - used + share);
}

function captions(recording: ThoughtRecording, view: ThoughtView): readonly Caption[] {
  const { segments, segments_used: used, model } = recording;
  const time = times(recording);
  const list: Caption[] = [{ at: 0, text: "It thinks one segment, and reads out a whole answer." }];
  const after = (i: number): string => {
    const segment = at(segments, i);
    const wrong = wrongOf(recording, view)?.[i];
    const byRules = judgementOf(recording, view) === "rules";
    const clashFree = wrong === 0 && byRules && recording.puzzle === "sudoku";
    const words =
      wrong === undefined || (byRules && wrong === 0)
        ? i
          ? `${count(changedIn(recording, segment).length, "cell")} changed${clashFree ? ", and no cell clashes" : ""}`
          : "its first answer"
        : wrong === 0
          ? "every cell is right"
          : `${wrongWords(recording, view, wrong)}${i ? `, ${changedIn(recording, segment).length} changed` : ""}`;
    const clash = i === 0 && byRules && wrong && recording.puzzle === "sudoku" ? CLASH : "";
    return `After segment ${i + 1}: ${words}${clash}.`;
  };
  const behind = segments.length - used;
  const stopped = behind ? answeredAt(recording, used - 1, 0.8) : time.light;
  for (let i = 0; i < used; i++) {
    const when = answeredAt(recording, i, 0.8);
    // With the last one the light is red, or the verdict comes.
    if (when - (list.at(-1)?.at ?? 0) >= GLANCE && when < stopped - GLANCE) {
      list.push({ at: when, text: after(i), glance: true });
    }
  }
  if (behind) {
    list.push(
      {
        at: stopped,
        text: `${sureAfter(recording) ?? after(used - 1)} Red light: it stops, and this answer counts.`,
      },
      {
        at: time.behind,
        text: `Had it thought on: ${count(behind, "segment")} more, and in the end ${otherCells(recording)}.`,
      },
    );
  }
  const ending =
    model.halting === "none"
      ? `It has no road lights, and thinks all ${count(segments.length, "segment")}.`
      : at(segments, used - 1).red
        ? `Red after ${count(used, "segment")} of ${segments.length}, by its own judgement alone.`
        : `The light stayed green for all ${count(segments.length, "segment")}.`;
  return [...list, { at: time.verdict + 0.1, text: `${ending} ${verdictWords(recording)}` }];
}

const CLASH = ": the same digit twice in a row, column or box";

/** Why the light is red; null where it is not how sure it is that counts. */
function sureAfter(recording: ThoughtRecording): string | null {
  const { segments_used: used, halt_threshold: asked } = recording;
  const { q_halt } = handedIn(recording);
  if (q_halt === null || typeof asked !== "number") return null;
  return `After segment ${used} it is ${percent(logistic(q_halt))} sure, and ${percent(asked)} is enough.`;
}

/** What the segments behind the light would have made of the answer that counts. */
function otherCells(recording: ThoughtRecording): string {
  const { answer } = at(recording.segments, recording.segments.length - 1);
  const others = changedCells(
    shownOf(recording, handedIn(recording).answer),
    shownOf(recording, answer),
  );
  return others.length === 0
    ? "no cell differs"
    : `${count(others.length, "cell")} ${others.length === 1 ? "differs" : "differ"}`;
}

function draw(recording: ThoughtRecording, t: number, view: ThoughtView): readonly Shape[] {
  const { layout } = view;
  const { first, second } = halves(layout);
  const finished = t >= times(recording).verdict;
  const over = Math.min(recording.segments.length, Math.floor(done(recording, t) + 0.2));
  const title =
    over === 0
      ? "As it is given"
      : finished
        ? lastTitle(recording)
        : over > recording.segments_used
          ? `Had it thought on: segment ${over}`
          : `After segment ${over}`;
  return [
    ...card("board", first, title, layout),
    ...boardAt(recording, over, finished, inside(first, layout), view),
    ...card("thought", second, `Segment by segment`, layout),
    ...evidence(recording, t, over, finished, inside(second, layout), view),
  ];
}

function boardAt(
  recording: ThoughtRecording,
  over: number,
  finished: boolean,
  box: Box,
  view: ThoughtView,
): Shape[] {
  const { board, given, segments } = recording;
  const { layout } = view;
  const solution = solutionFor(recording, view);
  const segment = over === 0 ? null : finished ? handedIn(recording) : at(segments, over - 1);
  const size = sizes[layout].body;
  const grid = segment?.answer ?? given;
  const behind = !finished && over > recording.segments_used;
  const changed = segment && !finished ? changedIn(recording, segment) : [];
  const wrong = segment ? wrongIn(recording, grid, view) : null;
  const byRules = wrong && !solution;
  const marks = solution && !isCanvas(recording) ? solution : null;
  const parts = segment
    ? [
        ...(solution ? [judgedIn(recording, grid, view)] : []),
        ...(byRules && wrong.length ? [wrongWords(recording, view, wrong.length)] : []),
        ...(byRules && !wrong.length && finished && recording.valid ? ["right by the rules"] : []),
        ...(segment && isCanvas(recording) && !solution ? [sizeSaid(grid)] : []),
        // There is nothing before the first answer.
        ...(segment === segments[0]
          ? []
          : [`${count(changedIn(recording, segment).length, "cell")} changed`]),
      ]
    : ["the puzzle, not yet thought about"];
  const said = parts.join(", ") || "its first answer";
  return [
    puzzleBoard({
      id: "main",
      box: { ...box, height: box.height - size * 2.2 },
      board,
      crop: cropOfThought(recording),
      own: ownOf(recording, grid),
      grid: shownOf(recording, grid),
      given,
      solution: segment ? marks : null,
      ...(wrong && !marks ? { wrong } : {}),
      changed,
      tone: !segment ? "input" : finished ? verdictTone(recording) : behind ? "muted" : "answer",
      label: `The board: ${said}`,
      tip: segment
        ? `Its answer: ${said}. Lit cells have changed${wrong ? ", wrong ones are crossed out" : ""}.`
        : "The puzzle as it is given.",
    }),
    fitted("main.said", said, box.x, round(box.y + box.height - 3), box.width, size, {
      weight: segment ? 700 : 400,
      fill: segment ? "ink" : "muted",
    }),
  ];
}

/** Of an answer that is a grid: how large it is. */
function sizeSaid(answer: Grid): string {
  const { rows, columns } = gridIn(answer);
  return rows ? `${rows} × ${columns} cells` : "no grid";
}

function lastTitle({ vote }: ThoughtRecording): string {
  return vote ? "What this view answers" : "What it hands in";
}

/** Of a task only one view is told here. */
function verdictWords(recording: ThoughtRecording): string {
  const said = ownVerdict(recording);
  return recording.vote
    ? `The task as it is: ${said.charAt(0).toLowerCase()}${said.slice(1)}`
    : said;
}

function verdictTone({ valid }: ThoughtRecording): "right" | "wrong" | "answer" {
  return valid === null ? "answer" : valid ? "right" : "wrong";
}

function evidence(
  recording: ThoughtRecording,
  t: number,
  over: number,
  finished: boolean,
  box: Box,
  view: ThoughtView,
): Shape[] {
  const { layout } = view;
  const size = sizes[layout].body;
  const lights = recording.model.halting !== "none";
  const head = lights ? size * 4.4 : 0;
  const foot = size * 4;
  return [
    ...(lights
      ? guess(recording, finished ? recording.segments_used : over, { ...box, height: head }, size)
      : []),
    ...columns(
      recording,
      view,
      done(recording, t),
      { ...box, y: box.y + head, height: box.height - head - foot },
      sizes[layout].small,
    ),
    ...(finished ? closing(recording, { ...box, y: box.y + box.height - foot + 6 }, size) : []),
  ];
}

/** The q head's guess after the segment on the board: a bar, and the light. */
function guess(recording: ThoughtRecording, over: number, box: Box, size: number): Shape[] {
  const read = over > 0 ? at(recording.segments, over - 1) : null;
  const q = read?.q_halt ?? null;
  const chance = q === null ? 0 : logistic(q);
  const track = { x: box.x, y: round(box.y + size * 1.9), width: box.width - 84, height: 10 };
  /** Where the light turns red. */
  const asked = round(track.x + track.width * (recording.halt_threshold ?? 0.5));
  const said = q === null ? "not asked yet" : percent(chance);
  const tip =
    q === null
      ? "After each segment the q head says how sure it is that the answer is right."
      : `After segment ${over} it is ${percent(chance)} sure that its answer is right: q ${reward(q)}. The light is ${read?.red ? "red: it would stop" : "green: it would think on"}.`;
  return [
    fitted(
      "guess.name",
      `Sure of its answer: ${said}`,
      box.x,
      round(box.y + size),
      track.width,
      size,
      {
        weight: 600,
      },
    ),
    group(
      "guess",
      [
        rect("guess.track", track, { radius: 5, fill: "faint", opacity: 0.5 }),
        rect(
          "guess.bar",
          { ...track, width: round(track.width * chance) },
          { radius: 5, fill: "halting" },
        ),
        line(
          "guess.asked",
          [
            [asked, track.y - 3],
            [asked, track.y + track.height + 3],
          ],
          "muted",
          1.4,
        ),
      ],
      { label: tip, tip },
    ),
    roadLight({
      id: "light",
      x: round(box.x + box.width - 34),
      y: round(box.y + size * 1.4),
      r: 11,
      stop: read?.red ?? false,
      lit: read ? 1 : 0,
      tip,
    }),
  ];
}

/** A column a segment: wrong cells, or, where the solution is not known, changed ones. */
function columns(
  recording: ThoughtRecording,
  view: ThoughtView,
  over: number,
  box: Box,
  size: number,
): Shape[] {
  const { segments, segments_used: used, model } = recording;
  const solution = solutionFor(recording, view);
  const wrong = wrongOf(recording, view);
  const values = wrong ?? segments.map((segment) => changedIn(recording, segment).length);
  const most = Math.max(...values, 1);
  const lights = model.halting !== "none";
  const left = box.x + size * 2.6;
  const foot = box.y + box.height - size * (lights ? 3.6 : 2);
  const top = box.y + size * 3;
  const each = (box.x + box.width - left) / segments.length;
  const wide = Math.min(each * 0.66, 34);
  const labelled = each >= size * 1.9;
  const numbered = Math.max(1, Math.ceil((size * 1.7) / each));
  const r = Math.min(each * 0.36, 7);
  const title = solution
    ? `Wrong cells of ${askedIn(recording) ?? 0}, after each segment`
    : wrong
      ? "Cells that break the rules, after each segment"
      : "Cells that changed, after each segment";
  return [
    fitted("columns.title", title, box.x, round(box.y + size), box.width, size, { weight: 700 }),
    line(
      "columns.foot",
      [
        [left, round(foot)],
        [box.x + box.width, round(foot)],
      ],
      "faint",
      1.6,
    ),
    ...segments.map((segment, i) => {
      const x = round(left + (i + 0.5) * each);
      const shown = clamp((over - i - 0.6) / 0.3);
      const value = at(values, i);
      const high = (foot - top) * (value / most) * shown;
      const id = `columns.${i}`;
      const counts = i + 1 === used;
      const words = shown
        ? `Segment ${i + 1}: ${wrong ? `${count(value, "cell")} wrong, ` : ""}${count(changedIn(recording, segment).length, "cell")} changed${segment.q_halt === null ? "" : `, q ${reward(segment.q_halt)}, ${segment.red ? "red" : "green"}`}.${counts ? " This answer counts." : i >= used ? " It had stopped before: this answer does not count." : ""}`
        : `Segment ${i + 1} is still to come.`;
      return group(
        id,
        [
          rect(
            `${id}.hit`,
            { x: round(x - each / 2), y: top, width: round(each), height: round(foot - top) },
            { fill: "none" },
          ),
          rect(
            `${id}.bar`,
            {
              x: round(x - wide / 2),
              y: round(foot - high),
              width: round(wide),
              height: round(high),
            },
            { radius: Math.min(4, wide / 3), fill: wrong ? "wrong" : "agent" },
          ),
          ...(shown >= 1 && value === 0 && isRight(recording, segment.answer, view)
            ? [tick(`${id}.tick`, x, foot - 9, Math.min(6, wide * 0.3))]
            : shown >= 1 && labelled
              ? [
                  text(`${id}.v`, String(value), x, round(foot - high - 4), size, {
                    anchor: "middle",
                    weight: 700,
                  }),
                ]
              : []),
          ...((i + 1) % numbered && i > 0
            ? []
            : [
                text(`${id}.n`, String(i + 1), x, round(foot + size * 1.35), size, {
                  anchor: "middle",
                  // Which one counts is not told before the light is red.
                  weight: counts && shown >= 1 ? 700 : 400,
                  fill: counts && shown >= 1 ? "ink" : "muted",
                }),
              ]),
          ...(lights && shown >= 1 && (counts || segments.length <= MOST_LAMPS)
            ? [
                lamp({
                  id: `${id}.lamp`,
                  x,
                  y: round(foot + size * 2.5),
                  r,
                  stop: segment.red,
                  tip: words,
                }),
              ]
            : []),
        ],
        { label: words, tip: words, ...(i >= used ? { opacity: 0.45 } : {}) },
      );
    }),
  ];
}

function tick(id: string, x: number, y: number, r: number): Shape {
  return path(
    id,
    `M${round(x - r)} ${round(y)}l${round(r * 0.8)} ${round(r * 0.9)}l${round(r * 1.3)} ${round(-r * 1.8)}`,
    {
      fill: "none",
      stroke: "right",
      strokeWidth: 2.6,
    },
  );
}

function closing(recording: ThoughtRecording, box: Box, size: number): Shape[] {
  const { segments_used: used, segments, valid, exact } = recording;
  const said = `${verdictWords(recording)} ${count(used, "segment")} of ${segments.length} ${used === 1 ? "was" : "were"} used.`;
  return [
    group(
      "verdict",
      [
        ...(valid === null
          ? []
          : valid
            ? [tick("verdict.tick", box.x + 9, box.y + size * 1.0, 8)]
            : [
                path(
                  "verdict.cross",
                  `M${round(box.x + 2)} ${round(box.y + size * 0.4)}l13 13m0 -13l-13 13`,
                  { fill: "none", stroke: "wrong", strokeWidth: 2.6 },
                ),
              ]),
        ...words("verdict.said", { ...box, x: box.x + 28, width: box.width - 28 }, said, size, {
          fill: "ink",
          weight: 700,
        }),
      ],
      { label: said, tip: `${said}${exact === null ? " The solution is not known." : ""}` },
    ),
  ];
}

function maths(recording: ThoughtRecording, t: number): readonly Equation[] {
  const over = Math.max(1, Math.floor(done(recording, t) + 0.2));
  const read = recording.segments[Math.min(over, recording.segments.length) - 1];
  if (!read || read.q_halt === null) {
    return [
      {
        title: "The answer",
        tex: "\\hat y_i = \\arg\\max_v \\; z_{H,i} \\cdot w_v",
        meaning: "Every cell of the answer is read from the slow state at once.",
      },
    ];
  }
  const q = reward(read.q_halt).replace("−", "-");
  const sure = percent(logistic(read.q_halt)).replace("%", "\\%");
  return [
    {
      title: "How sure it is",
      tex: `\\sigma(q_{\\text{halt}}) = \\frac{1}{1 + e^{-q_{\\text{halt}}}}, \\quad q_{\\text{halt}} = ${q}: \\; ${sure}`,
      meaning: "Read by the q head from the state's first token.",
    },
  ];
}

export const segmentBySegment: ThoughtScene = {
  id: "segments",
  phase: 1,
  title: "Thinking",
  duration,
  captions,
  stops: (recording) => {
    const time = times(recording);
    return [
      0,
      ...recording.segments.map((_, i) => answeredAt(recording, i, 0.95)),
      Math.min(duration(recording), time.verdict + 1),
    ];
  },
  draw,
  maths,
};
