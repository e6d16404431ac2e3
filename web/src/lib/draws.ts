/**
 * Seeded draws, the same as Python's `hrmkit.draws.Draws`: NumPy's RandomState, which is the
 * Mersenne Twister, two 32-bit numbers to a draw.
 */
import { mersenne } from "pure-rand/generator/mersenne";

/** A seed that follows from a text (FNV-1a, 32 bits). */
export function seedOf(text: string): number {
  let seed = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) seed = Math.imul(seed ^ text.charCodeAt(i), 0x01000193);
  return seed >>> 0;
}

export class Draws {
  readonly #next: () => number;

  constructor(seed: number) {
    const generator = mersenne(seed);
    this.#next = () => generator.next() >>> 0;
  }

  /** A number in [0, 1). */
  uniform(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A whole number in 0 .. n-1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** A new list of the same items in random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  }
}
