/** Runs and thoughts as files, and as the studio's server sends them: nothing in them is trusted. */
import { afterEach, describe, expect, test, vi } from "vitest";

import { gzip } from "../../src/recording/gzip";
import { fetchFresh, readRecording } from "../../src/recording/load";
import type { RunRecording } from "../../src/recording/run.gen";
import type { ThoughtRecording } from "../../src/recording/thought.gen";
import { fileName, packed, sealed } from "../../src/recording/write";
import { run, thought } from "./puzzle-fixture";
import { STORIES } from "../../src/stories/registry";
import { definitions } from "./fixtures";

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const refused = (value: unknown): Promise<string> =>
  readRecording(bytesOf(value), "it", STORIES).then(
    () => "was read",
    (error: Error) => error.message,
  );

describe("a run", () => {
  test("comes back as it was written, with a hash", async () => {
    const whole = await sealed<RunRecording>(run());
    expect(whole.hash).toHaveLength(64);
    const file = new Uint8Array(await (await packed(whole)).arrayBuffer());
    expect(await readRecording(file, "run", STORIES)).toEqual(whole);
    expect(fileName(whole, STORIES, definitions)).toBe(
      "run-sudoku-tiny-step-3001-seed-7.hrm.json.gz",
    );
    expect(fileName(run({ on: "own" }), STORIES, definitions)).toContain("run-Mine-tiny");
    expect(await refused({ ...whole, seed: 8 })).toContain("do not match its hash");
  });

  const wrong: [string, (one: RunRecording) => unknown][] = [
    ["board.width", (one) => ({ ...one, board: { ...one.board, width: 8 } })],
    ["board.box is 2", (one) => ({ ...one, board: { ...one.board, box: 2 } })],
    ["board.names", (one) => ({ ...one, board: { ...one.board, names: [] } })],
    ["too long for a cell", (one) => ({ ...one, board: { ...one.board, glyphs: glyphs("1234") } })],
    ["a step of train", (one) => ({ ...one, train: one.train.toReversed() })],
    [
      "a share in an evaluation is 2",
      (one) => ({ ...one, evaluations: [{ ...one.evaluations[0], exact: 2 }] }),
    ],
    [
      "evaluations.0.by_segment",
      (one) => ({ ...one, evaluations: [{ ...one.evaluations[0], by_segment: [] }] }),
    ],
    ["a cell of an answer", (one) => watched(one, { answers: [cells(81, 11)], q_halt: [0] })],
    [
      "an answer to the watched puzzle has 80",
      (one) => watched(one, { answers: [cells(80, 1)], q_halt: [0] }),
    ],
    ["a view's q_halt", (one) => watched(one, { answers: [cells(81, 1)], q_halt: [] })],
    [
      "the segments used",
      (one) => watched(one, { answers: [cells(81, 1)], q_halt: [0], segments_used: 2 }),
    ],
    ["end", (one) => ({ ...one, end: { step: 1, why: "tired" } })],
  ];
  test.each(wrong)("of which %s is wrong is refused", async (named, change) => {
    expect(await refused(change(run()))).toContain(named.startsWith("board.w") ? "board" : named);
  });
});

function glyphs(first: string): string[] {
  return [first, ...Array.from({ length: 10 }, () => "")];
}

function cells(count: number, token: number): number[] {
  return Array.from({ length: count }, () => token);
}

function watched(one: RunRecording, view: object): unknown {
  const views = [{ step: 1, used: 1, ...view }];
  return { ...one, watched: { ...one.watched, views } };
}

describe("a thought", () => {
  test("comes back as it was written", async () => {
    const whole = await sealed<ThoughtRecording>(thought());
    const file = new Uint8Array(await (await packed(whole)).arrayBuffer());
    expect(await readRecording(file, "thought", STORIES)).toEqual(whole);
    expect(fileName(whole, STORIES, definitions)).toBe("thought-sudoku-tiny-step-3000.hrm.json.gz");
  });

  const wrong: [string, (one: ThoughtRecording) => unknown][] = [
    ["the puzzle has 2 entries", (one) => ({ ...one, given: [1, 2] })],
    ["a cell of the solution", (one) => ({ ...one, solution: cells(81, -5) })],
    ["used is 9", (one) => ({ ...one, used: 9 })],
    ["segments", (one) => ({ ...one, segments: [] })],
    [
      "a cell that changed is 81",
      (one) => ({ ...one, segments: [{ ...one.segments[0], changed: [81] }], used: 1 }),
    ],
  ];
  test.each(wrong)("of which %s is wrong is refused", async (named, change) => {
    expect(await refused(change(thought()))).toContain(named);
  });
});

describe("a run that the studio reads", () => {
  afterEach(() => void vi.unstubAllGlobals());
  const answering = (response: () => Response) => {
    const asked: [string, RequestInit | undefined][] = [];
    vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
      asked.push([path, init]);
      return response();
    });
    return asked;
  };

  test("is sent once, and then only when there is something new", async () => {
    const body = await gzip(bytesOf(run()));
    const headers = { etag: '"a"' };
    const asked = answering(() => new Response(body, { headers }));
    const fresh = await fetchFresh("mine.run", null, STORIES);
    expect(fresh?.recording).toEqual(run());
    expect(fresh?.tag).toBe('"a"');
    answering(() => new Response(null, { status: 304 }));
    expect(await fetchFresh("mine.run", '"a"', STORIES)).toBeNull();
    expect(asked[0]?.[0]).toBe("recordings/mine.run");
    expect(asked[0]?.[1]?.cache).toBe("no-store");
    const again = answering(() => new Response(null, { status: 304 }));
    await fetchFresh("mine.run", '"a"', STORIES);
    expect(again[0]?.[1]?.headers).toEqual({ "If-None-Match": '"a"' });
  });

  test("that is broken says what the server says", async () => {
    answering(() => Response.json({ problem: "The run cannot be read: x." }, { status: 409 }));
    await expect(fetchFresh("mine.run", null, STORIES)).rejects.toThrow(
      "The run cannot be read: x.",
    );
    answering(() => new Response("", { status: 404 }));
    await expect(fetchFresh("mine.run", null, STORIES)).rejects.toThrow("does not exist here");
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("no");
    });
    await expect(fetchFresh("mine.run", null, STORIES)).rejects.toThrow("Is the studio running?");
  });
});
