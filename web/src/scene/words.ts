/** Names and lists in English. */

/** 'holding_key' -> 'holding key'. */
export function plain(name: string): string {
  return name.replaceAll("_", " ");
}

/** A title as it is shown: recordings have theirs in ASCII. */
export function shownTitle(title: string): string {
  return title.replaceAll("->", "→");
}

export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A list in English: 'a, b and c'. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}
