/** Paints shapes on a canvas, with the look of the SVG stage: for time that moves, GIF and PNG. */
import { memo } from "../scene/memo";
import { stageSize, type Layout } from "../scene/scene";
import type { Group, Paint, Rect, Shape, Text } from "../scene/shape";
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
  const { opacity = 1 } = shape;
  if (opacity === 0) return;
  context.save();
  context.globalAlpha *= opacity;
  if (opacity < 1 && overlaps(shape)) {
    const whole = layerFor(context);
    paintOpaque(whole, shape, theme);
    whole.restore();
    context.resetTransform();
    context.drawImage(whole.canvas, 0, 0);
  } else paintOpaque(context, shape, theme);
  context.restore();
}

function paintOpaque(context: Context, shape: Shape, theme: ThemeName): void {
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
}

/** Whether parts of a shape may cover each other, and would shine through if each were faded. */
function overlaps(shape: Shape): boolean {
  if (shape.kind === "text") return false;
  if (shape.kind === "group") return shape.children.length > 1 || shape.children.some(overlaps);
  return shape.fill !== "none" && (shape.stroke ?? "none") !== "none";
}

/** For every canvas another of its size, on which a shape is put together before it is faded. */
const layers = memo((_: Context) => new OffscreenCanvas(1, 1).getContext("2d"));

/** That canvas, empty and with the context's transform and lines; to be restored after use. */
function layerFor(context: Context): OffscreenCanvasRenderingContext2D {
  const layer = layers(context);
  if (!layer) throw new Error("this browser draws no canvas");
  const { width, height } = context.canvas;
  if (layer.canvas.width !== width) layer.canvas.width = width;
  if (layer.canvas.height !== height) layer.canvas.height = height;
  layer.clearRect(0, 0, width, height);
  layer.save();
  layer.setTransform(context.getTransform());
  layer.lineCap = context.lineCap;
  layer.lineJoin = context.lineJoin;
  return layer;
}

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
  context.textRendering = "geometricPrecision";
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
