/** A scene that is told one way when learning from labels, and another from preferences. */
import { wayOf } from "../../../recording/settings";
import type { Recording } from "../../../recording/types.gen";
import type { WorldScene } from "../view";

/** `labels`, told as `preferences` tells it where the recording learns from those. */
export function byWay(labels: WorldScene, preferences: WorldScene): WorldScene {
  const own = (recording: Recording): WorldScene =>
    wayOf(recording.settings) === "preferences" ? preferences : labels;
  return {
    ...labels,
    duration: (recording, view) => own(recording).duration(recording, view),
    captions: (recording, view) => own(recording).captions(recording, view),
    stops: (recording, view) => own(recording).stops(recording, view),
    draw: (recording, time, view) => own(recording).draw(recording, time, view),
    learned: (recording, time, view) => own(recording).learned(recording, time, view),
    ...(labels.maths || preferences.maths
      ? { maths: (recording, time, view) => own(recording).maths?.(recording, time, view) ?? [] }
      : {}),
  };
}
