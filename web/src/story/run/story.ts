/** The story of a run: what is trained, how it learns, what more thinking brings. */
import { whatIsTrained } from "./00-what";
import { learning } from "./01-learning";
import { thinking } from "./02-thinking";
import type { RunScene } from "./facts";

export const runScenes: readonly RunScene[] = [whatIsTrained, learning, thinking];
