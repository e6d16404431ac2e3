/**
 * Thinks about a test of a task as `hrmkit solve arc` does: every view until the model halts, its
 * answer undone, equal answers counted; ties go to the higher mean of q as a chance. The view that
 * is the task as it is thinks on to its last segment, for the recording.
 */
import { shortest } from "../../recording/float32";
import { Problem } from "../../recording/problem";
import type { Counted, Vote, VotedView } from "../../recording/thought.gen";
import { at, last, mean, range } from "../../lib/list";
import { cropped, type Disguise } from "../../lib/rules/arc";
import type { AskedTask } from "./messages";
import type { Mind } from "./mind";
import type { TableTask } from "./models";
import type { Watch } from "./think";
import { begin, segment, thinksOn, togetherOf, type ViewThought } from "./viewThought";

/** A test on the table. */
export interface Test {
  readonly task: TableTask;
  /** From 1. */
  readonly number: number;
  readonly given: readonly number[];
  readonly answer: readonly number[] | null;
}

export interface VotedThought {
  /** Of the task as it is, all segments. */
  readonly plain: ViewThought;
  readonly vote: Vote;
}

/** What one view says. */
export interface Ballot {
  /** Only the grid of it, undone. */
  readonly answer: readonly number[];
  readonly chance: number;
}

/** The test that is asked about; throws where it is not on the table. */
export function testOf({ entry, table }: Mind, { task: id, test: number }: AskedTask): Test {
  const task = table?.tasks.find((one) => one.id === id);
  if (!task) {
    throw new Problem(
      `There is no task “${id}” on the table of ${entry.name}: choose one of the ` +
        `${table?.tasks.length ?? 0} in the list.`,
    );
  }
  const test = task.tests[number - 1];
  if (!test) {
    throw new Problem(`Task ${id} has ${task.tests.length} tests: there is no test ${number}.`);
  }
  return { task, number, ...test };
}

/** Thinks about a test in its first `views` views, or as many as there are. */
export async function voteOn(
  mind: Mind,
  test: Test,
  asked: Pick<AskedTask, "segments" | "haltThreshold" | "views">,
  watch: Watch,
): Promise<VotedThought> {
  const { segments: most, haltThreshold } = asked;
  const views = Math.min(asked.views, test.task.views.length);
  const told = (thought: ViewThought): Promise<void> =>
    watch({
      view: thought.number,
      views,
      segment: thought.segments.length,
      segments: most,
      answer: last(thought.segments).answer,
    });
  const think = async (group: readonly ViewThought[]): Promise<void> => {
    for (let going = group; going.length; going = going.filter((one) => thinksOn(one, most))) {
      await segment(mind, going, haltThreshold);
      await told(at(going, 0));
    }
  };
  const plain = viewOf(mind, test, 1);
  await think([plain]);
  const ballots = [ballotOf(plain)];
  while (plain.segments.length < most) {
    await segment(mind, [plain], haltThreshold);
    await told(plain);
  }
  while (ballots.length < views) {
    const next = ballots.length + 1;
    const many = Math.min(togetherOf(mind, most), views - ballots.length);
    const group = range(many).map((i) => viewOf(mind, test, next + i));
    await think(group);
    ballots.push(...group.map(ballotOf));
  }
  return { plain, vote: counted(test, ballots) };
}

/** A view before its first segment; the first is the task as it is. */
function viewOf(mind: Mind, { task, given }: Test, number: number): ViewThought {
  const { tags } = mind.table ?? { tags: null };
  const { width } = mind.entry;
  const row = (task.first + number - 1) * width;
  const tag = tags && tags.subarray(row, row + width);
  return begin(mind, given, number, number === 1 ? null : disguiseOf(task, number), tag);
}

function disguiseOf(task: TableTask, number: number): Disguise {
  const [turn = 0, ...colours] = at(task.views, number - 1);
  return { turn, colours };
}

function ballotOf(thought: ViewThought): Ballot {
  // The model's float32 as a chance, as in solving/arc.py.
  const chance = 1 / (1 + Math.exp(-thought.q));
  return { answer: cropped(last(thought.segments).answer), chance };
}

/** The vote, as it is recorded. */
function counted({ task, number }: Test, ballots: readonly Ballot[]): Vote {
  const { candidates, votes } = count(ballots);
  return {
    task: task.id,
    test: number,
    tests: task.tests.length,
    examples: task.examples.map(({ given, answer }) => ({
      given: [...given],
      answer: [...answer],
    })),
    views: ballots.map(({ chance }, i) => ({
      ...asRecorded(disguiseOf(task, i + 1)),
      candidate: at(votes, i),
      chance: shortest(chance),
    })),
    candidates,
  };
}

function asRecorded({ turn, colours }: Disguise): Pick<VotedView, "turn" | "colours"> {
  // There are ten of them, which the type of a file's lists says and that of Python's data not.
  return { turn, colours: [...colours] as VotedView["colours"] };
}

/**
 * The distinct answers, the most counted first; ties go to the higher mean chance, then to the one
 * that came first. `votes` has the place of each ballot's answer among them.
 */
export function count(ballots: readonly Ballot[]): { candidates: Counted[]; votes: number[] } {
  const heaps = new Map<string, Ballot[]>();
  const keys = ballots.map(({ answer }) => answer.join());
  ballots.forEach((ballot, i) => {
    const key = at(keys, i);
    heaps.set(key, [...(heaps.get(key) ?? []), ballot]);
  });
  const ranked = [...heaps]
    .map(([key, heap]) => ({ key, heap, chance: mean(heap.map(({ chance }) => chance)) }))
    .sort((a, b) => b.heap.length - a.heap.length || b.chance - a.chance);
  const places = new Map(ranked.map(({ key }, place) => [key, place]));
  return {
    candidates: ranked.map(({ heap, chance }) => ({
      answer: [...at(heap, 0).answer],
      count: heap.length,
      chance: shortest(chance),
    })),
    votes: keys.map((key) => places.get(key) ?? 0),
  };
}
