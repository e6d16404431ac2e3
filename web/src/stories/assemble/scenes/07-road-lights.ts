/** Step 7: the road lights. Green: think on. Red: stop. What they save, and what they cost. */
import type { LadderRecording, PuzzleThought, Rung } from "../../../recording/ladder.gen";
import { faded, fitted, group, round, type Box } from "../../../scene/build";
import { clamp, coming, leaving, progress, tween } from "../../../scene/ease";
import { at, last, range } from "../../../lib/list";
import { count, logistic, mean, meanSteps, percent, reward } from "../../../scene/numbers";
import type { Caption, Equation, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { beside, emptyPanel, notMeasured, playing, wiresOf, type Eye } from "../common";
import {
  compare,
  exact,
  halted,
  isRed,
  meanOf,
  ofSeeds,
  puzzleIndex,
  rungOf,
  thoughtOf,
  type LadderScene,
} from "../facts";
import { dotRows } from "../parts/charts";
import { seedLines } from "../../../scene/parts/seedLines";
import { lightIcon } from "../parts/icons";
import { lamp } from "../../../scene/parts/lights";
import { machine, machinePlaces, pluggedIn } from "../parts/machine";
import { words } from "../../../scene/parts/paragraphs";
import { below, credit, creditHeight, panel } from "../parts/panel";
import { gadget, slotOf, travelling, tray } from "../parts/tray";
import { sizes } from "../places";
import { inOrder, timeline } from "../../../scene/timeline";
import { callsDone, playOf, PLUG, stepAt, type Play } from "../play";
import type { LadderView } from "../view";

const ID = "step-07";
const STEP = 7;
const T = timeline({ hello: 3.8, plug: 2.8, watch: 10, many: 8, blanks: 5.6, cost: 8.6 });
const EYE: Eye = { machine: [[0, T.watch]], panel: [[T.many, T.end]] };
const THANKS =
  "Learned by Q-learning in the HRM paper (Wang et al. 2025); TRM (arXiv 2510.04871) needs only the red lamp.";

function play(thought: PuzzleThought): Play {
  return playOf(halted(thought), T.watch + 0.3, 8.4, 1.1);
}

function captions(recording: LadderRecording, view: LadderView): readonly Caption[] {
  const [before, rung] = [rungOf(recording, 6), rungOf(recording, STEP)];
  const list: (Caption | null)[] = [
    {
      at: 0,
      text: "But how long is long enough? Perhaps an easy puzzle needs less, and a hard one more.",
    },
    {
      at: T.plug,
      text: "So it gets road lights. Green: go on thinking. Red: stop, and hand in the answer.",
    },
  ];
  if (!rung) return inOrder([...list, { at: T.watch, text: notMeasured(STEP) }]);
  const thought = thoughtOf(rung, puzzleIndex(recording, view));
  if (thought) {
    const { segments_used, segments } = thought;
    const red = isRed(at(segments, segments_used - 1));
    list.push({
      at: T.watch,
      text:
        red && segments_used < segments.length
          ? `Its own guess decides. Here the light turns red after ${count(segments_used, "segment")} of at most ${segments.length}.`
          : `Its own guess decides. Here it would think on to the end: all ${segments.length} segments are used.`,
    });
  }
  const [easy, hard] = easyAndHard(recording, rung);
  if (easy && hard) {
    const [few, many] = [easy.thought.segments_used, hard.thought.segments_used];
    list.push({
      at: T.many,
      text: `The first puzzle, with ${easy.blanks} blanks, took ${count(few, "segment")}; the last, with ${hard.blanks}, ${many === rung.wires.segments ? `all ${many}` : many}. That is no proof: count them all.`,
    });
  }
  const rows = byBlanks(rung);
  const [least, most] = [rows[0], rows.at(-1)];
  if (least && most && rows.length > 1) {
    list.push({
      at: T.blanks,
      text: `All new puzzles: ${meanSteps(mean(least.values))} segments with ${least.blanks} blanks, ${meanSteps(mean(most.values))} with ${most.blanks}. ${harder(least.values, most.values)}`,
    });
  }
  const stopped = ofSeeds(rung, (seed) => seed.exact_halted);
  const used = meanSteps(meanOf(rung, (seed) => seed.segments_used));
  list.push({
    at: T.cost,
    text: `${stoppingWords(rung, stopped)} It uses ${used} of ${rung.wires.segments} segments.`,
  });
  if (before) list.push({ at: T.cost + 4, text: costWords(before, rung, stopped) });
  return inOrder(list);
}

/** What stopping at the red light costs, against thinking on to the end. */
function stoppingWords(rung: Rung, stopped: readonly number[]): string {
  const [whole, red] = [percent(meanOf(rung, exact)), percent(mean(stopped))];
  return whole === red
    ? `Stopping at its red light costs nothing: ${red} are solved, stopping or not.`
    : `Stopping at its red light it solves ${red}, never stopping ${whole}.`;
}

/** What the lights cost, against step 6. */
function costWords(before: Rung, rung: Rung, stopped: readonly number[]): string {
  const was = percent(meanOf(before, exact));
  switch (compare(ofSeeds(before, exact), stopped)) {
    case "less":
      return `But to learn the lights takes computing: ${rung.gradient_steps} gradient steps instead of ${before.gradient_steps}. Without lights: ${was}.`;
    case "tie":
      return `Step 6, without lights: ${was}. The seeds overlap: what the lights cost cannot be told from luck.`;
    case "more":
      return `Step 6, without lights: ${was}. The lights even help.`;
  }
}

interface Shown {
  readonly blanks: number;
  readonly thought: PuzzleThought;
}

function shownThoughts(recording: LadderRecording, rung: Rung): readonly Shown[] {
  return recording.puzzles.flatMap(({ blanks }, puzzle) => {
    const thought = rung.thoughts.find((one) => one.puzzle === puzzle && one.loops === 1);
    return thought ? [{ blanks, thought }] : [];
  });
}

/** Whether more blanks take longer, seed by seed: the seeds have to agree. */
function harder(few: readonly number[], many: readonly number[]): string {
  if (few.every((value, i) => at(many, i) > value)) return "Slower with the hard, by every seed.";
  if (few.every((value, i) => at(many, i) < value)) return "Quicker with the hard, by every seed.";
  return "Not on every seed: too close to tell.";
}

function easyAndHard(recording: LadderRecording, rung: Rung): [Shown?, Shown?] {
  const all = shownThoughts(recording, rung);
  return [all[0], all.at(-1)];
}

/** Segments used by blanks, for the numbers of blanks that every seed measured. */
function byBlanks(rung: Rung): readonly { blanks: number; values: readonly number[] }[] {
  return at(rung.seeds, 0).segments_by_blanks.flatMap(([blanks]) => {
    const values = rung.seeds.map(
      (seed) => seed.segments_by_blanks.find(([other]) => other === blanks)?.[1],
    );
    return values.every((value) => value !== undefined) ? [{ blanks, values }] : [];
  });
}

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const rung = rungOf(recording, STEP);
  const thought = rung && thoughtOf(rung, puzzleIndex(recording, view));
  const played = thought ? play(thought) : null;
  const going = travelling(ID, t, T.plug);
  const wires = wiresOf(rung, { segments: 2, cycles: 2, low_calls: 2 });
  const place = machinePlaces(layout, 1);
  const small = layout === "tall";
  return [
    ...tray(layout, [{ name: "road lights", out: going.share }]),
    ...beside(
      t,
      EYE,
      machine({
        ...playing(recording, view, played, wires, t),
        split: 1,
        same: wires.modules === 1,
        wires: pluggedIn(wires),
        mood: 0.6,
        light: { share: going.share >= 1 ? 1 : 0, ...lightNow(played, t) },
      }),
      evidence(recording, rung, thought, t, view),
      gadget({
        id: "piece.light",
        name: "road lights",
        tip: "The road lights: the q head says after each segment whether to stop.",
        slot: slotOf(layout, 0, 1),
        target: place.light,
        small,
        icon: lightIcon,
        ...going,
      }),
    ),
  ];
}

