/** Inside the thought: how far calls move its states, where these go, and how sure each cell is. */
import type { StatePath, ThoughtRecording } from "../../../recording/thought.gen";
import { circle, fitted, group, line, rect, round, text, type Box } from "../../../scene/build";
import { columns, notice } from "../../../scene/build";
import { clamp, progress } from "../../../scene/ease";
import { at, last, range } from "../../../lib/list";
import { memo, memoByValueOf } from "../../../scene/memo";
import { count, percent, weight } from "../../../scene/numbers";
import type { Caption, Equation, Layout } from "../../../scene/scene";
import type { Shape, Tone } from "../../../scene/shape";
import { each, timeline, READ } from "../../../scene/timeline";
import { puzzleBoard } from "../../puzzle/board";
import { IGNORED, type Crop, type Grid } from "../../puzzle/facts";
import { card, halves, inside as within, sizes } from "../../puzzle/places";
import { cropOfThought, ownOf, shownOf, type ThoughtScene } from "../facts";
import {
  callsOver,
  decadesOf,
  filledCells,
  meanCertainty,
  modulesOf,
  momentOf,
  type ModuleName,
} from "../inside";
import { certaintyKey, certaintyMarks } from "../parts/certainty";

const LONGEST = 2.8;
const BUDGET = 36;
/** States that calls move less than this have come to rest. */
const REST = 0.02;
const WITHOUT = "This recording was made without its states: record it again to look inside.";

const HUES: Record<ModuleName, Tone> = { H: "planner", L: "doer" };

const times = memo((recording: ThoughtRecording) => {
  const many = recording.segments.length;
  return timeline({
    start: 1.2,
    segments: each(many, Math.min(LONGEST, BUDGET / many)),
    rest: 5,
  });
});

function duration(recording: ThoughtRecording): number {
  return recording.inside ? Math.max(10, times(recording).end) : 10;
}

/** Segments that are over, with the fraction of the one under way. */
function over(recording: ThoughtRecording, t: number): number {
  const time = times(recording);
  return progress(t, time.segments, time.rest) * recording.segments.length;
}

/** 'zH' and 'zL'; where there is only one state, 'the state'. */
function nameOf(recording: ThoughtRecording, module: ModuleName): string {
  return recording.inside?.high ? `z${module}` : "the state";
}

function captions(recording: ThoughtRecording): readonly Caption[] {
  const { inside, segments } = recording;
  if (!inside) return [{ at: 0, text: WITHOUT }];
  const time = times(recording);
  const states = modulesOf(inside);
  /** By how much the last call of a segment moved each state; true of the curve at any time. */
  const moved = (segment: number): string =>
    states
      .map(([module, path]) => {
        const calls = callsOver(recording, module, segment);
        return `${nameOf(recording, module)} by ${weight(at(path.residuals, calls - 1))}`;
      })
      .join(", ");
  const list: Caption[] = [
    { at: 0, text: "A state is what it keeps in mind. How far does each call move it?" },
  ];
  const first = Math.max(READ, time.nth("segments", 1));
  if (first <= time.rest - READ) {
    list.push({ at: first, text: `The last call of segment 1 moved ${moved(1)}.` });
    const next = first + READ;
    // Above the picture stands what the call of now does: it must not be taken for that of segment 1.
    if (next <= Math.min(time.nth("segments", recording.segments_used), time.rest) - READ) {
      list.push({
        at: next,
        text: "The number above each curve is how far the call of now moves it.",
      });
    }
  }
  const used = recording.segments_used;
  const stopped = time.nth("segments", used);
  if (stopped >= (list.at(-1)?.at ?? 0) + READ && stopped <= time.rest - READ) {
    const where = used < segments.length ? "where its light is red" : "its last";
    list.push({ at: stopped, text: `That of segment ${used}, ${where}, moved ${moved(used)}.` });
    const on = stopped + READ + 1;
    if (used < segments.length && on <= time.rest - READ)
      list.push({
        at: on,
        text: "Past its red light: what it would have thought, had it not stopped.",
      });
  }
  const still = (segment: number): boolean =>
    states.some(
      ([module, { residuals }]) => at(residuals, callsOver(recording, module, segment) - 1) >= REST,
    );
  const ends = still(segments.length)
    ? "Its states still move at the end: it has not settled on an answer."
    : used < segments.length && still(used)
      ? "At the end its states hardly move any more. At its red light they still did."
      : "Its states have come to rest: at the end a call hardly moves them.";
  return [...list, { at: time.rest + 0.1, text: ends }];
}

