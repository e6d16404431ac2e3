/** Where things stand in this story: the machine, the tray with the kit's pieces, the evidence. */
import type { Box } from "../../scene/build";
import type { Layout } from "../../scene/scene";

export interface Places {
  readonly machine: Box;
  readonly tray: Box;
  /** What was measured. */
  readonly panel: Box;
}

const PLACES: Record<Layout, Places> = {
  wide: {
    machine: { x: 24, y: 20, width: 560, height: 424 },
    tray: { x: 24, y: 456, width: 560, height: 64 },
    panel: { x: 608, y: 20, width: 328, height: 500 },
  },
  tall: {
    machine: { x: 12, y: 12, width: 366, height: 268 },
    tray: { x: 12, y: 286, width: 366, height: 50 },
    panel: { x: 12, y: 342, width: 366, height: 286 },
  },
};

export function places(layout: Layout): Places {
  return PLACES[layout];
}

/** The panel without its padding. */
export function inside(layout: Layout): Box {
  const { panel } = places(layout);
  const pad = layout === "wide" ? 16 : 11;
  return {
    x: panel.x + pad,
    y: panel.y + pad,
    width: panel.width - 2 * pad,
    height: panel.height - 2 * pad,
  };
}

/** Sizes of this story's text. */
export const sizes: Record<Layout, { title: number; body: number; small: number }> = {
  wide: { title: 15, body: 13, small: 12 },
  tall: { title: 13, body: 11.5, small: 11 },
};
