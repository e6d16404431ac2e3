/** Where things stand in the scenes of an episode. */
import type { Box } from "../../scene/build";
import type { Layout } from "../../scene/scene";

/** The places of a scene in which an episode is played. */
export interface PlayPlaces {
  readonly world: Box;
  readonly model: Box;
  readonly meters: Box;
  readonly trail: Box;
}

export function playPlaces(layout: Layout): PlayPlaces {
  if (layout === "wide") {
    return {
      world: { x: 32, y: 58, width: 548, height: 232 },
      trail: { x: 32, y: 322, width: 548, height: 64 },
      meters: { x: 32, y: 412, width: 548, height: 98 },
      model: { x: 612, y: 30, width: 316, height: 480 },
    };
  }
  return {
    world: { x: 14, y: 26, width: 362, height: 124 },
    trail: { x: 14, y: 158, width: 362, height: 50 },
    model: { x: 14, y: 218, width: 362, height: 304 },
    meters: { x: 14, y: 532, width: 362, height: 94 },
  };
}
