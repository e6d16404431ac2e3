/** What a link carries for this story, and what of it the frames depend on. */
import type { View } from "../../scene/scene";
import { optional, start, type ValuesOf } from "../fields";
import { EXAMPLE, readWires, writeWires } from "./wires";

export const fields = {
  start,
  wires: optional({
    read(text) {
      const wires = readWires(text);
      return wires ? writeWires(wires) : undefined;
    },
    write: String,
    accepted: `a wiring such as ${EXAMPLE}`,
  }),
} as const;

export type LadderValues = ValuesOf<typeof fields>;

export interface LadderView extends View {
  /** The puzzle that is followed; null is the one that tells most. */
  readonly start: number | null;
  /** The wires plugged in at the bench, as `wires.ts` writes them; null is step 6's. */
  readonly wires: string | null;
}
