/** Phase 1: a real thought, call by call: the fast half, the slow half, and what they say. */
import type { Call, Recording, Thought, ThoughtSegment } from "../../../recording/types.gen";
import { circle, faded, fitted, group, path, rect, round, type Box } from "../../../scene/build";
import { bow, clamp, easeOut, progress, tween } from "../../../scene/ease";
import { groundOf } from "../definition";
import { countedOf } from "../ways";
import { agentOf, motions, placeOfAction } from "../facts";
import { radius, type as sizes } from "../../../scene/layout";
import { argmax, at, last, range } from "../../../lib/list";
import { headsOf } from "../maths";
import { memo, memoByValueOf } from "../../../scene/memo";
import { count, grouped, logistic, percent, softmax, weight } from "../../../scene/numbers";
import { doerWords, plannerWords } from "../parts/Episode";
import { memoryOf } from "../parts/memory";
import { form, hierarchyPanel, hierarchyPlaces } from "../parts/HierarchyPanel";
import { actionToken, tokenWidth } from "../parts/tokens";
import { tileCentre, trackGeometry } from "../parts/ground";
import { worldTrack } from "../parts/WorldTrack";
import { stageSize, type Caption, type Layout } from "../../../scene/scene";
import type { Shape, Tone } from "../../../scene/shape";
import { textWidth, wrap } from "../../../scene/text";
import { AFTER, type WorldScene, type WorldView } from "../view";
import { each, inOrder, timeline } from "../../../scene/timeline";

const CALL = 0.85;
/** When the two halves are introduced. */
const HALVES = 3;

/** The thought that is shown: at the start of the rollout after fine-tuning. */
const shown = memo((recording: Recording): Thought => at(last(recording.rollouts).thoughts, 0));

const times = memo((recording: Recording) => {
  const { segments } = shown(recording);
  return timeline({
    halves: 7.4,
    read: 3.2,
    // The last call is the Doer's answer.
    calls: each(at(segments, 0).calls.length - 1, CALL),
    card: recording.model.subgoal_head ? 2.8 : 0,
    told: CALL,
    act: 1.9,
    light: 2.8,
    again: segments.length > 1 ? 3 : 0,
    rest: 1.2,
  });
});

function captions(recording: Recording, view: WorldView): readonly Caption[] {
  const { model, world } = recording;
  const time = times(recording);
  const thought = shown(recording);
  const first = at(thought.segments, 0);
  const two = model.modules === 2;
  const list: Caption[] = [
    {
      at: 0,
      text: `${trainedWords(recording)} ${two ? "It has two halves." : "It is one module, not two halves."}`,
    },
    {
      at: HALVES,
      text: two
        ? "The Planner (H) is slow: it says what to do next. The Doer (L) is fast: it does the small steps."
        : "There is no separate Planner and Doer here: one module does all the thinking.",
    },
    {
      at: time.read,
      text: `It reads the ${groundOf(view, recording).whole} as ${count(world.token_names.length, "token")}: ${grouped(model.parameters)} weights will work on them.`,
    },
    {
      at: time.calls,
      text: two
        ? `The rhythm: the Doer's half thinks ${word(model.low_calls)}, then the Planner's once. ${capitalWord(model.cycles)} in all.`
        : `The one module thinks ${word(model.cycles * model.low_calls)}.`,
    },
  ];
  if (model.subgoal_head) {
    const subgoal = argmax(first.subgoal_logits);
    list.push({
      at: time.card,
      text: `The Planner's sub-goal: ${at(world.subgoals, subgoal)}. ${model.subgoal_channel ? "A card goes down to the Doer." : "But no wire leads to the Doer."}`,
    });
  }
  list.push({
    at: time.told,
    text: `The Doer answers with one action: ${at(world.actions, argmax(first.action_logits))}.`,
  });
  list.push({
    at: time.light,
    text: `A light says how sure it is that it has thought enough: ${percent(logistic(first.q_halt))}. ${first.q_halt > 0 ? "Red: stop." : "Green: think on."}`,
  });
  if (thought.segments.length > 1) {
    const answer = argmax(last(thought.segments).action_logits);
    const same = answer === argmax(first.action_logits);
    // What follows a stop is recorded too: what it would have thought.
    const stopped = thought.segments_used < thought.segments.length;
    list.push({
      at: time.again,
      text: stopped
        ? `So it stops here. Had it thought on, it would ${same ? "still say" : "have changed its mind"}: ${at(world.actions, answer)}.`
        : `So it thinks it all over once more, and ${same ? "keeps its answer" : "changes its mind"}: ${at(world.actions, answer)}.`,
    });
  }
  return inOrder(list);
}

