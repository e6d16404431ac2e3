/** The road lights of halting. Green: think on. Red: stop. The forms differ as the hues do. */
import { circle, group, path, rect, round } from "../build";
import { memoByValue } from "../memo";
import type { Shape } from "../shape";

export interface LightProps {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly stop: boolean;
  /** 0: dark. 1: lit. */
  readonly lit: number;
  readonly tip: string;
}

/** Two lamps on a post: an arrow on green, a bar on red. */
export const roadLight = memoByValue(drawLight);

function drawLight({ id, x, y, r, stop, lit, tip }: LightProps): Shape {
  const on = lit > 0.5;
  const go = { x: round(x + r * 1.25), y };
  const halt = { x: round(x - r * 1.25), y };
  const arrow = r * 0.55;
  return group(
    id,
    [
      rect(
        `${id}.case`,
        {
          x: round(x - r * 2.7),
          y: round(y - r * 1.4),
          width: round(r * 5.4),
          height: round(r * 2.8),
        },
        { radius: round(r * 1.2), fill: "pupil", stroke: "halting", strokeWidth: 2.4 },
      ),
      circle(`${id}.stop`, halt.x, halt.y, r, {
        fill: on && stop ? "wrong" : "pupil",
        stroke: on && stop ? "eye" : "muted",
        strokeWidth: on && stop ? 2.4 : 1.4,
      }),
      circle(`${id}.go`, go.x, go.y, r, {
        fill: on && !stop ? "right" : "pupil",
        stroke: on && !stop ? "eye" : "muted",
        strokeWidth: on && !stop ? 2.4 : 1.4,
      }),
      ...(on
        ? [
            stop
              ? path(`${id}.bar`, `M${round(halt.x - arrow)} ${halt.y}H${round(halt.x + arrow)}`, {
                  fill: "none",
                  stroke: "eye",
                  strokeWidth: round(r * 0.42),
                })
              : path(
                  `${id}.arrow`,
                  `M${round(go.x - arrow)} ${go.y}H${round(go.x + arrow)}M${round(go.x + arrow * 0.1)} ${round(go.y - arrow)}L${round(go.x + arrow)} ${go.y}L${round(go.x + arrow * 0.1)} ${round(go.y + arrow)}`,
                  { fill: "none", stroke: "eye", strokeWidth: round(r * 0.3) },
                ),
          ]
        : []),
    ],
    {
      label: !on
        ? "Road lights, dark"
        : stop
          ? "Road lights: red, stop"
          : "Road lights: green, think on",
      tip,
    },
  );
}

export interface LampProps {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly stop: boolean;
  readonly tip: string;
}

/** One lamp of the road lights, lit: an arrow on green or a bar on red. */
export const lamp = memoByValue(drawLamp);

function drawLamp({ id, x, y, r, stop, tip }: LampProps): Shape {
  const a = round(r * 0.5);
  return group(
    id,
    [
      circle(`${id}.lamp`, x, y, round(r), { fill: stop ? "wrong" : "right" }),
      stop
        ? path(`${id}.bar`, `M${round(x - a)} ${y}H${round(x + a)}`, {
            fill: "none",
            stroke: "surface",
            strokeWidth: round(r * 0.42),
          })
        : path(
            `${id}.arrow`,
            `M${round(x - a)} ${y}H${round(x + a)}M${x} ${round(y - a)}L${round(x + a)} ${y}L${x} ${round(y + a)}`,
            { fill: "none", stroke: "surface", strokeWidth: round(r * 0.26) },
          ),
    ],
    { label: stop ? "Red: stop" : "Green: think on", tip },
  );
}
