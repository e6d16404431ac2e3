/**
 * Carrying a shape to its socket with a pointer.
 *
 * Where the shape is meanwhile is no state: only its element is moved, and it springs back unless
 * it is let go at its socket. There its action happens, and what that changes is drawn as always.
 */
import type { Action, Drag, Shape } from "../scene/shape";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What is shown while a shape is carried, in the stage's units. */
export interface Way {
  readonly from: Point;
  readonly now: Point;
  readonly socket: Point;
  /** Whether the shape is near enough to be let go. */
  readonly near: boolean;
}

interface Carried {
  readonly element: SVGGraphicsElement;
  readonly drag: Drag;
  readonly pointer: number;
  /** Where the pointer took it, and where it was itself, on the screen. */
  readonly taken: Point;
  readonly place: Point;
  /** Whether it has been moved at all: until then it may be a click. */
  moving: boolean;
  near: boolean;
}

/** Shorter ways are a click with an unsteady hand. Pixels. */
const CLICK = 5;
/** A shape snaps to a socket nearer than this. Stage units. */
const SNAP = 46;
const SPRING_MS = 180;

export interface Carrier {
  down(event: PointerEvent): void;
  move(event: PointerEvent): void;
  up(event: PointerEvent): void;
  /** Puts what is carried back; true if something was. */
  cancel(): boolean;
  /** Whether a pointer is down on a shape that it can carry. */
  readonly holds: boolean;
  /** Whether a shape is on its way. */
  readonly busy: boolean;
}

/**
 * `svg` is the stage, `shapes` what it shows now; `hint` hears where a shape is being carried,
 * `dropped` which action to perform.
 */
export function carrier(
  svg: SVGSVGElement,
  shapes: () => readonly Shape[],
  hint: (way: Way | null) => void,
  dropped: (action: Action) => void,
): Carrier {
  let carried: Carried | null = null;

  function release(): Carried | null {
    const was = carried;
    carried = null;
    if (!was?.moving) return null;
    hint(null);
    if (svg.hasPointerCapture(was.pointer)) svg.releasePointerCapture(was.pointer);
    return was;
  }

  function cancel(): boolean {
    const was = release();
    if (was) spring(was.element);
    return was !== null;
  }

  return {
    get holds() {
      return carried !== null;
    },
    get busy() {
      return carried?.moving ?? false;
    },
    cancel,
    down(event) {
      if (event.button !== 0 || !event.isPrimary || !(event.target instanceof Element)) return;
      const element = event.target.closest<SVGGraphicsElement>("[data-drag]");
      const drag = element && dragOf(shapes(), element.getAttribute("data-drag") ?? "");
      if (!drag) return;
      cancel();
      // One that is still springing back is taken from where it belongs.
      element.style.transition = "none";
      carried = {
        element,
        drag,
        pointer: event.pointerId,
        taken: { x: event.clientX, y: event.clientY },
        place: placeOf(element),
        moving: false,
        near: false,
      };
    },
    move(event) {
      if (!carried || event.pointerId !== carried.pointer) return;
      const { element, drag, taken, place } = carried;
      const toScreen = svg.getScreenCTM();
      if (!element.isConnected || !toScreen) {
        cancel();
        return;
      }
      const way = { x: event.clientX - taken.x, y: event.clientY - taken.y };
      if (!carried.moving) {
        if (Math.hypot(way.x, way.y) < CLICK) return;
        carried.moving = true;
        svg.setPointerCapture(carried.pointer);
      }
      const socket = new DOMPoint(drag.socket.x, drag.socket.y).matrixTransform(toScreen);
      const whole = { x: socket.x - place.x, y: socket.y - place.y };
      carried.near = Math.hypot(whole.x - way.x, whole.y - way.y) < SNAP * Math.abs(toScreen.a);
      const { x, y } = carried.near ? whole : way;
      shift(element, { x, y });
      const toStage = toScreen.inverse();
      const onStage = (at: Point) => new DOMPoint(at.x, at.y).matrixTransform(toStage);
      hint({
        from: onStage(place),
        now: onStage({ x: place.x + x, y: place.y + y }),
        socket: drag.socket,
        near: carried.near,
      });
    },
    up(event) {
      if (event.pointerId !== carried?.pointer) return;
      const was = release();
      if (!was) return;
      if (was.near) {
        was.element.style.translate = "";
        dropped(was.drag.dropped);
      } else spring(was.element);
    },
  };
}

/** What dragging the shape of that id does, if it is in this frame. */
function dragOf(shapes: readonly Shape[], id: string): Drag | undefined {
  for (const shape of shapes) {
    if (shape.id === id) return shape.drag;
    const inside = shape.kind === "group" ? dragOf(shape.children, id) : undefined;
    if (inside) return inside;
  }
  return undefined;
}

/** Where a group has its origin, or another shape its middle, on the screen. */
function placeOf(element: SVGGraphicsElement): Point {
  const own = element instanceof SVGGElement ? element.getScreenCTM() : null;
  if (own) return { x: own.e, y: own.f };
  const box = element.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Moves an element by a way on the screen, whatever groups it is in. */
function shift(element: SVGGraphicsElement, way: Point): void {
  const parent = element.parentElement as unknown as SVGGraphicsElement;
  const matrix = parent.getScreenCTM()?.inverse();
  if (!matrix) return;
  const x = matrix.a * way.x + matrix.c * way.y;
  const y = matrix.b * way.x + matrix.d * way.y;
  element.style.translate = `${x}px ${y}px`;
}

function spring(element: SVGGraphicsElement): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.style.transition = still ? "none" : `translate ${SPRING_MS}ms ease-out`;
  element.style.translate = "";
}