/** Whether what is on stage has learned, so that nobody takes it for the untrained model. */
function trainedWords(recording: Recording): string {
  const { settings, fine_tuning } = recording;
  return fine_tuning.length > 0
    ? `Here is a model that has learned from ${count(settings.examples, countedOf(settings))}.`
    : "Here is a model that has learned nothing yet.";
}

function word(times_: number): string {
  return ["never", "once", "twice", "three times", "four times"][times_] ?? `${times_} times`;
}

function capitalWord(cycles: number): string {
  const words = word(cycles);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface Places {
  readonly board: Box;
  readonly model: Box;
}

function places(layout: Layout): Places {
  return layout === "wide"
    ? {
        board: { x: 32, y: 134, width: 548, height: 376 },
        model: { x: 612, y: 30, width: 316, height: 480 },
      }
    : {
        board: { x: 14, y: 84, width: 362, height: 228 },
        model: { x: 14, y: 322, width: 362, height: 304 },
      };
}

/** The board's columns (a token each) and rows (a call each). */
interface Grid {
  readonly left: number;
  readonly head: number;
  readonly column: number;
  readonly row: number;
  point(token: number, call: number): { x: number; y: number };
}

function gridOf(recording: Recording, layout: Layout): Grid {
  const { board: box } = places(layout);
  const left = layout === "wide" ? 96 : 82;
  const head = layout === "wide" ? 30 : 22;
  const column = (box.width - left) / recording.world.token_names.length;
  const calls = at(shown(recording).segments, 0).calls.length;
  const row = Math.min((box.height - head) / calls, 50);
  return {
    left,
    head,
    column,
    row,
    point: (token, call) => ({
      x: box.x + left + (token + 0.5) * column,
      y: box.y + head + (call + 0.5) * row,
    }),
  };
}

/**
 * The world stands over the columns of its places, which are the last tokens; things on a table
 * need not stand as close as columns.
 */
function worldBox(recording: Recording, layout: Layout): Box {
  const { board: box } = places(layout);
  const { left, column } = gridOf(recording, layout);
  const { tiles, token_names } = recording.world;
  const high = layout === "wide" ? 62 : 40;
  if (agentOf(recording.world) < 0) {
    const tall = layout === "wide" ? 104 : 58;
    return {
      x: box.x + box.width / 2,
      y: box.y - tall - 4,
      width: box.width / 2,
      height: tall,
    };
  }
  return {
    x: box.x + left + (token_names.length - tiles) * column,
    y: box.y - high - 4,
    width: tiles * column,
    height: high,
  };
}

/** Which segment is being thought, and how many of its calls have begun (with a fraction). */
function where(recording: Recording, t: number): { segment: number; calls: number } {
  const time = times(recording);
  const thought = shown(recording);
  const perSegment = at(thought.segments, 0).calls.length;
  if (t < time.again || thought.segments.length === 1) {
    const before = clamp((t - time.calls) / CALL, 0, perSegment - 1);
    return { segment: 0, calls: before + progress(t, time.told, time.act) };
  }
  const long = (time.rest - time.again) / (thought.segments.length - 1);
  const segment = Math.min(thought.segments.length - 1, 1 + Math.floor((t - time.again) / long));
  const share = progress(t, time.again + (segment - 1) * long, time.again + segment * long - 0.4);
  return { segment, calls: share * perSegment };
}

function draw(recording: Recording, t: number, view: WorldView): readonly Shape[] {
  const { world } = recording;
  const place = places(view.layout);
  const thought = shown(recording);
  const now = where(recording, t);
  const { read, calls } = times(recording);
  return [
    ...faded("reading", tween(t, read, read + 0.5), [
      ...worldTrack({
        id: "world",
        box: worldBox(recording, view.layout),
        table: world,
        state: thought.state,
        ground: groundOf(view, recording),
      }),
      fitted(
        "reading.title",
        "What it reads",
        place.board.x + 4,
        place.board.y - (view.layout === "wide" ? 32 : 20),
        view.layout === "wide" ? 240 : 150,
        sizes[view.layout].title,
        { weight: 700 },
      ),
      ...faded(
        "reading.bubble",
        progress(t, calls - 0.4, calls),
        bubbleKey(place.board, view.layout),
      ),
      ...board(recording, now.segment, now.calls, t, view.layout),
    ]),
    ...entering(
      model(recording, t, view, place.model, now),
      place.model,
      1 - tween(t, read - 0.9, read + 0.1),
      view.layout,
    ),
    ...answer(recording, t, view, place),
  ];
}

/** What the bubbles are, beside the first of them. */
function bubbleKey(board: Box, layout: Layout): Shape[] {
  const size = sizes[layout].small;
  const y = board.y - (layout === "wide" ? 13 : 7);
  return [
    circle("reading.bubble.dot", board.x + 9, round(y - size * 0.35), layout === "wide" ? 5 : 4, {
      fill: "doer",
      opacity: 0.62,
    }),
    fitted(
      "reading.bubble.words",
      "how far a thought moves it",
      board.x + 18,
      y,
      layout === "wide" ? 226 : 140,
      size,
      { fill: "muted" },
    ),
  ];
}

/** The model begins in the middle of the stage and makes room for what it reads. */
function entering(shapes: readonly Shape[], box: Box, away: number, layout: Layout): Shape[] {
  const { width, height } = stageSize[layout];
  return [
    group("entering", shapes, {
      x: round((width / 2 - box.x - box.width / 2) * away),
      y: round((height / 2 - box.y - box.height / 2) * away),
    }),
  ];
}

/** A row a call, a column a token: how far each token's state moved. */
function board(
  recording: Recording,
  segment: number,
  calls: number,
  t: number,
  layout: Layout,
): Shape[] {
  const all = at(shown(recording).segments, segment).calls;
  const { read } = times(recording);
  const headed = progress(t, read + 0.2, read + 1.4);
  return [
    ...boardHead(recording, headed, layout),
    ...all.flatMap((_, i) => {
      // How far the thought has come since this call began, below 0 before.
      const since = calls - i;
      const lit = since > 0 && since <= 1.0001;
      return boardRow(recording, segment, i, clamp(since), lit, layout);
    }),
  ];
}

function boardHead(recording: Recording, headed: number, layout: Layout): Shape[] {
  const { head, column, point } = gridOf(recording, layout);
  const size = sizes[layout].small;
  const y = places(layout).board.y + head - 9;
  const names = recording.world.token_names;
  return names.flatMap((name, i) =>
    faded(`board.name${i}`, progress(headed, i / names.length, (i + 1) / names.length), [
      ...headLines(name, column - 2, 11).map((line, k, all) =>
        fitted(
          `board.name${i}.words${k || ""}`,
          line,
          point(i, 0).x,
          y - (all.length - 1 - k) * size * 1.15,
          column - 2,
          size,
          { anchor: "middle", fill: "muted", weight: 600 },
        ),
      ),
    ]),
  );
}

/** A token's name, broken where it would be cut off otherwise. */
function headLines(name: string, width: number, least: number): readonly string[] {
  return textWidth(name, least, 600) <= width ? [name] : wrap(name, width, least, 600);
}

/** The name of a call's row. */
function callTitle(recording: Recording, module: Call["module"], index: number): string {
  if (module === "told") return recording.model.subgoal_channel ? "Doer, told" : "last call";
  if (recording.model.modules === 1) return `call ${index + 1}`;
  return module === "H" ? "Planner" : "Doer";
}

/** The token at which a call's answer is read. */
function readingToken(recording: Recording, module: Call["module"]): number {
  return module === "H" ? recording.world.subgoal_token : recording.world.action_token;
}

/** One call, of which the share `begun` is over; it is lit while it goes on. */
const boardRow = memoByValueOf(drawBoardRow);

function drawBoardRow(
  recording: Recording,
  segment: number,
  i: number,
  begun: number,
  lit: boolean,
  layout: Layout,
): readonly Shape[] {
  const call = at(at(shown(recording).segments, segment).calls, i);
  const { board: box } = places(layout);
  const { left, row, point } = gridOf(recording, layout);
  const names = recording.world.token_names;
  const size = sizes[layout].small;
  const half = call.module === "H" ? ("planner" as const) : ("doer" as const);
  const y = point(0, i).y;
  const title = callTitle(recording, call.module, i);
  const moved = call.change.map((change, token) => `${at(names, token)} by ${weight(change)}`);
  const frame = { x: box.x, y: round(y - row / 2 + 2), width: box.width, height: round(row - 4) };
  const soft = half === "planner" ? ("planner-soft" as const) : ("doer-soft" as const);
  return [
    group(
      `board.${i}`,
      [
        rect(`board.${i}.row`, frame, {
          radius: radius.card,
          fill: lit ? soft : "surface",
          opacity: begun > 0 ? 1 : 0.45,
        }),
        form(`board.${i}.form`, half, box.x + 13, y, 5.5, begun > 0 ? half : "faint"),
        fitted(`board.${i}.name`, title, box.x + 24, round(y + size * 0.35), left - 26, size, {
          fill: begun > 0 ? "ink" : "muted",
          weight: lit ? 700 : 400,
        }),
        // What has not moved yet has no bubble.
        ...(begun > 0
          ? names.map((_, token) => boardDot(recording, call, i, token, begun, lit, layout))
          : []),
      ],
      { label: `${title}: moved ${moved.join(", ")}` },
    ),
    ...(lit && begun < 1 ? looks(recording, call, i, half, begun, layout) : []),
  ];
}

/** Smaller ones would be specks. */
const SMALLEST = 3;

function boardDot(
  recording: Recording,
  call: Call,
  i: number,
  token: number,
  begun: number,
  lit: boolean,
  layout: Layout,
): Shape {
  const { row, column, point } = gridOf(recording, layout);
  const names = recording.world.token_names;
  const { x, y } = point(token, i);
  const change = at(call.change, token);
  const largest = Math.min(row * 0.4, column * 0.42);
  const r = Math.sqrt(change / largestChange(recording)) * largest * easeOut(begun);
  const reader = at(names, readingToken(recording, call.module));
  const tone = call.module === "H" ? ("planner" as const) : ("doer" as const);
  return circle(`board.${i}.dot${token}`, round(x), round(y), round(Math.max(SMALLEST, r)), {
    fill: tone,
    opacity: lit ? 1 : 0.62,
    tip: `${at(names, token)}: its numbers moved by ${weight(change)} here, the larger the bubble, the more. ${percent(at(call.attention, token))} of what “${reader}” looks at is this.`,
  });
}

const largestChange = memo((recording: Recording): number =>
  Math.max(
    1e-6,
    ...shown(recording).segments.flatMap((segment) => segment.calls.flatMap((call) => call.change)),
  ),
);

/** Bows from the reading token to what it attends to, as thick as the attention. */
function looks(
  recording: Recording,
  call: Call,
  i: number,
  tone: Tone,
  share: number,
  layout: Layout,
): Shape[] {
  const { row, point } = gridOf(recording, layout);
  const reader = readingToken(recording, call.module);
  const from = point(reader, i);
  return call.attention.flatMap((value, token) => {
    if (value < 0.06 || token === reader) return [];
    const to = point(token, i);
    const peak = `${round((from.x + to.x) / 2)} ${round(from.y - row * 0.87)}`;
    const d = `M${round(from.x)} ${round(from.y)}Q${peak} ${round(to.x)} ${round(to.y)}`;
    return [
      path(`board.${i}.look${token}`, d, {
        fill: "none",
        stroke: tone,
        strokeWidth: round(1 + 6 * value),
        opacity: round(0.55 * Math.sin(Math.PI * share), 3),
      }),
    ];
  });
}

function model(
  recording: Recording,
  t: number,
  view: WorldView,
  box: Box,
  now: { segment: number; calls: number },
): Shape[] {
  const { world, model: card } = recording;
  const thought = shown(recording);
  const time = times(recording);
  const segment: ThoughtSegment = at(thought.segments, now.segment);
  const begun = segment.calls.slice(0, Math.ceil(now.calls - 1e-6));
  const current = at(
    segment.calls,
    clamp(Math.ceil(now.calls - 1e-6) - 1, 0, segment.calls.length - 1),
  ).module;
  const again = now.segment > 0;
  const lowDone = begun.filter((call) => call.module !== "H").length;
  const highDone = begun.filter((call) => call.module === "H").length;
  const highs = segment.calls.filter((call) => call.module === "H").length;
  const lows = segment.calls.length - highs;
  const subgoals = softmax(segment.subgoal_logits);
  const actions = softmax(segment.action_logits);
  const named = again
    ? progress(now.calls, lows + highs - 2, lows + highs - 1)
    : tween(t, time.card, time.card + 0.8);
  const acted = again
    ? progress(now.calls, lows + highs - 1, lows + highs)
    : tween(t, time.told + 0.3, time.act);
  const running = t >= time.calls && t < time.card;
  const subgoal = argmax(segment.subgoal_logits);
  const lit = t >= time.light ? progress(t, time.light, time.light + 0.6) : 0;
  return hierarchyPanel({
    id: "model",
    box,
    layout: view.layout,
    model: card,
    planner: {
      ...plannerWords(card.modules),
      awake: running ? (current === "H" ? 1 : 0.25) : 1,
      choices: world.subgoals.map((name, i) => ({ name, share: at(subgoals, i) })),
      chosen: named >= 1 ? subgoal : -1,
      grown: named,
      calls: highs,
      done: highDone,
    },
    doer: {
      ...doerWords(card.modules),
      awake: running ? (current === "H" ? 0.25 : 1) : 1,
      choices: world.actions.map((name, i) => ({ name, share: at(actions, i) })),
      chosen: acted >= 1 ? argmax(segment.action_logits) : -1,
      grown: acted,
      calls: lows,
      done: lowDone,
    },
    ...(card.subgoal_head && (t >= time.card || again)
      ? {
          card: {
            words: at(world.subgoals, subgoal),
            share: again ? named : tween(t, time.card + 0.9, time.card + 1.9),
            opacity: again ? named : progress(t, time.card + 0.5, time.card + 0.9),
          },
        }
      : {}),
    memory: memoryOf(world, thought.state, thought.state, 0),
    halting: {
      stop: segment.q_halt > 0,
      lit,
      sure: percent(logistic(segment.q_halt)),
      tip: `Halting: the model gives ${percent(logistic(segment.q_halt))} to being right already.`,
    },
  });
}

/** The action token comes out of the Doer, towards the line. */
function answer(recording: Recording, t: number, view: WorldView, place: Places): Shape[] {
  const time = times(recording);
  const { world } = recording;
  const action = argmax(at(shown(recording).segments, 0).action_logits);
  const share = tween(t, time.act, time.act + 1);
  const opacity = Math.min(
    progress(t, time.act, time.act + 0.2),
    1 - progress(t, time.again - 0.4, time.again),
  );
  const doer = hierarchyPlaces(place.model, view.layout).doer;
  const wide = view.layout === "wide";
  const geometry = trackGeometry(worldBox(recording, view.layout), world);
  const tile = tileCentre(geometry, placeOfAction(world, shown(recording).state, action));
  const size = wide ? 15 : 12;
  const half = tokenWidth(at(world.actions, action), size) / 2;
  const from = wide
    ? { x: doer.x - half, y: doer.y + doer.height / 2 }
    : { x: doer.x + doer.width - half, y: doer.y + 12 };
  const to = { x: Math.max(tile.x, half + 14), y: geometry.top - (wide ? 22 : 16) };
  const point = bow(from, to, share, wide ? 40 : 0);
  return faded("answer", opacity, [
    actionToken("answer.it", at(world.actions, action), at(motions(world), action), point, {
      size,
      scale: 0.6 + 0.4 * share,
      tip: "The action that comes out.",
    }),
  ]);
}

export const meetTheModel: WorldScene = {
  id: "meet-the-model",
  phase: 1,
  title: "Meet the model",
  learned: () => AFTER,
  duration: (recording) => times(recording).end,
  captions,
  stops(recording) {
    const time = times(recording);
    const calls = at(shown(recording).segments, 0).calls.length - 1;
    return [
      0,
      time.read + 1.6,
      ...range(calls).map((i) => time.nth("calls", i + 0.6)),
      ...(recording.model.subgoal_head ? [time.card + 2] : []),
      time.act + 1.2,
      time.light + 1,
      ...(shown(recording).segments.length > 1 ? [time.rest] : []),
    ];
  },
  draw,
  maths: (recording, time) => headsOf(recording, shown(recording), where(recording, time).segment),
};
