/** The story of a world: a model of sub-goals and actions is fine-tuned, and plays before and after. */
import type { Recording } from "../../recording/types.gen";
import { shownTitle } from "../../scene/words";
import type { Story } from "../story";
import { settingsInFileName } from "./knobs";
import { beside, fields } from "./view";

export const about: Story<Recording> = {
  id: "world",
  kind: "fine-tuning",
  title(definitions) {
    const [only, ...others] = definitions?.worlds ?? [];
    return only && others.length === 0 ? shownTitle(only.title) : "Worlds";
  },
  promise: "A tiny model goes wrong, is taught, and tries again.",
  legend: [
    ["planner", "Planner (H): names the sub-goal, thinks slowly"],
    ["doer", "Doer (L): chooses the action, thinks fast"],
    ["halting", "Halting: whether to think on"],
    ["input", "What the model reads"],
    ["blame-planner", "The Planner's loss: wrong sub-goal"],
    ["blame-doer", "The Doer's loss: wrong action"],
    ["right", "Right (a tick)"],
    ["wrong", "Wrong (a cross)"],
    ["signed", "A weight or a change: orange below 0, blue above"],
  ],
  fields,
  beside,
  help: (title) => `Release a knob of “${title}” and the model trains again, here in the page`,
  missing(name, definitions) {
    const world = definitions?.worlds.find(({ story }) => story === name);
    return (
      world &&
      `The story of “${shownTitle(world.title)}” is not trained here yet; the first one is shown. Where the ` +
        "studio runs, choosing its picture trains it."
    );
  },
  fetchCheck: () => import("./check"),
  nameParts: ({ world, settings }, definitions) => [
    world.name,
    ...settingsInFileName(settings, { definitions }),
  ],
  fetchStage: () => import("./state/fineTuning.svelte"),
};
