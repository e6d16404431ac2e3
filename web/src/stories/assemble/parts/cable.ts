/** Cables: where they run, the plug at their end, the sockets, and the current in them. */
import { circle, group, path, rect, round } from "../../../scene/build";
import { clamp, easeInOut, mix, type Point } from "../../../scene/ease";
import type { Drag, Action, Shape, Tone } from "../../../scene/shape";

/** A cubic curve. */
export type Route = readonly [Point, Point, Point, Point];

export function pointOn([a, b, c, d]: Route, share: number): Point {
  const [p, q] = [share, 1 - share];
  const of = (k: "x" | "y") =>
    q ** 3 * a[k] + 3 * q * q * p * b[k] + 3 * q * p * p * c[k] + p ** 3 * d[k];
  return { x: of("x"), y: of("y") };
}

function routePath([a, b, c, d]: Route): string {
  const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
  return `M${at(a)}C${at(b)} ${at(c)} ${at(d)}`;
}

function between(a: Point, b: Point, share: number): Point {
  return { x: mix(a.x, b.x, share), y: mix(a.y, b.y, share) };
}

/** How a cable lies in the tray, around `slot`. */
export function lying(slot: Point, small: boolean): Route {
  const k = small ? 0.7 : 1;
  return [
    { x: slot.x - 30 * k, y: slot.y + 4 * k },
    { x: slot.x - 12 * k, y: slot.y - 24 * k },
    { x: slot.x - 14 * k, y: slot.y + 26 * k },
    { x: slot.x + 14 * k, y: slot.y },
  ];
}

/** A cable on its way from the tray: first one end is plugged in, then the other. */
export function onTheWay(from: Route, to: Route, share: number): Route {
  const first = easeInOut(clamp(share * 1.7));
  const second = easeInOut(clamp((share - 0.35) / 0.65));
  return [
    between(from[0], to[0], first),
    between(from[1], to[1], first),
    between(from[2], to[2], second),
    between(from[3], to[3], second),
  ];
}

export interface CableProps {
  readonly id: string;
  readonly name: string;
  readonly tone: Tone;
  readonly width: number;
  readonly route: Route;
  readonly small: boolean;
  readonly tip: string;
  readonly dash?: readonly number[];
  readonly action?: Action;
  readonly drag?: Drag;
}

/** The cable and a plug at either end; the second one is what a hand takes hold of. */
export function cable(props: CableProps): Shape[] {
  const { id, route, tone, width } = props;
  return [
    path(`${id}.cable`, routePath(route), {
      fill: "none",
      stroke: tone,
      strokeWidth: width,
      ...(props.dash ? { dash: props.dash } : {}),
    }),
    plug(`${id}.root`, route[0], route[1], tone, props.small, {}),
    plug(`${id}.plug`, route[3], route[2], tone, props.small, {
      label: props.name,
      tip: props.tip,
      ...(props.action ? { action: props.action } : {}),
      ...(props.drag ? { drag: props.drag } : {}),
    }),
  ];
}

/** A plug whose prongs are at `end`, with its cable coming from `from`. */
function plug(
  id: string,
  end: Point,
  from: Point,
  tone: Tone,
  small: boolean,
  rest: Partial<Omit<Shape & { kind: "group" }, "kind" | "id" | "children">>,
): Shape {
  const angle = (Math.atan2(end.y - from.y, end.x - from.x) * 180) / Math.PI;
  return group(
    id,
    [
      // Fingers are larger than plugs.
      ...(rest.action ? [circle(`${id}.hold`, -6, 0, 20, { fill: "surface", opacity: 0.01 })] : []),
      path(`${id}.prongs`, "M-4 -3.4H4M-4 3.4H4", {
        fill: "none",
        stroke: "ink",
        strokeWidth: 2.4,
      }),
      rect(
        `${id}.body`,
        { x: -17, y: -7, width: 14, height: 14 },
        { radius: 4, fill: tone, stroke: "ink", strokeWidth: 1.5 },
      ),
    ],
    {
      x: round(end.x),
      y: round(end.y),
      rotate: round(angle, 1),
      ...(small ? { scale: 0.75 } : {}),
      ...rest,
    },
  );
}

/** An empty socket: a ring with two holes. */
export function socket(
  id: string,
  { x, y }: Point,
  small: boolean,
  wanted: number,
  name: string,
): Shape {
  const r = small ? 6 : 8;
  return group(
    id,
    [
      ...(wanted > 0
        ? [
            circle(`${id}.wanted`, round(x), round(y), r + 5, {
              fill: "none",
              stroke: "halting",
              strokeWidth: 3,
              opacity: round(wanted, 3),
            }),
          ]
        : []),
      circle(`${id}.ring`, round(x), round(y), r, {
        fill: "ground",
        stroke: "muted",
        strokeWidth: 2,
      }),
      path(
        `${id}.holes`,
        `M${round(x - r * 0.3)} ${round(y - r * 0.35)}V${round(y + r * 0.35)}M${round(x + r * 0.3)} ${round(y - r * 0.35)}V${round(y + r * 0.35)}`,
        { fill: "none", stroke: "muted", strokeWidth: 2 },
      ),
    ],
    { label: `Empty socket: ${name}`, tip: `An empty socket for the ${name}.` },
  );
}

/** A drop of current on its way along a cable. */
export function current(id: string, route: Route, share: number, tone: Tone, r: number): Shape[] {
  if (share <= 0 || share >= 1) return [];
  return [0, 0.09, 0.18].flatMap((behind, i): Shape[] => {
    const place = share - behind;
    if (place <= 0) return [];
    const { x, y } = pointOn(route, place);
    return [
      circle(`${id}.${i}`, round(x), round(y), round(r * (1 - i * 0.25)), {
        fill: i === 0 ? "halting" : tone,
        ...(i === 0 ? { stroke: "ink", strokeWidth: 1.5 } : { opacity: 0.6 }),
      }),
    ];
  });
}
