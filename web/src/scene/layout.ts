/** Where things stand on the stage. Wide is 960 x 540; tall is for phones, 390 x 640. */
import type { Box } from "./build";
import { stageSize, type Layout } from "./scene";

/** Text is never smaller than this, in the stage's units. */
export const smallest = 11;

/** Room between the stage's edge and everything drawn. */
export const margin: Record<Layout, number> = { wide: 32, tall: 14 };

/** The whole stage without its margins. */
export function page(layout: Layout): Box {
  const by = margin[layout];
  const { width, height } = stageSize[layout];
  return { x: by, y: by, width: width - 2 * by, height: height - 2 * by };
}

/** Radii of corners, one a kind of thing. */
export const radius = { panel: 18, card: 10, bar: 5 } as const;

/** Sizes of text. */
export const type: Record<
  Layout,
  { readonly title: number; readonly body: number; readonly small: number }
> = {
  wide: { title: 18, body: 14, small: 12 },
  tall: { title: 15, body: 12.5, small: 11 },
};
