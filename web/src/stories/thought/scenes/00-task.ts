/** A task: what its examples show, and the test that is to be answered. */
import { at, range } from "../../../lib/list";
import { faded, fitted, group, round, type Box } from "../../../scene/build";
import { progress } from "../../../scene/ease";
import { count, grouped } from "../../../scene/numbers";
import type { Caption, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { textWidth } from "../../../scene/text";
import { each, timeline } from "../../../scene/timeline";
import { memo } from "../../../scene/memo";
import { sizeOf } from "../../puzzle/facts";
import { card, halves, inside, sizes } from "../../puzzle/places";
import { pair } from "../parts/canvases";
import type { ThoughtView } from "../view";
import { cropOfGrid, wantedIn, type VotedRecording } from "../vote";
import type { VotedScene } from "./byVote";

/** More examples than this are counted, not drawn. */
const MOST_EXAMPLES = 10;

const times = memo(({ vote }: VotedRecording) => {
  const many = Math.min(MOST_EXAMPLES, vote.examples.length);
  return timeline({
    examples: each(many, Math.min(1.6, 6 / Math.max(1, many))),
    test: 3.4,
    model: 5.6,
  });
});

function captions(recording: VotedRecording): readonly Caption[] {
  const { vote, model, segments } = recording;
  const time = times(recording);
  return [
    {
      at: 0,
      text: `Task ${vote.task}: ${count(vote.examples.length, "example")} of one rule, which nobody tells.`,
    },
    { at: Math.max(0.1, time.test), text: `${testWords(recording)} What becomes of this grid?` },
    {
      at: time.model,
      text: `A model of ${grouped(model.parameters)} numbers answers; about the task as it is it thinks ${count(segments.length, "segment")}.`,
    },
  ];
}

function testWords({ vote }: VotedRecording): string {
  return vote.tests > 1 ? `Test ${vote.test} of ${vote.tests}.` : "The test.";
}

function draw(recording: VotedRecording, t: number, view: ThoughtView): readonly Shape[] {
  const { layout } = view;
  const { first, second } = halves(layout);
  return [
    ...card("examples", first, headOf(recording), layout),
    ...examples(recording, t, inside(first, layout)),
    ...card("test", second, testWords(recording).replace(/\.$/, ""), layout),
    ...test(recording, t, inside(second, layout), view),
  ];
}

function headOf({ vote }: VotedRecording): string {
  const many = vote.examples.length;
  const shown =
    many > MOST_EXAMPLES
      ? `The first ${MOST_EXAMPLES} of ${many} examples`
      : count(many, "example");
  return `Task ${vote.task}: ${shown}`;
}

/** Two columns where that makes the pairs larger. */
function columnsFor(many: number, box: Box): number {
  const room = (across: number): number =>
    Math.min(box.width / across / 2, box.height / Math.ceil(many / across));
  return room(2) > room(1) ? 2 : 1;
}

function examples(recording: VotedRecording, t: number, box: Box): Shape[] {
  const { board, vote } = recording;
  const time = times(recording);
  const shown = vote.examples.slice(0, MOST_EXAMPLES);
  const across = columnsFor(shown.length, box);
  const down = Math.max(1, Math.ceil(shown.length / across));
  const [wide, high] = [box.width / across, box.height / down];
  return shown.flatMap(({ given, answer }, i) => {
    const [column, row] = [i % across, Math.floor(i / across)];
    const begins = i === 0 ? -1 : time.nth("examples", i);
    const words = `Example ${i + 1}`;
    return faded(
      `example.${i}`,
      progress(t, begins, begins + 0.4),
      pair({
        id: `example.${i}.pair`,
        box: {
          x: round(box.x + column * wide + 8),
          y: round(box.y + row * high + 4),
          width: round(wide - 16),
          height: round(high - 8),
        },
        board,
        small: shown.length > 4,
        from: { grid: given, label: `${words}, before`, tip: `${words} of the task, before.` },
        to: {
          grid: answer,
          tone: "answer",
          label: `${words}, after`,
          tip: `${words} of the task, after.`,
        },
      }),
    );
  });
}

function test(recording: VotedRecording, t: number, box: Box, view: ThoughtView): Shape[] {
  const { board, given } = recording;
  const { layout, truth } = view;
  const time = times(recording);
  const size = sizes[layout].body;
  const wanted = truth === false ? null : wantedIn(recording);
  const table = rows(recording);
  const step = layout === "wide" ? 26 : 19;
  const foot = table.length * step;
  const place = { ...box, height: box.height - foot - size };
  return [
    ...faded("asked", progress(t, time.test - 0.4, time.test), [
      ...pair({
        id: "asked.pair",
        box: place,
        board,
        from: { grid: given, label: "The test", tip: "The test: the grid that is to be answered." },
        to: wanted && {
          grid: wanted,
          tone: "right",
          label: "The true answer",
          tip: "The true answer, which the model never saw.",
        },
      }),
      ...(wanted
        ? []
        : [
            fitted(
              "asked.what",
              "?",
              round(place.x + place.width * 0.79),
              round(place.y + place.height / 2 + 16),
              40,
              44,
              { anchor: "middle", weight: 700, fill: "muted" },
            ),
          ]),
    ]),
    ...faded(
      "rows",
      progress(t, time.model - 0.4, time.model),
      listed(table, { ...box, y: box.y + box.height - foot, height: foot }, step, layout),
    ),
  ];
}

function rows({
  model,
  vote,
  given,
  step,
  trained_on,
}: VotedRecording): (readonly [string, string])[] {
  const crop = cropOfGrid(given);
  return [
    ["the test", crop ? `${sizeOf(crop)} cells` : "no grid"],
    ["model", model.name ?? model.preset ?? "of one's own"],
    ["size", `${grouped(model.parameters)} numbers`],
    ["learned from", trained_on.join(", ") || "it does not say"],
    ["learned for", step === null ? "it does not say" : count(step, "step")],
    ["looks at it in", count(vote.views.length, "disguise")],
  ];
}

function listed(
  list: readonly (readonly [string, string])[],
  box: Box,
  step: number,
  layout: Layout,
): Shape[] {
  const size = sizes[layout].body;
  const name = Math.max(...list.map(([words]) => textWidth(words, size))) + 14;
  return [
    group(
      "facts",
      range(list.length).flatMap((i) => {
        const [words, value] = at(list, i);
        const y = round(box.y + (i + 0.7) * step);
        return [
          fitted(`row.${i}.name`, words, box.x, y, name, size, { fill: "muted" }),
          fitted(`row.${i}.value`, value, box.x + name, y, box.width - name, size, { weight: 600 }),
        ];
      }),
      { label: "The model" },
    ),
  ];
}

export const theTask: VotedScene = {
  duration: (recording) => Math.max(10, times(recording).end),
  captions,
  stops: (recording) => {
    const time = times(recording);
    return [0, time.test + 0.1, Math.max(time.model + 0.5, Math.max(10, time.end) - 1)];
  },
  draw,
};
