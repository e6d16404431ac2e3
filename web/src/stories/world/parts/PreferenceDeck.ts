/** Episodes to choose from, as cards that play, and the thumbs that say what is thought of them. */
import type { Episode, Preference, WorldTable } from "../../../recording/types.gen";
import { stateAfter } from "../../../recording/episode";
import { at, last, range } from "../../../lib/list";
import { circle, fitted, group, path, rect, round, text, type Box } from "../../../scene/build";
import { radius } from "../../../scene/layout";
import { memoByValue, memoByValueOf } from "../../../scene/memo";
import { count, reward } from "../../../scene/numbers";
import { cross, placed, tick, type Place } from "../../../scene/parts/marks";
import type { Group, Shape } from "../../../scene/shape";
import { actionSign } from "./drawings";
import { miniTrack } from "./miniTrack";
import { motions } from "../facts";

export type Verdict = "best" | "worst";

/** A thumb on a badge: up on a round one, down on a square one. */
export function thumb(id: string, place: Place, verdict: Verdict): Group {
  const up = verdict === "best";
  const hand =
    "M-24 -6H-10V28H-24ZM-4 -6L8 -30C16 -32 20 -26 18 -18L14 -8H26C32 -8 34 -2 32 4L26 24C25 28 22 28 18 28H-4Z";
  return placed(id, place, [
    up
      ? circle(`${id}.badge`, 0, 0, 48, { fill: "right", stroke: "surface", strokeWidth: 5 })
      : rect(
          `${id}.badge`,
          { x: -44, y: -44, width: 88, height: 88 },
          { radius: 20, fill: "wrong", stroke: "surface", strokeWidth: 5 },
        ),
    group(
      `${id}.hand`,
      [path(`${id}.hand.it`, hand, { fill: "surface" })],
      up ? {} : { scale: -1 },
    ),
  ]);
}

/** Where an episode is: which state is shown, which action leads on, and whether it is over. */
interface Moment {
  readonly state: number;
  /** The step that was taken last; -1 before the first. */
  readonly step: number;
  readonly over: boolean;
}

/** An episode after so many of its steps; a fraction counts for nothing. */
export function momentIn(table: WorldTable, episode: Episode, steps: number): Moment {
  const { steps: all } = episode;
  const taken = Math.min(all.length, Math.max(0, Math.floor(steps)));
  const step = taken - 1;
  return {
    state: taken === 0 ? at(all, 0).state : stateAfter(table, at(all, step)),
    step,
    over: taken === all.length,
  };
}

/** How long one loop of some episodes is, in steps: the longest, and a rest at its end. */
export function loopOf(episodes: readonly Episode[]): number {
  return Math.max(...episodes.map(({ steps }) => steps.length)) + REST;
}

/** Steps for which an end is shown before an episode begins again. */
const REST = 3;

/** What an episode comes to, in words. */
export function episodeWords(table: WorldTable, episode: Episode): string {
  const { steps, success, total_reward } = episode;
  const end = success ? "goal reached" : "goal not reached";
  const names = steps.map(({ action }) => at(table.actions, action)).join(", ");
  return `${count(steps.length, "action")}, ${end}, reward ${reward(total_reward)}: ${names}`;
}

export interface EpisodeCard {
  readonly id: string;
  readonly box: Box;
  /** Its place among the episodes of its start, from 0. */
  readonly number: number;
  /** How many of its steps are taken. */
  readonly steps: number;
  readonly verdict?: Verdict;
  readonly size: number;
  /** Whether its reward is told. */
  readonly told: boolean;
}

/** An episode in its world, a step at a time. */
export function episodeCard(
  table: WorldTable,
  episode: Episode,
  { id, box, number, steps, verdict, size, told }: EpisodeCard,
): Group {
  const moment = momentIn(table, episode, steps);
  const tone = verdict === "best" ? "right" : verdict === "worst" ? "wrong" : "faint";
  const words = `Try ${number + 1}: ${episodeWords(table, episode)}`;
  const judged = verdict ? `${words}. Liked ${verdict === "best" ? "best" : "least"}` : words;
  return group(
    id,
    [
      rect(`${id}.card`, box, {
        radius: Math.min(radius.card, box.height * 0.2),
        fill: "surface",
        stroke: tone,
        strokeWidth: verdict ? 3 : 1.2,
      }),
      ...inside(table, episode, `${id}.in`, box, number, moment, size, told),
    ],
    { label: judged, tip: `${judged}.` },
  );
}

