/** Which shapes can be reached with the keyboard, and where the arrows lead. */
import type { Shape } from "../story/shape";

/** A shape that says something to people who cannot see it. */
export function speaks(shape: Shape): boolean {
  return shape.label !== undefined || shape.tip !== undefined || shape.action !== undefined;
}

export function actionable(shape: Shape): boolean {
  return shape.action !== undefined;
}

/** Every shape with a tip or an action, by id, in the order of drawing. */
export function indexById(shapes: readonly Shape[]): ReadonlyMap<string, Shape> {
  const found = new Map<string, Shape>();
  const visit = (list: readonly Shape[]) => {
    for (const shape of list) {
      if (shape.tip !== undefined || shape.action !== undefined) found.set(shape.id, shape);
      if (shape.kind === "group") visit(shape.children);
    }
  };
  visit(shapes);
  return found;
}

const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The nearest shape in the direction of an arrow key, as seen on the screen. */
export function arrow(key: string, from: string, svg: SVGSVGElement): SVGElement | null {
  const direction = DIRECTIONS[key];
  if (!direction) return null;
  const stops = [...svg.querySelectorAll<SVGElement>("[data-stop]")];
  const here = stops.find((stop) => stop.dataset["stop"] === from);
  if (!here) return stops[0] ?? null;
  const start = middle(here);
  let best: SVGElement | null = null;
  let least = Infinity;
  for (const stop of stops) {
    if (stop === here) continue;
    const point = middle(stop);
    const along = (point.x - start.x) * direction[0] + (point.y - start.y) * direction[1];
    const aside =
      Math.abs((point.x - start.x) * direction[1]) + Math.abs((point.y - start.y) * direction[0]);
    if (along <= 1) continue;
    const far = along + 2.5 * aside;
    if (far < least) [best, least] = [stop, far];
  }
  return best;
}

function middle(element: Element): { x: number; y: number } {
  const box = element.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
