/** Where things stand in the stories of full-size puzzles, and how large their text is. */
import { fitted, rect, type Box } from "../../scene/build";
import { radius } from "../../scene/layout";
import type { Layout } from "../../scene/scene";
import type { Shape } from "../../scene/shape";

export interface Halves {
  /** The board, or what else is looked at first. */
  readonly first: Box;
  /** What was measured. */
  readonly second: Box;
}

const HALVES: Record<Layout, Halves> = {
  wide: {
    first: { x: 24, y: 20, width: 420, height: 500 },
    second: { x: 460, y: 20, width: 476, height: 500 },
  },
  tall: {
    first: { x: 12, y: 12, width: 366, height: 296 },
    second: { x: 12, y: 318, width: 366, height: 310 },
  },
};

export function halves(layout: Layout): Halves {
  return HALVES[layout];
}

export const sizes: Record<Layout, { title: number; body: number; small: number }> = {
  wide: { title: 15, body: 13, small: 12 },
  tall: { title: 13, body: 11.5, small: 11 },
};

export const PAD: Record<Layout, number> = { wide: 16, tall: 11 };

/** A card with a title; what is in it stands in `inside`. */
export function card(id: string, box: Box, title: string, layout: Layout): Shape[] {
  const inner = inside(box, layout);
  const size = sizes[layout].title;
  return [
    rect(id, box, { radius: radius.panel, fill: "surface", stroke: "faint", strokeWidth: 1.5 }),
    fitted(`${id}.title`, title, inner.x, box.y + PAD[layout] + size * 0.8, inner.width, size, {
      weight: 700,
    }),
  ];
}

/** What is below a card's title. */
export function inside(box: Box, layout: Layout): Box {
  const pad = PAD[layout];
  const head = layout === "wide" ? 28 : 21;
  return {
    x: box.x + pad,
    y: box.y + pad + head,
    width: box.width - 2 * pad,
    height: box.height - 2 * pad - head,
  };
}
