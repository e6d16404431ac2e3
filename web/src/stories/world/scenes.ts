/** The story of Key -> Door: its scenes, in order. */
import { badged } from "./parts/badge";
import { meetTheWorld } from "./scenes/00-meet-the-world";
import { meetTheModel } from "./scenes/01-meet-the-model";
import { clumsyRollout } from "./scenes/02-clumsy-rollout";
import { preferenceSet } from "./scenes/03-preferences";
import { trainingSet } from "./scenes/03-training-set";
import { fineTuning } from "./scenes/04-fine-tuning";
import { preferring } from "./scenes/04-preferences";
import { cleanRollout } from "./scenes/05-clean-rollout";
import { generalisation } from "./scenes/06-generalisation";
import { dashboard } from "./scenes/07-dashboard";
import { byWay } from "./scenes/byWay";
import type { WorldScene } from "./view";

export const scenes: readonly WorldScene[] = [
  meetTheWorld,
  meetTheModel,
  clumsyRollout,
  byWay(trainingSet, preferenceSet),
  byWay(fineTuning, preferring),
  cleanRollout,
  generalisation,
  dashboard,
].map(badged);
