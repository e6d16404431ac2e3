/**
 * What a text of JSON would cost, before it is parsed: a small file can hold millions of empty
 * lists, each of which takes many times its two letters in memory.
 */
import constants from "./constants.json";

/** The largest recordings that are made hold a tenth of it. */
export const MOST_PARTS = constants.max_parts;
export const DEEPEST = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]); // [ {
const CLOSING = new Set([0x5d, 0x7d]); // ] }
const COLON = 0x3a;

/** Why a text is not parsed, as the end of a sentence; null if it may be. */
export function tooHeavy(text: Uint8Array, most = MOST_PARTS): string | null {
  let [parts, depth] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] ?? 0;
    if (letter === QUOTE) {
      i = endOfText(text, i + 1);
    } else if (OPENING.has(letter)) {
      parts += 1;
      depth += 1;
      if (depth > DEEPEST) return `it nests its lists and objects more than ${DEEPEST} deep`;
    } else if (CLOSING.has(letter)) {
      depth -= 1;
    } else if (letter === COLON) {
      parts += 1;
    }
    if (parts > most) {
      return `it holds more than ${most} lists, objects and fields`;
    }
  }
  return null;
}

/** Where the text that begins at `from` ends: at its quote. */
function endOfText(text: Uint8Array, from: number): number {
  let i = from;
  while (i < text.length && text[i] !== QUOTE) i += text[i] === BACKSLASH ? 2 : 1;
  return i;
}
