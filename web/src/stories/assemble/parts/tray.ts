/** The kit's tray at the foot of the stage: what is not plugged in yet lies there. */
import { circle, fitted, group, rect, round, type Box } from "../../../scene/build";
import { bow, easeInOut, tween, type Point } from "../../../scene/ease";
import { radius } from "../../../scene/layout";
import type { Layout } from "../../../scene/scene";
import type { Action, Shape } from "../../../scene/shape";
import { places, sizes } from "../places";
import { wireWords, type Piece, type Wire } from "./machine";
import { PLUG } from "../play";

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

/** The tray itself, with the names of what lies in it; none where there is nothing to plug in. */
export function tray(layout: Layout, names: readonly { name: string; out: number }[]): Shape[] {
  if (names.length === 0) return [];
  const { tray: box } = places(layout);
  const wide = layout === "wide";
  const size = sizes[layout].small;
  const left = wide ? 84 : 8;
  const width = (box.width - left) / names.length;
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
      const x = box.x + left + i * width + (wide ? 76 : 56);
      return [
        fitted(
          `tray.name${i}`,
          out >= 1 ? `${name} ✓` : name,
          round(x),
          box.y + box.height / 2 + size * 0.35,
          width - (wide ? 82 : 60),
          size,
          { weight: 600, fill: out >= 1 ? "muted" : "ink" },
        ),
      ];
    }),
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
  /** Slots that something else takes. */
  taken = 0,
): readonly Piece[] {
  return plan.map(({ wire, at }, i) => ({
    wire,
    slot: slotOf(layout, taken + i, taken + plan.length),
    share: tween(t, at, at + PLUG, (p) => p),
    plug: { kind: "go", scene, time: at + PLUG + 0.05 },
    unplug: { kind: "go", scene, time: Math.max(0, at - 0.3) },
  }));
}

export function namesOf(all: readonly Piece[]): { name: string; out: number }[] {
  return all.map(({ wire, share }) => ({ name: wireWords[wire].short, out: share }));
}

/** To the moment after something is plugged in. */
export function goTo(scene: string, time: number): Action {
  return { kind: "go", scene, time };
}

export interface GadgetProps {
  readonly id: string;
  readonly name: string;
  readonly tip: string;
  readonly slot: Point;
  /** Where it is put. */
  readonly target: Point;
  /** 0: in the tray. 1: in its place, where the machine draws it. */
  readonly share: number;
  readonly plug: Action;
  readonly unplug: Action;
  readonly small: boolean;
  /** Radius of the ring around its place. */
  readonly ring?: number;
  /** What it takes the place of: a dashed line around that, instead of a ring over its face. */
  readonly around?: Box;
  /** Drawn around (0, 0), about 60 units wide. */
  readonly icon: (id: string) => readonly Shape[];
}

/** A piece that is no wire: the case, the road lights, the name tag, a pair of blocks. */
export function gadget(props: GadgetProps): Shape[] {
  const { id, slot, target, share } = props;
  const going = easeInOut(share);
  const there = share >= 1;
  const { x, y } = bow(slot, target, going, 40);
  const opacity = there ? 1 : 1 - tween(share, 0.85, 1, (p) => p);
  return [
    ...(share > 0 && share < 1 ? [] : there ? [] : [wanted(props)]),
    group(
      id,
      [
        circle(`${id}.hold`, 0, 0, 26, { fill: "surface", opacity: 0.01 }),
        ...(there ? [] : props.icon(`${id}.icon`)),
      ],
      {
        x: round(x),
        y: round(y),
        scale: props.small ? 0.7 : 0.9,
        ...(opacity < 1 ? { opacity: round(opacity, 3) } : {}),
        label: there ? `The ${props.name}, in its place` : `The ${props.name}, in the tray`,
        tip: there ? props.tip : `${props.tip} Drag it to the dashed ring, or press Enter.`,
        action: share < 0.5 ? props.plug : props.unplug,
        ...(share < 0.5 ? { drag: { socket: target, dropped: props.plug } } : {}),
      },
    ),
  ];
}

/** The dashed line that says where a gadget belongs. */
function wanted({ id, name, target, small, ring, around }: GadgetProps): Shape {
  const look = {
    fill: "none",
    stroke: "halting",
    strokeWidth: 3,
    dash: [5, 5],
    label: `A place for the ${name}`,
  } as const;
  return around
    ? rect(`${id}.wanted`, around, { radius: radius.panel, ...look })
    : circle(`${id}.wanted`, round(target.x), round(target.y), ring ?? (small ? 13 : 18), look);
}

/** Share of the way and the actions of a gadget that sets out at `at`. */
export function travelling(scene: string, t: number, at: number) {
  return {
    share: tween(t, at, at + PLUG, (p) => p),
    plug: goTo(scene, at + PLUG + 0.05),
    unplug: goTo(scene, Math.max(0, at - 0.3)),
  };
}
