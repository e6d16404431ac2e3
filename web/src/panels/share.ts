/**
 * A frame made of the parts of the frame before, wherever they are equal: what did not change keeps
 * its identity, and Svelte then has nothing to do for it. Most of a scene stands still.
 */
export function share<T>(before: unknown, now: T): T {
  if (before === now || typeof now !== "object" || now === null) return now;
  if (typeof before !== "object" || before === null) return now;
  if (Array.isArray(now) !== Array.isArray(before)) return now;
  return Array.isArray(now) ? shareList(before, now) : shareObject(before, now);
}

function shareObject<T extends object>(before: object, now: T): T {
  const old = before as Record<string, unknown>;
  const fresh = now as Record<string, unknown>;
  let same = true;
  let keys = 0;
  let copy: Record<string, unknown> | null = null;
  for (const key in fresh) {
    keys++;
    const value = fresh[key];
    const was = old[key];
    if (value === was) continue;
    const shared = share(was, value);
    if (shared === was) {
      (copy ??= { ...fresh })[key] = shared;
    } else {
      same = false;
      if (shared !== value) (copy ??= { ...fresh })[key] = shared;
    }
  }
  if (same) for (const _ in old) keys--;
  if (same && keys === 0) return before as T;
  return (copy ?? now) as T;
}

function shareList<T extends readonly unknown[]>(before: object, now: T): T {
  if (!Array.isArray(before)) return now;
  const old: readonly unknown[] = before;
  let byId: Map<unknown, unknown> | null = null;
  let same = old.length === now.length;
  const out = now.map((value: unknown, i) => {
    let was = old[i];
    const id = idOf(value);
    if (id !== undefined && id !== idOf(was)) {
      byId ??= new Map(old.map((one) => [idOf(one), one]));
      was = byId.get(id);
    }
    const shared = share(was, value);
    if (shared !== old[i]) same = false;
    return shared;
  });
  return (same ? before : out) as unknown as T;
}

function idOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? (value as { id?: unknown }).id : undefined;
}
