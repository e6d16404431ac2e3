/** The kinds of stories, and their scenes. */
import type { AnyRecording, Kind } from "../recording/kinds";
import type { Scene } from "../scene/scene";
import { scenes } from "./world/story";

/** What a kind of story is called. */
export const TITLES: Record<Kind, string> = {
  "fine-tuning": "Key → Door",
  ladder: "Assemble the kit",
  run: "A run",
  thought: "A thought",
};

/** The scenes that tell a recording of a kind; all but the first story's are fetched when needed. */
export async function scenesOf(kind: Kind): Promise<readonly Scene<AnyRecording>[]> {
  switch (kind) {
    case "fine-tuning":
      return scenes;
    case "ladder":
      return (await import("./assemble/story")).assembleScenes;
    case "run":
      return (await import("./run/story")).runScenes;
    case "thought":
      return (await import("./thought/story")).thoughtScenes;
  }
}
