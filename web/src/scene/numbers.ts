/**
 * How numbers of a recording are written, and the only derivations from them that are shown.
 *
 * A frame may show a recorded number in one of these formats, a count of recorded things, or one
 * of the derivations below; a test draws every scene and holds every number to that.
 */
export { mean, softmax } from "../lib/list";

const MINUS = "−";

function fixed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A loss in nats. */
export function loss(value: number): string {
  return fixed(value, Math.abs(value) >= 0.1 ? 2 : 3);
}

/** A reward, always with its sign. */
export function reward(value: number): string {
  const text = fixed(value, 2);
  return text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`;
}

/** A share of 1 in percent; only a whole share is 100%, only none at all is 0%. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 100 && share < 1 - 1e-6) return ">99%";
  if (rounded === 0 && share > 1e-6) return "<1%";
  return `${rounded}%`;
}

/** A weight, a change of one, a norm. */
export function weight(value: number): string {
  return fixed(value, 3);
}

/** A mean number of actions. */
export function meanSteps(value: number): string {
  return fixed(value, 1);
}

/** A whole number of things. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${grouped(value)} ${value === 1 ? one : many}`;
}

/** A large whole number, in groups of three digits. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Derivation: what q_halt means, as a chance. */
export function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Derivation: rewards summed up to and including each step. */
export function runningTotals(rewards: readonly number[]): number[] {
  let total = 0;
  return rewards.map((one) => (total += one));
}

/** Derivation: the smallest and the largest over seeds. */
export function extent(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
