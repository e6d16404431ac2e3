/** The scenes of the ladder; what holds for every story is in stories.test.ts. */
import { describe, expect, test } from "vitest";

import { pluggedWires, toggled, writeWires } from "../../src/stories/assemble/wires";
import { measured } from "../../src/stories/assemble/scenes/12-bench";
import { scenes as assembleScenes } from "../../src/stories/assemble/scenes";
import { at } from "../../src/lib/list";
import { stageSize } from "../../src/scene/scene";
import type { Action, Shape } from "../../src/scene/shape";
import { ladder, ladderTimes, withWires } from "./assemble-helpers";
import { everyShape, extents, tall, wide } from "./story-helpers";
import { exact, neighbours, ofSeeds } from "../../src/stories/assemble/facts";
import { places } from "../../src/stories/assemble/places";
import { mean, percent } from "../../src/scene/numbers";

const bench = at(assembleScenes, 12);
test("there is a scene for each step of the manual, all of them together, whether it was enough, and a bench", () => {
  expect(assembleScenes.map((scene) => scene.id)).toEqual([
    ...Array.from({ length: 10 }, (_, step) => `step-0${step}`),
    "whole-ladder",
    "long-enough",
    "bench",
  ]);
  expect(assembleScenes.map((scene) => scene.phase)).toEqual(
    Array.from({ length: 13 }, (_, phase) => phase),
  );
});

describe.each(assembleScenes.map((scene) => [scene.id, scene] as const))("%s", (_, scene) => {
  test.each([
    ["wide", wide],
    ["tall", tall],
  ])("what is dropped on its socket is plugged in: %s", (_name, view) => {
    const recording = ladder();
    const { width, height } = stageSize[view.layout];
    const duration = scene.duration(recording, view);
    for (const time of ladderTimes(scene, recording, view)) {
      for (const shape of everyShape(scene.draw(recording, time, view))) {
        if (!shape.drag) continue;
        const { socket, dropped } = shape.drag;
        expect(socket.x).toBeGreaterThan(0);
        expect(socket.x).toBeLessThan(width);
        expect(socket.y).toBeGreaterThan(0);
        expect(socket.y).toBeLessThan(height);
        expect(shape.action).toEqual(dropped);
        const then = arriveAt(dropped, scene.id, duration);
        const plugged = find(scene.draw(recording, then, view), shape.id);
        expect(plugged?.drag, `${shape.id} can still be dragged at ${then}`).toBeUndefined();
        const back = plugged?.action;
        expect(back?.kind).toBe("go");
        if (!back) continue;
        const before = arriveAt(back, scene.id, duration);
        expect(before).toBeLessThan(then);
        expect(find(scene.draw(recording, before, view), shape.id)?.drag).toBeDefined();
      }
    }
  });
});

/** What stands in the panel of evidence beside its title and frame. */
function inPanel(
  scene: (typeof assembleScenes)[number],
  time: number,
  view: typeof wide,
): string[] {
  const { panel } = places(view.layout);
  return [...extents(scene.draw(ladder(), time, view))].flatMap((one) =>
    !/^panel(?:\.title)?$/.test(one.id) &&
    one.left >= panel.x - 1 &&
    one.right <= panel.x + panel.width + 1 &&
    one.top >= panel.y - 1 &&
    one.bottom <= panel.y + panel.height + 1
      ? [one.id]
      : [],
  );
}

describe("the panel is never empty", () => {
  test.each(assembleScenes.map((scene) => [scene.id, scene] as const))("%s", (_, scene) => {
    for (const view of [wide, tall as typeof wide]) {
      const empty = ladderTimes(scene, ladder(), view).filter(
        (time) => inPanel(scene, time, view).length < 4,
      );
      expect(empty, view.layout).toEqual([]);
    }
  });

  test("before steps are compared, it has what each of them solves", () => {
    const scene = at(assembleScenes, 11);
    const shares = neighbours(ladder()).map(([, after]) => percent(mean(ofSeeds(after, exact))));
    const shown = [...everyShape(scene.draw(ladder(), 0.5, wide))].flatMap((shape) =>
      shape.kind === "text" && /^tests\..*\.by$/.test(shape.id) ? [shape.text] : [],
    );
    expect(shares.length).toBeGreaterThan(3);
    expect(shown).toEqual(shares);
  });
});

