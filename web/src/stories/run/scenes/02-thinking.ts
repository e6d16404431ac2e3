/** What more thinking brings: solved after each segment, and the watched puzzle's answers. */
import type { RunRecording } from "../../../recording/run.gen";
import {
  circle,
  fitted,
  group,
  line,
  notice,
  rect,
  round,
  text,
  type Box,
} from "../../../scene/build";
import { at, range } from "../../../lib/list";
import { memoByValue } from "../../../scene/memo";
import { count, grouped, meanSteps, percent, reward } from "../../../scene/numbers";
import { lamp } from "../../../scene/parts/lights";
import { puzzleBoard } from "../../puzzle/board";
import { cropOf, judged } from "../../puzzle/facts";
import { card, halves, inside, sizes } from "../../puzzle/places";
import type { Caption, Layout, View } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { evaluationAt, redAt, viewAt, type RunScene } from "../facts";
import { END, stepAt, stopsOf, SWEEP } from "../moment";

export const THINKING = "thinking";

function captions(recording: RunRecording): readonly Caption[] {
  const [first, latest] = [recording.evaluations[0], recording.evaluations.at(-1)];
  if (!first || !latest) {
    return [{ at: 0, text: "It was not tested yet: what more thinking brings cannot be told." }];
  }
  const { by_segment } = latest;
  const [one, all] = [at(by_segment, 0), at(by_segment, by_segment.length - 1)];
  return [
    {
      at: 0,
      text: "It thinks in segments. Does it solve more the longer it thinks? It learns that as well.",
    },
    {
      at: 8,
      text: "Each board is its answer to the watched puzzle after one segment more, none stopped early.",
    },
    {
      at: SWEEP.to - 3.6,
      text: `Step ${grouped(latest.step)}: ${percent(one)} solved after 1 segment, ${percent(all)} after ${by_segment.length}.`,
    },
    ...(latest.segments === null
      ? []
      : [
          {
            at: SWEEP.to,
            text: `Stopping at its own red light, it uses ${meanSteps(latest.segments)} of ${count(by_segment.length, "segment")} on average.`,
          },
        ]),
  ];
}

function draw(recording: RunRecording, t: number, view: View): readonly Shape[] {
  const { layout } = view;
  const { first, second } = halves(layout);
  const step = stepAt(recording, t);
  return [
    ...card("tested", first, testTitle(recording, step), layout),
    ...bySegment(recording, step, inside(first, layout), layout),
    ...card("answers", second, viewTitle(recording, step), layout),
    ...answers(recording, step, inside(second, layout), layout),
  ];
}

function testTitle(recording: RunRecording, step: number): string {
  const now = evaluationAt(recording, step);
  if (!recording.evaluations.length) return "Not tested yet";
  return now ? `Tested at step ${grouped(now.step)}` : "Before the first test";
}

function viewTitle(recording: RunRecording, step: number): string {
  const now = viewAt(recording, step);
  if (!recording.watched) return "No puzzle is watched";
  return now ? `The watched puzzle at step ${grouped(now.step)}` : "Not asked yet";
}

function bySegment(recording: RunRecording, step: number, box: Box, layout: Layout): Shape[] {
  const first = recording.evaluations[0];
  if (!first) return notice("untested", "Nothing was tested yet.", box, sizes[layout].body);
  const now = evaluationAt(recording, step);
  return columns(
    box,
    sizes[layout].small,
    now?.by_segment ?? first.by_segment.map(() => 0),
    now?.segments ?? null,
    now !== null,
    recording.test
      ? "Test puzzles solved after each segment"
      : "Seen puzzles solved after each segment",
  );
}

