/**
 * Keeps SVG elements in step with shapes: from frame to frame only what differs is touched.
 *
 * Most of a scene stands still and the rest moves 60 times a second, so this compares by hand: a
 * shape that is the same object costs nothing, one that is equal costs no work in the browser.
 */
import type { Circle, Group, Paint, Path, Rect, Shape, Text } from "../scene/shape";
import { isStop, saysSomething, speaks } from "./focus";
import { cssColour, monoFamily } from "./theme";

/** A shape and its element; a group's children in the order of drawing. */
interface Painted {
  shape: Shape;
  readonly element: SVGElement;
  children: readonly Painted[];
}

const SVG = "http://www.w3.org/2000/svg";
const TAGS: Readonly<Record<Shape["kind"], string>> = {
  rect: "rect",
  circle: "circle",
  path: "path",
  text: "text",
  group: "g",
};

export interface Painter {
  paint(shapes: readonly Shape[]): void;
}

/** Paints into `root`, whose elements are this painter's alone. */
export function painter(root: SVGElement): Painter {
  let painted: readonly Painted[] = [];
  return {
    paint(shapes) {
      painted = patchList(root, painted, shapes);
    },
  };
}

function patchList(
  parent: SVGElement,
  before: readonly Painted[],
  shapes: readonly Shape[],
): readonly Painted[] {
  let i = 0;
  while (i < shapes.length && i < before.length && fits(before[i], shapes[i])) i++;
  if (i === shapes.length && i === before.length) {
    for (let k = 0; k < i; k++) patch(before[k] as Painted, shapes[k] as Shape);
    return before;
  }
  const known = new Map(before.map((one) => [one.shape.id, one]));
  const after = shapes.map((shape) => {
    const old = known.get(shape.id);
    if (!old || !fits(old, shape)) return create(shape);
    known.delete(shape.id);
    patch(old, shape);
    return old;
  });
  for (const gone of known.values()) gone.element.remove();
  // What stays is not moved as long as its order is the same: moving would lose the focus.
  let next = parent.firstChild;
  for (const { element } of after) {
    if (element === next) next = next.nextSibling;
    else parent.insertBefore(element, next);
  }
  return after;
}

function fits(painted: Painted | undefined, shape: Shape | undefined): boolean {
  return painted?.shape.id === shape?.id && painted?.shape.kind === shape?.kind;
}

function create(shape: Shape): Painted {
  const element = document.createElementNS(SVG, TAGS[shape.kind]) as SVGElement;
  paintOwn(element, undefined, shape);
  const children = shape.kind === "group" ? patchList(element, [], shape.children) : [];
  return { shape, element, children };
}

function patch(painted: Painted, shape: Shape): void {
  const { shape: before, element } = painted;
  if (before === shape) return;
  painted.shape = shape;
  paintOwn(element, before, shape);
  if (shape.kind !== "group") return;
  if (before.kind === "group" && before.children === shape.children) return;
  painted.children = patchList(element, painted.children, shape.children);
}