function draw(recording: ThoughtRecording, t: number, view: { layout: Layout }): readonly Shape[] {
  const { layout } = view;
  const { first, second } = halves(layout);
  if (!recording.inside) {
    const whole = { ...first, width: second.x + second.width - first.x };
    const box = layout === "wide" ? whole : { ...first, height: first.height };
    return [
      ...card("inside", box, "Inside", layout),
      ...notice("without", WITHOUT, within(box, layout), sizes[layout].body),
    ];
  }
  const now = over(recording, t);
  const segment = Math.min(recording.segments.length, Math.floor(now + 1e-6));
  const after = segment > recording.segments_used ? "Past the red light," : "After";
  const title = segment === 0 ? "The puzzle" : `${after} segment ${segment}: how sure of each cell`;
  const body = within(second, layout);
  const share = layout === "wide" ? 0.5 : 0.48;
  const upper = { ...body, height: body.height * share };
  const lower = { ...body, y: body.y + upper.height + 6, height: body.height - upper.height - 6 };
  const states = modulesOf(recording.inside);
  const places = columns(lower, states.length, 14);
  return [
    ...card("board", first, title, layout),
    ...certaintyAt(recording, segment, within(first, layout), layout),
    ...card("inside", second, "How far each call moves its state", layout),
    ...residualsAt(recording, now, upper, sizes[layout].small),
    ...states.flatMap(([module, path], i) =>
      pathAt(recording, module, path, now, at(places, i), sizes[layout].small),
    ),
  ];
}

// --- how sure it is ---

function certaintyAt(
  recording: ThoughtRecording,
  segment: number,
  box: Box,
  layout: Layout,
): Shape[] {
  const { board, given, solution, segments, inside, vote } = recording;
  const size = sizes[layout].body;
  const grid = segment ? at(segments, segment - 1).answer : given;
  const certainty = segment ? (inside?.certainty?.[segment - 1] ?? null) : null;
  const crop = cropOfThought(recording);
  const room = { ...box, height: box.height - size * 3.6 };
  const cells = filledCells(recording, cropOfCells(recording, grid, crop));
  const said = !segment
    ? "the puzzle, not yet thought about"
    : !certainty
      ? "how sure it is of each cell was not recorded"
      : `${percent(meanCertainty(certainty, cells))} sure on average; least sure cell: ${percent(Math.min(...cells.map((cell) => at(certainty, cell))))}`;
  return [
    puzzleBoard({
      id: "main",
      box: room,
      board,
      crop,
      own: ownOf(recording, grid),
      // What is not asked about stays empty.
      grid:
        solution && !vote
          ? grid.map((token, i) => (solution[i] === IGNORED ? 0 : token))
          : shownOf(recording, grid),
      given,
      tone: segment ? "answer" : "input",
      // The doubt of a coloured cell stands where its digit would.
      small: Boolean(vote && certainty),
      label: `The board: ${said}`,
      tip: segment ? "Its answer after this segment." : "The puzzle as it is given.",
    }),
    ...(certainty
      ? certaintyMarks({ id: "sure", box: room, board, crop, certainty, cells, said })
      : []),
    fitted("main.said", said, box.x, round(box.y + box.height - 3 - size * 1.4), box.width, size, {
      weight: segment ? 700 : 400,
      fill: segment ? "ink" : "muted",
    }),
    ...(certainty
      ? [
          fitted(
            "main.meaning",
            certaintyKey({ box: room, board, crop }),
            box.x,
            round(box.y + box.height - 3),
            box.width,
            size,
            { fill: "muted" },
          ),
        ]
      : []),
  ];
}

