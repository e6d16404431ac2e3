/**
 * Drawings by the names that worlds have for their things and actions, each in a square of 100 x 100
 * units around (0, 0). What has no drawing here gets a plain token, or a dot: a world need not touch
 * this file.
 */
import { circle, path, round } from "../../../scene/build";
import type { Paint, Shape } from "../../../scene/shape";
import { ball, cup, sketchedBall, sketchedCup } from "./icons/cups";
import { card, disc, sketchedCard, sketchedDisc, sketchedTriangle, triangle } from "./icons/shapes";
import { block, goal, sketchedBlock, sketchedGoal } from "./icons/blocks";
import { door, key, sketchedDoor, sketchedKey } from "./icons/locks";
import type { Icon, Sketch } from "./icons/icon";

export type { Icon } from "./icons/icon";

/** By the icon of an entity. */
export const ICONS: Readonly<Record<string, Icon>> = {
  key: { draw: key, sketch: sketchedKey },
  door: { stands: true, draw: door, sketch: sketchedDoor },
  ball: { size: 0.36, low: 0.22, draw: ball, sketch: sketchedBall },
  cup: { stands: true, covers: true, draw: cup, sketch: sketchedCup },
  card: { hangs: true, draw: card, sketch: sketchedCard },
  triangle: { upright: true, draw: triangle, sketch: sketchedTriangle },
  circle: { upright: true, draw: disc, sketch: sketchedDisc },
  block: { stands: true, draw: block, sketch: sketchedBlock },
  goal: { stands: true, draw: goal, sketch: sketchedGoal },
  flag: { stands: true, draw: goal, sketch: sketchedGoal },
};

/** What is sketched of an entity without a drawing. */
export const sketchedToken: Sketch = (id, { x, y }, size, thin) => [
  circle(id, round(x), round(y), round(size * 0.38), {
    fill: "input",
    stroke: "ink",
    strokeWidth: thin,
  }),
];

type Sign = (id: string, tone: Paint) => Shape[];

export function stroked(tone: Paint) {
  return { fill: "none", stroke: tone, strokeWidth: 12 } as const;
}

/** The sign of an action that has none of its own. */
export const dot: Sign = (id, tone) => [circle(`${id}.dot`, 0, 0, 18, { fill: tone })];

/** An eye; closed, it looks away. */
function eye(open: boolean): Sign {
  return (id, tone) => [
    ...(open
      ? [
          path(`${id}.lids`, "M-42 2Q0 -44 42 2Q0 44 -42 2Z", stroked(tone)),
          circle(`${id}.pupil`, 0, 2, 12, { fill: tone }),
        ]
      : [
          path(`${id}.lid`, "M-42 -8Q0 34 42 -8", stroked(tone)),
          path(`${id}.lashes`, "M-26 12L-36 30M0 16L0 38M26 12L36 30", stroked(tone)),
        ]),
  ];
}

/** What is lifted on the left (-1), in the middle (0) or on the right (1), of three places. */
function lift(side: number): Sign {
  const x = side * 32;
  const others = [-32, 0, 32].filter((one) => one !== x);
  return (id, tone) => [
    path(`${id}.up`, `M${x} 36L${x} -38M${x - 17} -20L${x} -38L${x + 17} -20`, stroked(tone)),
    ...others.map((one) => circle(`${id}.other${one}`, one, 30, 8, { fill: tone })),
  ];
}

/** By the action's name in small letters. */
export const SIGNS: Readonly<Record<string, Sign>> = {
  pick: (id, tone) => [
    path(`${id}.up`, "M0 6L0 -38M-20 -20L0 -38L20 -20", stroked(tone)),
    path(`${id}.hand`, "M-36 14Q-34 38 0 38Q34 38 36 14", stroked(tone)),
  ],
  open: (id, tone) => [
    path(`${id}.arch`, "M-28 40L-28 -10Q-28 -40 0 -40Q28 -40 28 -10L28 40Z", stroked(tone)),
    circle(`${id}.knob`, 12, 6, 7, { fill: tone }),
  ],
  follow: eye(true),
  lookaway: eye(false),
  "look away": eye(false),
  "lift left": lift(-1),
  "lift middle": lift(0),
  "lift right": lift(1),
  read: (id, tone) => [
    path(`${id}.sheet`, "M-30 -40L30 -40L30 40L-30 40Z", stroked(tone)),
    path(`${id}.lines`, "M-12 -14L12 -14M-12 12L12 12", { ...stroked(tone), strokeWidth: 9 }),
  ],
  push: (id, tone) => [
    path(`${id}.arrow`, "M-44 0L2 0M-16 -18L2 0L-16 18", stroked(tone)),
    path(`${id}.block`, "M18 -26L42 -26L42 26L18 26Z", stroked(tone)),
  ],
};
