/** Bars and springs: small instruments that show one number each. */
import { circle, group, path, rect, round, text, fitted, type Box } from "../../../scene/build";
import { clamp } from "../../../scene/ease";
import { memoByValue } from "../../../scene/memo";
import type { Group, Paint } from "../../../scene/shape";

export interface BarProps {
  readonly id: string;
  readonly box: Box;
  /** 0 to 1. */
  readonly share: number;
  readonly tone: Paint;
  readonly label?: string;
  readonly tip?: string;
}

/** A plain bar that fills from the left. */
export function bar({ id, box, share, tone, label, tip }: BarProps): Group {
  const radius = Math.min(box.height / 2, 7);
  const filled = clamp(share) * box.width;
  return group(
    id,
    [
      rect(`${id}.track`, box, { radius, fill: "faint", opacity: 0.55 }),
      ...(filled > 0.5
        ? [
            rect(
              `${id}.fill`,
              { ...box, width: round(filled) },
              { radius: Math.min(radius, filled / 2), fill: tone },
            ),
          ]
        : []),
    ],
    { ...(label === undefined ? {} : { label }), ...(tip === undefined ? {} : { tip }) },
  );
}

export interface GaugeProps {
  readonly id: string;
  readonly box: Box;
  readonly title: string;
  readonly value: string;
  readonly tone: Paint;
  /** Where the needle is, 0 to 1 of the range. */
  readonly share: number;
  /** Where zero is, 0 to 1 of the range; the bar grows from there. */
  readonly zero?: number;
  readonly tip?: string;
  readonly size: number;
}

/** A named bar with its number, growing left or right from zero. */
export const gauge = memoByValue(drawGauge);

function drawGauge(props: GaugeProps): Group {
  const { id, box, title, value, tone, zero = 0, size } = props;
  const share = clamp(props.share);
  const high = Math.min(16, box.height - size * 1.5);
  const track = { x: box.x, y: box.y + box.height - high, width: box.width, height: high };
  const from = Math.min(zero, share);
  const wide = Math.abs(share - zero) * box.width;
  return group(
    id,
    [
      fitted(`${id}.title`, title, box.x, box.y + size, box.width * 0.68, size, {
        fill: "muted",
        weight: 600,
      }),
      text(`${id}.value`, value, box.x + box.width, box.y + size, size + 2, {
        anchor: "end",
        weight: 700,
        fill: "ink",
      }),
      rect(`${id}.track`, track, { radius: high / 2, fill: "faint", opacity: 0.55 }),
      ...(wide > 0.8
        ? [
            rect(
              `${id}.fill`,
              { x: round(box.x + from * box.width), y: track.y, width: round(wide), height: high },
              { radius: Math.min(high / 2, wide / 2), fill: tone },
            ),
          ]
        : []),
      ...(zero > 0
        ? [
            rect(
              `${id}.zero`,
              {
                x: round(box.x + zero * box.width - 1),
                y: track.y - 4,
                width: 2,
                height: high + 8,
              },
              { radius: 1, fill: "muted" },
            ),
          ]
        : []),
    ],
    { label: `${title}: ${value}`, ...(props.tip === undefined ? {} : { tip: props.tip }) },
  );
}

export interface SpringProps {
  readonly id: string;
  readonly x: number;
  readonly top: number;
  /** Where its end hangs, below `top`. */
  readonly length: number;
  readonly width: number;
  readonly tone: Paint;
  /** Signed value in [-1, 1], the colour of the weight's bead. */
  readonly signed: number;
  readonly label?: string;
  readonly tip?: string;
}

/** A weight as a spring: it is pressed together or drawn out, and a bead hangs at its end. */
export function spring(props: SpringProps): Group {
  const { id, x, top, length, width, tone } = props;
  const turns = 6;
  const start = 5;
  const end = Math.max(start + 8, length - 9);
  let d = `M${round(x)} ${round(top)}L${round(x)} ${round(top + start)}`;
  for (let i = 0; i < turns; i++) {
    const y = top + start + ((i + 0.5) * (end - start)) / turns;
    d += `L${round(x + (i % 2 ? -width : width) / 2)} ${round(y)}`;
  }
  d += `L${round(x)} ${round(top + end)}`;
  return group(
    id,
    [
      path(`${id}.coil`, d, { fill: "none", stroke: tone, strokeWidth: 2.2 }),
      circle(`${id}.bead`, round(x), round(top + end + 6), 7, {
        fill: { signed: round(clamp(props.signed, -1, 1), 3) },
        stroke: "ink",
        strokeWidth: 1.5,
      }),
    ],
    {
      ...(props.label === undefined ? {} : { label: props.label }),
      ...(props.tip === undefined ? {} : { tip: props.tip }),
    },
  );
}
