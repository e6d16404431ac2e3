/** The page thinks what Python thinks: recordings of both about the same puzzles. */
import * as ort from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, test } from "vitest";

import type { Asked, ThoughtProgress } from "../../src/engine/thinker/messages";
import { helpBy, type FromHelper, type Port, type ToHelper } from "../../src/engine/thinker/beside";
import { Minds, openSegment, type Segment } from "../../src/engine/thinker/mind";
import { INDEX, modelOf, type Fetcher } from "../../src/engine/thinker/models";
import { recordThought } from "../../src/engine/thinker/record";
import type { Watch } from "../../src/engine/thinker/think";
import type { Ort } from "../../src/engine/runtime";
import { Problem } from "../../src/recording/problem";
import { checkRecording, readRecording } from "../../src/recording/load";
import type { ThoughtRecording } from "../../src/recording/thought.gen";
import { STORIES } from "../../src/stories/registry";
import { count, type Ballot } from "../../src/engine/thinker/vote";
import { at, sum } from "../../src/lib/list";
import { fixture, fixtureJson } from "./fixtures";

interface Listed {
  readonly name: string;
  readonly model: string;
  readonly height: number;
  readonly width: number;
  readonly segments: number;
  readonly views: number;
}

interface ListedTask {
  readonly name: string;
  readonly model: string;
  readonly task: string;
  readonly test: number;
  readonly segments: number;
  readonly views: number;
}

const listed = fixtureJson("thoughts/index.json") as readonly (Listed | ListedTask)[];
const thoughts = listed.filter((one): one is Listed => !("task" in one));
const votes = listed.filter((one): one is ListedTask => "task" in one);
/** Sums of float32 in another order: of logits, over sixteen segments. */
const CLOSE = 5e-3;
/** Thousandths, rounded down. */
const CERTAINTY = 2e-3;

const fetcher: Fetcher = async (name) => fixture(`thinkers/${name}`).buffer;
const calm: Watch = async () => undefined;
let minds: Minds;

beforeAll(() => {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  minds = new Minds(fetcher, ort as unknown as Ort);
});

async function ofPython({ name }: Pick<Listed, "name">): Promise<ThoughtRecording> {
  const path = `thoughts/${name}`;
  return (await readRecording(fixture(path), name, STORIES)) as ThoughtRecording;
}

function askedFor(listed: Listed, recording: ThoughtRecording): Asked {
  const { model, height, width, segments, views } = listed;
  const { given, board, halt_threshold } = recording;
  const own = given.filter(
    (_, cell) => cell % board.width < width && Math.floor(cell / board.width) < height,
  );
  const title = null;
  return {
    model,
    given: own,
    height,
    width,
    segments,
    views,
    haltThreshold: halt_threshold ?? null,
    title,
  };
}

/** A recording without what two runtimes may differ in, which is compared apart. */
function exactly(recording: ThoughtRecording): unknown {
  const { made_by: _, hash: __, inside: ___, vote, ...rest } = recording;
  return {
    ...rest,
    vote: vote
      ? {
          ...vote,
          views: vote.views.map(({ chance: _, ...view }) => view),
          candidates: vote.candidates.map(({ chance: _, ...one }) => one),
        }
      : null,
    segments: rest.segments.map(({ q_halt: _, ...segment }) => segment),
    tried: rest.tried?.map(({ q_halt: _, ...view }) => view),
  };
}

/** What may differ in the last digits, in one order. */
function nearly({ segments, tried, inside, vote }: ThoughtRecording): number[] {
  const paths = [inside?.high, inside?.low].flatMap((path) => (path ? path.residuals : []));
  const chances = [...(vote?.views ?? []), ...(vote?.candidates ?? [])].map(({ chance }) => chance);
  const q = [...segments, ...(tried ?? [])].map((one) => one.q_halt ?? NaN);
  return [...q, ...paths, ...chances];
}

/** Holds a recording of the page to Python's of the same. */
async function isPythons(found: ThoughtRecording, expected: ThoughtRecording): Promise<void> {
  expect(exactly(found)).toEqual(exactly(expected));
  const [a, b] = [nearly(found), nearly(expected)];
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(Math.abs(at(a, i) - at(b, i))).toBeLessThan(CLOSE);
  const sure = (one: ThoughtRecording): number[] => one.inside?.certainty?.flat() ?? [];
  const [ours, theirs] = [sure(found), sure(expected)];
  expect(ours.length).toBe(expected.segments.length * expected.board.cells);
  expect(theirs.length).toBe(ours.length);
  const apart = ours.map((one, i) => Math.abs(one - at(theirs, i)));
  expect(Math.max(...apart)).toBeLessThan(CERTAINTY);
  // What the page writes, the page reads.
  await checkRecording(JSON.parse(JSON.stringify(found)), "the page's", STORIES);
}

