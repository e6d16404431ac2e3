/** The story of the kit's manual: steps 0 to 9, and the bench. */
import { outOfTheBox } from "./00-out-of-the-box";
import { plugIn } from "./01-plug-in";
import { loopWire } from "./02-loop";
import { recallWire } from "./03-recall";
import { rats } from "./04-rats";
import { twoBlocks } from "./05-two-blocks";
import { outerLoop } from "./06-outer-loop";
import { roadLights } from "./07-road-lights";
import { theCase } from "./08-case";
import { nameTagScene } from "./09-name-tag";
import { bench } from "./10-bench";
import type { LadderScene } from "./facts";

export const assembleScenes: readonly LadderScene[] = [
  outOfTheBox,
  plugIn,
  loopWire,
  recallWire,
  rats,
  twoBlocks,
  outerLoop,
  roadLights,
  theCase,
  nameTagScene,
  bench,
];
