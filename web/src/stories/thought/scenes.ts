/** The story of a thought: the puzzle, and what a model makes of it segment by segment. */
import { thePuzzle } from "./scenes/00-puzzle";
import { segmentBySegment } from "./scenes/01-segments";
import { insideTheThought } from "./scenes/02-inside";
import { viewByView } from "./scenes/03-views";
import type { ThoughtScene } from "./facts";

export const scenes: readonly ThoughtScene[] = [
  thePuzzle,
  segmentBySegment,
  insideTheThought,
  viewByView,
];
