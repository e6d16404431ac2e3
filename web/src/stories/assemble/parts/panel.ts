/** The panel of evidence beside the machine: a title, what was measured, and who is to be thanked. */
import { fitted, rect, type Box } from "../../../scene/build";
import { radius } from "../../../scene/layout";
import type { Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { heightOf, words } from "../../../scene/parts/paragraphs";
import { inside, places, sizes } from "../places";

export function panel(layout: Layout, title: string, shapes: readonly Shape[]): Shape[] {
  const { panel: box } = places(layout);
  const inner = inside(layout);
  const size = sizes[layout].title;
  return [
    rect("panel", box, {
      radius: radius.panel,
      fill: "surface",
      stroke: "faint",
      strokeWidth: 1.5,
    }),
    fitted("panel.title", title, inner.x, inner.y + size * 0.8, inner.width, size, { weight: 700 }),
    ...shapes,
  ];
}

/** What is below the panel's title. */
export function below(layout: Layout): Box {
  const inner = inside(layout);
  const head = layout === "wide" ? 28 : 22;
  return { ...inner, y: inner.y + head, height: inner.height - head };
}

/** Who did it first, at the foot of the panel. */
export function credit(layout: Layout, sentence: string): Shape[] {
  const inner = inside(layout);
  const size = sizes[layout].small;
  const high = heightOf(sentence, inner.width, size);
  return words(
    "credit",
    { ...inner, y: inner.y + inner.height - high, height: high },
    sentence,
    size,
  );
}

/** How much room the credit takes. */
export function creditHeight(layout: Layout, sentence: string): number {
  return heightOf(sentence, inside(layout).width, sizes[layout].small) + 8;
}