describe.each(thoughts)("$name", (listed) => {
  test("the page's recording is Python's", async () => {
    const expected = await ofPython(listed);
    const found = await recordThought(minds, askedFor(listed, expected), "wasm", calm);
    await isPythons(found, expected);
  });
});

describe.each(votes)("task $task, test $test", ({ name, task, test: number, ...how }) => {
  const asked = { ...how, task, test: number, haltThreshold: null, title: null };

  test("the page counts as Python does: every view's answer, the best two, and how sure", async () => {
    const expected = await ofPython({ name });
    expect(expected.vote?.views.length).toBe(how.views);
    await isPythons(await recordThought(minds, asked, "wasm", calm), expected);
  });
});

describe("a vote", () => {
  const [first] = votes;
  const asked = { ...(first as ListedTask), haltThreshold: null, title: null };

  test("of fewer views is a vote of the first ones", async () => {
    const all = (await ofPython(asked)).vote;
    const some = (await recordThought(minds, { ...asked, views: 5 }, "wasm", calm)).vote;
    const answers = (vote: typeof all): unknown =>
      vote?.views
        .slice(0, 5)
        .map(({ candidate, ...view }) => [view.turn, at(vote.candidates, candidate).answer]);
    expect(some?.views).toHaveLength(5);
    expect(answers(some)).toEqual(answers(all));
    expect(sum((some?.candidates ?? []).map(({ count }) => count))).toBe(5);
  });

  test("is cancelled between two segments", async () => {
    let seen = 0;
    const stopped = recordThought(minds, asked, "wasm", async ({ view, views }) => {
      expect(view).toBeLessThanOrEqual(views);
      if (++seen === 15) throw new Error("cancelled");
    });
    await expect(stopped).rejects.toThrow("cancelled");
    expect(seen).toBe(15);
  });

  test.each([
    [{ task: "00000000" }, /There is no task “00000000” on the table of arc-pocket/],
    [{ test: 3 }, /Task 6ea4a07e has 2 tests: there is no test 3/],
    [{ views: 34 }, /34 views are not possible: choose 1 to 33/],
  ])("about %j is refused with a sentence", async (changed, says) => {
    const made = recordThought(minds, { ...asked, ...changed }, "wasm", calm);
    expect(await sentenceOf(made)).toMatch(says);
  });

  test("counts equal answers; ties go to the surer one, then to the first", () => {
    const ballot = (token: number, chance: number): Ballot => ({ answer: [token], chance });
    const { candidates, votes: given } = count([
      ballot(5, 0.5),
      ballot(4, 0.25),
      ballot(3, 0.5),
      ballot(4, 0.75),
      ballot(6, 0.875),
    ]);
    expect(candidates.map(({ answer, count: many }) => [at(answer, 0), many])).toEqual([
      [4, 2],
      [6, 1],
      [5, 1],
      [3, 1],
    ]);
    expect(at(candidates, 0).chance).toBe(0.5);
    expect(given).toEqual([2, 0, 3, 0, 1]);
  });
});

const WIDE = at(thoughts, 0);
/** It takes four views. */
const VIEWS = at(thoughts, 5);
/** It takes six. */
const MANY = at(thoughts, 6);

async function asked(listed: Listed, changed: Partial<Asked> = {}): Promise<Asked> {
  return { ...askedFor(listed, await ofPython(listed)), ...changed };
}

const sentenceOf = (made: Promise<unknown>): Promise<string> =>
  made.then(
    () => "",
    (error: unknown) => (error instanceof Problem ? error.message : `not a Problem: ${error}`),
  );

test("progress goes through every segment of every view, and on with the view that counts", async () => {
  const listed = at(thoughts, 2);
  const seen: ThoughtProgress[] = [];
  const recording = await recordThought(minds, await asked(listed), "wasm", async (progress) => {
    seen.push(progress);
  });
  expect(at(seen, 0)).toMatchObject({ view: 1, views: listed.views, segment: 1, segments: 16 });
  expect(seen.every(({ answer }) => answer.length === 81)).toBe(true);
  const told = at(seen, seen.length - 1);
  expect(told.view).toBe(recording.view ?? 1);
  expect(told.segment).toBe(16);
  expect(told.answer).toEqual(at(recording.segments, 15).answer);
});