/** The light as it stands: lit after a segment, dark while the next one is being thought. */
function lightNow(play: Play | null, t: number): { stop: boolean; lit: number; tip: string } {
  const dark = { stop: false, lit: 0, tip: "The lights are read after each segment." };
  if (!play || t < play.start) return dark;
  const now = stepAt(play, t);
  const segment = t >= play.end ? play.thought.segments.length - 1 : (now?.step.segment ?? 0) - 1;
  const read = play.thought.segments[segment];
  if (!read) return dark;
  const stop = isRed(read);
  return { stop, lit: 1, tip: `After segment ${segment + 1}: ${lampWords(read)}` };
}

function lampWords({ q_halt, q_continue }: PuzzleThought["segments"][number]): string {
  if (q_halt === null) return "no q head was trained.";
  const halt = `q of stopping ${reward(q_halt)}`;
  return q_continue === null
    ? `${halt}: ${q_halt > 0 ? "above 0, red" : "not above 0, green"}.`
    : `${halt}, of going on ${reward(q_continue)}: ${q_halt > q_continue ? "red" : "green"}.`;
}

function evidence(
  recording: LadderRecording,
  rung: Rung | null,
  thought: PuzzleThought | null,
  t: number,
  view: LadderView,
): Shape[] {
  const { layout } = view;
  const box = below(layout);
  const size = sizes[layout].body;
  if (!rung || !thought) return emptyPanel(layout, "Road lights", STEP);
  const foot = creditHeight(layout, THANKS);
  const whole = { ...box, height: box.height - foot };
  const edge = (from: number) => tween(t, from, from + 0.4);
  const [many, blanks, cost] = [edge(T.many), edge(T.blanks), edge(T.cost)];
  const title =
    many < 0.5
      ? "Stop, or go on?"
      : blanks < 0.5
        ? `From easy to hard, ${count(rung.wires.segments, "segment")} at most`
        : cost < 0.5
          ? "Over all new puzzles"
          : "What do the lights cost?";
  return panel(layout, title, [
    ...faded("watch", leaving(many), guesses(thought, t, whole, size)),
    ...faded(
      "many",
      Math.min(coming(many), leaving(blanks)),
      lampRows(recording, rung, t, whole, layout),
    ),
    ...faded("blanks", Math.min(coming(blanks), leaving(cost)), blanksChart(rung, t, whole, size)),
    ...faded("cost", coming(cost), costRows(recording, rung, t, whole, size)),
    ...credit(layout, THANKS),
  ]);
}

