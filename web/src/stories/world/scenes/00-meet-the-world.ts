/** Phase 0: the line, who stands on it, and what has to be done. */
import type { Recording, WorldTable } from "../../../recording/types.gen";
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
import { arch, bow, easeInOut, easeOut, progress, within, type Point } from "../../../scene/ease";
import { groundOf, introductionOf, openingOf } from "../definition";
import { agentOf, motions } from "../facts";
import { at, range } from "../../../lib/list";
import { memo } from "../../../scene/memo";
import { reward } from "../../../scene/numbers";
import { actionToken, subgoalCard, tokenWidth } from "../parts/tokens";
import { tileCentre, trackGeometry } from "../parts/ground";
import { worldTrack } from "../parts/WorldTrack";
import { teacherEpisode } from "../../../recording/episode";
import type { Caption, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { textWidth } from "../../../scene/text";
import { capital, plain } from "../../../scene/words";
import type { WorldScene, WorldView } from "../view";
import { each, timeline } from "../../../scene/timeline";

/** One stretch of the right way: from where the agent stands to where a sub-goal is. */
interface Stretch {
  readonly subgoals: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** The teacher's way from the showcase; sub-goals at the same place are one stretch. */
const stretches = memo((recording: Recording): readonly Stretch[] => {
  const table = recording.world;
  const agent = agentOf(table);
  const found: { subgoals: string[]; from: number; to: number }[] = [];
  for (const step of teacherEpisode(table, recording.showcase).steps) {
    const name = at(table.subgoals, step.subgoal);
    const target = at(at(table.subgoal_tile, step.state), step.subgoal);
    const here = at(at(table.places, step.state), agent);
    const to = target < 0 ? here : target;
    const before = found.at(-1);
    if (before?.subgoals.includes(name)) continue;
    if (before && before.to === to) before.subgoals.push(name);
    else found.push({ subgoals: [name], from: here, to });
  }
  return found;
});

const times = memo((recording: Recording) =>
  timeline({
    line: 2.4,
    things: each(recording.world.entities.length, 2.8),
    ways: each(stretches(recording).length, 2.4),
    actions: 3.8,
  }),
);

function captions(recording: Recording, view: WorldView): readonly Caption[] {
  const table = recording.world;
  const time = times(recording);
  const order = stretches(recording).flatMap((one) => one.subgoals);
  return [
    { at: 0, text: openingOf(view, recording) },
    ...table.entities.map((one, i) => ({
      at: time.nth("things", i),
      text: introductionOf(view, recording, one.name),
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

function wordFor(value: number): string {
  return ["no", "one", "two", "three", "four", "five", "six"][value] ?? String(value);
}

interface Places {
  readonly track: Box;
  readonly actions: Box;
}

function places(layout: Layout): Places {
  return layout === "wide"
    ? {
        track: { x: 70, y: 186, width: 820, height: 160 },
        actions: { x: 70, y: 424, width: 820, height: 80 },
      }
    : {
        track: { x: 14, y: 230, width: 362, height: 90 },
        actions: { x: 14, y: 440, width: 362, height: 120 },
      };
}

function draw(recording: Recording, t: number, view: WorldView): readonly Shape[] {
  const { layout } = view;
  const table = recording.world;
  const time = times(recording);
  const box = places(layout);
  const geometry = trackGeometry(box.track, table);
  const state = recording.showcase;
  const lit = (i: number) => within(t, time.nth("things", i), time.nth("things", i + 1) - 0.3, 0.3);
  const introducing = within(t, time.things, time.ways - 0.2, 0.4);
  return [
    ...table.entities.flatMap((one, i) =>
      spotlight(`spot.${one.name}`, table, state, i, geometry, lit(i), layout),
    ),
    ...worldTrack({
      id: "world",
      box: box.track,
      table,
      state,
      time: t,
      ground: groundOf(view, recording),
      numbered: true,
      light: table.entities.map((_, i) => 1 - 0.72 * introducing * (1 - lit(i))),
    }),
    ...stretches(recording).flatMap((one, i) =>
      stretchArc(
        `way.${i}`,
        one,
        geometry,
        progress(t, time.nth("ways", i), time.nth("ways", i) + 1),
        layout,
      ),
    ),
    ...actions(table, box.actions, progress(t, time.actions, time.actions + 1.2), layout),
  ];
}

/** A halo under an entity and its name above it. */
function spotlight(
  id: string,
  table: WorldTable,
  state: number,
  index: number,
  geometry: ReturnType<typeof trackGeometry>,
  share: number,
  layout: Layout,
): Shape[] {
  const tile = at(at(table.places, state), index);
  if (share <= 0 || tile < 0) return [];
  const { x, y } = tileCentre(geometry, tile);
  const name = plain(at(table.entities, index).name);
  const size = layout === "wide" ? 17 : 14;
  const width = textWidth(name, size, 700) + size * 1.8;
  const high = y - geometry.side / 2 - size * 2.6 - 6 * arch(share);
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
  geometry: ReturnType<typeof trackGeometry>,
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

function actions(table: WorldTable, box: Box, share: number, layout: Layout): Shape[] {
  if (share <= 0) return [];
  const size = layout === "wide" ? 16 : 13;
  const widths = table.actions.map((name) => tokenWidth(name, size));
  const gap = layout === "wide" ? 18 : 8;
  const total = widths.reduce((all, one) => all + one, 0) + gap * (widths.length - 1);
  let x = box.x + (box.width - total) / 2;
  const tokens = table.actions.flatMap((name, i) => {
    const width = at(widths, i);
    const centre = x + width / 2;
    x += width + gap;
    const own = easeOut(progress(share, i * 0.15, i * 0.15 + 0.5));
    return faded(`action.${i}`, own, [
      actionToken(
        `action.${i}.it`,
        name,
        at(motions(table), i),
        { x: centre, y: box.y + 18 + 12 * (1 - own) },
        { size, tip: `An action: ${name}.` },
      ),
    ]);
  });
  const rewards = table.reward.flat();
  const best = Math.max(...rewards);
  const usual = at(at(table.reward, table.showcase), at(table.teacher_action, table.showcase));
  const worst = Math.min(...rewards);
  return [
    ...tokens,
    ...faded("rewards", progress(share, 0.6, 1), [
      fitted(
        "rewards.words",
        `Reaching the goal earns ${reward(best)}, a plain step ${reward(usual)}, a failed one ${reward(worst)}.`,
        box.x + box.width / 2,
        box.y + (layout === "wide" ? 74 : 76),
        box.width,
        layout === "wide" ? 15 : 12,
        { anchor: "middle", fill: "muted" },
      ),
    ]),
  ];
}

export const meetTheWorld: WorldScene = {
  id: "meet-the-world",
  phase: 0,
  title: "Meet the world",
  duration: (recording) => times(recording).end,
  captions,
  stops(recording) {
    const time = times(recording);
    return [
      0,
      ...recording.world.entities.map((_, i) => time.nth("things", i) + 0.8),
      ...stretches(recording).map((_, i) => time.nth("ways", i) + 1.4),
      time.actions + 2,
    ];
  },
  draw,
};
