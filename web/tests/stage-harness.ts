/** Mounts single frames of the story on a bare page, for scripts/shots.mjs. */
import { mount, unmount } from "svelte";

import type { AnyRecording } from "../src/recording/form";
import { fontReady } from "../src/stage/font";
import { paintCanvas } from "../src/stage/canvas";
import SvgStage from "../src/stage/SvgStage.svelte";
import type { ThemeName } from "../src/stage/theme";
import { stageSize, type Layout, type Scene, type View } from "../src/scene/scene";
import type { Defined } from "../src/stories/world/definition";
import { initialOf } from "../src/stories/fields";
import { storyOf } from "../src/stories/registry";
import { scenesOf } from "../src/stories/scenes";

/** What is defined of worlds: `shots.mjs` sets it. */
const definitions: Defined = { definitions: null };

export interface Frame {
  scene: number;
  time: number;
}

/** How frames are seen: the layout, and what the story keeps in a link, as the link has it. */
export interface Seen {
  layout: Layout;
  set: Record<string, string>;
}

async function told(recording: AnyRecording): Promise<readonly Scene[]> {
  const story = storyOf(recording.kind);
  return story ? scenesOf(story.id) : [];
}

function viewOf(recording: AnyRecording, { layout, set }: Seen): View {
  const fields = storyOf(recording.kind)?.fields ?? {};
  const own = Object.entries(set).map(([key, text]) => {
    const value: unknown = fields[key]?.read(text);
    if (value === undefined) throw new Error(`${key}=${text} is nothing that this story knows`);
    return [key, value];
  });
  return { layout, ...initialOf(fields), ...definitions, ...Object.fromEntries(own) };
}

let mounted: Record<string, unknown>[] = [];

async function show(
  recording: AnyRecording,
  frames: Frame[],
  seen: Seen,
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
  const scenes = await told(recording);
  const view = viewOf(recording, seen);
  target.style.gridTemplateColumns = `repeat(${columns}, max-content)`;
  for (const { scene: index, time } of frames) {
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

/** Of each scene, how long it is, its stops and its captions. */
async function about(recording: AnyRecording, seen: Seen) {
  const view = viewOf(recording, seen);
  return (await told(recording)).map((scene) => ({
    duration: scene.duration(recording, view),
    stops: scene.stops(recording, view),
    captions: scene.captions(recording, view),
  }));
}

Object.assign(globalThis, { show, about, definitions });
