/** Phase 3 when learning from preferences: the model's own tries, and which of them is liked. */
import constants from "../../../recording/constants.json";
import { byReturn } from "../../../recording/preferences";
import type { Preference, Recording } from "../../../recording/types.gen";
import { faded, fitted, group, type Box } from "../../../scene/build";
import { clamp, easeOut, progress } from "../../../scene/ease";
import { at, range } from "../../../lib/list";
import { memo } from "../../../scene/memo";
import { count, percent, reward } from "../../../scene/numbers";
import type { Caption, Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { inOrder, timeline } from "../../../scene/timeline";
import { type as sizes } from "../../../scene/layout";
import { episodeWords } from "../definition";
import {
  episodeCard,
  gridOf,
  loopOf,
  startCard,
  thumb,
  type Verdict,
} from "../parts/PreferenceDeck";
import { BEFORE, type WorldScene, type WorldView } from "../view";

const T = timeline({ deck: 3, open: 7.4, judge: 4.6, rest: 6, outro: 4 });

/** Starts of which a card of its own is drawn; of more, only these. */
const MOST_CARDS = 12;

function captions(recording: Recording, view: WorldView): readonly Caption[] {
  const preferences = recording.preferences ?? [];
  const { settings } = recording;
  const { episodes, best, worst, turned } = at(preferences, 0);
  const many = constants.episodes;
  const { name } = episodeWords(view, recording);
  const turns = preferences.filter((one) => one.turned).length;
  const [liked, least] = [at(episodes, best), at(episodes, worst)].map(({ total_reward }) =>
    reward(total_reward),
  );
  return inOrder([
    {
      at: 0,
      text: `To learn from: only ${count(preferences.length, "start")}. Nobody says what would be right.`,
    },
    {
      at: T.open,
      text: `Before it learns, the model tries ${many} times from each start. Here is each ${name}.`,
    },
    {
      at: T.judge,
      text: settings.choices
        ? `A visitor picked try ${best + 1} as the best and try ${worst + 1} as the worst. That is all it is told.`
        : `Thumbs up for the best, ${liked}; thumbs down for the worst, ${least}.${turned ? " Noise has swapped them." : ""}`,
    },
    {
      at: T.rest,
      text:
        preferences.length > 1 ? "And so on from every other start." : "That was the only start.",
    },
    {
      at: T.outro,
      text:
        turns > 0
          ? `${count(turns, "preference")} ${turns === 1 ? "is" : "are"} turned round on purpose: ${percent(settings.noise)} noise.`
          : settings.choices
            ? agreement(recording)
            : "It is only told which try is better, never which action.",
    },
  ]);
}

/** How often a visitor likes what earns the most. */
function agreement(recording: Recording): string {
  const preferences = recording.preferences ?? [];
  const same = preferences.filter(({ episodes, best }) => {
    const most = at(episodes, byReturn(episodes).best).total_reward;
    return at(episodes, best).total_reward >= most;
  }).length;
  return `In ${same} of ${count(preferences.length, "start")} the visitor’s best is the one with the most reward.`;
}

interface Places {
  readonly deck: Box;
  readonly grid: Box;
}

function places(layout: Layout): Places {
  return layout === "wide"
    ? {
        deck: { x: 32, y: 34, width: 190, height: 472 },
        grid: { x: 244, y: 34, width: 684, height: 472 },
      }
    : {
        deck: { x: 14, y: 26, width: 362, height: 84 },
        grid: { x: 14, y: 118, width: 362, height: 508 },
      };
}

/** Which start is looked at at time t. */
function openAt(recording: Recording, t: number): number {
  const many = recording.preferences?.length ?? 0;
  if (t < T.rest || many < 2) return 0;
  const share = progress(t, T.rest, T.outro - 0.4);
  return Math.min(many - 1, 1 + Math.floor(share * (many - 1)));
}

const judgedAt = memo((recording: Recording) => recording.preferences ?? []);

function draw(recording: Recording, t: number, { layout }: WorldView): readonly Shape[] {
  const preferences = judgedAt(recording);
  const place = places(layout);
  const open = openAt(recording, t);
  const shown = progress(t, T.open - 0.5, T.open);
  const preference = at(preferences, open);
  const loop = loopOf(preference.episodes);
  // The first start's tries are played once in full; of the others the ends are shown.
  const playing = T.judge - T.open - 0.6;
  const steps = t >= T.judge - 0.4 ? loop : progress(t, T.open, T.open + playing) * (loop - 1);
  const judged = t >= T.rest ? 1 : progress(t, T.judge, T.judge + 0.7);
  return [
    ...deck(recording, place.deck, open, t, layout),
    ...faded("grid", shown, cards(recording, preference, place.grid, steps, judged, layout)),
  ];
}

/** The starts: a card for each, or for the first ones. */
function deck(recording: Recording, box: Box, open: number, t: number, layout: Layout): Shape[] {
  const preferences = judgedAt(recording);
  const cards = preferences.slice(0, MOST_CARDS);
  const hidden = preferences.length - cards.length;
  const room = hidden > 0 ? { ...box, height: box.height - 18 } : box;
  const boxes = deckBoxes(room, cards.length, layout);
  return [
    group(
      "deck",
      cards.flatMap((preference, i) => {
        const began = (i / cards.length) * 1.2 - 0.6;
        const share = easeOut(progress(t, began, began + 0.7));
        const done = t >= T.rest && i < open;
        const card = startCard(recording.world, preference, `deck.${i}`, at(boxes, i), i, done);
        return faded(`deck.${i}.shown`, share, [card]);
      }),
    ),
    ...(hidden > 0
      ? [
          fitted(
            "deck.more",
            `and ${hidden} more`,
            box.x + box.width / 2,
            box.y + box.height - 3,
            box.width,
            sizes[layout].small,
            { anchor: "middle", fill: "muted" },
          ),
        ]
      : []),
  ];
}

/** Cards of a deck: in columns on the wide stage, in rows on the tall one. */
function deckBoxes(box: Box, many: number, layout: Layout): readonly Box[] {
  const columns = layout === "wide" ? 1 : Math.min(many, 6);
  const lines = Math.ceil(many / columns);
  const tallest = layout === "wide" ? 74 : 62;
  const height = Math.min(box.height, lines * (tallest + 8) - 8);
  return gridOf({ ...box, height }, many, columns);
}

/** The tries of a start, each on its card; the liked ones under their thumbs. */
function cards(
  recording: Recording,
  { episodes, best, worst }: Preference,
  box: Box,
  steps: number,
  judged: number,
  layout: Layout,
): Shape[] {
  const boxes = gridOf(box, episodes.length, 2);
  const size = sizes[layout].small;
  const verdicts: readonly (readonly [number, Verdict])[] = [
    [best, "best"],
    [worst, "worst"],
  ];
  return [
    ...range(episodes.length).flatMap((i) => {
      const verdict = judged >= 1 ? verdicts.find(([number]) => number === i)?.[1] : undefined;
      const aside = i === best || i === worst ? 1 : 1 - 0.55 * clamp(judged);
      return faded(`card.${i}.seen`, aside, [
        episodeCard(recording.world, at(episodes, i), {
          id: `card.${i}`,
          box: at(boxes, i),
          number: i,
          steps,
          size,
          told: true,
          ...(verdict ? { verdict } : {}),
        }),
      ]);
    }),
    ...verdicts.flatMap(([number, verdict]) => {
      const card = at(boxes, number);
      const side = Math.min(34, card.height * 0.36) * easeOut(judged);
      if (side < 1) return [];
      const place = { x: card.x + card.width * 0.62, y: card.y + card.height - 17, size: side };
      return [thumb(`thumb.${verdict}`, place, verdict)];
    }),
  ];
}

export const preferenceSet: WorldScene = {
  id: "training-set",
  phase: 3,
  title: "The tiny training set",
  learned: () => BEFORE,
  duration: () => T.end,
  captions,
  stops: () => [0, T.open + 2.6, T.judge - 0.3, T.judge + 2, T.rest + 2, T.outro + 0.2],
  draw,
};