test("a cancel between two segments ends the thought, and the next is as if nothing had been", async () => {
  const before = await recordThought(minds, await asked(VIEWS), "wasm", calm);
  for (const after of [1, 3, 10]) {
    let seen = 0;
    const stopped = recordThought(minds, await asked(VIEWS), "wasm", async () => {
      if (++seen === after) throw new Error("cancelled");
    });
    await expect(stopped).rejects.toThrow("cancelled");
    expect(seen).toBe(after);
  }
  expect(await recordThought(minds, await asked(VIEWS), "wasm", calm)).toEqual(before);
});

test("without a halt threshold the model's own rule halts; with a higher one, later or never", async () => {
  const used = async (haltThreshold: number | null): Promise<number> =>
    (await recordThought(minds, await asked(VIEWS, { haltThreshold, views: 1 }), "wasm", calm))
      .segments_used;
  const [own, high] = [await used(null), await used(0.999999)];
  expect(own).toBeLessThanOrEqual(high);
  expect(high).toBe(8);
});

describe("one sentence for", () => {
  const wrong: readonly [string, Partial<Asked>, RegExp][] = [
    ["an unknown model", { model: "deep-thought" }, /No model here is called “deep-thought”/],
    ["80 cells", { given: Array<number>(80).fill(1) }, /has 80 cells, not 81/],
    [
      "a sudoku of another size",
      { given: Array<number>(16).fill(1), height: 4, width: 4 },
      /has 4 x 4 cells, and sudoku-hrm reads 9 x 9/,
    ],
    ["a token that is none", { given: Array<number>(81).fill(11) }, /The token 11 is not/],
    ["digits that meet", { given: Array<number>(81).fill(2) }, /1 is twice in row 1/],
    ["no segments", { segments: 0 }, /0 segments are not possible: choose 1 to 64/],
    ["too many views", { views: 1000 }, /1000 views are not possible: choose 1 to 128/],
    ["a threshold that is none", { haltThreshold: 1 }, /halt threshold is 1/],
  ];
  test.each(wrong)("%s", async (_, changed, says) => {
    const said = await sentenceOf(recordThought(minds, await asked(VIEWS, changed), "wasm", calm));
    expect(said).toMatch(says);
  });

  test("a maze that is larger than the canvas", async () => {
    const listed = thoughts.find(({ model }) => model === "maze-15") ?? WIDE;
    const large = { given: Array<number>(256).fill(2), height: 16, width: 16 };
    const said = await sentenceOf(recordThought(minds, await asked(listed, large), "wasm", calm));
    expect(said).toBe("This maze has 16 x 16 cells, and maze-15 reads at most 15 x 15.");
  });
});

describe("what is damaged", () => {
  const spoiled =
    (part: string, spoil: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): Fetcher =>
    async (name) => {
      const bytes = new Uint8Array(await fetcher(name));
      return (name.startsWith(part) ? spoil(bytes) : bytes).buffer;
    };
  const thinks = async (damaged: Fetcher): Promise<string> =>
    sentenceOf(
      recordThought(new Minds(damaged, ort as unknown as Ort), await asked(VIEWS), "wasm", calm),
    );

  test("weights with one wrong bit, or cut short, give one sentence", async () => {
    const flipped = spoiled("weights-", (bytes) => {
      bytes[1000] = at(bytes, 1000) ^ 1;
      return bytes;
    });
    const short = spoiled("weights-", (bytes) => bytes.slice(0, -2));
    for (const damaged of [flipped, short]) {
      expect(await thinks(damaged)).toMatch(
        /^The weights of sudoku-hrm are damaged: thinkers\/weig/,
      );
    }
  });

  test("a graph, an index and views that cannot be read give one sentence", async () => {
    const cut = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => bytes.slice(0, 300);
    expect(await thinks(spoiled("segment-", cut))).toMatch(/graph of sudoku-hrm cannot be started/);
    expect(await thinks(spoiled(INDEX, cut))).toMatch(/thinkers\/index.json is not JSON/);
    expect(await thinks(spoiled("views-", cut))).toMatch(
      /thinkers\/views-sudoku-81.json is not JS/,
    );
  });

  test("is fetched again the next time", async () => {
    let broken = true;
    const mended: Fetcher = async (name) => {
      const bytes = await fetcher(name);
      return broken && name.startsWith("weights-") ? bytes.slice(2) : bytes;
    };
    const own = new Minds(mended, ort as unknown as Ort);
    expect(await sentenceOf(own.mind("sudoku-hrm"))).toMatch(/damaged/);
    broken = false;
    expect((await own.mind("sudoku-hrm")).entry.name).toBe("sudoku-hrm");
  });
});

