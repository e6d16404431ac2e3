/** Two rooms with two buckets each, and the rat that has to find out. */
import { circle, group, path, rect, round, text, type Box } from "../../../scene/build";
import { arch, mix, type Point } from "../../../scene/ease";
import type { Shape } from "../../../scene/shape";

export function rat(id: string, { x, y }: Point, scale: number, look: number): Shape {
  return group(
    id,
    [
      path(`${id}.tail`, "M34 22C60 30 62 6 80 14", {
        fill: "none",
        stroke: "ink",
        strokeWidth: 4,
      }),
      path(`${id}.body`, "M-34 26C-34 -8 34 -14 38 22C38 28 -34 28 -34 26Z", {
        fill: "faint",
        stroke: "ink",
        strokeWidth: 2.5,
      }),
      circle(`${id}.ear`, -22, -16, 12, { fill: "surface", stroke: "ink", strokeWidth: 2.5 }),
      path(`${id}.head`, "M-66 14C-56 -18 -14 -20 -12 8C-12 24 -48 26 -66 14Z", {
        fill: "faint",
        stroke: "ink",
        strokeWidth: 2.5,
      }),
      circle(`${id}.eye`, -40, -1, 6, { fill: "eye", stroke: "pupil", strokeWidth: 1.5 }),
      circle(`${id}.pupil`, round(-40 + look * 2.5), -1, 2.8, { fill: "pupil" }),
      circle(`${id}.nose`, -66, 13, 4, { fill: "ink" }),
    ],
    {
      x: round(x),
      y: round(y),
      scale,
      label: "A rat",
      tip: "The rat has to remember in which bucket the treat is, room by room.",
    },
  );
}

/** The treat: a wedge of cheese, with holes. */
function cheese(id: string, { x, y }: Point, scale: number): Shape {
  return group(
    id,
    [
      path(`${id}.top`, "M-17 -2L10 -15Q18 -12 17 -2Z", {
        fill: "surface",
        stroke: "ink",
        strokeWidth: 2,
      }),
      path(`${id}.side`, "M-17 -2H17V13H-17Z", { fill: "gold", stroke: "ink", strokeWidth: 2 }),
      circle(`${id}.hole0`, -8, 5, 3.2, { fill: "surface" }),
      circle(`${id}.hole1`, 3, 8, 2.4, { fill: "surface" }),
      circle(`${id}.hole2`, 10, 3, 3.4, { fill: "surface" }),
    ],
    { x: round(x), y: round(y), scale, label: "The treat" },
  );
}

/** Two rooms alike; `swap` moves the treat of the other room to its other bucket. */
export function rooms(box: Box, swap: number, size: number): Shape[] {
  const wide = box.width * 0.46;
  return [0, 1].flatMap((room) => {
    const x = box.x + room * (box.width - wide);
    const bucket = (i: number) => ({ x: x + wide * (i ? 0.7 : 0.3), y: box.y + box.height * 0.74 });
    const [from, to] = [bucket(0), bucket(room)];
    const treat = {
      x: mix(from.x, to.x, swap),
      y: box.y + box.height * 0.52 - (room ? arch(swap) : 0) * box.height * 0.2,
    };
    const k = box.height / 150;
    return [
      group(
        `room${room}`,
        [
          rect(
            `room${room}.wall`,
            { x: round(x), y: box.y, width: round(wide), height: box.height },
            { radius: 14, fill: "surface", stroke: "faint", strokeWidth: 2 },
          ),
          text(
            `room${room}.name`,
            room ? "other room" : "one room",
            round(x + 12),
            round(box.y + size * 1.6),
            size,
            {
              fill: "muted",
              weight: 600,
            },
          ),
          cheese(`room${room}.treat`, treat, k),
          ...[0, 1].map((i) => {
            const b = bucket(i);
            return path(
              `room${room}.bucket${i}`,
              `M${round(b.x - 26 * k)} ${round(b.y - 22 * k)}H${round(b.x + 26 * k)}L${round(b.x + 19 * k)} ${round(b.y + 26 * k)}H${round(b.x - 19 * k)}Z`,
              { fill: "wood", stroke: "ink", strokeWidth: 2 },
            );
          }),
        ],
        {
          label: room ? "The other room" : "One room",
          tip: "Two buckets, one treat. What holds in one room is swapped in the other.",
        },
      ),
    ];
  });
}
