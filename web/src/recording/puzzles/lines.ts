/** Texts as Python splits and quotes them. */
import { Problem } from "../problem";

/** A text that holds several puzzles of a kind, where one is wanted. */
export class Several extends Problem {}

/** The lines of a text, at whatever ends one. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** A text in quotes, as in a sentence about it. */
export function quoted(text: string): string {
  if (/[\p{Cc}\p{Cf}]/u.test(text)) return `'${JSON.stringify(text).slice(1, -1)}'`;
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}
