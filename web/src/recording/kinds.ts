/** The kinds of recording that the page can tell. */
import type { LadderRecording } from "./ladder.gen";
import type { RunRecording } from "./run.gen";
import type { ThoughtRecording } from "./thought.gen";
import type { Recording } from "./types.gen";

export type AnyRecording = Recording | LadderRecording | RunRecording | ThoughtRecording;
export type Kind = AnyRecording["kind"];

export const KINDS: readonly Kind[] = ["fine-tuning", "ladder", "run", "thought"];
