/**
 * The scenes of each kind of story, by its folder: whatever draws frames asks here, in the page and
 * in its workers, which need nothing else of a story.
 */
import type { Scene } from "../scene/scene";

const FOUND = import.meta.glob<{ readonly scenes: readonly Scene[] }>("./*/scenes.ts");

/** The scenes that a story's `scenes.ts` lists, in order; `id` is the story's. */
export async function scenesOf(id: string): Promise<readonly Scene[]> {
  const load = FOUND[`./${id}/scenes.ts`];
  if (!load) throw new RangeError(`no story ${id}`);
  return (await load()).scenes;
}
