/** Words for names of runs; what is not known here is shown as it is named. */
import type { Recording, Run } from "../../recording/types.gen";
import { capital, plain } from "../../scene/words";
import { RUNS, type RunWords } from "./definition";
import { settingsDifference } from "./settings";

export function runWords(name: string): RunWords {
  return RUNS[name] ?? { title: capital(plain(name.replaceAll("-", " "))), what: "" };
}

/** Where the settings of a run differ from the story's, beyond what makes the run what it is. */
export function otherSettings(recording: Recording, run: Pick<Run, "settings">): string | null {
  return settingsDifference(recording.settings, run.settings);
}