describe("a helper on another core", () => {
  let before: Promise<unknown> = Promise.resolve();
  /** One after the other: here both have one runtime, in the page each has its own. */
  const inTurn =
    (segment: Segment): Segment =>
    (...puzzles) => {
      const now = before.then(() => segment(...puzzles));
      before = now;
      return now;
    };

  /** Computes what it is asked for, as the worker does; `fails` at a segment, counted from 1. */
  class Beside implements Port {
    onmessage: Port["onmessage"] = null;
    onerror: Port["onerror"] = null;
    segments = 0;
    #segment: Promise<Segment> | null = null;
    readonly #fails: number;

    constructor(fails = Infinity) {
      this.#fails = fails;
    }

    postMessage(message: ToHelper): void {
      void this.#answer(message).then((data) => {
        this.onmessage?.({ data } as MessageEvent<FromHelper>);
      });
    }

    async #answer(message: ToHelper): Promise<FromHelper> {
      if (message.kind === "open") {
        const { entry, graph, weights } = message;
        this.#segment = openSegment(ort as unknown as Ort, entry, graph, weights).then(inTurn);
        await this.#segment;
        return { kind: "ready" };
      }
      if (++this.segments >= this.#fails || !this.#segment) return { kind: "failed" };
      return { kind: "done", outputs: await (await this.#segment)(message.states, message.given) };
    }

    terminate(): void {
      this.onmessage = null;
    }
  }

  const recorded = async (port: () => Port): Promise<ThoughtRecording> => {
    const help = helpBy(port);
    const own = new Minds(fetcher, ort as unknown as Ort, (mind) =>
      help({ ...mind, segment: inTurn(mind.segment) }),
    );
    const mind = await own.mind("sudoku-hrm");
    mind.together(); // starts it
    await expect.poll(() => mind.together(), { timeout: 30_000 }).toBe(8);
    return recordThought(own, await asked(MANY), "wasm", calm);
  };

  test("takes half of the views, and nothing is otherwise", async () => {
    const beside = new Beside();
    const [alone, helped] = [
      await recordThought(minds, await asked(MANY), "wasm", calm),
      await recorded(() => beside),
    ];
    expect(beside.segments).toBeGreaterThan(3);
    expect(exactly(helped)).toEqual(exactly(alone));
  });

  test("that fails on the way leaves its views to the first", async () => {
    const alone = await recordThought(minds, await asked(MANY), "wasm", calm);
    const beside = new Beside(2);
    expect(exactly(await recorded(() => beside))).toEqual(exactly(alone));
    expect(beside.segments).toBe(2);
  });

  test("that cannot be started is not missed", async () => {
    const own = new Minds(
      fetcher,
      ort as unknown as Ort,
      helpBy(() => {
        throw new Error("no workers in workers");
      }),
    );
    const [alone, helped] = [
      await recordThought(minds, await asked(MANY), "wasm", calm),
      await recordThought(own, await asked(MANY), "wasm", calm),
    ];
    expect((await own.mind("sudoku-hrm")).together()).toBe(4);
    expect(exactly(helped)).toEqual(exactly(alone));
  });
});

test("the page is told of every model, the usual one of a kind first", async () => {
  const models = (await minds.index()).models.map(modelOf);
  expect(models.map(({ name }) => name)).toEqual([
    "sudoku-wide",
    "maze-both-15",
    "arc-pocket",
    "maze-15",
    "sudoku-easy-1000",
    "sudoku-hrm",
    "sudoku-wider",
  ]);
  expect(at(models, 1)).toMatchObject({
    puzzle: "maze",
    canvas: [15, 15],
    holdsSmaller: true,
    segments: 12,
    haltThreshold: 0.9,
    views: 8,
  });
});
