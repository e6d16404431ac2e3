/** Fields that have been renamed since a recording was written. */
import constants from "./constants.json";

const RENAMED: ReadonlyMap<string, string> = new Map(Object.entries(constants.renamed));

/** The same JSON with the new name for every old one. */
export function withNewNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNewNames);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [RENAMED.get(key) ?? key, withNewNames(inner)]),
  );
}
