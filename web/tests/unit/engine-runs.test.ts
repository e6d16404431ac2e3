/** Whole runs of the page's engine, held to PyTorch's. */
import { expect, test } from "vitest";

import { record } from "../../src/engine/record";
import { calm, quietLibrary, parityOfTorch, WAYS } from "./engine-fixture";
import { storyFixture } from "./fixtures";

/**
 * Whole runs against PyTorch's, seed by seed. The arithmetic drifts apart in the last digits and Adam
 * enlarges that, so that single runs end differently, those of the flat model by much: after ten
 * examples it has not settled on an answer. The mean of the differences may not be told from zero:
 * within this many standard errors, or within what is too little to matter.
 */
const STANDARD_ERRORS = 3;
const TOO_LITTLE = 0.02;
/** The means have to be known well enough for that to say something. */
const STANDARD_ERROR_LIMIT = 0.05;

const PRESETS = ["keydoor", "keydoor-flat"];
const COMPARED = PRESETS.flatMap((preset) =>
  WAYS.filter(([learn]) => learn === "labels" || preset === "keydoor").map(
    ([learn, , kept]) => [preset, learn, kept] as const,
  ),
);

/** Mean of some values, and its standard error. */
function spreadOf(values: readonly number[]): { mean: number; error: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (n - 1) / n) };
}

test.each(COMPARED)(
  "whole runs of %s from %s reach what PyTorch's reach",
  { timeout: 120_000 },
  async (preset, learn, kept) => {
    const library = quietLibrary();
    const { settings } = await storyFixture();
    const theirs = Object.entries(parityOfTorch()[kept][preset] ?? {});
    const differences: number[] = [];
    for (const [seed, success] of theirs) {
      const asked = { ...settings, preset, seed: Number(seed), learn };
      const nothing = { ablations: [], spread: null };
      const made = await record(library, asked, "", nothing, "test", calm);
      const reached = made.curve.at(-1)?.score.success ?? NaN;
      differences.push(reached - success);
    }
    expect(differences.length).toBeGreaterThanOrEqual(10);
    const { mean, error } = spreadOf(differences);
    expect(Math.abs(mean)).toBeLessThanOrEqual(Math.max(STANDARD_ERRORS * error, TOO_LITTLE));
    expect(error).toBeLessThanOrEqual(STANDARD_ERROR_LIMIT);
  },
);
