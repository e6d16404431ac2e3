/** The page thinks what Python thinks: recordings of both about the same puzzles. */
import * as ort from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, test } from "vitest";

import type { Asked, ThoughtProgress } from "../../src/engine/thinker/messages";
import { Minds } from "../../src/engine/thinker/mind";
import { INDEX, modelOf, type Fetcher } from "../../src/engine/thinker/models";
import { recordThought } from "../../src/engine/thinker/record";
import type { Watch } from "../../src/engine/thinker/think";
import type { Ort } from "../../src/engine/runtime";
import { checkRecording, readRecording } from "../../src/recording/load";
import type { ThoughtRecording } from "../../src/recording/thought.gen";
import { STORIES } from "../../src/stories/registry";
import { at } from "../../src/lib/list";
import { fixture, fixtureJson } from "./fixtures";

interface Listed {
  readonly name: string;
  readonly model: string;
  readonly height: number;
  readonly width: number;
  readonly segments: number;
  readonly views: number;
}

const thoughts = fixtureJson("thoughts/index.json") as readonly Listed[];
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

async function ofPython({ name }: Listed): Promise<ThoughtRecording> {
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
  const { maker: _, hash: __, inside: ___, ...rest } = recording;
  return {
    ...rest,
    segments: rest.segments.map(({ q_halt: _, ...segment }) => segment),
    tried: rest.tried?.map(({ q_halt: _, ...view }) => view),
  };
}

/** What may differ in the last digits, in one order. */
function nearly({ segments, tried, inside }: ThoughtRecording): number[] {
  const paths = [inside?.high, inside?.low].flatMap((path) => (path ? path.residuals : []));
  return [...segments, ...(tried ?? [])].map(({ q_halt }) => q_halt ?? NaN).concat(paths);
}

describe.each(thoughts)("$name", (listed) => {
  test("the page's recording is Python's", async () => {
    const expected = await ofPython(listed);
    const found = await recordThought(minds, askedFor(listed, expected), "wasm", calm);
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
  });
});
