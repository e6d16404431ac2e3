import { gzip } from "./gzip";
import { hashOf } from "./hash";
import type { AnyRecording } from "./kinds";
import type { LadderRecording } from "./ladder.gen";
import type { Recording } from "./types.gen";

/** A finished recording: the same with its hash (empty where the browser cannot compute one). */
export async function sealed<R extends AnyRecording>(recording: Omit<R, "hash">): Promise<R> {
  return { ...recording, hash: (await hashOf(recording)) ?? "" } as R;
}

/** The bytes of a recording's file, `.hrm.json.gz`. */
export async function packed(recording: AnyRecording): Promise<Blob> {
  // JSON.stringify drops the sign of -0, which Python writes and the hash counts.
  const text = JSON.stringify(recording, (_, value: unknown) =>
    Object.is(value, -0) ? MINUS_ZERO : value,
  ).replaceAll(JSON.stringify(MINUS_ZERO), "-0.0");
  return gzip(new TextEncoder().encode(text));
}

/** Stands for -0 until the text is whole; no recording has such a text. */
const MINUS_ZERO = "\u0000-0";

/** A file name for a recording that says what it is. */
export function fileName(recording: AnyRecording): string {
  return `${partsOf(recording).filter(Boolean).join("-")}.hrm.json.gz`;
}

function partsOf(recording: AnyRecording): string[] {
  switch (recording.kind) {
    case "fine-tuning":
      return fineTuningParts(recording);
    case "ladder":
      return ladderParts(recording);
    case "run":
      return [
        "run",
        plainName(recording.puzzle),
        recording.model.preset ?? "",
        `step-${Math.max(recording.end?.step ?? 0, recording.train.at(-1)?.step ?? 0)}`,
        `seed-${recording.seed}`,
      ];
    case "thought":
      return [
        "thought",
        plainName(recording.puzzle),
        recording.model.preset ?? "",
        recording.step === null ? "" : `step-${recording.step}`,
      ];
  }
}

/** A puzzle's name, FILE.py:Class among them, as part of a file's name. */
function plainName(puzzle: string): string {
  return (puzzle.split(":").at(-1) ?? puzzle).replaceAll(/[^\w-]+/g, "-");
}

function fineTuningParts({ settings, world }: Recording): string[] {
  return [
    world.name,
    settings.preset.replace(/^keydoor-?/, ""),
    `${settings.tiles}-tiles`,
    `${settings.examples}-examples`,
    settings.noise ? `noise-${settings.noise}` : "",
    `seed-${settings.seed}`,
  ];
}

function ladderParts({ settings, width, bench }: LadderRecording): string[] {
  const seeds = settings.seeds.length;
  return [
    "ladder",
    `${width}x${width}`,
    seeds === 1 ? "1-seed" : `${seeds}-seeds`,
    bench.length ? `bench-${bench.length}` : "",
  ];
}