/** What the q head says after each segment, as chances. */
function guesses(thought: PuzzleThought, t: number, box: Box, size: number): Shape[] {
  const { segments } = thought;
  const shown = halted(thought).segments;
  const halt = segments.map((one) => logistic(one.q_halt ?? 0));
  const on = segments.map((one) => (one.q_continue === null ? 0.5 : logistic(one.q_continue)));
  const played = play(thought);
  const done = callsDone(played, t) / Math.max(1, at(shown, 0).calls.length);
  const until = Math.max(0, Math.floor(done + 1e-6) - 1) / Math.max(1, segments.length - 1);
  const two = at(segments, 0).q_continue !== null;
  return seedLines({
    id: "guess",
    box,
    title: "Its guesses: worth stopping, worth going on",
    ticks: segments.map((_, i) => String(i + 1)),
    xTitle: "segments of thinking",
    lines: [
      { name: "stop (red)", tone: "wrong", seeds: [halt] },
      { name: two ? "go on (green)" : "half", tone: "right", dash: [7, 5], seeds: [on] },
    ],
    size,
    drawn: done >= 1 ? Math.max(until, 1e-3) : 0,
    tip: `After each segment: ${shown.map((one, i) => `${i + 1}, ${lampWords(one)}`).join(" ")}`,
  });
}

/** A row a shown puzzle: a lamp for each segment until it turned red. */
function lampRows(
  recording: LadderRecording,
  rung: Rung,
  t: number,
  box: Box,
  layout: Layout,
): Shape[] {
  const all = shownThoughts(recording, rung);
  const size = sizes[layout].body;
  const step = Math.min(box.height / Math.max(1, all.length), size * 4.6);
  const name = box.width * 0.26;
  const most = Math.max(...all.map(({ thought }) => thought.segments.length), 1);
  const column = (box.width - name) / most;
  const r = Math.min(column * 0.42, step * 0.36, 11);
  const shown = progress(t, T.many + 0.2, T.many + 5) * most;
  return all.flatMap(({ blanks, thought }, row) => {
    const y = round(box.y + (row + 0.5) * step);
    const used = count(thought.segments_used, "segment");
    const last = thought.segments[thought.segments_used - 1];
    const told = `${count(blanks, "blank")}: ${last && isRed(last) ? `red after ${used}` : `green for all ${used}`}.`;
    return [
      group(
        `lamps.${row}`,
        [
          fitted(`lamps.${row}.name`, `${blanks} blanks`, box.x, y + size * 0.35, name, size, {
            weight: 600,
          }),
          ...range(thought.segments_used).flatMap((i) => {
            const lit = clamp(shown - i);
            if (lit <= 0) return [];
            const segment = at(thought.segments, i);
            return [
              lamp({
                id: `lamps.${row}.${i}`,
                x: round(box.x + name + (i + 0.5) * column),
                y,
                r,
                stop: isRed(segment),
                tip: `${blanks} blanks, segment ${i + 1}: ${lampWords(segment)}`,
              }),
            ];
          }),
        ],
        { label: told },
      ),
    ];
  });
}

