/** Patching from frame to frame ends where painting from nothing does, without a browser. */
import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";

import { painter } from "../../src/stage/painter";
import type { Shape } from "../../src/scene/shape";
import { scenes } from "../../src/stories/world/scenes";
import { fixture, tall, wide } from "./story-helpers";

/** As much of an element as the painter uses. */
class FakeElement {
  readonly attributes = new Map<string, string>();
  readonly children: FakeElement[] = [];
  parent: FakeElement | null = null;
  textContent = "";
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }
  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }
  remove(): void {
    this.parent?.children.splice(this.parent.children.indexOf(this), 1);
    this.parent = null;
  }
  insertBefore(one: FakeElement, next: FakeElement | null): void {
    one.remove();
    this.children.splice(next ? this.children.indexOf(next) : this.children.length, 0, one);
    one.parent = this;
  }
  get firstChild(): FakeElement | null {
    return this.children[0] ?? null;
  }
  get nextSibling(): FakeElement | null {
    return this.parent?.children[this.parent.children.indexOf(this) + 1] ?? null;
  }
  toString(): string {
    const own = [...this.attributes].sort(([a], [b]) => (a < b ? -1 : 1));
    const inner = this.children.map(String).join("");
    return `<${this.name} ${own.map(([k, v]) => `${k}=${v}`).join(" ")}>${inner}${this.textContent}`;
  }
}

function stage() {
  const root = new FakeElement("g");
  const { paint } = painter(root as unknown as SVGElement);
  return { root, paint };
}

function painted(shapes: readonly Shape[]): string {
  const { root, paint } = stage();
  paint(shapes);
  return String(root);
}

beforeAll(() => {
  vi.stubGlobal("document", {
    createElementNS: (_: string, name: string) => new FakeElement(name),
  });
});

test("shapes come, go, change places and kinds", () => {
  const shape = (id: string) =>
    fc.oneof(
      fc.record(
        {
          kind: fc.constant("rect" as const),
          id: fc.constant(id),
          x: fc.nat(3),
          y: fc.nat(3),
          width: fc.nat(3),
          height: fc.nat(3),
          fill: fc.constantFrom("ink" as const, "none" as const, { signed: 0.5 }),
          dash: fc.constant([1, 2]),
          opacity: fc.constantFrom(0, 0.5),
          tip: fc.constantFrom("A tip.", "Another."),
          action: fc.constant({ kind: "maths" as const }),
        },
        { requiredKeys: ["kind", "id", "x", "y", "width", "height"] },
      ),
      fc.record(
        {
          kind: fc.constant("text" as const),
          id: fc.constant(id),
          x: fc.nat(3),
          y: fc.nat(3),
          text: fc.constantFrom("one", "two"),
          size: fc.nat(3),
          mono: fc.boolean(),
          label: fc.constantFrom("A label", "Another"),
        },
        { requiredKeys: ["kind", "id", "x", "y", "text", "size"] },
      ),
    );
  const list = fc
    .shuffledSubarray(["a", "b", "c", "d"])
    .chain((ids) => fc.tuple(...ids.map(shape)) as fc.Arbitrary<Shape[]>);
  const frame = fc
    .record({ outside: list, inside: list, x: fc.nat(2) })
    .map(({ outside, inside, x }): Shape[] => [
      ...outside,
      {
        kind: "group",
        id: "group",
        x,
        children: inside.map((one) => ({ ...one, id: `g.${one.id}` })),
      },
    ]);
  fc.assert(
    fc.property(fc.array(frame, { minLength: 2, maxLength: 6 }), (frames) => {
      const { root, paint } = stage();
      for (const shapes of frames) {
        paint(shapes);
        expect(String(root)).toBe(painted(shapes));
      }
    }),
    { numRuns: 300 },
  );
});

test("what stays in order is not moved, and keeps its element", () => {
  const { root, paint } = stage();
  const shape = (id: string): Shape => ({ kind: "circle", id, cx: 0, cy: 0, r: 1 });
  paint(["a", "b", "c"].map(shape));
  const [, b, c] = root.children;
  const moved = vi.spyOn(root, "insertBefore");
  paint(["b", "x", "c"].map(shape));
  expect(root.children[0]).toBe(b);
  expect(root.children[2]).toBe(c);
  expect(moved).toHaveBeenCalledTimes(1);
});

describe("the story's frames", () => {
  for (const scene of scenes) {
    test("a shape that can be carried is marked for as long as it can", () => {
      const { root, paint } = stage();
      const still = { kind: "circle", id: "plug", cx: 1, cy: 2, r: 3 } as const;
      const drag = { socket: { x: 9, y: 9 }, dropped: { kind: "maths" } } as const;
      paint([{ ...still, drag }]);
      expect(root.children[0]?.attributes.get("data-drag")).toBe("plug");
      paint([still]);
      expect(root.children[0]?.attributes.has("data-drag")).toBe(false);
    });

    test(`scene ${scene.phase}, to and fro`, () => {
      const recording = fixture();
      // The same content, drawn in another order: what is kept for one does not help the other.
      const fresh = structuredClone(recording);
      const run = recording.ablations[0]?.name ?? null;
      const start = recording.world.starts.at(-1) ?? null;
      for (const view of [wide, tall, { ...wide, start, run, exploration: 1 }]) {
        const duration = scene.duration(recording, view);
        const times = Array.from({ length: 60 }, (_, i) => (duration * i) / 60);
        const wanted = times.map((time) => painted(scene.draw(fresh, time, view)));
        const { root, paint } = stage();
        for (let i = 59; i >= 0; i--) {
          const at = (i * 37) % 60;
          paint(scene.draw(recording, times[at] ?? 0, view));
          expect(String(root)).toBe(wanted[at]);
        }
      }
    });
  }
});
