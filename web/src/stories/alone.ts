/** Stories that nothing can be put beside: the ladder, a run, a thought. */
import type { AnyRecording } from "../recording/kinds";
import type { Scene } from "../scene/scene";
import type { Host, Side } from "./host";

/** A link that asks for something beside such a story is not followed there. */
export function standAlone(host: Host): void {
  if (!host.state.compare) return;
  host.say("problem", "This story stands alone: nothing can be put beside it.");
  host.update({ compare: null });
}

/** The one side of a scene. */
export function oneSide(
  id: string,
  scenes: readonly Scene<AnyRecording>[],
  recording: AnyRecording,
): readonly Side[] {
  const scene = scenes.find((one) => one.id === id);
  return scene ? [{ recording, scene, label: "" }] : [];
}
