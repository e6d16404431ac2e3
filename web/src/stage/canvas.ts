/** Paints shapes on a canvas, with the look of the SVG stage: for GIF and PNG. */
import { stageSize, type Layout } from "../story/scene";
import type { Group, Paint, Rect, Shape, Text } from "../story/shape";
import { fontFamily, monoFamily, plainColour, type ThemeName } from "./theme";

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Paint a whole frame in the stage's units; the caller has scaled the context to its pixels. */
export function paintCanvas(
  context: Context,
  shapes: readonly Shape[],
  layout: Layout,
  theme: ThemeName,
): void {
  const { width, height } = stageSize[layout];
  context.save();
  context.fillStyle = plainColour("ground", theme);
  context.fillRect(0, 0, width, height);
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const shape of shapes) paint(context, shape, theme);
  context.restore();
}

function paint(context: Context, shape: Shape, theme: ThemeName): void {
  if (shape.opacity === 0) return;
  context.save();
  context.globalAlpha *= shape.opacity ?? 1;
  switch (shape.kind) {
    case "group":
      paintGroup(context, shape, theme);
      break;
    case "text":
      paintText(context, shape, theme);
      break;
    case "rect":
      fillAndStroke(context, roundedRect(shape), shape, theme);
      break;
    case "circle": {
      const path = new Path2D();
      path.arc(shape.cx, shape.cy, Math.max(0, shape.r), 0, 2 * Math.PI);
      fillAndStroke(context, path, shape, theme);
      break;
    }
    case "path":
      fillAndStroke(context, new Path2D(shape.d), shape, theme);
      break;
  }
  context.restore();
}

/** Children inherit the group's opacity one by one; overlapping ones shine through a little. */
function paintGroup(context: Context, group: Group, theme: ThemeName): void {
  context.translate(group.x ?? 0, group.y ?? 0);
  context.rotate(((group.rotate ?? 0) * Math.PI) / 180);
  context.scale(group.scale ?? 1, group.scale ?? 1);
  for (const child of group.children) paint(context, child, theme);
}

function paintText(context: Context, shape: Text, theme: ThemeName): void {
  context.font = `${shape.weight ?? 400} ${shape.size}px ${shape.mono ? monoFamily : fontFamily}`;
  context.textAlign =
    shape.anchor === "middle" ? "center" : shape.anchor === "end" ? "right" : "left";
  context.textBaseline = "alphabetic";
  context.fillStyle = plainColour(shape.fill ?? "ink", theme);
  context.fillText(shape.text, shape.x, shape.y);
}

function roundedRect(shape: Rect): Path2D {
  const path = new Path2D();
  const { x, y } = shape;
  const width = Math.max(0, shape.width);
  const height = Math.max(0, shape.height);
  path.roundRect(x, y, width, height, Math.min(shape.radius ?? 0, width / 2, height / 2));
  return path;
}

interface Painted {
  readonly fill?: Paint | "none";
  readonly stroke?: Paint | "none";
  readonly strokeWidth?: number;
  readonly dash?: readonly number[];
}

function fillAndStroke(context: Context, path: Path2D, shape: Painted, theme: ThemeName): void {
  const { fill = "ink", stroke = "none" } = shape;
  if (fill !== "none") {
    context.fillStyle = plainColour(fill, theme);
    context.fill(path);
  }
  if (stroke !== "none") {
    context.strokeStyle = plainColour(stroke, theme);
    context.lineWidth = shape.strokeWidth ?? 1;
    context.setLineDash([...(shape.dash ?? [])]);
    context.stroke(path);
  }
}
