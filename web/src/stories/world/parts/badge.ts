/** The badge in the corner of every scene: how much the model on stage has learned by then. */
import type { Recording, Settings } from "../../../recording/types.gen";
import { group, rect, round, text, type Box } from "../../../scene/build";
import { margin, type as sizes } from "../../../scene/layout";
import { count } from "../../../scene/numbers";
import type { Layout } from "../../../scene/scene";
import type { Paint, Shape } from "../../../scene/shape";
import { textWidth } from "../../../scene/text";
import type { Learned, WorldScene } from "../view";
import { countedOf } from "../ways";

/** Where nothing but the badge stands: scenes begin below it. */
export const BADGE: Record<Layout, Pick<Box, "y" | "height">> = {
  wide: { y: 5, height: 20 },
  tall: { y: 3, height: 18 },
};

/** What the badge says. */
export function badgeWords(recording: Recording, learned: Learned): string {
  const steps = recording.fine_tuning.length;
  const lessons = ({ examples, ...rest }: Settings) => count(examples, countedOf(rest));
  const lessonsOf = (examples: number) => lessons({ ...recording.settings, examples });
  const after = `after ${lessons(learned.settings ?? recording.settings)}`;
  if (learned.kind === "no-model") return "no model yet";
  if (learned.kind === "before" || steps === 0) return "before training";
  if (learned.range) return `after ${learned.range[0]} to ${lessonsOf(learned.range[1])}`;
  if (learned.kind === "after") return after;
  if (learned.kind === "both") return `before training and ${after}`;
  if (learned.steps <= 0) return "before training";
  if (learned.steps >= steps) return after;
  return `in training: step ${Math.ceil(learned.steps)} of ${steps}`;
}

/** The scene with its badge. */
export function badged(scene: WorldScene): WorldScene {
  return {
    ...scene,
    draw: (recording, time, view) => [
      ...scene.draw(recording, time, view),
      badge(badgeWords(recording, scene.learned(recording, time, view)), view.layout),
    ],
  };
}

/** What has learned is filled, what has not is an outline. */
function badge(words: string, layout: Layout): Shape {
  const { y, height } = BADGE[layout];
  const size = sizes[layout].small;
  const x = margin[layout];
  const width = round(textWidth(words, size, 700) + size * 1.6);
  const trained = words.startsWith("after");
  const ink: Paint = trained ? "surface" : "ink";
  return group(
    "badge",
    [
      rect(
        "badge.box",
        { x, y, width, height },
        {
          radius: height / 2,
          fill: trained ? "ink" : "surface",
          stroke: "ink",
          strokeWidth: 1.5,
          ...(words.startsWith("in ") ? { dash: [4, 3] } : {}),
        },
      ),
      text("badge.words", words, round(x + width / 2), round(y + height / 2 + size * 0.36), size, {
        anchor: "middle",
        weight: 700,
        fill: ink,
      }),
    ],
    { label: `The model here: ${words}`, tip: `How much the model has learned: ${words}.` },
  );
}
