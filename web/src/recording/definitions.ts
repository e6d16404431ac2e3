/** What Python defines of the worlds that there are: `graphs/definitions.json` beside the page. */
import type { Definitions } from "./definitions.gen";
import { get } from "./load";
import { Problem } from "./problem";

const FILE = "graphs/definitions.json";
const WHAT = `What is defined of worlds (${FILE})`;
const SO = "Stories play with fewer words, and cannot be trained again.";

/** Fetches and checks them; throws a Problem where that cannot be done. */
export async function fetchDefinitions(): Promise<Definitions> {
  try {
    const response = await get(FILE, WHAT);
    const content: unknown = await response.json().catch(() => null);
    const { validate } = await import("./validateDefinitions.gen.js");
    if (validate(content)) return content;
  } catch (error) {
    if (error instanceof Problem) throw new Problem(`${error.message} ${SO}`);
    throw new Problem(`${WHAT} cannot be checked: the server does not answer. ${SO}`);
  }
  throw new Problem(`${WHAT} is not as this page knows it. ${SO}`);
}
