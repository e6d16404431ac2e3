/** Something the person at the page can understand and act on, in one plain sentence. */
export class Problem extends Error {
  override readonly name = "Problem";
}

/** The sentence to show for anything that was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof Problem) return error.message;
  if (error instanceof Error) return `Something unexpected went wrong: ${error.message}`;
  return `Something unexpected went wrong: ${String(error)}`;
}