/** The cells of an answer's own grid, where it has one. */
function cropOfCells(recording: ThoughtRecording, grid: Grid, crop: Crop): Crop {
  const own = ownOf(recording, grid);
  return own?.width ? own : crop;
}

// --- how far calls move the states ---

function residualsAt(recording: ThoughtRecording, now: number, box: Box, size: number): Shape[] {
  const { inside, segments } = recording;
  if (!inside) return [];
  const plot = plotOf(box, size);
  const x = round(plot.x + (plot.width * now) / segments.length);
  const states = modulesOf(inside);
  const wide = box.width / states.length;
  return [
    ...residualsStanding(recording, box, size),
    rect(
      "moved.veil",
      {
        x,
        y: plot.y - 4,
        width: round(plot.x + plot.width + 4 - x),
        height: round(plot.height + 4),
      },
      { fill: "surface", opacity: 0.78 },
    ),
    line(
      "moved.now",
      [
        [x, plot.y - 4],
        [x, plot.y + plot.height],
      ],
      "muted",
      1.4,
    ),
    ...states.flatMap(([module, { residuals }], i) => {
      const calls = callsOver(recording, module, now);
      const value = calls ? weight(at(residuals, calls - 1)) : "not yet called";
      const left = round(box.x + i * wide);
      return [
        line(
          `moved.${module}.key`,
          [
            [left, box.y + size * 0.6],
            [left + 22, box.y + size * 0.6],
          ],
          HUES[module],
          2.6,
          dashOf(module),
        ),
        fitted(
          `moved.${module}.value`,
          `${nameOf(recording, module)}: ${value}`,
          left + 28,
          round(box.y + size),
          wide - 34,
          size,
          { weight: 700 },
        ),
      ];
    }),
  ];
}

function dashOf(module: ModuleName): { dash?: readonly number[] } {
  return module === "L" ? { dash: [5, 2] } : {};
}

function plotOf(box: Box, size: number): Box {
  const left = size * 3.4;
  return {
    x: round(box.x + left),
    y: round(box.y + size * 2),
    width: round(box.width - left - 6),
    height: round(box.height - size * 4),
  };
}

/** All that does not change with the moment: logarithmic, a line a decade. */
const residualsStanding = memoByValueOf(
  (recording: ThoughtRecording, box: Box, size: number): Shape[] => {
    const { inside, segments, model } = recording;
    if (!inside) return [];
    const plot = plotOf(box, size);
    const [lowest, highest] = decadesOf(inside);
    const y = (value: number) => {
      const share = (Math.log10(Math.max(value, 10 ** lowest)) - lowest) / (highest - lowest);
      return round(plot.y + plot.height * (1 - clamp(share)));
    };
    const tip =
      "How far a call moved its state, in sizes of the state; each line across is ten times less.";
    const every = Math.max(1, Math.ceil((size * 2 * segments.length) / plot.width));
    return [
      group(
        "moved.axes",
        [
          rect("moved.hit", plot, { fill: "none" }),
          ...range(Math.floor(highest) - lowest + 1).flatMap((i) => {
            const level = 10 ** (lowest + i);
            return [
              line(
                `moved.g${i}`,
                [
                  [plot.x, y(level)],
                  [plot.x + plot.width, y(level)],
                ],
                "faint",
                1,
              ),
              text(`moved.y${i}`, String(level), plot.x - 6, round(y(level) + size * 0.35), size, {
                anchor: "end",
                fill: "muted",
              }),
            ];
          }),
          ...range(segments.length + 1)
            .filter((i) => i % every === 0)
            .map((i) =>
              text(
                `moved.x${i}`,
                String(i),
                round(plot.x + (plot.width * i) / segments.length),
                round(plot.y + plot.height + size * 1.3),
                size,
                { anchor: "middle", fill: "muted" },
              ),
            ),
        ],
        { label: tip, tip },
      ),
      ...modulesOf(inside).map(([module, { residuals }]) =>
        line(
          `moved.${module}`,
          residuals.map((value, call) => [
            plot.x + (plot.width * momentOf(model, module, call)) / segments.length,
            y(value),
          ]),
          HUES[module],
          2,
          dashOf(module),
        ),
      ),
    ];
  },
);

