import fc from "fast-check";
import { expect, test } from "vitest";

import { share } from "../../src/panels/share";

test("a shared frame is equal to the new one", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (before, now) => {
      expect(JSON.stringify(share(before, now))).toBe(JSON.stringify(now));
    }),
    { numRuns: 2000 },
  );
});

test("equal parts keep their identity, wherever they have moved to", () => {
  const still = { id: "a", kind: "group", children: [{ id: "b", kind: "rect", x: 1 }] };
  const before = [still, { id: "c", kind: "rect", x: 1 }];
  const now = [{ id: "c", kind: "rect", x: 2 }, structuredClone(still)];
  const shared = share(before, now);
  expect(shared).toEqual(now);
  expect(shared[1]).toBe(still);
  expect(share(before, structuredClone(before))).toBe(before);
});

test("a field that is gone is gone", () => {
  expect(share({ id: "a", opacity: 0.5 }, { id: "a" })).toEqual({ id: "a" });
});
