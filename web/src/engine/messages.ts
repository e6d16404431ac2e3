/** What the page and its worker say to each other. */
import type { Recording, Settings } from "../recording/types.gen";
import type { Carried, Progress, Variant } from "./record";

export type Task =
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

export type ToWorker =
  | { readonly kind: "start"; readonly id: number; readonly graphs: string; readonly task: Task }
  | { readonly kind: "cancel"; readonly id: number };

export type FromWorker =
  | { readonly kind: "progress"; readonly id: number; readonly progress: Progress }
  | { readonly kind: "done"; readonly id: number; readonly recording: Recording | null }
  | { readonly kind: "failed"; readonly id: number; readonly message: string };
