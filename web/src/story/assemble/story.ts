/** The story of the kit's manual: steps 0 to 9, and the bench. */
import { outOfTheBox } from "./00-out-of-the-box";
import { plugIn } from "./01-plug-in";
import { loopWire } from "./02-loop";
import { recallWire } from "./03-recall";
import type { LadderScene } from "./facts";

export const assembleScenes: readonly LadderScene[] = [outOfTheBox, plugIn, loopWire, recallWire];
