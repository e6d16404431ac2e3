/** What a model can learn from, in words: Python's. */
import constants from "../../recording/constants.json";
import { wayOf, type Way } from "../../recording/settings";
import type { Settings } from "../../recording/types.gen";

/** What can be learned from, the usual one first. */
export const WAYS = constants.ways as readonly {
  readonly name: Way;
  readonly title: string;
  readonly what: string;
  readonly counted: string;
}[];

/** What is counted of what settings learn from, e.g. 'preference'. */
export function countedOf(settings: Pick<Settings, "learn" | "choices">): string {
  if (settings.choices) return constants.chosen;
  return WAYS.find(({ name }) => name === wayOf(settings))?.counted ?? "example";
}
