/** The timeline of all scenes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { direct } from "../../src/scene/director";
import { at } from "../../src/lib/list";
import { readingSeconds } from "../../src/scene/pace";
import { scenes } from "../../src/stories/world/scenes";
import { fixture, wide } from "./story-helpers";

describe("director", () => {
  const director = direct(fixture(), wide, scenes);
  const anyTime = fc.double({ min: 0, max: director.total, noNaN: true });

  test("global time to a scene's time and back", () => {
    fc.assert(
      fc.property(anyTime, (global) => {
        const { entry, time } = director.locate(global);
        expect(time).toBeGreaterThanOrEqual(0);
        expect(time).toBeLessThanOrEqual(entry.duration);
        expect(director.globalOf(entry.scene.id, time) ?? NaN).toBeCloseTo(global, 2);
      }),
    );
  });

  test("a scene begins where the one before it ends", () => {
    director.entries.forEach((entry, i) => {
      expect(director.locate(entry.start).entry.index).toBe(i);
      if (i > 0) {
        const before = at(director.entries, i - 1);
        expect(entry.start).toBeCloseTo(before.start + before.duration, 9);
      }
    });
    expect(director.globalOf("no-such-scene", 0)).toBeNull();
    expect(director.locate(Number.NaN).time).toBe(0);
    expect(director.locate(1e9).entry).toBe(director.entries.at(-1));
  });

  test("stepping forward visits every stop, and back again", () => {
    const visited = [0];
    for (let now = 0; now < director.total;) {
      now = director.nextStop(now);
      visited.push(now);
    }
    expect(visited.slice(0, -1)).toEqual(director.stops);
    for (let i = visited.length - 1; i > 0; i--) {
      expect(director.previousStop(at(visited, i))).toBe(at(visited, i - 1));
    }
  });

  test("looping stays in its scene", () => {
    fc.assert(
      fc.property(anyTime, fc.double({ min: 0, max: 300, noNaN: true }), (global, seconds) => {
        const { entry } = director.locate(global);
        const arrived = director.advance(global, seconds, true);
        expect(arrived).toBeGreaterThanOrEqual(entry.start);
        expect(arrived).toBeLessThanOrEqual(entry.start + entry.duration);
        const played = Math.min(director.pace.total, director.pace.played(global) + seconds);
        expect(director.pace.played(director.advance(global, seconds, false))).toBeCloseTo(
          played,
          6,
        );
      }),
    );
  });

  test("playing never runs ahead of the clock, and waits until a caption is read", () => {
    expect(director.pace.played(0)).toBe(0);
    expect(director.pace.moment(director.pace.total)).toBeCloseTo(director.total, 9);
    fc.assert(
      fc.property(anyTime, fc.double({ min: 0, max: 20, noNaN: true }), (global, seconds) => {
        expect(director.pace.moment(director.pace.played(global))).toBeCloseTo(global, 6);
        expect(director.advance(global, seconds, false)).toBeLessThanOrEqual(
          global + seconds + 1e-6,
        );
      }),
    );
    for (const { scene, start, duration } of director.entries) {
      const captions = scene.captions(fixture(), wide);
      captions.forEach((caption, i) => {
        const end = start + (captions[i + 1]?.at ?? duration);
        const stays = director.pace.played(end) - director.pace.played(start + caption.at);
        expect(stays, caption.text).toBeGreaterThanOrEqual(readingSeconds(caption) - 1e-6);
      });
    }
  });

  test("every moment has a caption", () => {
    fc.assert(
      fc.property(anyTime, (global) => {
        expect(director.captionAt(global).text).not.toBe("");
      }),
    );
  });
});