/** The same card at the same moment is drawn once. */
const inside = memoByValueOf(
  (
    table: WorldTable,
    episode: Episode,
    id: string,
    box: Box,
    number: number,
    moment: Moment,
    size: number,
    told: boolean,
  ): Shape[] => {
    const pad = Math.min(9, box.width * 0.05);
    const line = size * 1.5;
    const base = box.y + box.height - pad * 0.6 - size * 0.2;
    const track = {
      x: box.x + pad,
      y: box.y + pad,
      width: box.width - 2 * pad,
      height: box.height - 2 * pad - line,
    };
    return [
      ...miniTrack(`${id}.track`, track, table, moment.state),
      ...(moment.over ? [verdictMark(id, episode, track)] : []),
      text(`${id}.number`, String(number + 1), box.x + pad, base, size, {
        fill: "muted",
        weight: 700,
      }),
      ...deeds(table, episode, `${id}.deeds`, { ...track, y: base, height: size }, moment.step),
      ...(told && moment.over
        ? [
            fitted(
              `${id}.reward`,
              reward(episode.total_reward),
              box.x + box.width - pad,
              base,
              box.width * 0.25,
              size,
              { anchor: "end", weight: 700 },
            ),
          ]
        : []),
    ];
  },
);

function verdictMark(id: string, { success }: Episode, track: Box): Shape {
  const size = Math.min(26, track.height * 0.5);
  const place = { x: track.x + track.width - size * 0.5, y: track.y + size * 0.5, size };
  return success ? tick(`${id}.end`, place) : cross(`${id}.end`, place);
}

/** The actions so far, the latest at the end; as many as there is room for. */
function deeds(
  table: WorldTable,
  { steps }: Episode,
  id: string,
  line: Box,
  latest: number,
): Shape[] {
  if (latest < 0) return [];
  const { action } = at(steps, latest);
  const name = at(table.actions, action);
  const { height: size } = line;
  const x = line.x + size * 1.6;
  const sign = { x: x + size * 0.4, y: line.y - size * 0.35, size };
  return [
    actionSign(`${id}.sign`, sign, name, at(motions(table), action), "doer"),
    fitted(`${id}.name`, name, x + size * 1.2, line.y, line.width * 0.4, size, { weight: 600 }),
  ];
}

/** The eight cards of a start in a box, in two columns or in as many as fit. */
export const gridOf = memoByValue((box: Box, many: number, columns: number): readonly Box[] => {
  const gap = 8;
  const rows = Math.ceil(many / columns);
  const width = (box.width - gap * (columns - 1)) / columns;
  const height = (box.height - gap * (rows - 1)) / rows;
  return range(many).map((i) => ({
    x: round(box.x + (i % columns) * (width + gap)),
    y: round(box.y + Math.floor(i / columns) * (height + gap)),
    width: round(width),
    height: round(height),
  }));
});

/** A card of the deck: a start, with a small thumb once its episodes have been compared. */
export function startCard(
  table: WorldTable,
  preference: Preference,
  id: string,
  box: Box,
  number: number,
  done: boolean,
): Group {
  const { episodes, turned } = preference;
  const pad = Math.min(7, box.width * 0.07);
  const words = `Start ${number + 1}${turned ? ", turned round by noise" : ""}`;
  return group(
    id,
    [
      rect(`${id}.card`, box, {
        radius: Math.min(radius.card, box.height * 0.2),
        fill: "surface",
        stroke: turned ? "wrong" : "faint",
        strokeWidth: turned ? 2 : 1.2,
        ...(turned ? { dash: [5, 3] } : {}),
      }),
      ...miniTrack(
        `${id}.track`,
        {
          x: box.x + pad,
          y: box.y + pad,
          width: box.width - 2 * pad,
          height: box.height - 2 * pad,
        },
        table,
        at(last(episodes).steps, 0).state,
      ),
    ],
    { label: words, tip: `${words}.`, ...(done ? { opacity: 0.5 } : {}) },
  );
}
