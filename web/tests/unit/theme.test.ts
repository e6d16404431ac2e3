import { describe, expect, test } from "vitest";

import { palettes } from "../../src/stage/theme";

/** Relative luminance of `#rrggbb`, as WCAG 2.2 defines it. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const part = parseInt(colour.slice(i, i + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(Object.entries(palettes))("the %s theme", (name, palette) => {
  const least = name === "contrast" ? 7 : 4.5;

  test.each(["ink", "muted", "planner", "doer", "wrong"] as const)("%s is readable", (tone) => {
    expect(contrast(palette[tone], palette.surface)).toBeGreaterThanOrEqual(least);
    expect(contrast(palette[tone], palette.ground)).toBeGreaterThanOrEqual(least);
  });

  test("ink is readable on a module's own colour", () => {
    expect(contrast(palette.ink, palette["planner-soft"])).toBeGreaterThanOrEqual(least);
    expect(contrast(palette.ink, palette["doer-soft"])).toBeGreaterThanOrEqual(least);
  });

  test("outlines of meaning stand out", () => {
    for (const tone of ["planner", "doer", "right", "wrong", "blame-planner"] as const) {
      expect(contrast(palette[tone], palette.ground)).toBeGreaterThanOrEqual(3);
    }
  });
});
