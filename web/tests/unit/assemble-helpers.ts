/** The shipped ladder, and changed copies of it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

import type { LadderRecording } from "../../src/recording/ladder.gen";
import { range } from "../../src/lib/list";
import type { Group, Shape } from "../../src/scene/shape";
import type { LadderScene } from "../../src/stories/assemble/facts";
import type { LadderView } from "../../src/stories/assemble/view";
import { textWidth } from "../../src/scene/text";
import { wide } from "./story-helpers";

/** LADDER_RECORDING names another recording to hold the same tests to. */
const file =
  process.env["LADDER_RECORDING"] ??
  fileURLToPath(new URL("../../../src/hrmkit/studio/shipped/ladder.hrm.json.gz", import.meta.url));

let loaded: LadderRecording | undefined;

export function ladder(): LadderRecording {
  loaded ??= JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as LadderRecording;
  return loaded;
}

/** The ladder with parts missing, each by the name of what is missing. */
export function variants(): [string, LadderRecording][] {
  const whole = ladder();
  const first = <T>(list: readonly T[]): T[] => list.slice(0, 1);
  return [
    ["nothing", whole],
    ["the vote", { ...whole, vote: null }],
    ["mini-ARC", { ...whole, mini_arc: null }],
    ["the bench", { ...whole, bench: [] }],
    [
      "all seeds but one",
      {
        ...whole,
        rungs: whole.rungs.map((rung) => ({ ...rung, seeds: first(rung.seeds), shown: 0 })),
        bench: whole.bench.map((rung) => ({ ...rung, seeds: first(rung.seeds), shown: 0 })),
        mini_arc: whole.mini_arc && {
          ...whole.mini_arc,
          variants: whole.mini_arc.variants.map((one) => ({
            ...one,
            seeds: first(one.seeds),
            shown: 0,
          })),
        },
      },
    ],
    [
      "thoughts with more loops",
      {
        ...whole,
        rungs: whole.rungs.map((rung) => ({
          ...rung,
          thoughts: rung.thoughts.filter((thought) => thought.loops === 1),
        })),
      },
    ],
    ...whole.rungs.map((gone): [string, LadderRecording] => [
      gone.name,
      { ...whole, rungs: whole.rungs.filter((rung) => rung !== gone) },
    ]),
  ];
}

export function ladderTimes(
  scene: LadderScene,
  recording: LadderRecording,
  view: LadderView,
  many = 20,
): number[] {
  const duration = scene.duration(recording, view);
  return [...scene.stops(recording, view), ...range(many + 1).map((i) => (duration * i) / many)];
}

export interface Written {
  readonly id: string;
  readonly words: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Every text that can be read, with its place; what has nearly faded is left out. */
export function* writtenIn(
  shapes: readonly Shape[],
  frame = { x: 0, y: 0, scale: 1 },
): Generator<Written> {
  for (const shape of shapes) {
    if ((shape.opacity ?? 1) < 0.3) continue;
    if (shape.kind === "group") yield* writtenIn(shape.children, inner(frame, shape));
    if (shape.kind !== "text" || shape.text === "") continue;
    const width = textWidth(shape.text, shape.size, shape.weight ?? 400) * frame.scale;
    const x = frame.x + shape.x * frame.scale;
    const y = frame.y + shape.y * frame.scale;
    const size = shape.size * frame.scale;
    const left = shape.anchor === "middle" ? x - width / 2 : shape.anchor === "end" ? x - width : x;
    yield {
      id: shape.id,
      words: shape.text,
      left,
      top: y - size * 0.7,
      right: left + width,
      bottom: y,
    };
  }
}

function inner(frame: { x: number; y: number; scale: number }, { x = 0, y = 0, scale = 1 }: Group) {
  return {
    x: frame.x + x * frame.scale,
    y: frame.y + y * frame.scale,
    scale: frame.scale * scale,
  };
}

/** The wide view with these wires on the bench. */
export function withWires(wires: string): LadderView {
  return { ...wide, wires };
}
