/** A block of the kit: studs on top, and a face that shows how it feels. */
import { circle, group, path, rect, round, text, type Box } from "../../../scene/build";
import { memoByValue } from "../../../scene/memo";
import type { Shape, Tone } from "../../../scene/shape";

export interface BlockProps {
  readonly id: string;
  readonly box: Box;
  readonly title: string;
  readonly tone: Tone;
  readonly soft: Tone;
  /** 0: the power is off and it sleeps. 1: awake. */
  readonly power: number;
  /** How brightly it is working, 0 to 1. */
  readonly lit: number;
  /** -1 sad, 1 glad. */
  readonly mood: number;
  /** It does not know any more where it is. */
  readonly lost?: boolean;
  /** A slow one has heavy lids. */
  readonly slow?: boolean;
  readonly opacity?: number;
  readonly tip: string;
}

export const block = memoByValue(drawBlock);

function drawBlock(props: BlockProps): Shape[] {
  const { id, box, tone, soft, lit } = props;
  const cx = round(box.x + box.width / 2);
  const big = box.height > 80;
  const face = {
    x: cx,
    y: round(box.y + box.height * (big ? 0.4 : 0.34)),
    size: box.height * (big ? 0.5 : 0.52),
  };
  const size = big ? 14 : 11.5;
  return [
    group(
      id,
      [
        ...studs(`${id}.studs`, box, tone),
        ...(lit > 0.01
          ? [
              rect(
                `${id}.glow`,
                { x: box.x - 6, y: box.y - 6, width: box.width + 12, height: box.height + 12 },
                { radius: 20, fill: tone, opacity: round(0.3 * lit, 3) },
              ),
            ]
          : []),
        rect(`${id}.body`, box, {
          radius: 14,
          fill: props.power > 0.5 ? soft : "surface",
          stroke: tone,
          strokeWidth: round(2.5 + 1.5 * lit),
        }),
        ...faceOf(`${id}.face`, face, props),
        text(
          `${id}.title`,
          props.title,
          cx,
          round(box.y + box.height - size * (big ? 0.9 : 1.2)),
          size,
          {
            anchor: "middle",
            weight: 700,
            fill: "ink",
          },
        ),
      ],
      {
        label: props.title,
        tip: props.tip,
        ...(props.opacity !== undefined && props.opacity < 1
          ? { opacity: round(props.opacity, 3) }
          : {}),
      },
    ),
  ];
}

function studs(id: string, box: Box, tone: Tone): Shape[] {
  const wide = Math.min(22, box.width / 7);
  const high = wide * 0.42;
  const count = 4;
  const step = box.width / count;
  const d = Array.from({ length: count }, (_, i) => {
    const x = round(box.x + (i + 0.5) * step - wide / 2);
    return `M${x} ${round(box.y + 2)}V${round(box.y - high)}H${round(x + wide)}V${round(box.y + 2)}Z`;
  }).join("");
  return [path(`${id}.it`, d, { fill: tone, stroke: tone, strokeWidth: 2 })];
}

interface FacePlace {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

function faceOf(id: string, { x, y, size }: FacePlace, props: BlockProps): Shape[] {
  const k = size / 60;
  const out: Shape[] = [];
  for (const side of [-1, 1]) {
    const ex = round(x + side * 17 * k);
    const name = `${id}.eye${side < 0 ? 1 : 2}`;
    if (props.power < 0.5) {
      out.push(
        path(
          name,
          `M${round(ex - 8 * k)} ${round(y)}Q${ex} ${round(y + 6 * k)} ${round(ex + 8 * k)} ${round(y)}`,
          {
            fill: "none",
            stroke: "ink",
            strokeWidth: 2.4,
          },
        ),
      );
    } else if (props.lost) {
      const r = 6.5 * k;
      out.push(
        path(
          name,
          `M${round(ex - r)} ${round(y - r)}L${round(ex + r)} ${round(y + r)}M${round(ex - r)} ${round(y + r)}L${round(ex + r)} ${round(y - r)}`,
          { fill: "none", stroke: "ink", strokeWidth: 2.8 },
        ),
      );
    } else {
      out.push(
        circle(name, ex, round(y), round(9 * k), {
          fill: "eye",
          stroke: "pupil",
          strokeWidth: 1.6,
        }),
        circle(
          `${name}.pupil`,
          round(ex + 1.5 * k),
          round(y + (props.slow ? 2.5 : 0.5) * k),
          round(4.4 * k),
          {
            fill: "pupil",
          },
        ),
        ...(props.slow
          ? [
              path(
                `${name}.lid`,
                `M${round(ex - 10 * k)} ${round(y - 3 * k)}H${round(ex + 10 * k)}`,
                { fill: "none", stroke: "ink", strokeWidth: 2.6 },
              ),
            ]
          : []),
      );
    }
  }
  const smile = props.power < 0.5 ? 2 : 7 * props.mood;
  const my = y + 16 * k;
  out.push(
    path(
      `${id}.mouth`,
      props.lost && props.power >= 0.5
        ? `M${round(x - 9 * k)} ${round(my)}L${round(x - 3 * k)} ${round(my - 4 * k)}L${round(x + 3 * k)} ${round(my + 2 * k)}L${round(x + 9 * k)} ${round(my - 3 * k)}`
        : `M${round(x - 8 * k)} ${round(my - (smile * k) / 2)}Q${round(x)} ${round(my + smile * k)} ${round(x + 8 * k)} ${round(my - (smile * k) / 2)}`,
      { fill: "none", stroke: "ink", strokeWidth: 2.4 },
    ),
  );
  return out;
}
