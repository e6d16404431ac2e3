/** What holds for every kind of recording: no number, text or list is beyond what can be drawn. */
import { invalid, problemIn } from "./invalid";

/** Letters of a text and entries of a list: more is nothing that a person could look at. */
const LONGEST_TEXT = 5000;
const LONGEST_LIST = 100_000;

/** What is wrong, as the end of a sentence; null if nothing is. */
export function checkSizes(recording: object): string | null {
  return problemIn(() => walk(recording, ""));
}

function walk(value: unknown, where: string): void {
  if (typeof value === "number") {
    // Infinity is what JSON.parse makes of 1e999; a recording's numbers are float32.
    if (!Number.isFinite(Math.fround(value))) invalid(`a number of ${where} is ${value}`);
  } else if (typeof value === "string") {
    if (value.length > LONGEST_TEXT) {
      invalid(`a text of ${where} has ${value.length} letters; up to ${LONGEST_TEXT} are read`);
    }
  } else if (Array.isArray(value)) {
    if (value.length > LONGEST_LIST) {
      invalid(`a list of ${where} has ${value.length} entries; up to ${LONGEST_LIST} are read`);
    }
    for (const item of value) walk(item, where);
  } else if (value !== null && typeof value === "object") {
    // Only the outermost field is named: the schema has bounded the names.
    for (const [key, item] of Object.entries(value)) walk(item, where || key);
  }
}
