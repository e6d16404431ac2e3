/**
 * What a scene draws: plain data, painted by `stage/` as SVG or on a canvas.
 *
 * Coordinates are in the view's units (see `View`), y pointing down. A shape has one role, which
 * gives it its hue and its place in the legend, and a label or a tip where it means something.
 */

/** One hue and one form a role, everywhere. Painters turn these names into colours of the theme. */
export type Tone =
  | "ink" // text and outlines
  | "muted" // secondary text, axes
  | "faint" // unlit wires, empty places
  | "surface" // panels, cards
  | "ground" // the page behind them
  | "planner" // H, the Planner
  | "planner-soft"
  | "doer" // L, the Doer
  | "doer-soft"
  | "halting" // the q head, the road lights
  | "input"
  | "answer"
  | "agent"
  | "gold" // what shines: things of a world, marks
  | "wood" // what is brown
  | "eye" // white in every theme, for the figures' faces
  | "pupil" // dark in every theme
  | "blame-planner" // red
  | "blame-doer" // orange
  | "right" // ticks, success
  | "wrong"; // crosses, failure

/** A tone, or a signed value in [-1, 1] on the scale orange - grey - blue. */
export type Paint = Tone | { readonly signed: number };

/** What a shape does when it is clicked, or chosen with Enter. */
export type Action =
  | { readonly kind: "go"; readonly scene: string; readonly time: number }
  | { readonly kind: "maths" }
  /** Sets what the story keeps in the link, by the names of its fields. */
  | {
      readonly kind: "set";
      readonly values: Readonly<Record<string, unknown>>;
      /** Seconds into the scene from which it then plays; absent where it stays as it is. */
      readonly time?: number;
    };

/**
 * Where a shape can be dragged to (a group with its origin, another shape with its middle), and what
 * happens when it is dropped there.
 */
export interface Drag {
  readonly socket: { readonly x: number; readonly y: number };
  readonly dropped: Action;
}

interface Common {
  /** Unique in its frame and the same thing from frame to frame. */
  readonly id: string;
  readonly opacity?: number;
  /** Shown on hover and on keyboard focus; one or two plain sentences. */
  readonly tip?: string;
  /** What a screen reader says; shapes without one are decoration. */
  readonly label?: string;
  readonly action?: Action;
  /** The stage moves the shape while it is dragged; whoever cannot drag uses `action`. */
  readonly drag?: Drag;
}

interface Painted extends Common {
  readonly fill?: Paint | "none";
  readonly stroke?: Paint | "none";
  readonly strokeWidth?: number;
  readonly dash?: readonly number[];
}

export interface Rect extends Painted {
  readonly kind: "rect";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius?: number;
}

export interface Circle extends Painted {
  readonly kind: "circle";
  readonly cx: number;
  readonly cy: number;
  readonly r: number;
}

export interface Path extends Painted {
  readonly kind: "path";
  /** SVG path data. */
  readonly d: string;
}

export interface Text extends Common {
  readonly kind: "text";
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly fill?: Paint;
  readonly anchor?: "start" | "middle" | "end";
  readonly weight?: 400 | 600 | 700;
  readonly mono?: boolean;
}

export interface Group extends Common {
  readonly kind: "group";
  readonly x?: number;
  readonly y?: number;
  readonly scale?: number;
  /** Degrees, clockwise. */
  readonly rotate?: number;
  readonly children: readonly Shape[];
}

export type Shape = Rect | Circle | Path | Text | Group;
