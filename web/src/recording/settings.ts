/** Telling settings of a training from others. */
import type { Settings } from "./types.gen";

/** The world's sizes, as tables are called by them: '5', or '3-1' where it has another one. */
export function sizeKey({ tiles, sizes }: Settings): string {
  return [tiles, ...Object.values(sizes ?? {})].join("-");
}

/** A text that is the same for the same settings only; the preset says which world it is. */
export function keyOf(settings: Settings): string {
  const { world: _world, tiles: _tiles, sizes: _sizes, ...others } = settings;
  const all = { ...others, size: sizeKey(settings) };
  return JSON.stringify(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