function blanksChart(rung: Rung, t: number, box: Box, size: number): Shape[] {
  const rows = byBlanks(rung);
  if (rows.length === 0) {
    return words("blanks.none", box, "Segments by blanks were not measured.", size);
  }
  const most = rung.wires.segments;
  return seedLines({
    id: "byblanks",
    box,
    title: "Segments until the light is red",
    ticks: rows.map(({ blanks }) => String(blanks)),
    xTitle: "blanks of the puzzle",
    lines: [
      {
        name: "step 7",
        tone: "halting",
        seeds: rung.seeds.map((_, i) => rows.map(({ values }) => at(values, i))),
      },
    ],
    size,
    drawn: progress(t, T.blanks, T.blanks + 2),
    most,
    format: (value) => (Number.isInteger(value) ? String(value) : meanSteps(value)),
    tip: `Mean segments used: ${rows.map(({ blanks, values }) => `${meanSteps(mean(values))} with ${count(blanks, "blank")}`).join(", ")}.`,
  });
}

function costRows(
  recording: LadderRecording,
  rung: Rung,
  t: number,
  box: Box,
  size: number,
): Shape[] {
  const before = rungOf(recording, 6);
  const used = rung.seeds.map((seed) => meanSteps(seed.segments_used));
  return [
    ...dotRows(
      "rows",
      box,
      [
        {
          id: "six",
          name: "6 no lights",
          values: before ? ofSeeds(before, exact) : [],
          tone: "input",
          what: "Step 6, all segments, new puzzles solved",
        },
        {
          id: "all",
          name: "7 never stopping",
          values: ofSeeds(rung, (seed) => last(seed.by_segment)),
          tone: "input",
          what: "Step 7 run for all segments, new puzzles solved",
        },
        {
          id: "halted",
          name: "7 at its red light",
          values: ofSeeds(rung, (seed) => seed.exact_halted),
          tone: "halting",
          what: "Step 7 stopping at its own red light, new puzzles solved",
          strong: true,
        },
      ],
      progress(t, T.cost, T.cost + 1.8),
      size,
      size * 2.8,
    ),
    ...words(
      "rows.note",
      { ...box, y: box.y + size * 9.4 },
      `Segments used, by seed: ${used.join(", ")} of ${rung.wires.segments}. Lessons for as much computing: ${rung.gradient_steps}${before ? `, step 6 had ${before.gradient_steps}` : ""}.`,
      size,
    ),
  ];
}

function maths(recording: LadderRecording, t: number, view: LadderView): readonly Equation[] {
  const rung = rungOf(recording, STEP);
  const thought = rung && thoughtOf(rung, puzzleIndex(recording, view));
  const read = thought?.segments[0];
  if (!thought || !read || read.q_halt === null) return [];
  const done = Math.floor(callsDone(play(thought), t) / Math.max(1, read.calls.length) + 1e-6);
  const segment = Math.min(thought.segments.length, Math.max(1, done)) - 1;
  const { q_halt, q_continue } = at(thought.segments, segment);
  if (q_halt === null) return [];
  const tex = (value: number) => reward(value).replace("−", "-");
  return [
    {
      title: "When the light is red",
      tex:
        q_continue === null
          ? `q_{\\text{halt}} > 0: \\quad ${tex(q_halt)} ${q_halt > 0 ? ">" : "\\le"} 0`
          : `q_{\\text{halt}} > q_{\\text{continue}}: \\quad ${tex(q_halt)} ${q_halt > q_continue ? ">" : "\\le"} ${tex(q_continue)}`,
      meaning: `After segment ${segment + 1}, read from the state by the q head.`,
    },
  ];
}

export const roadLights: LadderScene = {
  id: ID,
  phase: 7,
  title: "Road lights",
  duration: () => T.end,
  captions,
  stops: () => [
    0,
    T.plug + PLUG + 0.1,
    T.watch + 4,
    T.many - 0.6,
    T.many + 5.2,
    T.blanks + 2.2,
    T.cost + 2,
  ],
  draw,
  maths,
};
