/** Jobs that a worker does one after the other, from the worker's side; see `jobs.ts`. */
import { sentence } from "../recording/problem";
import type { FromServer, ToServer } from "./jobs";

/** Reports how far a job is; throws once the job was cancelled, which ends it. */
export type Report<Progress> = (progress: Progress) => Promise<void>;

/** A cancelled job ends with this; the page has stopped listening by then. */
class Cancelled extends Error {}

/**
 * Does the jobs that the page sends, with `run`. `breaks` says of an error whether a fresh worker
 * should do the next.
 */
export function serve<Job, Progress, Result>(
  run: (folder: string, job: Job, report: Report<Progress>) => Promise<Result | null>,
  breaks: (error: unknown) => boolean,
): void {
  const cancelled = new Set<number>();
  let queue: Promise<void> = Promise.resolve();
  const send = (message: FromServer<Progress, Result>): void => postMessage(message);

  async function work({ id, folder, job }: ToServer<Job> & { kind: "start" }): Promise<void> {
    const goOn = (): void => {
      if (cancelled.has(id)) throw new Cancelled();
    };
    try {
      goOn();
      const report: Report<Progress> = async (progress) => {
        send({ kind: "progress", id, progress });
        await breathe();
        goOn();
      };
      send({ kind: "done", id, result: await run(folder, job, report) });
    } catch (error) {
      if (error instanceof Cancelled) return;
      send({ kind: "failed", id, message: sentence(error), broken: breaks(error) });
    } finally {
      cancelled.delete(id);
    }
  }

  self.addEventListener("message", ({ data }: MessageEvent<ToServer<Job>>) => {
    if (data.kind === "cancel") cancelled.add(data.id);
    else queue = queue.then(() => work(data));
  });
}

/** Lets messages in, so that a cancel is heard in the middle of a job. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
