/** Phase 0: the line, who stands on it, and what has to be done. */
import type { EpisodeStep, Recording, WorldTable } from "../../../recording/types.gen";
import {
  faded,
  fitted,
  group,
  line,
  path,
  rect,
  round,
  text,
  type Box,
} from "../../../scene/build";
import {
  arch,
  bow,
  clamp,
  easeInOut,
  easeOut,
  progress,
  within,
  type Point,
} from "../../../scene/ease";
import { groundOf, introductionOf, openingOf } from "../definition";
import { agentOf, motions, placeOfAction } from "../facts";
import { at, range } from "../../../lib/list";
import { memo } from "../../../scene/memo";
import { reward } from "../../../scene/numbers";
import { actionToken, subgoalCard, tokenWidth } from "../parts/tokens";
import { tileCentre, trackGeometry, type TrackGeometry } from "../parts/ground";
import { coveredBy, isSeen, presentIn, whereOf } from "../parts/standing";
import { worldTrack, type TrackProps } from "../parts/WorldTrack";
import { stateAfter, teacherEpisode } from "../../../recording/episode";
import type { Caption, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { textWidth, wrap } from "../../../scene/text";
import { capital, plain } from "../../../scene/words";
import { NO_MODEL, type WorldScene, type WorldView } from "../view";
import { each, timeline } from "../../../scene/timeline";

/** One stretch of the right way: from where the agent stands to where a sub-goal is. */
interface Stretch {
  readonly subgoals: readonly string[];
  readonly from: number;
  readonly to: number;
  /** What is done on it. */
  readonly steps: readonly EpisodeStep[];
}

/** The teacher's way from the showcase; sub-goals at the same place are one stretch. */
const stretches = memo((recording: Recording): readonly Stretch[] => {
  const table = recording.world;
  const walked = agentOf(table) >= 0;
  const found: { subgoals: string[]; from: number; to: number; steps: EpisodeStep[] }[] = [];
  for (const step of teacherEpisode(table, recording.showcase).steps) {
    const name = at(table.subgoals, step.subgoal);
    const target = at(at(table.subgoal_tile, step.state), step.subgoal);
    const here = placeOfAction(table, step.state, step.action);
    const to = target < 0 ? here : target;
    const before = found.at(-1);
    if (before?.subgoals.includes(name)) before.steps.push(step);
    else if (walked && before?.to === to) {
      before.subgoals.push(name);
      before.steps.push(step);
    } else found.push({ subgoals: [name], from: here, to, steps: [step] });
  }
  return found;
});

/** Where nobody walks, the way is not drawn but played: a stretch lasts as long as its steps. */
const PER_STEP = 1.15;

function lengthOf(recording: Recording): number {
  if (agentOf(recording.world) >= 0) return WAY;
  return Math.max(WAY, ...stretches(recording).map(({ steps }) => steps.length * PER_STEP + 0.7));
}

const WAY = 2.4;

const times = memo((recording: Recording) =>
  timeline({
    line: 2.4,
    things: each(presentIn(recording.world).length, 2.8),
    ways: each(stretches(recording).length, lengthOf(recording)),
    actions: 3.8,
  }),
);

function captions(recording: Recording, view: WorldView): readonly Caption[] {
  const table = recording.world;
  const time = times(recording);
  const order = stretches(recording).flatMap((one) => one.subgoals);
  return [
    { at: 0, text: `${openingOf(view, recording)} ${goalWords(table)}`.trimEnd() },
    ...presentIn(table).map((index, i) => ({
      at: time.nth("things", i),
      text: introductionOf(view, recording, at(table.entities, index).name),
    })),
    ...stretches(recording).map((one, i) => ({
      at: time.nth("ways", i),
      text:
        i === 0 ? `First: ${one.subgoals.join(", ")}.` : `Then: ${one.subgoals.join(", then ")}.`,
    })),
    {
      at: time.actions,
      text: `${capital(wordFor(table.actions.length))} actions are all there is, and the order matters${order.length > 1 ? "" : " little"}.`,
    },
  ];
}

/** What all of it is for: the sub-goal whose last action is a success, if it is one and the same. */
export function goalWords(table: WorldTable): string {
  const last = new Set<number>();
  table.outcome.forEach((row, state) => {
    if (row.includes("success")) last.add(at(table.teacher_subgoal, state));
  });
  const [only, ...others] = last;
  return only === undefined || others.length > 0 ? "" : `The goal: ${at(table.subgoals, only)}.`;
}

function wordFor(value: number): string {
  return ["no", "one", "two", "three", "four", "five", "six"][value] ?? String(value);
}

interface Places {
  readonly track: Box;
  readonly actions: Box;
}

function places(table: WorldTable, layout: Layout): Places {
  const walked = agentOf(table) >= 0;
  return layout === "wide"
    ? {
        track: walked
          ? { x: 70, y: 186, width: 820, height: 160 }
          : { x: 70, y: 138, width: 820, height: 230 },
        actions: { x: 70, y: 424, width: 820, height: 80 },
      }
    : {
        track: walked
          ? { x: 14, y: 230, width: 362, height: 90 }
          : { x: 14, y: 190, width: 362, height: 150 },
        actions: { x: 14, y: 440, width: 362, height: 120 },
      };
}

function draw(recording: Recording, t: number, view: WorldView): readonly Shape[] {
  const { layout } = view;
  const table = recording.world;
  const time = times(recording);
  const box = places(table, layout);
  const geometry = trackGeometry(box.track, table);
  const introduced = presentIn(table);
  const lit = introduced.map((_, i) =>
    within(t, time.nth("things", i), time.nth("things", i + 1) - 0.3, 0.3),
  );
  const introducing = within(t, time.things, time.ways - 0.2, 0.4);
  const litBy = (index: number): number => at(lit, introduced.indexOf(index));
  const light = table.entities.map((_, index) => {
    if (!introduced.includes(index)) return 1;
    const under = coveredBy(table, recording.showcase, index).map(litBy);
    return 1 - 0.72 * introducing * (1 - Math.max(litBy(index), ...under));
  });
  const peek = Math.max(
    0,
    ...introduced.map((index, i) =>
      isSeen(whereOf(table, recording.showcase, index)) ? 0 : easeInOut(at(lit, i)),
    ),
  );
  return [
    ...introduced.flatMap((index, i) =>
      spotlight(
        `spot.${at(table.entities, index).name}`,
        table,
        recording.showcase,
        index,
        geometry,
        at(lit, i),
        layout,
      ),
    ),
    ...worldTrack({
      id: "world",
      box: box.track,
      table,
      ...playedAt(recording, t),
      time: t,
      ground: groundOf(view, recording),
      numbered: true,
      light,
      peek,
    }),
    ...(geometry.table
      ? wayInWords(recording, geometry, t, layout)
      : stretches(recording).flatMap((one, i) =>
          stretchArc(
            `way.${i}`,
            one,
            geometry,
            progress(t, time.nth("ways", i), time.nth("ways", i) + 1),
            layout,
          ),
        )),
    ...actions(table, box.actions, progress(t, time.actions, time.actions + 1.2), layout),
  ];
}

/** The state at a time; where nobody walks, the right way is played while it is told. */
function playedAt(recording: Recording, t: number): Pick<TrackProps, "state" | "move"> {
  const table = recording.world;
  const time = times(recording);
  const begun = stretches(recording).findLastIndex((_, i) => t >= time.nth("ways", i));
  const stretch = stretches(recording)[begun];
  if (agentOf(table) >= 0 || !stretch) return { state: recording.showcase };
  const since = t - time.nth("ways", begun) - 0.5;
  const index = clamp(Math.floor(since / PER_STEP), 0, stretch.steps.length - 1);
  const { state, action, outcome } = at(stretch.steps, index);
  const share = progress(since - index * PER_STEP, 0, PER_STEP - 0.15);
  return { state, move: { next: stateAfter(table, { state, action }), action, outcome, share } };
}

/** The sub-goals beside each other above the table, each once its stretch begins. */
function wayInWords(
  recording: Recording,
  geometry: TrackGeometry,
  t: number,
  layout: Layout,
): Shape[] {
  const time = times(recording);
  const wide = layout === "wide";
  const size = wide ? 16 : 12.5;
  const all = stretches(recording);
  const gap = size * 3.2;
  const widths = all.map(({ subgoals }) => tokenWidth(subgoals.join(", "), size));
  const y = geometry.top - geometry.side * 0.68 - size * 1.6;
  const middle = tileCentre(geometry, (recording.world.tiles - 1) / 2).x;
  const total = widths.reduce((sum, one) => sum + one, 0) + gap * (all.length - 1);
  let left = middle - total / 2;
  return all.flatMap(({ subgoals }, i) => {
    const x = left + at(widths, i) / 2;
    left += at(widths, i) + gap;
    const start = time.nth("ways", i);
    const arrow = left - gap * 0.5;
    return [
      ...faded(`way.${i}.card`, progress(t, start, start + 0.5), [
        subgoalCard(`way.${i}.card.it`, subgoals.join(", "), { x, y }, { size }),
      ]),
      ...(i === all.length - 1
        ? []
        : faded(`way.${i}.then`, progress(t, start + 0.4, start + 0.8), [
            path(
              `way.${i}.arrow`,
              `M${round(arrow - size)} ${round(y)}H${round(arrow + size)}m-7 -6l7 6l-7 6`,
              { fill: "none", stroke: "planner", strokeWidth: 3 },
            ),
          ])),
    ];
  });
}

/** A halo under an entity and its name above it. */
function spotlight(
  id: string,
  table: WorldTable,
  state: number,
  index: number,
  geometry: TrackGeometry,
  share: number,
  layout: Layout,
): Shape[] {
  const tile = at(at(table.places, state), index);
  if (share <= 0 || tile < 0) return [];
  const { x, y } = tileCentre(geometry, tile);
  const name = plain(at(table.entities, index).name);
  const size = layout === "wide" ? 17 : 14;
  const width = textWidth(name, size, 700) + size * 1.8;
  const lifted = isSeen(whereOf(table, state, index)) ? 0 : geometry.side * 0.42;
  const high = y - geometry.side / 2 - lifted - size * 2.6 - 6 * arch(share);
  return faded(id, share, [
    rect(`${id}.halo`, haloBox(x, y, geometry.side * (0.58 + 0.02 * share)), {
      radius: geometry.side * 0.3,
      fill: "halting",
      opacity: 0.35,
    }),
    rect(
      `${id}.tag`,
      { x: round(x - width / 2), y: round(high), width: round(width), height: size * 1.9 },
      { radius: size, fill: "ink" },
    ),
    text(`${id}.name`, name, x, round(high + size * 1.28), size, {
      anchor: "middle",
      weight: 700,
      fill: "surface",
    }),
  ]);
}

function haloBox(x: number, y: number, half: number): Box {
  return {
    x: round(x - half),
    y: round(y - half),
    width: round(2 * half),
    height: round(2 * half),
  };
}

/** A dotted bow from tile to tile, and the sub-goal's card on top of it. */
function stretchArc(
  id: string,
  stretch: Stretch,
  geometry: TrackGeometry,
  share: number,
  layout: Layout,
): Shape[] {
  if (share <= 0) return [];
  const top = geometry.top - 4;
  const from: Point = { x: tileCentre(geometry, stretch.from).x + geometry.side * 0.12, y: top };
  const to: Point = { x: tileCentre(geometry, stretch.to).x - geometry.side * 0.12, y: top };
  const height = geometry.side * 0.5;
  const points = range(25).map((i) => bow(from, to, (easeInOut(share) * i) / 24, height));
  const tip = at(points, 24);
  const before = at(points, 22);
  const angle = (Math.atan2(tip.y - before.y, tip.x - before.x) * 180) / Math.PI;
  const size = layout === "wide" ? 14 : 11.5;
  const middle = bow(from, to, 0.5, height);
  const stack = layout === "wide" ? size * 2.6 : size * 2.4;
  return [
    line(
      `${id}.bow`,
      points.map((p) => [p.x, p.y] as const),
      "planner",
      3,
      { dash: [1, 8] },
    ),
    group(
      `${id}.tip`,
      [path(`${id}.arrow`, "M-9 -6L0 0L-9 6", { fill: "none", stroke: "planner", strokeWidth: 3 })],
      {
        x: round(tip.x),
        y: round(tip.y),
        rotate: round(angle),
      },
    ),
    ...stretch.subgoals.flatMap((name, i) =>
      faded(`${id}.card${i}`, progress(share, 0.35 + i * 0.2, 0.7 + i * 0.2), [
        subgoalCard(
          `${id}.card${i}.it`,
          name,
          { x: middle.x, y: middle.y - size * 1.7 - (stretch.subgoals.length - 1 - i) * stack },
          { size },
        ),
      ]),
    ),
  ];
}

/** The actions, in as many rows as they need. */
function actions(table: WorldTable, box: Box, share: number, layout: Layout): Shape[] {
  if (share <= 0) return [];
  const wide = layout === "wide";
  const size = wide ? 16 : 13;
  const gap = wide ? 18 : 8;
  const rows = rowsOf(table.actions, box.width, size, gap);
  const tokens = rows.flatMap((row, r) => {
    const total = widthOf(row, size, gap);
    let x = box.x + (box.width - total) / 2;
    return row.flatMap((name) => {
      const i = table.actions.indexOf(name);
      const width = tokenWidth(name, size);
      const centre = x + width / 2;
      x += width + gap;
      const own = easeOut(progress(share, i * 0.15, i * 0.15 + 0.5));
      return faded(`action.${i}`, own, [
        actionToken(
          `action.${i}.it`,
          name,
          at(motions(table), i),
          { x: centre, y: box.y + 18 + r * size * 2.7 + 12 * (1 - own) },
          { size, tip: `An action: ${name}.` },
        ),
      ]);
    });
  });
  const below = box.y + (wide ? 74 : 76) + (rows.length - 1) * size * 2.4;
  const small = wide ? 15 : 12;
  return [
    ...tokens,
    ...faded(
      "rewards",
      progress(share, 0.6, 1),
      inLines(rewardWords(table), box.width, small).map((words, i) =>
        fitted(
          i === 0 ? "rewards.words" : `rewards.words${i}`,
          words,
          box.x + box.width / 2,
          below + i * small * 1.4,
          box.width,
          small,
          { anchor: "middle", fill: "muted" },
        ),
      ),
    ),
  ];
}

function widthOf(names: readonly string[], size: number, gap: number): number {
  return names.reduce((sum, name) => sum + tokenWidth(name, size), gap * (names.length - 1));
}

/** The names in rows that fit. */
function rowsOf(
  names: readonly string[],
  width: number,
  size: number,
  gap: number,
): readonly (readonly string[])[] {
  const rows: string[][] = [];
  for (const name of names) {
    const last = rows.at(-1);
    if (last && widthOf([...last, name], size, gap) <= width) last.push(name);
    else rows.push([name]);
  }
  return rows;
}

/** One line, if it fits in small letters, or several. */
function inLines(words: string, width: number, size: number): readonly string[] {
  return textWidth(words, 11) <= width ? [words] : wrap(words, width, size);
}

/** What there is to earn, in a sentence. */
function rewardWords(table: WorldTable): string {
  const best = Math.max(...table.reward.flat());
  const of = (wanted: (state: number, action: number) => boolean): number =>
    Math.min(
      ...table.reward.flatMap((row, state) => row.filter((_, action) => wanted(state, action))),
    );
  const over = (state: number, action: number): boolean =>
    stateAfter(table, { state, action }) >= table.live_states;
  const outcome = (state: number, action: number) => at(at(table.outcome, state), action);
  const usual = of((state, action) => outcome(state, action) === "ok" && !over(state, action));
  const failed = of((state, action) => !over(state, action));
  const lost = of((state, action) => over(state, action) && outcome(state, action) !== "success");
  const end = Number.isFinite(lost) ? `, a wrong end ${reward(lost)}` : "";
  return `Reaching the goal earns ${reward(best)}, a plain step ${reward(usual)}, a failed one ${reward(failed)}${end}.`;
}

export const meetTheWorld: WorldScene = {
  id: "meet-the-world",
  phase: 0,
  title: "Meet the world",
  learned: () => NO_MODEL,
  duration: (recording) => times(recording).end,
  captions,
  stops(recording) {
    const time = times(recording);
    return [
      0,
      ...presentIn(recording.world).map((_, i) => time.nth("things", i) + 0.8),
      ...stretches(recording).map((_, i) => time.nth("ways", i) + lengthOf(recording) - 1),
      time.actions + 2,
    ];
  },
  draw,
};
