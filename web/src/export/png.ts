/** One frame as PNG, at twice the stage's size. */
import { paintCanvas } from "../stage/canvas";
import { fontReady } from "../stage/font";
import type { ThemeName } from "../stage/theme";
import { stageSize, type View } from "../scene/scene";
import type { Shape } from "../scene/shape";

const SCALE = 2;

export async function framePng(
  shapes: readonly Shape[],
  view: View,
  theme: ThemeName,
): Promise<Blob> {
  const { width, height } = stageSize[view.layout];
  const canvas = new OffscreenCanvas(width * SCALE, height * SCALE);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no canvas");
  await fontReady();
  context.scale(SCALE, SCALE);
  paintCanvas(context, shapes, view.layout, theme);
  return canvas.convertToBlob({ type: "image/png" });
}