test("lines lead from the end of each curve to its name, in the curve's hue", () => {
  const shapes = [...everyShape(at(assembleScenes, 11).draw(ladder(), 9, wide))];
  const leads = shapes.filter(({ id }) => /^curve\..*\.lead$/.test(id));
  expect(leads.length).toBeGreaterThan(3);
  for (const lead of leads) {
    const curve = shapes.find(({ id }) => id === lead.id.replace(/lead$/, "line"));
    if (lead.kind !== "path" || curve?.kind !== "path") throw new Error("no line");
    expect(lead.stroke).toBe(curve.stroke);
    expect(lead.strokeWidth).toBeGreaterThan(1);
  }
});

function arriveAt(action: Action, scene: string, duration: number): number {
  if (action.kind !== "go") throw new Error(`${action.kind} goes nowhere`);
  expect(action.scene).toBe(scene);
  expect(action.time).toBeGreaterThanOrEqual(0);
  expect(action.time).toBeLessThan(duration);
  return action.time;
}

function find(shapes: readonly Shape[], id: string): Shape | undefined {
  return [...everyShape(shapes)].find((shape) => shape.id === id);
}

describe("wires", () => {
  test("each manual step from 1 to 3 and 5 to 9 has something to plug in", () => {
    const recording = ladder();
    for (const step of [1, 2, 3, 5, 6, 7, 8, 9]) {
      const scene = at(assembleScenes, step);
      const shapes = [...everyShape(scene.draw(recording, 0.2, wide))];
      expect(
        shapes.some((shape) => shape.drag),
        scene.id,
      ).toBe(true);
    }
  });

  test("current flows as many times as the block was called", () => {
    const recording = ladder();
    const scene = at(assembleScenes, 6);
    const rung = recording.rungs.find(({ step }) => step === 6);
    if (!rung) return;
    const calls = at(rung.thoughts, 0).segments.flatMap((segment) => segment.calls);
    const seen: string[] = [];
    const duration = scene.duration(recording, wide);
    for (let time = 0; time < duration; time += 0.02) {
      const shapes = [...everyShape(scene.draw(recording, time, wide))].map(({ id }) => id);
      const up = shapes.includes("flow.up.0");
      if (up && seen.at(-1) !== "up") seen.push("up");
      if (!up && seen.at(-1) === "up") seen.push("");
    }
    expect(seen.filter((one) => one === "up").length).toBe(
      calls.filter(({ module }) => module === "H").length,
    );
  });
});

describe("bench", () => {
  test("every wire has a switch", () => {
    const actions = [...everyShape(bench.draw(ladder(), 1, wide))].map((shape) => shape.action);
    const asked = actions.flatMap((action) =>
      action?.kind === "set" ? [action.values["wires"]] : [],
    );
    const plugged = pluggedWires(ladder(), null);
    const all = ["loop", "recall", "hierarchy", "modules", "outer", "gradient", "halting"] as const;
    expect(asked).toEqual(all.map((wire) => writeWires(toggled(plugged, wire))));
    // Plugged back, the link says nothing again.
    const without = withWires(writeWires(toggled(plugged, "loop")));
    const [back] = [...everyShape(bench.draw(ladder(), 1, without))].flatMap(({ action }) =>
      action?.kind === "set" ? [action.values] : [],
    );
    expect(back).toEqual({ wires: null });
  });

  test("finds what was measured, and says so where nothing was", () => {
    const recording = ladder();
    for (const rung of [...recording.rungs, ...recording.bench]) {
      expect(measured(recording, rung.wires)).not.toBeNull();
      const view = withWires(writeWires(rung.wires));
      expect(at(bench.captions(recording, view), 1).text).toMatch(/^Measured/);
    }
    const view = withWires("h-m2-n4-t8-glast-s8-hs");
    expect(at(bench.captions(recording, view), 1).text).toMatch(/^Nobody has trained/);
    const words = [...everyShape(bench.draw(recording, 5, view))].flatMap((shape) =>
      shape.kind === "text" ? [shape.text] : [],
    );
    expect(words).toContain("Not measured yet");
  });
});
