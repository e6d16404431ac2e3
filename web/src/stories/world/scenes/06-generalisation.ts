/** Phase 6: every start, and what happens when a part of the design is left out. */
import type {
  Episode,
  EpisodeStep,
  Recording,
  Run,
  WorldTable,
} from "../../../recording/types.gen";
import { faded, fitted, path, round, text, type Box } from "../../../scene/build";
import { easeInOut, easeOut, progress, within, type Point } from "../../../scene/ease";
import {
  allRuns,
  chosenRun,
  compared,
  fails,
  firstMistake,
  gridOf,
  learnedStarts,
  passedStates,
  mainRun,
  motions,
  rangeOf,
  spreadOf,
  startsOf,
  wrongOrders,
} from "../facts";
import { type as sizes } from "../../../scene/layout";
import { at } from "../../../lib/list";
import { memo, memoByValue } from "../../../scene/memo";
import { count, mean, meanSteps, percent } from "../../../scene/numbers";
import { trail } from "../parts/Episode";
import { switchRows, switchStep, whisker, type BarRow } from "../parts/MetricsPanel";
import {
  boxPath,
  cellLook,
  cellPath,
  cellsIn,
  type CellForm,
  type Cells,
} from "../parts/startCells";
import { describeState, whereOf } from "../parts/standing";
import { worldTrack } from "../parts/WorldTrack";
import { actionToken, subgoalCard, tokenWidth } from "../parts/tokens";
import { beatsOf, lengthOf, momentOf, type Moment } from "../playback";
import { stateAfter } from "../../../recording/episode";
import type { Caption, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { textWidth } from "../../../scene/text";
import { groundOf, runWords, type Ground } from "../definition";
import { otherSettings } from "../settings";
import { AFTER, type WorldScene, type WorldView } from "../view";
import { each, inOrder, timeline } from "../../../scene/timeline";

/** The runs that are told about, one after the other; none once one was chosen. */
function told(recording: Recording, view: WorldView): readonly Run[] {
  return view.run === null ? recording.ablations : [];
}

/** When all starts are shown, and their sum is told. */
const TOLD = 3.4;

function times(recording: Recording, view: WorldView) {
  const runs = told(recording, view).length;
  return timeline({
    starts: TOLD,
    main: 4.2,
    runs: each(runs, 5),
    helps: runs > 0 && whatHelps(recording, view) ? 3.4 : 0,
    rest: runs === 0 ? 8 : 3.2,
  });
}

function duration(recording: Recording, view: WorldView): number {
  return Math.max(12, times(recording, view).end);
}

/** The run on the stage: the chosen one, else the one being told about. */
function runAt(recording: Recording, t: number, view: WorldView): Run {
  if (view.run !== null) return chosenRun(recording, view);
  const time = times(recording, view);
  const index = told(recording, view).findLastIndex((_, i) => t >= time.nth("runs", i));
  const over = t >= time.helps;
  return over ? mainRun(recording) : (recording.ablations[index] ?? mainRun(recording));
}

function captions(recording: Recording, view: WorldView): readonly Caption[] {
  const run = view.run === null ? mainRun(recording) : chosenRun(recording, view);
  const time = times(recording, view);
  const list: Caption[] = [
    { at: 0, text: openingWords(recording, view) },
    { at: time.main, text: runSentence(recording, run, view) },
  ];
  if (view.run === null) {
    recording.ablations.forEach((one, i) =>
      list.push({ at: time.nth("runs", i), text: runSentence(recording, one, view) }),
    );
    if (recording.ablations.length === 0) {
      list.push({
        at: time.runs,
        text: "What if a part is left out? Not trained yet for these settings: press Train ablations.",
      });
    } else {
      const helps = whatHelps(recording, view);
      if (helps) list.push({ at: time.helps, text: helps });
      list.push({
        at: time.rest,
        text:
          run.final.success < 1
            ? "Your turn: choose a row, or a red cross to watch how it fails."
            : "Your turn: choose a row, and see what is left without that part.",
      });
    }
  }
  return inOrder(list);
}

/** Which start is played, and whether one of the lessons began there. */
function openingWords(recording: Recording, view: WorldView): string {
  const { state, index } = startOf(recording, view);
  const { starts } = recording.world;
  const examples = recording.examples.length > 0;
  const known = learnedStarts(recording).has(state);
  const lesson = `${known ? (examples ? "an" : "a") : "no"} ${examples ? "example" : "lesson"}`;
  const came = known || passedStates(recording).has(state) ? "began" : "ever came";
  return `Does it know more than its ${examples ? "examples" : "lessons"}? Of all ${count(starts.length, "start")}, number ${index + 1} is played: ${lesson} ${came} there.`;
}

/**
 * What the story's own comparisons say of sub-goals and of two boxes, seed by seed: one box that is
 * taught the sub-goal and told it against one that knows actions only, then two boxes against it.
 */
export function whatHelps(recording: Recording, view: WorldView): string | null {
  const main = mainRun(recording);
  const fair = recording.ablations.filter(
    (run) => run.settings.freeze === "none" && otherSettings(recording, run, view) === null,
  );
  const one = fair.filter(({ model }) => model.modules === 1);
  const plain = one.find(({ model }) => !model.subgoal_head);
  const wired = one.find(({ model }) => model.subgoal_channel);
  if (!plain || !wired || main.model.modules === 1) return null;
  const subgoals = {
    more: "What helps is the card: one box does better with one.",
    less: "The card does harm: one box does better without one.",
    tie: "Whether a card helps one box is too close to tell.",
  }[compared(wired, plain)];
  const boxes = {
    more: "Two boxes instead of one help, too.",
    less: "One box does better than two.",
    tie: "Whether two boxes help is too close to tell.",
  }[compared(main, wired)];
  return `${subgoals} ${boxes}`;
}

const LONGEST = 110;
/** A seed that falls so far behind, as a share of starts, is spoken of. */
const UNLUCKY = 0.1;

/** What a run comes to, against the story's own; the numbers behind it are in its tip. */
function runSentence(recording: Recording, run: Run, view: WorldView): string {
  const main = mainRun(recording);
  const { success } = run.final;
  const from = `from ${shareWords(success)}`;
  if (run.name === main.name) {
    const why = success < 0.5 ? ` ${whyWords(recording, run)}`.trimEnd() : "";
    return firstThatFits([
      `After training it reaches the goal ${from}.${why || ` Before, ${beforeWords(run.base.success)}.`}`,
      `After training it reaches the goal ${from}.`,
    ]);
  }
  const { title } = runWords(view, run.name);
  const under = otherSettings(recording, run, view);
  const where = under === null ? "" : ` (trained with ${under})`;
  const compared = against(run, main);
  const why = success < 0.5 ? whyWords(recording, run) : "";
  return firstThatFits([
    ...(why ? [`${title}${where}: ${from}. ${why}`, `${title}: ${from}. ${why}`] : []),
    ...unluckyWords(run, main).map((luck) => `${title}${where}: ${from}, ${luck}. ${compared}`),
    `${title}${where}: it reaches the goal ${from}. ${compared}`,
    `${title}${where}: ${from}. ${compared}`,
    `${title}${where}: ${from}.`,
    `${title}, trained with other settings: ${from}.`,
  ]);
}

/** Where a run is as good as the story by luck: how far its worst seed is from that. */
function unluckyWords(run: Run, main: Run): readonly string[] {
  const [worst] = rangeOf(run);
  const lucky = compared(run, main) === "tie" && worst < run.final.success - UNLUCKY;
  return lucky ? [`with bad luck from ${percent(worst)}`] : [];
}

function shareWords(success: number): string {
  return success === 1
    ? "every start"
    : success === 0
      ? "no start"
      : `${percent(success)} of starts`;
}

function beforeWords(success: number): string {
  return success === 0 ? "it failed from all of them (scene 2)" : `it was ${shareWords(success)}`;
}

/** How a run stands to this story. */
function against(run: Run, main: Run): string {
  const [low, high] = rangeOf(run);
  const [least, most] = rangeOf(main);
  if (low === least && high === most) return "So does this story.";
  return {
    less: "This story does better.",
    more: "This story does worse.",
    tie: "Too close to this story to tell apart.",
  }[compared(run, main)];
}

/** Where an episode first leaves the right way: what was done, and what would have been right. */
function leaving(table: WorldTable, episode: Episode): EpisodeStep | undefined {
  const strays = ({ state, action }: EpisodeStep) => at(table.teacher_action, state) !== action;
  return firstMistake(table, episode) ?? episode.steps.find(strays);
}

/** Why a run fails, if it is the same, or mostly so, wherever it does; '' if nothing can be told. */
export function whyWords(recording: Recording, run: Run): string {
  if (!run.model.subgoal_head) return "";
  const table = recording.world;
  const counted = new Map<string, number>();
  const failed = startsOf(recording, run).filter(({ success }) => !success);
  for (const episode of failed) {
    const words = faultWords(table, leaving(table, episode));
    counted.set(words, (counted.get(words) ?? 0) + 1);
  }
  const [most] = [...counted].toSorted(([, a], [, b]) => b - a);
  if (!most || most[0] === "" || most[1] * 2 <= failed.length) return "";
  const [first, ...rest] = most[0];
  return most[1] === failed.length
    ? most[0]
    : `Mostly, ${(first ?? "").toLowerCase()}${rest.join("")}`;
}

/** Whose fault a wrong step is: a wrong sub-goal is the Planner's, a wrong action the Doer's. */
function faultWords(table: WorldTable, step: EpisodeStep | undefined): string {
  if (!step || step.subgoal < 0) return "";
  const [wanted, right] = [
    at(table.teacher_subgoal, step.state),
    at(table.teacher_action, step.state),
  ];
  const said = at(table.subgoals, step.subgoal);
  if (step.subgoal !== wanted) {
    return `The Planner says ${said} where ${at(table.subgoals, wanted)} is right.`;
  }
  if (step.action === right) return "";
  return `Told ${said}, the Doer does ${at(table.actions, step.action)} where ${at(table.actions, right)} is right.`;
}

/** Mean success over the seeds, where there are several. */
function meanSuccess(run: Run): number | null {
  if (run.seeds.length === 0) return null;
  return mean([run.final, ...run.seeds].map((score) => score.success));
}

function firstThatFits(sentences: readonly string[]): string {
  return sentences.find((words) => words.length <= LONGEST) ?? at(sentences, sentences.length - 1);
}

interface Places {
  readonly grid: Box;
  readonly world: Box;
  readonly trail: Box;
  readonly runs: Box;
}

function places(layout: Layout): Places {
  return layout === "wide"
    ? {
        grid: { x: 32, y: 62, width: 548, height: 190 },
        world: { x: 82, y: 322, width: 448, height: 106 },
        trail: { x: 32, y: 456, width: 548, height: 52 },
        runs: { x: 612, y: 30, width: 316, height: 480 },
      }
    : {
        grid: { x: 14, y: 46, width: 362, height: 120 },
        world: { x: 24, y: 210, width: 342, height: 60 },
        trail: { x: 14, y: 286, width: 362, height: 40 },
        runs: { x: 14, y: 338, width: 362, height: 290 },
      };
}

/**
 * The first start after the showcase that no lesson passed through; if there is none, the first at
 * which none began; if there is none of these either, the showcase.
 */
const newStart = memo((recording: Recording): number => {
  const { world, showcase } = recording;
  const from = Math.max(0, world.starts.indexOf(showcase));
  const inTurn = [...world.starts.slice(from), ...world.starts.slice(0, from)];
  const unknown = (known: ReadonlySet<number>): number | undefined =>
    inTurn.find((start) => !known.has(start));
  return unknown(passedStates(recording)) ?? unknown(learnedStarts(recording)) ?? showcase;
});

/** The start on the stage and its place among all starts. */
function startOf(recording: Recording, view: WorldView): { state: number; index: number } {
  const { starts } = recording.world;
  const wanted = view.start ?? newStart(recording);
  const index = Math.max(0, starts.indexOf(wanted));
  return { state: at(starts, index), index };
}

function draw(recording: Recording, t: number, view: WorldView): readonly Shape[] {
  const place = places(view.layout);
  const run = runAt(recording, t, view);
  const grid = gridOf(recording, run, view);
  return [
    ...gridOfStarts(recording, run, grid, place.grid, t, view),
    ...example(recording, run, grid, place, t, view),
    ...switches(recording, run, place.runs, t, view),
  ];
}

/** Every start in a grid: its title, its cells, and what their forms mean. */
function gridOfStarts(
  recording: Recording,
  run: Run,
  grid: readonly Episode[],
  box: Box,
  t: number,
  view: WorldView,
): Shape[] {
  const many = grid.length;
  const cells = cellsIn(box, many, recording.world.tiles);
  const wide = view.layout === "wide";
  const size = sizes[view.layout].body;
  const { main: all } = times(recording, view);
  const shown = t < all ? Math.round(easeOut(progress(t, 0.2, all - 0.4)) * many) : many;
  const wins = grid.slice(0, shown).filter((episode) => episode.success).length;
  const words = `${runWords(view, run.name).title}: ${wins} of ${count(many, "start")}`;
  const above = box.y - (wide ? 14 : 9);
  return [
    fitted("grid.title", words, box.x, above, box.width, size * 1.15, { weight: 700 }),
    ...cellShapes(recording, run, grid, cells, shown, view),
    ...gridLegend(box.x, cells.bottom + (wide ? 22 : 14), box.width, sizes[view.layout].small),
  ];
}

const keptCells = memo((_: Recording) =>
  memo((__: readonly Episode[]) => new Map<string, Shape>()),
);

/** The cells; each has few looks, which are kept. */
function cellShapes(
  recording: Recording,
  run: Run,
  grid: readonly Episode[],
  cells: Cells,
  shown: number,
  view: WorldView,
): readonly Shape[] {
  const chosen = startOf(recording, view).index;
  const kept = keptCells(recording)(grid);
  const ground = groundOf(view, recording);
  return grid.map((_, i) => {
    const key = `${run.name}/${ground.at(1)}/${view.layout}/${i}/${i < shown}/${i === chosen}`;
    const cell =
      kept.get(key) ??
      cellShape(recording, grid, cells, i, i < shown, i === chosen, ground, run.name);
    kept.set(key, cell);
    return cell;
  });
}

/** A cell: filled where its start succeeds, a crossed box where it fails. */
function cellShape(
  recording: Recording,
  grid: readonly Episode[],
  cells: Cells,
  i: number,
  shown: boolean,
  chosen: boolean,
  ground: Ground,
  run: string,
): Shape {
  const episode = at(grid, i);
  const known = learnedStarts(recording).has(episode.start);
  const tip = startWords(recording, episode, i, shown, known, ground);
  const forms: readonly CellForm[] = episode.success ? ["full", "seen"] : ["crossed", "missed"];
  const form = shown ? at(forms, Number(known)) : "full";
  const look = shown
    ? cellLook(cells, episode.success)
    : ({ fill: "faint", opacity: 0.45 } as const);
  return path(`grid.${i}`, cellPath(cells, i, form), {
    ...look,
    ...(chosen
      ? { stroke: "ink", strokeWidth: round(Math.min(3, cells.side * 0.14)), opacity: 1 }
      : {}),
    label: tip,
    tip,
    // A failure is played from its beginning, and stays while one looks.
    action:
      shown && !episode.success
        ? { kind: "set", values: { start: episode.start, run }, time: TOLD }
        : { kind: "set", values: { start: episode.start } },
  });
}

function startWords(
  recording: Recording,
  episode: Episode,
  i: number,
  done: boolean,
  known: boolean,
  ground: Ground,
): string {
  const where = `Start ${i + 1}: ${describeState(recording.world, episode.start, ground)}.`;
  if (!done) return where;
  const actions = count(episode.steps.length, "action");
  const order = wrongOrders(episode);
  const end = episode.success
    ? `Solved in ${actions}`
    : `Failed after ${actions}${order > 0 ? `, ${order} in wrong order` : ""}`;
  return `${where} ${end}${known ? "; an example began here" : ""}.`;
}

const gridLegend = memoByValue(drawLegend);

function drawLegend(x: number, y: number, width: number, size: number): Shape[] {
  const marks: [string, CellForm][] = [
    ["reaches the goal", "full"],
    ["an example began here", "seen"],
    ["fails", "crossed"],
  ];
  let left = x;
  return marks.flatMap(([words, form]) => {
    const at = left;
    left += textWidth(words, size) + size * 2.9;
    return [
      path(
        `legend.${form}`,
        boxPath(at + size * 0.5, y - size * 0.35, size * 0.45, form),
        form === "crossed"
          ? { fill: "surface", stroke: "wrong", strokeWidth: 1.5 }
          : { fill: "right" },
      ),
      fitted(`legend.${form}.words`, words, at + size * 1.4, y, width, size, { fill: "muted" }),
    ];
  });
}

const beatsAgain = memo((episode: Episode) => beatsOf(episode, 7, 1.3));

/** Seconds before it begins, in which one sees what will be covered. */
const LEAD = 1.1;

function liesCovered(table: WorldTable, state: number): boolean {
  return table.entities.some((_, index) => whereOf(table, state, index) === "covered");
}

/** The chosen start, played over and over. */
function example(
  recording: Recording,
  run: Run,
  grid: readonly Episode[],
  place: Places,
  t: number,
  view: WorldView,
): Shape[] {
  const table = recording.world;
  const episode = at(grid, startOf(recording, view).index);
  const beats = beatsAgain(episode);
  const lead = liesCovered(table, episode.start) ? LEAD : 0;
  const whole = lengthOf(beats) + 1 + lead;
  // Of a run that was chosen, it begins anew when all its starts are shown.
  const since = view.run === null ? t : t - TOLD;
  const time = (((since % whole) + whole) % whole) - lead;
  const moment = momentOf(beats, time);
  const step = at(episode.steps, moment.beat.index);
  const move = progress(moment.act * 0.4 + moment.move * 0.6, 0.3, 1);
  const layout: Layout = view.layout;
  return [
    fitted(
      "played.title",
      `${layout === "wide" ? "Playing start" : "Start"} ${startOf(recording, view).index + 1}`,
      place.world.x - (layout === "wide" ? 50 : 10),
      place.world.y - (layout === "wide" ? 24 : 14),
      300,
      sizes[layout].body * 1.15,
      { weight: 700 },
    ),
    ...worldTrack({
      id: "world",
      box: place.world,
      table,
      state: step.state,
      ground: groundOf(view, recording),
      move: {
        next: stateAfter(table, step),
        action: step.action,
        outcome: step.outcome,
        share: move,
      },
      mark: { right: !fails(table, step), share: moment.mark },
      peek: time < 0 ? easeInOut(within(time, -0.75, -0.4, 0.3)) : 0,
    }),
    ...(time < 0 ? [] : whoSays(recording, run, step, moment, place, layout)),
    ...trail(
      {
        table,
        played: { episode, policy: mainRun(recording).policy, model: recording.model },
        places: { world: place.world, trail: place.trail, meters: place.trail, model: place.runs },
      },
      moment,
    ),
  ];
}

/** Beside the title: the Planner's card, the Doer's action, and what would have been right. */
function whoSays(
  recording: Recording,
  run: Run,
  step: EpisodeStep,
  moment: Moment,
  place: Places,
  layout: Layout,
): Shape[] {
  const table = recording.world;
  const wide = layout === "wide";
  const size = wide ? 12.5 : 11;
  const y = place.world.y - (wide ? 29 : 21);
  const right = place.world.x + place.world.width + (wide ? 50 : 10);
  let x = place.world.x + (wide ? 96 : 56);
  const put = (words: string, draw: (centre: Point) => Shape): Shape[] => {
    const width = tokenWidth(words, size);
    const centre = { x: x + width / 2, y };
    x += width + 8;
    return [draw(centre)];
  };
  const says = step.subgoal < 0 ? "" : at(table.subgoals, step.subgoal);
  const does = at(table.actions, step.action);
  const fault = fails(table, step) ? rightWords(table, step) : "";
  return [
    ...(run.model.subgoal_head && says
      ? put(says, (centre) =>
          subgoalCard("says.card", says, centre, { size, tip: `The Planner says ${says}.` }),
        )
      : []),
    ...put(does, (centre) =>
      actionToken("says.token", does, at(motions(table), step.action), centre, {
        size,
        tip: `The Doer does ${does}.`,
      }),
    ),
    ...(fault && moment.mark > 0.5
      ? [
          fitted("says.right", fault, x + 4, y + size * 0.36, right - x - 4, size, {
            weight: 700,
            fill: "wrong",
          }),
        ]
      : []),
  ];
}

/** What the teacher would have done there. */
function rightWords(table: WorldTable, step: EpisodeStep): string {
  const [wanted, right] = [
    at(table.teacher_subgoal, step.state),
    at(table.teacher_action, step.state),
  ];
  if (step.subgoal >= 0 && step.subgoal !== wanted) return `right: ${at(table.subgoals, wanted)}`;
  return step.action === right ? "" : `right: ${at(table.actions, right)}`;
}

/** Every run as a switch with its bar: share of starts that reach the goal. */
function switches(
  recording: Recording,
  chosen: Run,
  box: Box,
  t: number,
  view: WorldView,
): Shape[] {
  const size = switchSize(view.layout);
  const head = size * 2.1;
  const foot = size * (view.layout === "wide" ? 4.2 : 3.4);
  const room = { ...box, y: box.y + head, height: box.height - head - foot };
  const step = switchStep(room, allRuns(recording).length, size);
  const rows = allRuns(recording).map((run, i) =>
    switchRow(recording, run, chosen, shownOf(recording, t, i, view), view),
  );
  return [
    fitted(
      "runs.title",
      "Starts that succeed",
      box.x,
      box.y + size * 1.1,
      box.width * 0.45,
      size * 1.12,
      { weight: 700 },
    ),
    ...switchRows("runs", room, rows, 1, size),
    ...whiskerKey(rows, box, size, allRuns(recording)),
    ...note(
      recording,
      chosen,
      { ...box, y: box.y + head + rows.length * step + size * 0.4, height: foot },
      view,
    ),
  ];
}

/** What the thin lines with two ends mean, beside the title; nothing where there are none. */
function whiskerKey(
  rows: readonly BarRow[],
  box: Box,
  size: number,
  runs: readonly Run[],
): Shape[] {
  const seeds = Math.max(...runs.map((run) => run.seeds.length)) + 1;
  if (!rows.some(({ spread }) => spread)) return [];
  const words = `worst to best of ${count(seeds, "seed")}`;
  const small = Math.max(11, size * 0.85);
  const right = box.x + box.width;
  const left = right - textWidth(words, small, 400) - 6;
  const middle = box.y + size * 0.75;
  return [
    ...whisker("runs.legend.mark", round(left - 26), round(left - 4), round(middle)),
    text("runs.legend", words, right, round(middle + small * 0.35), small, {
      anchor: "end",
      fill: "muted",
    }),
  ];
}

/** Size of the text beside the switches. */
function switchSize(layout: Layout): number {
  return layout === "wide" ? 13.5 : 11.5;
}

/** How far the scene has come to run `i`: its number is not given away before. */
function shownOf(recording: Recording, t: number, i: number, view: WorldView): number {
  if (view.run !== null) return 1;
  const time = times(recording, view);
  const start = i === 0 ? time.main : time.nth("runs", i - 1);
  return easeOut(progress(t, start, start + 0.9));
}

function switchRow(
  recording: Recording,
  run: Run,
  chosen: Run,
  drawn: number,
  view: WorldView,
): BarRow {
  const spread = spreadOf(run);
  return {
    id: run.name,
    name:
      runWords(view, run.name).title + (otherSettings(recording, run, view) === null ? "" : " *"),
    value: run.final.success,
    text: drawn > 0 ? percent(run.final.success) : "",
    tone: run.name === "main" ? "right" : "input",
    tip: runTip(recording, run, view),
    drawn,
    chosen: run.name === chosen.name,
    action: { kind: "set", values: { run: run.name === "main" ? null : run.name } },
    ...(spread ? { spread } : {}),
  };
}

function runTip(recording: Recording, run: Run, view: WorldView): string {
  const under = otherSettings(recording, run, view);
  const steps =
    run.final.success > 0
      ? ` A success takes ${meanSteps(run.final.steps)} actions on average.`
      : "";
  const spread = spreadOf(run);
  const average = meanSuccess(run);
  const seeds =
    spread && average !== null
      ? ` Over ${run.seeds.length + 1} seeds: ${percent(spread[0])} to ${percent(spread[1])}, ${percent(average)} on average.`
      : "";
  return `${runWords(view, run.name).what} ${percent(run.final.success)} of starts after ${count(run.gradient_steps, "gradient step")}.${seeds}${steps}${under ? ` Trained with ${under}.` : ""}`;
}

/** That the chosen run has the story's settings, and what the star beside others means. */
function ownSettings(recording: Recording, view: WorldView): string {
  const starred = recording.ablations.find((run) => otherSettings(recording, run, view) !== null);
  return starred
    ? `* Trained with ${otherSettings(recording, starred, view)}.`
    : "Trained with this story's settings.";
}

/** Under which settings the chosen run was trained, or that nothing was. */
function note(recording: Recording, run: Run, box: Box, view: WorldView): Shape[] {
  const size = switchSize(view.layout);
  const empty = recording.ablations.length === 0;
  const under = otherSettings(recording, run, view);
  const lines = empty
    ? ["Ablations are not trained yet for", "these settings: press Train ablations."]
    : [
        runWords(view, run.name).what,
        under === null ? ownSettings(recording, view) : `* Trained with ${under}.`,
      ];
  return faded(
    "runs.note",
    1,
    lines.map((words, i) =>
      fitted(`runs.note${i}`, words, box.x, box.y + size * (1.2 + i * 1.5), box.width, size, {
        fill: "muted",
      }),
    ),
  );
}

export const generalisation: WorldScene = {
  id: "generalisation",
  phase: 6,
  title: "Every start, and what matters",
  learned: (recording, time, view) => ({
    ...AFTER,
    settings: runAt(recording, time, view).settings,
  }),
  duration,
  captions,
  stops(recording, view) {
    const time = times(recording, view);
    return [
      0,
      time.main + 1.2,
      ...told(recording, view).map((_, i) => time.nth("runs", i) + 1.4),
      duration(recording, view) - 1,
    ];
  },
  draw,
};
