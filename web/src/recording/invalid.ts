/** Shared by the checks of what a schema cannot say. */

const LONGEST = 300;

/** The rest of a sentence that says what is wrong with a recording. */
class Invalid extends Error {}

/** What `check` finds wrong, as the end of a sentence; null if nothing is. */
export function problemIn(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof Invalid) return error.message;
    throw error;
  }
}

export function invalid(what: string): never {
  // A name inside a recording may be long, and it stands in a sentence.
  throw new Invalid(what.length > LONGEST ? `${what.slice(0, LONGEST)}…` : what);
}

export function length(list: readonly unknown[], wanted: number, where: string): void {
  if (list.length !== wanted) {
    invalid(`${where} has ${list.length} entries where ${wanted} belong`);
  }
}

export function lengths(
  lists: readonly (readonly unknown[])[],
  wanted: number,
  where: string,
): void {
  for (const list of lists) length(list, wanted, where);
}

/** A whole number of at least `from`, and below `below`. */
export function index(value: number, from: number, below: number, where: string): void {
  if (!Number.isInteger(value) || value < from || value >= below) {
    const range = Number.isFinite(below) ? `from ${from} to ${below - 1}` : `of ${from} or more`;
    invalid(`${where} is ${value}, which is not a whole number ${range}`);
  }
}

export function filled(list: readonly unknown[], where: string): void {
  if (list.length === 0) invalid(`${where} is empty`);
}

export function distinct(names: readonly (string | number)[], where: string): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) invalid(`${where} has ${twice} twice`);
}
