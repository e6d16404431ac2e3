/** The kit's tray at the foot of the stage: what is not plugged in yet lies there. */
import { fitted, rect, round } from "../../build";
import type { Point } from "../../ease";
import { radius } from "../../layout";
import type { Layout } from "../../scene";
import type { Action, Shape } from "../../shape";
import { places, sizes } from "../places";
import { wireWords, type Piece, type Wire } from "./machine";
import { tween } from "../../ease";
import { PLUG } from "../timeline";

/** The middle of the slot of piece `i` of `count`: where the piece lies; its name is beside it. */
export function slotOf(layout: Layout, i: number, count: number): Point {
  const { tray } = places(layout);
  const left = layout === "wide" ? 84 : 8;
  const width = (tray.width - left) / count;
  return {
    x: tray.x + left + i * width + (layout === "wide" ? 40 : 30),
    y: tray.y + tray.height / 2,
  };
}

/** The tray itself, with the names of what lies in it. */
export function tray(layout: Layout, names: readonly { name: string; out: number }[]): Shape[] {
  const { tray: box } = places(layout);
  const wide = layout === "wide";
  const size = sizes[layout].small;
  const left = wide ? 84 : 8;
  const width = (box.width - left) / Math.max(1, names.length);
  return [
    rect("tray", box, {
      radius: radius.panel,
      fill: "surface",
      stroke: "faint",
      strokeWidth: 1.5,
      dash: [7, 6],
      label: "The kit's tray",
    }),
    ...(wide
      ? [
          fitted("tray.title", "kit tray", box.x + 16, box.y + box.height / 2 + 4, 62, size, {
            weight: 700,
            fill: "muted",
          }),
        ]
      : []),
    ...names.flatMap(({ name, out }, i) => {
      const x = box.x + left + i * width + (wide ? 66 : 52);
      return [
        fitted(
          `tray.name${i}`,
          out >= 1 ? `${name} ✓` : name,
          round(x),
          box.y + box.height / 2 + size * 0.35,
          width - (wide ? 72 : 56),
          size,
          { weight: 600, fill: out >= 1 ? "muted" : "ink" },
        ),
      ];
    }),
    ...(names.length === 0
      ? [
          fitted(
            "tray.empty",
            "nothing to plug in here",
            box.x + box.width / 2,
            box.y + box.height / 2 + size * 0.35,
            box.width - 180,
            size,
            { anchor: "middle", fill: "muted" },
          ),
        ]
      : []),
  ];
}

export interface Planned {
  readonly wire: Wire;
  /** When it sets out from the tray. */
  readonly at: number;
}

/** The pieces of a scene at a time: playing plugs them in, and so does whoever drags them. */
export function pieces(
  scene: string,
  t: number,
  layout: Layout,
  plan: readonly Planned[],
): readonly Piece[] {
  return plan.map(({ wire, at }, i) => ({
    wire,
    slot: slotOf(layout, i, plan.length),
    share: tween(t, at, at + PLUG, (p) => p),
    plug: { kind: "go", scene, time: at + PLUG + 0.05 },
    unplug: { kind: "go", scene, time: Math.max(0, at - 0.3) },
  }));
}

export function namesOf(all: readonly Piece[]): { name: string; out: number }[] {
  return all.map(({ wire, share }) => ({ name: wireWords[wire].name, out: share }));
}

/** To the moment after something is plugged in. */
export function goTo(scene: string, time: number): Action {
  return { kind: "go", scene, time };
}
