/** Success by number of examples, with Planner and Doer and without: measured by a study. */
import { rect, type Box } from "../../../scene/build";
import { compare, type Verdict } from "../../../lib/paired";
import { at, last, mean } from "../../../lib/list";
import { listed } from "../../../scene/words";
import { radius } from "../../../scene/layout";
import { seedLines } from "../../../scene/parts/seedLines";
import type { Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import type { Recording } from "../../../recording/types.gen";
import { wayOf } from "../../../recording/settings";
import { modelIn, runWords, worldOf, type Defined } from "../definition";

/** What the two ways reach; of each number of examples a share a seed. */
export interface ByExamples {
  readonly examples: readonly number[];
  readonly seeds: number;
  readonly two: readonly (readonly number[])[];
  readonly one: readonly (readonly number[])[];
  /** What the two are called. */
  readonly titles: readonly [two: string, one: string];
}

const [MAIN, RIVAL] = ["hierarchy", "flat"];

/** What comes along of a story's world; null where nobody measured what this story does. */
export function byExamples(recording: Recording, defined: Defined): ByExamples | null {
  const { settings } = recording;
  const world = worldOf(defined, settings);
  if (wayOf(settings) !== "labels" || modelIn(world, settings)?.flat) return null;
  const measured = world?.measured;
  const success = (wiring: string) =>
    measured?.wirings.find((one) => one.wiring === wiring)?.success;
  const titled = (wiring: string) =>
    world?.models.find((one) => one.wiring === wiring)?.title ?? wiring;
  const [two, one] = [success(MAIN), success(RIVAL)];
  if (!measured || !two?.[0] || !one?.[0]) return null;
  // The rival is called as in the comparisons.
  const titles = [titled(MAIN), runWords(defined, RIVAL).title] as const;
  return { examples: measured.examples, seeds: two[0].length, two, one, titles };
}

/** 'Better with a Planner: 5 and 10 examples. Else too close to tell.' */
export function examplesWords({ examples, two, one, titles }: ByExamples): string {
  const verdicts = examples.map((_, i) => compare(at(one, i), at(two, i)));
  const where = (verdict: Verdict): readonly number[] =>
    examples.filter((_, i) => verdicts[i] === verdict);
  const [more, less] = [where("more"), where("less")];
  const parts = [
    ...(more.length ? [`Better with a Planner: ${lessons(more)}.`] : []),
    ...(less.length ? [`Better with ${titles[1].toLowerCase()}: ${lessons(less)}.`] : []),
    ...(where("tie").length === examples.length
      ? ["With any number of examples it is too close to tell."]
      : where("tie").length
        ? ["Else too close to tell."]
        : []),
  ];
  return parts.join(" ");
}

/** So many of ten starts are called enough. */
const ENOUGH = 9;

/** How many examples each of the two needs, on average over the seeds. */
export function neededWords({ examples, two, one, titles }: ByExamples): string {
  const needs = (shares: ByExamples["two"]): string => {
    const i = shares.findIndex((seeds) => mean(seeds) >= ENOUGH / 10);
    return i < 0 ? `more than ${last(examples)}` : String(at(examples, i));
  };
  return `To succeed from ${ENOUGH} of 10 starts on average, ${titles[0]} need ${needs(two)} examples, ${titles[1].toLowerCase()} ${needs(one)}.`;
}

/** '1 example', '5 and 10 examples'. */
function lessons(numbers: readonly number[]): string {
  const only = numbers.length === 1 && numbers[0] === 1;
  return `${listed(numbers.map(String))} ${only ? "example" : "examples"}`;
}

export function examplesChart(found: ByExamples, box: Box, drawn: number, layout: Layout): Shape[] {
  const pad = layout === "wide" ? 26 : 12;
  const columns = found.examples.map((_, i) => i);
  const ofSeed = (values: ByExamples["two"], seed: number) =>
    columns.map((i) => at(at(values, i), seed));
  const seeds = Array.from({ length: found.seeds }, (_, seed) => seed);
  return [
    rect("examples.card", box, {
      radius: radius.panel,
      fill: "surface",
      stroke: "faint",
      strokeWidth: 1.5,
    }),
    ...seedLines({
      id: "examples",
      box: {
        x: box.x + pad,
        y: box.y + pad * 0.6,
        width: box.width - 2 * pad,
        height: box.height - 1.2 * pad,
      },
      title: `Starts from which it succeeds: ${found.seeds} trainings, thin, and their mean, thick`,
      ticks: found.examples.map(String),
      xTitle: "examples",
      lines: [
        {
          name: found.titles[0],
          tone: "planner",
          seeds: seeds.map((seed) => ofSeed(found.two, seed)),
        },
        {
          name: found.titles[1],
          tone: "muted",
          dash: [6, 3],
          seeds: seeds.map((seed) => ofSeed(found.one, seed)),
        },
      ],
      size: layout === "wide" ? 14 : 11.5,
      drawn,
      tip: `Success by number of examples, of two ways to build the model. ${examplesWords(found)}`,
    }),
  ];
}