// --- where the states go ---

function pathAt(
  recording: ThoughtRecording,
  module: ModuleName,
  path: StatePath,
  now: number,
  box: Box,
  size: number,
): Shape[] {
  const calls = callsOver(recording, module, now);
  const room = { ...box, y: box.y + size * 1.6, height: box.height - size * 1.6 };
  const points = pointsOf(path, room);
  const name = nameOf(recording, module);
  const [one, two] = path.explained;
  const said = `The path of ${name} in its first two principal components, which hold ${percent(one)} and ${percent(two)} of its variance: ${count(path.x.length, "call")}, the last one crossed.`;
  const id = `path.${module}`;
  const [endX, endY] = last(points);
  return [
    fitted(
      `${id}.title`,
      `Path of ${name}, up to the ×`,
      box.x,
      round(box.y + size),
      box.width,
      size,
      { weight: 600 },
    ),
    group(
      id,
      [
        rect(`${id}.room`, room, { radius: 6, fill: "ground", stroke: "faint", strokeWidth: 1 }),
        line(`${id}.all`, points, "muted", 1.2, { opacity: 0.4 }),
        ...(calls > 1 ? [line(`${id}.gone`, points.slice(0, calls), HUES[module], 2)] : []),
        line(
          `${id}.end`,
          [
            [endX - 5, endY - 5],
            [endX + 5, endY + 5],
          ],
          "muted",
          1.8,
        ),
        line(
          `${id}.end2`,
          [
            [endX - 5, endY + 5],
            [endX + 5, endY - 5],
          ],
          "muted",
          1.8,
        ),
        ...(calls
          ? [
              circle(`${id}.now`, at(points, calls - 1)[0], at(points, calls - 1)[1], 5.5, {
                fill: HUES[module],
                stroke: "surface",
                strokeWidth: 1.6,
              }),
            ]
          : []),
      ],
      { label: said, tip: said },
    ),
  ];
}

/** The path's points in a box; across and up are of one scale, so that distances compare. */
function pointsOf({ x, y }: StatePath, box: Box): (readonly [number, number])[] {
  const pad = 9;
  const [left, right] = [Math.min(...x), Math.max(...x)];
  const [low, high] = [Math.min(...y), Math.max(...y)];
  const scale = Math.min(
    (box.width - 2 * pad) / Math.max(right - left, 1e-4),
    (box.height - 2 * pad) / Math.max(high - low, 1e-4),
  );
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  return x.map((one, i) => [
    round(cx + (one - (left + right) / 2) * scale),
    round(cy - (at(y, i) - (low + high) / 2) * scale),
  ]);
}

function maths(recording: ThoughtRecording, t: number): readonly Equation[] {
  const { inside } = recording;
  if (!inside) return [];
  const now = over(recording, t);
  const equations = modulesOf(inside).flatMap(([module, { residuals }]): Equation[] => {
    const calls = callsOver(recording, module, now);
    if (!calls) return [];
    const z = `z_{${module}}`;
    return [
      {
        title: `How far a call moved ${nameOf(recording, module)}`,
        tex: `\\frac{\\lVert ${z}^{${calls}} - ${z}^{${calls - 1}} \\rVert}{\\lVert ${z}^{${calls}} \\rVert} = ${weight(at(residuals, calls - 1))}`,
        meaning:
          "The forward residual, over all cells at once; an unrelated state is about 1.4 away.",
      },
    ];
  });
  return [
    ...equations,
    {
      title: "How sure it is of a cell",
      tex: "p_i = \\max_v \\, \\mathrm{softmax}_v(z_{H,i} \\cdot w_v)",
      meaning: "The probability that it gives to the token it answers.",
    },
  ];
}

export const insideTheThought: ThoughtScene = {
  id: "inside",
  phase: 2,
  title: "Inside",
  duration,
  captions,
  stops: (recording) => {
    if (!recording.inside) return [0];
    const time = times(recording);
    return [
      0,
      ...recording.segments.map((_, i) => time.nth("segments", i + 1)),
      Math.min(duration(recording), time.rest + 1),
    ];
  },
  draw,
  maths,
};
