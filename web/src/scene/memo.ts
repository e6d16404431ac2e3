/** Remembers what was computed for an object for as long as the object lives; still pure. */
export function memo<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = compute(key);
    known.set(key, value);
    return value;
  };
}

/** The same for an object and a text. */
export function memoBy<K extends object, V>(
  compute: (key: K, text: string) => V,
): (key: K, text: string) => V {
  const inner = memo(() => new Map<string, V>());
  return (key, text) => {
    const known = inner(key);
    const before = known.get(text);
    if (before !== undefined) return before;
    const value = compute(key, text);
    known.set(text, value);
    return value;
  };
}

const MOST_KEPT = 400;

/**
 * Draws again only for arguments that are not equal, as data, to earlier ones: what stands still
 * keeps its identity from frame to frame, and painters need not look at it. The oldest are let go.
 */
export function memoByValue<A extends readonly unknown[], V>(
  draw: (...args: A) => V,
): (...args: A) => V {
  const kept = new Map<string, V>();
  return (...args) => {
    const key = JSON.stringify(args);
    const before = kept.get(key);
    if (before !== undefined) return before;
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? key);
    const value = draw(...args);
    kept.set(key, value);
    return value;
  };
}

/** The same for something large, compared by identity, and small arguments. */
export function memoByValueOf<K extends object, A extends readonly unknown[], V>(
  draw: (of: K, ...args: A) => V,
): (of: K, ...args: A) => V {
  const inner = memo((of: K) => memoByValue((...args: A) => draw(of, ...args)));
  return (of, ...args) => inner(of)(...args);
}
