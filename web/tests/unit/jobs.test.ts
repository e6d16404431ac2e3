/** Jobs of a worker: their results, their end, and what becomes of the worker. */
import { describe, expect, test } from "vitest";

import { Jobs, type FromServer, type ToServer } from "../../src/engine/jobs";
import { Problem } from "../../src/recording/problem";

type Sent = ToServer<string>;
const TOLD = { noWebAssembly: "none", noWorkers: "no workers", crashed: "it crashed" };

/** A worker that does what the test says. */
class Fake extends EventTarget {
  readonly sent: Sent[] = [];
  ended = false;

  postMessage(message: Sent): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  answer(data: FromServer<number, string>): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

function jobs(): { readonly workers: Fake[]; readonly all: Jobs<string, number, string> } {
  const workers: Fake[] = [];
  const spawn = (): Worker => {
    workers.push(new Fake());
    return workers.at(-1) as unknown as Worker;
  };
  return { workers, all: new Jobs(spawn, "folder/", TOLD) };
}

describe("a job", () => {
  test("is sent with its folder, reports, and ends with its result", async () => {
    const { workers, all } = jobs();
    const heard: number[] = [];
    const result = all.run("a", (progress) => heard.push(progress));
    expect(workers[0]?.sent).toEqual([{ kind: "start", id: 0, folder: "folder/", job: "a" }]);
    expect(all.answered).toBe(false);
    workers[0]?.answer({ kind: "progress", id: 0, progress: 3 });
    workers[0]?.answer({ kind: "done", id: 0, result: "done" });
    expect(await result).toBe("done");
    expect(heard).toEqual([3]);
    expect(all.answered).toBe(true);
  });

  test("that is cancelled tells the worker, and hears nothing more", async () => {
    const { workers, all } = jobs();
    const controller = new AbortController();
    const result = all.run("a", () => expect.fail("it was cancelled"), controller.signal);
    controller.abort();
    await expect(result).rejects.toThrow("cancelled");
    expect(workers[0]?.sent.at(-1)).toEqual({ kind: "cancel", id: 0 });
    workers[0]?.answer({ kind: "progress", id: 0, progress: 1 });
    await expect(all.run("b", () => undefined, controller.signal)).rejects.toThrow("cancelled");
    expect(workers[0]?.sent).toHaveLength(2);
  });

  test.each([
    [false, 1],
    [true, 2],
  ])("that failed, the worker broken: %s, leaves %i workers", async (broken, many) => {
    const { workers, all } = jobs();
    const result = all.run("a", () => undefined);
    workers[0]?.answer({ kind: "failed", id: 0, message: "no", broken });
    await expect(result).rejects.toThrow(new Problem("no"));
    void all.run("b", () => undefined);
    expect(workers).toHaveLength(many);
    expect(workers[0]?.ended).toBe(broken);
  });

  test("of a worker that crashes fails, with all others, and the next has a fresh one", async () => {
    const { workers, all } = jobs();
    const both = [all.run("a", () => undefined), all.run("b", () => undefined)];
    workers[0]?.dispatchEvent(new Event("error", { cancelable: true }));
    for (const one of both) await expect(one).rejects.toThrow("it crashed");
    const next = all.run("c", () => undefined);
    workers[1]?.answer({ kind: "done", id: 2, result: null });
    expect(await next).toBeNull();
  });

  test("where no worker starts says so", async () => {
    const spawn = (): Worker => {
      throw new Error("forbidden");
    };
    const all = new Jobs<string, number, string>(spawn, "", TOLD);
    await expect(all.run("a", () => undefined)).rejects.toThrow("no workers");
  });
});
