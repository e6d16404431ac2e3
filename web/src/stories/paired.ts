/** Two scenes on one clock. */
import type { AnyRecording } from "../recording/form";
import type { Scene, View } from "../scene/scene";

/** `left` on a clock that also has the time and the stops of `right`, of `other`. */
export function paired<R extends AnyRecording, V extends View>(
  left: Scene<R, V>,
  right: Scene<R, V>,
  other: R,
): Scene<R, V> {
  return {
    ...left,
    duration: (recording, view) =>
      Math.max(left.duration(recording, view), right.duration(other, view)),
    stops: (recording, view) =>
      [...new Set([...left.stops(recording, view), ...right.stops(other, view)])].sort(
        (a, b) => a - b,
      ),
  };
}
