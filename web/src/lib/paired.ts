/** Differences between two ways that were tried from the same seeds. */
import { at } from "./list";

/** Student's t for 95%, two-sided, by degrees of freedom from 1 on; beyond, the last is a little wide. */
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16,
];

export interface Difference {
  readonly mean: number;
  /** The ends of the 95% interval of the mean; nothing is known of them with one seed. */
  readonly low: number;
  readonly high: number;
}

/** Mean and interval of `after - before`, seed by seed (Student 1908, "The probable error of a mean"). */
export function pairedDifference(before: readonly number[], after: readonly number[]): Difference {
  const many = Math.min(before.length, after.length);
  const each = after.slice(0, many).map((value, i) => value - at(before, i));
  const mean = each.reduce((sum, one) => sum + one, 0) / Math.max(1, many);
  if (many < 2) return { mean, low: -Infinity, high: Infinity };
  const squares = each.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const t = T95[many - 2] ?? at(T95, T95.length - 1);
  const reach = t * Math.sqrt(squares / (many - 1) / many);
  return { mean, low: mean - reach, high: mean + reach };
}

export type Verdict = "more" | "less" | "tie";

/** Nearer than this, percentages are the same. */
const SAME = 0.005;

/**
 * A tie where the 95% interval of the difference, seed by seed, has zero in it; with one seed,
 * where the percentages are the same.
 */
export function compare(before: readonly number[], after: readonly number[]): Verdict {
  const { mean: by, low, high } = pairedDifference(before, after);
  const told = Math.min(before.length, after.length) < 2 || low > 0 || high < 0;
  if (!told || Math.abs(by) <= SAME) return "tie";
  return by > 0 ? "more" : "less";
}
