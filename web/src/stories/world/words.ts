/** Words for names of runs; what is not known here is shown as it is named. */
import type { Recording, Run } from "../../recording/types.gen";
import { capital, plain } from "../../scene/words";
import { settingsDifference } from "./settings";

interface RunWords {
  readonly title: string;
  readonly what: string;
}

const RUNS: Record<string, RunWords> = {
  main: { title: "This story", what: "The run that this story shows." },
  flat: { title: "No hierarchy", what: "One module, actions only, with as many parameters." },
  "flat-labelled": {
    title: "No hierarchy, told labels",
    what: "One module that also learns the sub-goal labels.",
  },
  "no-channel": {
    title: "Two boxes, no wire",
    what: "The Doer is never told the sub-goal.",
  },
  "one-module": {
    title: "One box, with wire",
    what: "One module, told its own sub-goal.",
  },
  "frozen-planner": { title: "Frozen Planner", what: "Only the Doer may learn." },
  "frozen-doer": { title: "Frozen Doer", what: "Only the Planner may learn." },
};

export function runWords(name: string): RunWords {
  return RUNS[name] ?? { title: capital(plain(name.replaceAll("-", " "))), what: "" };
}

/** Where the settings of a run differ from the story's, beyond what makes the run what it is. */
export function otherSettings(recording: Recording, run: Pick<Run, "settings">): string | null {
  return settingsDifference(recording.settings, run.settings);
}
