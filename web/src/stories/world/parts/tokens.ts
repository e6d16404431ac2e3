/** The two things that flow: sub-goal cards (with a flag) and action tokens (round, with a sign). */
import { group, rect, round, text, type Box } from "../../../scene/build";
import type { Point } from "../../../scene/ease";
import type { Group, Paint, Shape } from "../../../scene/shape";
import { fitSize, textWidth } from "../../../scene/text";
import { actionSign, flag } from "./drawings";

export interface TokenLook {
  readonly size?: number;
  readonly scale?: number;
  readonly opacity?: number;
  readonly tip?: string;
  /** Widest it may be; the words shrink to fit. */
  readonly width?: number;
  readonly tone?: Paint;
  readonly soft?: Paint;
}

/** How wide a card or a token with these words is at that size of text. */
export function tokenWidth(words: string, size: number): number {
  return textWidth(words, size, 700) + size * 2.7;
}

function shell(
  id: string,
  words: string,
  point: Point,
  look: TokenLook,
  form: (box: Box, size: number) => Shape[],
): Group {
  const asked = look.size ?? 14;
  const most = look.width ?? Infinity;
  const size =
    tokenWidth(words, asked) <= most ? asked : fitSize(words, most - asked * 2.7, asked, 700);
  const width = Math.min(most, tokenWidth(words, size));
  const height = size * 2.1;
  const box = { x: -width / 2, y: -height / 2, width, height };
  return group(
    id,
    [
      ...form(box, size),
      text(`${id}.words`, words, round(-width / 2 + size * 1.95), round(size * 0.35), size, {
        weight: 700,
        fill: "ink",
      }),
    ],
    {
      x: round(point.x),
      y: round(point.y),
      scale: round(look.scale ?? 1, 3),
      ...(look.opacity === undefined ? {} : { opacity: round(look.opacity, 3) }),
      ...(look.tip === undefined ? {} : { tip: look.tip }),
      label: words,
    },
  );
}

/** A sub-goal, as the Planner writes it: a card with a flag. */
export function subgoalCard(id: string, words: string, point: Point, look: TokenLook = {}): Group {
  const tone = look.tone ?? "planner";
  return shell(id, words, point, look, (box, size) => [
    rect(`${id}.card`, box, {
      radius: size * 0.45,
      fill: look.soft ?? "planner-soft",
      stroke: tone,
      strokeWidth: 2,
    }),
    flag(`${id}.flag`, { x: box.x + size * 1.15, y: 0, size: size * 1.1 }, tone),
  ]);
}

/** An action, as the Doer says it: a round-ended token with a sign. */
export function actionToken(
  id: string,
  words: string,
  motion: number,
  point: Point,
  look: TokenLook = {},
): Group {
  const tone = look.tone ?? "doer";
  return shell(id, words, point, look, (box, size) => [
    rect(`${id}.token`, box, {
      radius: box.height / 2,
      fill: look.soft ?? "doer-soft",
      stroke: tone,
      strokeWidth: 2,
    }),
    actionSign(
      `${id}.sign`,
      { x: box.x + size * 1.2, y: 0, size: size * 1.05 },
      words,
      motion,
      tone,
    ),
  ]);
}
