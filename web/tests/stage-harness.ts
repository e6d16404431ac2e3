/** Mounts single frames of the story on a bare page, for scripts/shots.mjs. */
import { mount, unmount } from "svelte";

import type { AnyRecording } from "../src/recording/kinds";
import { fontReady } from "../src/stage/font";
import { paintCanvas } from "../src/stage/canvas";
import SvgStage from "../src/stage/SvgStage.svelte";
import type { ThemeName } from "../src/stage/theme";
import { stageSize, type View } from "../src/scene/scene";
import { scenesOf } from "../src/stories/registry";

export interface Frame {
  scene: number;
  time: number;
  view: View;
}

let mounted: Record<string, unknown>[] = [];

async function show(
  recording: AnyRecording,
  frames: Frame[],
  columns: number,
  theme: ThemeName,
  canvas: boolean,
): Promise<void> {
  await fontReady();
  document.documentElement.dataset["theme"] = theme;
  await Promise.all(mounted.map((one) => unmount(one)));
  mounted = [];
  const target = document.getElementById("frames");
  if (!target) return;
  target.replaceChildren();
  const scenes = await scenesOf(recording.kind);
  target.style.gridTemplateColumns = `repeat(${columns}, max-content)`;
  for (const { scene: index, time, view } of frames) {
    const scene = scenes[index];
    if (!scene) continue;
    const size = stageSize[view.layout];
    const shapes = scene.draw(recording, time, view);
    const cell = document.createElement("div");
    cell.style.width = `${size.width}px`;
    cell.style.height = `${size.height}px`;
    target.append(cell);
    if (canvas) {
      const paper = document.createElement("canvas");
      paper.width = size.width;
      paper.height = size.height;
      cell.append(paper);
      const context = paper.getContext("2d");
      if (context) paintCanvas(context, shapes, view.layout, theme);
    } else {
      const props = { shapes, layout: view.layout, label: scene.title };
      mounted.push(mount(SvgStage, { target: cell, props }));
    }
  }
}

/** The stops of a scene, its captions and how long it is. */
async function about(recording: AnyRecording, index: number, view: View) {
  const scene = (await scenesOf(recording.kind))[index];
  return {
    duration: scene?.duration(recording, view) ?? 0,
    stops: scene?.stops(recording, view) ?? [],
    captions: scene?.captions(recording, view) ?? [],
  };
}

Object.assign(globalThis, { show, about });
