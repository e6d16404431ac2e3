/** What a world's things stand on: a row of tiles where somebody walks, else the top of a table. */
import type { WorldTable } from "../../../recording/types.gen";
import { path, rect, round, text, type Box } from "../../../scene/build";
import { clamp, type Point } from "../../../scene/ease";
import { memoByValue } from "../../../scene/memo";
import type { Shape } from "../../../scene/shape";
import { agentOf } from "../facts";

/** What is drawn of a world's state: a table has it, and so has a picture of one state. */
export type Scenery = Pick<
  WorldTable,
  "tiles" | "entities" | "places" | "whereabouts" | "looks" | "live_states"
>;

export interface TrackGeometry {
  readonly side: number;
  readonly gap: number;
  readonly left: number;
  readonly top: number;
  /** Whether it is a table: nobody walks on it, and things move on it with room around them. */
  readonly table: boolean;
}

/** How far apart places are, in sides. */
const GAP = { tiles: 0.1, table: 0.55 };
/** How much of a table stands out at either end, in sides. */
const EDGE = 0.34;
/** How much of the height a place of a table takes: what is lifted needs the rest. */
const LOW = 0.67;

/** Where the places are; scenes use it to point at them. */
export function trackGeometry(box: Box, scenery: Scenery): TrackGeometry {
  const { tiles } = scenery;
  const table = agentOf(scenery) < 0;
  const share = table ? GAP.table : GAP.tiles;
  const edges = table ? 2 * EDGE : 0;
  const across = box.width / (tiles + share * (tiles - 1) + edges);
  const side = Math.min(across, table ? box.height * LOW : box.height);
  const gap = side * share;
  const width = tiles * side + (tiles - 1) * gap;
  return {
    side,
    gap,
    left: box.x + (box.width - width) / 2,
    top: box.y + (box.height - side) * (table ? 0.6 : 0.5),
    table,
  };
}

export function tileCentre(geometry: TrackGeometry, tile: number): Point {
  const { side, gap, left, top } = geometry;
  return { x: left + tile * (side + gap) + side / 2, y: top + side / 2 };
}

/** The places, each by itself; numbered where there is room and somebody walks on them. */
export const ground = memoByValue(drawGround);

function drawGround(
  id: string,
  many: number,
  geometry: TrackGeometry,
  numbered: boolean,
): readonly Shape[] {
  if (geometry.table) return tableTop(id, many, geometry);
  return Array.from({ length: many }, (_, tile) => {
    const { x, y } = tileCentre(geometry, tile);
    const { side } = geometry;
    return [
      rect(
        `${id}.tile${tile}`,
        { x: x - side / 2, y: y - side / 2, width: side, height: side },
        {
          radius: side * 0.22,
          fill: "surface",
          stroke: "faint",
          strokeWidth: Math.max(1.2, side / 45),
        },
      ),
      ...(numbered && side >= 30 ? [number(id, tile, geometry)] : []),
    ];
  }).flat();
}

function number(id: string, tile: number, geometry: TrackGeometry): Shape {
  const { side } = geometry;
  const { x, y } = tileCentre(geometry, tile);
  const size = clamp(side * 0.15, 11, 14);
  const below = y + side / 2 + Math.max(15, side * 0.19);
  return text(`${id}.number${tile}`, String(tile + 1), x, below, size, {
    anchor: "middle",
    fill: "muted",
  });
}

/** A table seen from a little above, with a mark at each place. */
function tableTop(id: string, many: number, geometry: TrackGeometry): Shape[] {
  const { side, gap, left, top } = geometry;
  const width = many * side + (many - 1) * gap;
  const [back, front] = [top + side * 0.56, top + side * 1.1];
  const [west, east] = [left - side * EDGE, left + width + side * EDGE];
  const slant = side * 0.2;
  const thick = side * 0.09;
  const line = Math.max(1.2, side / 60);
  const corners = (points: readonly (readonly [number, number])[]): string =>
    `${points.map(([x, y], i) => `${i ? "L" : "M"}${round(x)} ${round(y)}`).join("")}Z`;
  const plate = corners([
    [west + slant, back],
    [east - slant, back],
    [east, front],
    [west, front],
  ]);
  const edge = corners([
    [west, front],
    [east, front],
    [east, front + thick],
    [west, front + thick],
  ]);
  return [
    path(`${id}.edge`, edge, { fill: "wood", stroke: "ink", strokeWidth: line }),
    path(`${id}.plate`, plate, { fill: "surface", stroke: "ink", strokeWidth: line }),
    ...Array.from({ length: many }, (_, tile) => {
      const { x } = tileCentre(geometry, tile);
      return path(`${id}.tile${tile}`, oval(x, top + side * 0.87, side * 0.45, side * 0.11), {
        fill: "ground",
        stroke: "faint",
        strokeWidth: line,
      });
    }),
  ];
}

/** An ellipse as a path. */
export function oval(x: number, y: number, wide: number, high: number): string {
  const [rx, ry] = [round(wide), round(high)];
  return (
    `M${round(x - wide)} ${round(y)}A${rx} ${ry} 0 1 0 ${round(x + wide)} ${round(y)}` +
    `A${rx} ${ry} 0 1 0 ${round(x - wide)} ${round(y)}Z`
  );
}

/** The same in one shape, for pictures of which there are many. */
export function groundAsOne(id: string, geometry: TrackGeometry, many: number): Shape {
  const { side, gap, left, top, table } = geometry;
  const look = { fill: "ground", stroke: "faint", strokeWidth: side < 12 ? 0.7 : 1.1 } as const;
  if (table) {
    const width = many * side + (many - 1) * gap;
    const [west, east] = [round(left - side * EDGE), round(left + width + side * EDGE)];
    const slant = round(side * 0.14);
    const [back, front] = [round(top + side * 0.66), round(top + side * 1.08)];
    const d = `M${west + slant} ${back}H${round(east - slant)}L${east} ${front}H${west}Z`;
    return path(id, d, look);
  }
  const r = round(side * 0.22);
  const flat = round(side - 2 * r);
  const arc = (x: number, y: number) => `a${r} ${r} 0 0 1 ${x} ${y}`;
  const d = Array.from(
    { length: many },
    (_, tile) =>
      `M${round(left + tile * (side + gap) + r)} ${round(top)}h${flat}${arc(r, r)}v${flat}${arc(-r, r)}` +
      `h${-flat}${arc(-r, -r)}v${-flat}${arc(r, -r)}Z`,
  ).join("");
  return path(id, d, look);
}
