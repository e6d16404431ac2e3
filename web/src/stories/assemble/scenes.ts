/** The story of the kit's manual: steps 0 to 9, and the bench. */
import { outOfTheBox } from "./scenes/00-out-of-the-box";
import { plugIn } from "./scenes/01-plug-in";
import { loopWire } from "./scenes/02-loop";
import { recallWire } from "./scenes/03-recall";
import { rats } from "./scenes/04-rats";
import { twoBlocks } from "./scenes/05-two-blocks";
import { outerLoop } from "./scenes/06-outer-loop";
import { roadLights } from "./scenes/07-road-lights";
import { theCase } from "./scenes/08-case";
import { nameTagScene } from "./scenes/09-name-tag";
import { wholeLadder } from "./scenes/10-whole-ladder";
import { longEnough } from "./scenes/11-long-enough";
import { bench } from "./scenes/12-bench";
import type { LadderScene } from "./facts";

export const scenes: readonly LadderScene[] = [
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
  wholeLadder,
  longEnough,
  bench,
];
