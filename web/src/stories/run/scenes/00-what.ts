/** What is trained: the puzzle, the data, the model and the recipe. */
import type { RunRecording } from "../../../recording/run.gen";
import { fitted, group, notice, rect, round, type Box } from "../../../scene/build";
import { tween } from "../../../scene/ease";
import { count, grouped } from "../../../scene/numbers";
import { puzzleBoard } from "../../puzzle/board";
import { blankCells, cropOf, puzzleName, sizeOf } from "../../puzzle/facts";
import { card, halves, inside, sizes } from "../../puzzle/places";
import type { Caption, Layout, View } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { textWidth } from "../../../scene/text";
import {
  duration,
  endWords,
  extentOf,
  flops,
  isEmpty,
  pace,
  stateWords,
  type RunScene,
} from "../facts";
import { timeline } from "../../../scene/timeline";

const T = timeline({ puzzle: 5, model: 5, recipe: 4 });
const SOURCES = 3;

function captions(recording: RunRecording): readonly Caption[] {
  const { model, data, puzzle, test } = recording;
  const rows = data.reduce((all, one) => all + one.rows, 0);
  const list: Caption[] = [
    {
      at: 0,
      text: `A model of ${grouped(model.parameters)} numbers learns ${puzzleName(puzzle)} from ${grouped(rows)} puzzles.`,
    },
    {
      at: T.model,
      text: test
        ? `${grouped(test.rows)} others, which it never learns from, say how well it does.`
        : "There are no others to test it on: it is measured on puzzles that it learns from.",
    },
    {
      at: T.recipe,
      text: isEmpty(recording)
        ? "Nothing is measured yet: the first line of metrics.jsonl is still to come."
        : endWords(recording),
    },
  ];
  return list;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

function rows(recording: RunRecording): readonly Row[] {
  const { model, board, data, test, train, seed, device, steps, minutes } = recording;
  const latest = train.at(-1);
  const setting = (name: string) => recording.recipe.find((one) => one.name === name)?.value;
  const row = (id: string, name: string, value: string | null): Row[] =>
    value ? [{ id, name, value }] : [];
  const limits = [
    steps === null ? "" : count(steps, "step"),
    minutes === null ? "" : `${minutes} min`,
  ].filter(Boolean);
  const { last } = extentOf(recording);
  return [
    ...row("puzzle", "puzzle", `${puzzleName(recording.puzzle)}, ${sizeOf(board)} cells`),
    ...data
      .slice(0, SOURCES)
      .flatMap((one, i) => row(`data${i}`, i ? "" : "learns from", sourceWords(one))),
    ...(data.length > SOURCES
      ? row("more", "", `and ${count(data.length - SOURCES, "source")} more`)
      : []),
    ...row("test", "tested on", test ? sourceWords(test) : "nothing"),
    ...row("model", "model", model.preset ?? "wired for this run"),
    ...row("size", "size", `${grouped(model.parameters)} numbers`),
    ...row("thinks", "a segment", segmentWords(recording)),
    ...row("segments", "thinks", thinkWords(recording)),
    ...row("batch", "batch", setting("batch") ?? null),
    ...row(
      "optimizer",
      "optimizer",
      [setting("optimizer"), setting("rate")].filter(Boolean).join(", rate "),
    ),
    ...row("limit", "asked for", limits.join(" or ") || null),
    ...row("seed", "seed", String(seed)),
    ...row("device", "on", device),
    ...row("sofar", "so far", isEmpty(recording) ? null : soFar(last, latest?.seconds ?? null)),
    ...row(
      "pace",
      "pace",
      latest?.examples_per_second == null
        ? null
        : `${pace(latest.examples_per_second)} puzzles a second`,
    ),
    ...row(
      "flops",
      "compute",
      latest?.flops_per_second == null ? null : `${flops(latest.flops_per_second)} a second`,
    ),
    ...row("state", "state", stateWords(recording)),
  ];
}

function sourceWords({ source, rows: many }: { source: string; rows: number }): string {
  return `${grouped(many)} of ${source}`;
}

function soFar(step: number, seconds: number | null): string {
  return `step ${grouped(step)}${seconds === null ? "" : `, ${duration(seconds)}`}`;
}

function segmentWords({ model }: RunRecording): string {
  const { hierarchy, modules, cycles, low_calls } = model;
  if (!hierarchy) return count(cycles * low_calls, "call");
  return `N=${cycles} × (T=${low_calls} of L, 1 of H)${modules === 1 ? ", one module" : ""}`;
}

function thinkWords({ model }: RunRecording): string {
  const lights = {
    none: "no road lights",
    "q-learning": "lights by Q-learning",
    "single-pass": "lights in a single pass",
  };
  return `up to ${count(model.segments, "segment")}, ${lights[model.halting]}`;
}

function draw(recording: RunRecording, t: number, view: View): readonly Shape[] {
  const { layout } = view;
  const { first, second } = halves(layout);
  const shown = rows(recording);
  const settings = recording.recipe.map(({ name, value }) => `${name} ${value}`).join(", ");
  return [
    ...card("puzzle", first, boardTitle(recording), layout),
    ...board(recording, inside(first, layout), layout),
    ...card("what", second, "What is trained", layout),
    group(
      "rows",
      table(shown, inside(second, layout), t, layout),
      settings ? { label: "The run", tip: `The whole recipe: ${settings}.` } : { label: "The run" },
    ),
  ];
}

function boardTitle({ watched }: RunRecording): string {
  return watched ? "The puzzle that is watched" : "No puzzle is watched";
}

function board(recording: RunRecording, box: Box, layout: Layout): Shape[] {
  const { watched } = recording;
  if (!watched) {
    return notice("none", "This run watches no puzzle.", box, sizes[layout].body);
  }
  const blanks = blankCells(recording.board, watched.given);
  const said = blanks ? `${blanks} of its cells are to be filled in.` : "As it is given.";
  const foot = sizes[layout].body * 2;
  return [
    puzzleBoard({
      id: "given",
      box: { ...box, height: box.height - foot },
      board: recording.board,
      crop: cropOf(recording.board, [watched.given]),
      grid: watched.given,
      given: watched.given,
      label: "The watched puzzle",
      tip: `The puzzle that the model is asked again and again. ${said}`,
    }),
    fitted(
      "given.said",
      said,
      box.x,
      round(box.y + box.height - 2),
      box.width,
      sizes[layout].body,
      {
        fill: "muted",
      },
    ),
  ];
}

function table(list: readonly Row[], box: Box, t: number, layout: Layout): Shape[] {
  const step = Math.min(box.height / list.length, layout === "wide" ? 27 : 19);
  const size = Math.max(11, Math.min(sizes[layout].body, step * 0.72));
  const name = Math.max(...list.map((one) => textWidth(one.name, size))) + 14;
  return list.flatMap((row, i) => {
    const y = round(box.y + (i + 0.72) * step);
    const shown = tween(t, 0.1 + i * 0.08, 0.5 + i * 0.08);
    if (shown <= 0.004) return [];
    const id = `row.${row.id}`;
    return [
      group(
        id,
        [
          ...(i % 2
            ? []
            : [
                rect(
                  `${id}.stripe`,
                  {
                    x: box.x - 6,
                    y: round(y - step * 0.72),
                    width: box.width + 12,
                    height: round(step),
                  },
                  { radius: 6, fill: "faint", opacity: 0.28 },
                ),
              ]),
          fitted(`${id}.name`, row.name, box.x, y, name, size, { fill: "muted" }),
          fitted(`${id}.value`, row.value, box.x + name, y, box.width - name, size, {
            weight: 600,
          }),
        ],
        shown < 1 ? { opacity: round(shown, 3) } : {},
      ),
    ];
  });
}

export const whatIsTrained: RunScene = {
  id: "what",
  phase: 0,
  title: "What is trained",
  duration: () => T.end,
  captions,
  stops: () => [0, T.model - 1, T.end - 1],
  draw,
};
