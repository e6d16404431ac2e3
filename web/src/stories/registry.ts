/**
 * The kinds of stories that there are, in the order in which the page offers them. Nothing else
 * holds a list of them.
 */
import { formOf } from "../recording/form";
import { about as assemble } from "./assemble/about";
import { about as run } from "./run/about";
import type { Story } from "./story";
import { about as thought } from "./thought/about";
import { about as world } from "./world/about";

export const STORIES: readonly Story[] = [world, assemble, run, thought];

/** The story that tells recordings of a kind, if there is one. */
export function storyOf(kind: unknown): Story | undefined {
  return formOf(kind, STORIES);
}
