/** How wide a text is, without a DOM: measured widths of the stage's font, rounded up. */

/** The characters whose widths are known, in the order of the tables. */
const CHARACTERS =
  " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~−×·±…–’“”";

/** Hundredths of the size: the wider of Nunito and Liberation Sans (Arial). */
const REGULAR = [
  28, 24, 39, 60, 60, 93, 69, 22, 33, 33, 45, 60, 24, 42, 24, 28, 60, 60, 60, 60, 60, 60, 60, 60,
  60, 60, 24, 24, 60, 60, 60, 47, 101, 73, 68, 71, 74, 61, 58, 77, 76, 28, 34, 66, 56, 85, 74, 78,
  67, 78, 71, 65, 61, 73, 69, 110, 67, 64, 61, 31, 28, 31, 60, 53, 36, 56, 58, 49, 58, 56, 33, 59,
  57, 23, 24, 50, 30, 86, 57, 56, 58, 58, 36, 50, 35, 56, 51, 84, 52, 51, 49, 35, 26, 35, 60, 60,
  60, 24, 60, 73, 53, 23, 39, 39,
];
const BOLD = [
  28, 27, 47, 60, 60, 94, 73, 24, 36, 36, 45, 60, 27, 43, 27, 31, 60, 60, 60, 60, 60, 60, 60, 60,
  60, 60, 27, 27, 60, 60, 60, 49, 98, 74, 72, 72, 76, 64, 59, 78, 77, 28, 37, 70, 59, 87, 75, 78,
  67, 78, 72, 67, 62, 74, 71, 111, 67, 66, 61, 35, 31, 35, 60, 53, 38, 56, 61, 50, 61, 56, 36, 61,
  61, 27, 28, 56, 32, 89, 61, 61, 61, 61, 39, 52, 38, 61, 56, 85, 56, 56, 50, 39, 29, 39, 60, 60,
  60, 27, 60, 78, 53, 27, 47, 47,
];
const UNKNOWN = 85;
const SAFETY = 1.03;

const index = new Map([...CHARACTERS].map((character, i) => [character, i]));

export type Weight = 400 | 600 | 700;

/** Width of `text` in units, a little generous. */
export function textWidth(text: string, size: number, weight: Weight = 400): number {
  let hundredths = 0;
  for (const character of text) hundredths += hundredthsOf(character, weight);
  return (hundredths / 100) * size * SAFETY;
}

function hundredthsOf(character: string, weight: Weight): number {
  const at = index.get(character);
  return at === undefined ? UNKNOWN : ((weight === 400 ? REGULAR : BOLD)[at] ?? UNKNOWN);
}

/** The largest size up to `size` at which `text` fits in `width`, but never below `least`. */
export function fitSize(
  text: string,
  width: number,
  size: number,
  weight: Weight = 400,
  least = 11,
): number {
  const wide = textWidth(text, size, weight);
  return wide <= width ? size : Math.max(least, Math.floor((size * width * 10) / wide) / 10);
}

/** `text`, shortened with an ellipsis if it is wider than `width`. */
export function shorten(text: string, width: number, size: number, weight: Weight = 400): string {
  if (textWidth(text, size, weight) <= width) return text;
  let kept = "";
  let hundredths = hundredthsOf("…", weight);
  for (const character of text) {
    hundredths += hundredthsOf(character, weight);
    if (kept && (hundredths / 100) * size * SAFETY > width) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** `text` broken into lines no wider than `width`. */
export function wrap(text: string, width: number, size: number, weight: Weight = 400): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && textWidth(longer, size, weight) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line) lines.push(line);
  return lines;
}