/** Everything of a shape but its children; `before` is of the same kind. */
function paintOwn(element: SVGElement, before: Shape | undefined, shape: Shape): void {
  switch (shape.kind) {
    case "rect": {
      const was = before as Rect | undefined;
      set(element, "x", was?.x, shape.x);
      set(element, "y", was?.y, shape.y);
      set(element, "width", was && Math.max(0, was.width), Math.max(0, shape.width));
      set(element, "height", was && Math.max(0, was.height), Math.max(0, shape.height));
      set(element, "rx", was?.radius, shape.radius);
      fillAndStroke(element, was, shape);
      break;
    }
    case "circle": {
      const was = before as Circle | undefined;
      set(element, "cx", was?.cx, shape.cx);
      set(element, "cy", was?.cy, shape.cy);
      set(element, "r", was && Math.max(0, was.r), Math.max(0, shape.r));
      fillAndStroke(element, was, shape);
      break;
    }
    case "path": {
      const was = before as Path | undefined;
      set(element, "d", was?.d, shape.d);
      fillAndStroke(element, was, shape);
      break;
    }
    case "text": {
      const was = before as Text | undefined;
      set(element, "x", was?.x, shape.x);
      set(element, "y", was?.y, shape.y);
      set(element, "font-size", was?.size, shape.size);
      set(element, "font-weight", was?.weight, shape.weight);
      set(element, "font-family", mono(was), mono(shape));
      set(element, "text-anchor", was?.anchor, shape.anchor);
      colour(element, "fill", was, was?.fill, shape.fill, "var(--stage-ink)");
      // The space keeps neighbouring words apart where the page is read as plain text.
      if (was?.text !== shape.text) element.textContent = `${shape.text} `;
      break;
    }
    case "group": {
      const was = before as Group | undefined;
      if (!was || !sameFrame(was, shape)) {
        set(element, "transform", was && transformOf(was), transformOf(shape));
      }
    }
  }
  set(element, "opacity", before?.opacity, shape.opacity);
  set(element, "data-drag", before?.drag && before.id, shape.drag && shape.id);
  voice(element, before, shape);
}

function set(
  element: SVGElement,
  name: string,
  before: string | number | undefined,
  now: string | number | undefined,
): void {
  if (before === now) return;
  if (now === undefined) element.removeAttribute(name);
  else element.setAttribute(name, String(now));
}

type Filled = Rect | Circle | Path;

function fillAndStroke(element: SVGElement, was: Filled | undefined, shape: Filled): void {
  colour(element, "fill", was, was?.fill, shape.fill, "var(--stage-ink)");
  colour(element, "stroke", was, was?.stroke, shape.stroke, "none");
  set(element, "stroke-width", was?.strokeWidth, shape.strokeWidth);
  if (was?.dash !== shape.dash) {
    set(element, "stroke-dasharray", was?.dash?.join(" "), shape.dash?.join(" "));
  }
}

function colour(
  element: SVGElement,
  name: "fill" | "stroke",
  was: Shape | undefined,
  before: Paint | "none" | undefined,
  now: Paint | "none" | undefined,
  otherwise: string,
): void {
  if (was && before === now) return;
  set(element, name, was && cssColour(before, otherwise), cssColour(now, otherwise));
}

function mono(text: Text | undefined): string | undefined {
  return text?.mono ? monoFamily : undefined;
}

function sameFrame(a: Group, b: Group): boolean {
  return a.x === b.x && a.y === b.y && a.scale === b.scale && a.rotate === b.rotate;
}

function transformOf({ x = 0, y = 0, rotate = 0, scale = 1 }: Group): string | undefined {
  const parts = [];
  if (x || y) parts.push(`translate(${x} ${y})`);
  if (rotate) parts.push(`rotate(${rotate})`);
  if (scale !== 1) parts.push(`scale(${scale})`);
  return parts.length ? parts.join(" ") : undefined;
}

/** The attributes by which a shape speaks, is reached and acts; the stage moves `tabindex`. */
function voice(element: SVGElement, before: Shape | undefined, shape: Shape): void {
  if (!speaks(shape) && !(before && speaks(before))) return;
  set(element, "role", before && roleOf(before), roleOf(shape));
  set(element, "aria-label", before && nameOf(before), nameOf(shape));
  const stop = isStop(shape);
  if (stop === (before !== undefined && isStop(before))) return;
  if (stop) {
    element.setAttribute("data-stop", shape.id);
    element.setAttribute("tabindex", "-1");
  } else for (const name of STOP_ATTRIBUTES) element.removeAttribute(name);
}

const STOP_ATTRIBUTES = ["data-stop", "tabindex", "aria-describedby"];

function nameOf(shape: Shape): string | undefined {
  return shape.label ?? shape.tip;
}

function roleOf(shape: Shape): string | undefined {
  if (!speaks(shape)) return undefined;
  if (shape.action) return "button";
  return shape.kind === "group" && shape.children.some(saysSomething) ? "group" : "img";
}
