/** A scene that is told one way of most puzzles, and another of a task whose views vote. */
import type { ThoughtRecording } from "../../../recording/thought.gen";
import type { Scene } from "../../../scene/scene";
import type { ThoughtScene } from "../facts";
import type { ThoughtView } from "../view";
import { isVoted, type VotedRecording } from "../vote";

/** How a scene is told of a task; its id, number and title are those of the other. */
export type VotedScene = Omit<
  Scene<VotedRecording, ThoughtView>,
  "id" | "phase" | "title" | "maths"
>;

/** `usual`, told as `voted` tells it where views voted. */
export function byVote(usual: ThoughtScene, voted: VotedScene): ThoughtScene {
  const told = <T>(
    recording: ThoughtRecording,
    one: (of: VotedRecording) => T,
    other: () => T,
  ): T => (isVoted(recording) ? one(recording) : other());
  return {
    ...usual,
    duration: (recording, view) =>
      told(
        recording,
        (of) => voted.duration(of, view),
        () => usual.duration(recording, view),
      ),
    captions: (recording, view) =>
      told(
        recording,
        (of) => voted.captions(of, view),
        () => usual.captions(recording, view),
      ),
    stops: (recording, view) =>
      told(
        recording,
        (of) => voted.stops(of, view),
        () => usual.stops(recording, view),
      ),
    draw: (recording, time, view) =>
      told(
        recording,
        (of) => voted.draw(of, time, view),
        () => usual.draw(recording, time, view),
      ),
  };
}
