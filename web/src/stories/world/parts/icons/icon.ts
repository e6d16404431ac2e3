/** What a drawing of a thing is. */
import type { Point } from "../../../../scene/ease";
import type { Place } from "../../../../scene/parts/marks";
import type { Group, Paint, Shape } from "../../../../scene/shape";

/** How a thing looks at a moment. */
export interface ThingPose {
  /** What is special about its looks, as the table says, and what will be once it has changed. */
  readonly look: string;
  readonly next: string;
  /** How far it has come from one to the other, 0 to 1. */
  readonly turn: number;
  /** How far what lies under it is seen, 0 to 1, beyond what its looks say. */
  readonly peek?: number;
  /** What never changes of its looks. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The number of things of its kind before it, by which it is told from them. */
  readonly nth: number;
}

/** The same in a few simple forms, with lines as thin as that. */
export type Sketch = (
  id: string,
  point: Point,
  size: number,
  thin: number,
  pose: ThingPose,
) => Shape[];

export interface Icon {
  /** It stands on its place and fills it; else it lies there and fits into a hand. */
  readonly stands?: boolean;
  /** It hangs above its place, and leaves room below. */
  readonly hangs?: boolean;
  /** It lies there as straight as it stands. */
  readonly upright?: boolean;
  /** What is covered at its place lies under it. */
  readonly covers?: boolean;
  /** Its size, in sides of a place. */
  readonly size?: number;
  /** How far below the middle of its place its own is, in sides. */
  readonly low?: number;
  draw(id: string, place: Place, pose: ThingPose): Group;
  sketch: Sketch;
}

/** How much a look is on during a change, 0 to 1. */
export function shareOf({ look, next, turn }: ThingPose, wanted: string): number {
  return (look === wanted ? 1 - turn : 0) + (next === wanted ? turn : 0);
}

const COLOURS: Readonly<Record<string, Paint>> = {
  blue: "agent",
  red: "blame-planner",
  orange: "blame-doer",
  green: "right",
  yellow: "gold",
  gold: "gold",
  brown: "wood",
  purple: "planner",
  violet: "planner",
  teal: "doer",
  grey: "input",
  gray: "input",
};

/** The tone of a colour by its name. */
export function toneOf(colour: string | undefined, otherwise: Paint): Paint {
  return COLOURS[colour ?? ""] ?? otherwise;
}