/** A column a segment, as high as the share that is solved after it; a flag where it stops. */
const columns = memoByValue(
  (
    box: Box,
    size: number,
    shares: readonly number[],
    used: number | null,
    tested: boolean,
    title: string,
  ): Shape[] => {
    const left = box.x + size * 3.2;
    const width = box.width - size * 3.2;
    const foot = box.y + box.height - size * 4.2;
    const top = box.y + size * 3.2;
    const high = foot - top;
    const each = width / shares.length;
    const wide = Math.min(each * 0.7, 40);
    const labelled = each >= size * 2.7;
    const numbered = Math.max(1, Math.ceil((size * 1.7) / each));
    const said = tested
      ? `Solved after each segment: ${shares.map((share, i) => `${i + 1}: ${percent(share)}`).join(", ")}.`
      : "Not tested yet at this moment.";
    const x = (i: number) => left + (i + 0.5) * each;
    return [
      fitted("segments.title", title, box.x, box.y + size, box.width, size, { weight: 700 }),
      group(
        "segments",
        [
          rect("segments.hit", { x: left, y: top, width, height: high }, { fill: "none" }),
          ...[0, 0.5, 1].map((level, i) =>
            line(
              `segments.grid${i}`,
              [
                [left, round(foot - high * level)],
                [left + width, round(foot - high * level)],
              ],
              "faint",
              i ? 1 : 1.6,
              i ? { dash: [2, 5] } : {},
            ),
          ),
          ...[0, 1].map((level) =>
            text(
              `segments.y${level}`,
              level ? percent(1) : "0",
              left - 5,
              round(foot - high * level + size * 0.35),
              size,
              { anchor: "end", fill: "muted" },
            ),
          ),
          ...shares.flatMap((share, i) => [
            rect(
              `segments.${i}`,
              {
                x: round(x(i) - wide / 2),
                y: round(foot - high * share),
                width: round(wide),
                height: round(high * share),
              },
              { radius: Math.min(4, wide / 3), fill: "planner" },
            ),
            ...(tested && labelled
              ? [
                  text(
                    `segments.${i}.v`,
                    percent(share),
                    round(x(i)),
                    round(foot - high * share - 5),
                    size,
                    {
                      anchor: "middle",
                      weight: 700,
                    },
                  ),
                ]
              : []),
            ...((i + 1) % numbered && i + 1 !== 1
              ? []
              : [
                  text(
                    `segments.${i}.n`,
                    String(i + 1),
                    round(x(i)),
                    round(foot + size * 1.4),
                    size,
                    {
                      anchor: "middle",
                      fill: "muted",
                    },
                  ),
                ]),
          ]),
          ...(used === null
            ? []
            : [
                circle("segments.used", round(x(used - 1)), round(foot), 6, {
                  fill: "halting",
                  stroke: "surface",
                  strokeWidth: 1.5,
                }),
              ]),
        ],
        { label: said, tip: said },
      ),
      fitted(
        "segments.foot",
        used === null
          ? "segments of thinking"
          : `segments of thinking; the dot: ${meanSteps(used)} used on average`,
        left + width / 2,
        round(foot + size * 3.1),
        width,
        size,
        { anchor: "middle", fill: "muted" },
      ),
    ];
  },
);

function answers(recording: RunRecording, step: number, box: Box, layout: Layout): Shape[] {
  const { watched, board, model } = recording;
  const view = viewAt(recording, step);
  if (!watched || !view) {
    return notice("unasked", "There is no answer to show yet.", box, sizes[layout].body);
  }
  const size = sizes[layout].small;
  const crop = cropOf(board, [watched.given, watched.solution]);
  const shown = shownOf(view.answers.length, view.segments_used);
  const lights = model.halting !== "none";
  const {
    columns: across,
    side,
    down,
  } = gridOf(shown.length, box, size * 1.9, crop.width / crop.height);
  return shown.flatMap((i, place) => {
    const answer = at(view.answers, i);
    const said = judged(answer, watched.solution);
    const q = view.q_halt[i];
    const x = box.x + (place % across) * (box.width / across);
    const y = box.y + Math.floor(place / across) * down;
    const id = `answer.${i}`;
    const used = i + 1 === view.segments_used;
    const words = `Segment ${i + 1}: ${said}${lights && q != null ? `; q of stopping ${reward(q)}` : ""}.${used ? " This answer counts." : ""}`;
    const middle = x + box.width / across / 2;
    const over = i + 1 > view.segments_used;
    const red = redAt(recording, view, i);
    return [
      group(
        id,
        [
          puzzleBoard({
            id: `${id}.board`,
            box: {
              x: round(middle - side / 2),
              y: round(y),
              width: round(side),
              height: round(down - size * 1.9),
            },
            board,
            crop,
            grid: answer,
            given: watched.given,
            solution: watched.solution,
            tone: used ? "halting" : "faint",
            small: true,
            label: words,
            tip: words,
          }),
          text(`${id}.n`, String(i + 1), round(middle), round(y + down - size * 0.6), size, {
            anchor: "middle",
            weight: used ? 700 : 400,
            fill: used ? "ink" : "muted",
          }),
          ...(red !== null && side >= size * 2.6
            ? [
                lamp({
                  id: `${id}.lamp`,
                  x: round(middle + size * 1.4),
                  y: round(y + down - size * 0.95),
                  r: size * 0.5,
                  stop: red,
                  tip: words,
                }),
              ]
            : []),
        ],
        over ? { opacity: 0.55 } : {},
      ),
    ];
  });
}

/** The segments that are shown: all, or, of many, some of them, the one that counts and the last. */
function shownOf(many: number, used: number): readonly number[] {
  const every = Math.ceil(many / MOST_SHOWN);
  return range(many).filter((i) => i % every === 0 || i === used - 1 || i === many - 1);
}

const MOST_SHOWN = 18;

/** The columns that make boards of a shape largest. */
function gridOf(many: number, box: Box, foot: number, ratio: number) {
  const all = range(many).map((i) => {
    const columns = i + 1;
    const rows = Math.ceil(many / columns);
    const down = box.height / rows;
    const side = Math.min(box.width / columns - 8, (down - foot) * Math.max(ratio, 0.2));
    return { columns, down: Math.min(down, side / Math.max(ratio, 0.2) + foot + 6), side };
  });
  return all.reduce((best, one) => (one.side > best.side ? one : best));
}

export const thinking: RunScene = {
  id: THINKING,
  phase: 2,
  title: "Thinking longer",
  duration: () => END,
  captions,
  stops: stopsOf,
  draw,
};
