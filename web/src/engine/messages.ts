/** What the page asks of the worker that trains. */
import type { Recording, Settings } from "../recording/types.gen";
import type { Carried, Variant } from "./record";

export type Training =
  | { readonly kind: "warm"; readonly settings: Settings }
  | {
      readonly kind: "record";
      readonly settings: Settings;
      readonly title: string;
      readonly carried: Carried;
    }
  | {
      readonly kind: "ablations";
      readonly recording: Recording;
      readonly variants: readonly Variant[];
    }
  | { readonly kind: "spread"; readonly recording: Recording; readonly seeds: number };
