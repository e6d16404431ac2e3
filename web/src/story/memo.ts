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
