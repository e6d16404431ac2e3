/** The story of a thought: the puzzle, and what a model makes of it segment by segment. */
import { thePuzzle } from "./scenes/00-puzzle";
import { theTask } from "./scenes/00-task";
import { segmentBySegment } from "./scenes/01-segments";
import { insideTheThought } from "./scenes/02-inside";
import { viewByView } from "./scenes/03-views";
import { theVote } from "./scenes/03-vote";
import { byVote } from "./scenes/byVote";
import type { ThoughtScene } from "./facts";

export const scenes: readonly ThoughtScene[] = [
  byVote(thePuzzle, theTask),
  segmentBySegment,
  insideTheThought,
  byVote(viewByView, theVote),
];
