/** The story of a run: what is trained, how it learns, what more thinking brings. */
import { whatIsTrained } from "./scenes/00-what";
import { learning } from "./scenes/01-learning";
import { thinking } from "./scenes/02-thinking";
import type { RunScene } from "./facts";

export const scenes: readonly RunScene[] = [whatIsTrained, learning, thinking];
