/** Which shapes can be reached with the keyboard, and where the arrows lead. */
import type { Shape } from "../scene/shape";

/** A shape that says something to people who cannot see it. */
export function speaks(shape: Shape): boolean {
  return shape.label !== undefined || shape.tip !== undefined || shape.action !== undefined;
}

/** A shape that the arrows stop at. */
export function isStop(shape: Shape): boolean {
  return shape.tip !== undefined || shape.action !== undefined;
}

/** Whether a shape, or one inside it, says something. */
export function saysSomething(shape: Shape): boolean {
  return speaks(shape) || (shape.kind === "group" && shape.children.some(saysSomething));
}

/** The stop of that id, if it is in this frame. */
export function stopOf(shapes: readonly Shape[], id: string): Shape | undefined {
  for (const shape of shapes) {
    if (shape.id === id && isStop(shape)) return shape;
    const inside = shape.kind === "group" ? stopOf(shape.children, id) : undefined;
    if (inside) return inside;
  }
  return undefined;
}

const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The nearest shape in the direction of an arrow key, as seen on the screen. */
export function arrow(key: string, here: Element, svg: SVGSVGElement): SVGElement | null {
  const direction = DIRECTIONS[key];
  if (!direction) return null;
  const stops = [...svg.querySelectorAll<SVGElement>("[data-stop]")];
  if (!here.isConnected) return stops[0] ?? null;
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
