/** What the tray's pieces look like, around (0, 0). */
import { circle, path, rect } from "../../../scene/build";
import type { Shape } from "../../../scene/shape";

export function blocksIcon(id: string): Shape[] {
  return [-15, 15].flatMap((x, i) => [
    path(`${id}.studs${i}`, `M${x - 9} -10V-15H${x - 3}V-10ZM${x + 3} -10V-15H${x + 9}V-10Z`, {
      fill: i ? "planner" : "doer",
    }),
    rect(
      `${id}.block${i}`,
      { x: x - 13, y: -10, width: 26, height: 22 },
      {
        radius: 5,
        fill: i ? "planner-soft" : "doer-soft",
        stroke: i ? "planner" : "doer",
        strokeWidth: 2.4,
      },
    ),
  ]);
}

export function lightIcon(id: string): Shape[] {
  return [
    rect(
      `${id}.case`,
      { x: -26, y: -13, width: 52, height: 26 },
      { radius: 12, fill: "pupil", stroke: "halting", strokeWidth: 2.4 },
    ),
    circle(`${id}.stop`, -12, 0, 8, { fill: "wrong" }),
    circle(`${id}.go`, 12, 0, 8, { fill: "right" }),
  ];
}

export function caseIcon(id: string): Shape[] {
  return [
    path(`${id}.handle`, "M-9 -14V-21H9V-14", { fill: "none", stroke: "ink", strokeWidth: 3 }),
    rect(
      `${id}.case`,
      { x: -27, y: -14, width: 54, height: 30 },
      { radius: 6, fill: "wood", stroke: "ink", strokeWidth: 2.4 },
    ),
    rect(`${id}.lock`, { x: -5, y: -4, width: 10, height: 9 }, { radius: 2, fill: "gold" }),
  ];
}

export function tagIcon(id: string): Shape[] {
  return [
    path(`${id}.shape`, "M-26 0L-15 -12H26V12H-15Z", {
      fill: "gold",
      stroke: "ink",
      strokeWidth: 2,
    }),
    circle(`${id}.hole`, -14, 0, 3.2, { fill: "surface", stroke: "ink", strokeWidth: 1.4 }),
    rect(`${id}.line`, { x: -6, y: -2, width: 25, height: 4 }, { radius: 2, fill: "pupil" }),
  ];
}
