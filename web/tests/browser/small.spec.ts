/** Small screens, and large letters on larger ones: everything in reach, nothing covered. */
import type { Page } from "@playwright/test";

import { expect, LADDER, open, test } from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 120_000 });

const SCREENS = [
  { name: "320 px", width: 320, height: 568 },
  { name: "360 px", width: 360, height: 640 },
  { name: "375 x 667", width: 375, height: 667 },
  // 1280 x 1024 and 1280 x 720, zoomed in four times.
  { name: "zoom 400%", width: 320, height: 256 },
  { name: "zoom 400%, wide", width: 320, height: 180 },
  { name: "lying down", width: 667, height: 375 },
];
const STORIES = [
  ["the first story", "", false],
  ["the second story", `#story=${LADDER}`, false],
  ["a story beside pictures of others", "", true],
] as const;

/**
 * Points of the visible controls, each scrolled to where it can be seen, that something else covers.
 * All in one call: there are a hundred controls, and a question to the browser takes its time.
 */
function coveredPoints(): string[] {
  const POINTS = [
    [0.5, 0.5],
    [0.15, 0.25],
    [0.85, 0.25],
    [0.15, 0.75],
    [0.85, 0.75],
  ] as const;

  /** A label of its own may lie on a control. */
  function ownLabel(element: Element, top: Element): boolean {
    const labels = (element as Partial<HTMLInputElement>).labels ?? [];
    return [...labels].some((label) => label.contains(top));
  }

  function coveredIn(element: Element): string[] {
    (element as Element & { scrollIntoViewIfNeeded(): void }).scrollIntoViewIfNeeded();
    const box = element.getBoundingClientRect();
    return POINTS.flatMap(([across, down]) => {
      const [x, y] = [box.left + box.width * across, box.top + box.height * down];
      const top = document.elementFromPoint(x, y);
      if (top && (element.contains(top) || top.contains(element) || ownLabel(element, top)))
        return [];
      const name = element.getAttribute("aria-label") ?? element.textContent?.trim();
      const what = top?.getAttribute("class") ?? top?.tagName ?? "nothing";
      return [`${name} at ${Math.round(x)}, ${Math.round(y)}: ${what}`];
    });
  }

  const controls = [...document.querySelectorAll("button, select, summary, input")].filter(
    (element) =>
      element.checkVisibility({ visibilityProperty: true }) &&
      element.getClientRects().length &&
      !element.classList.contains("visually-hidden"),
  );
  return [`${controls.length} controls`, ...controls.flatMap(coveredIn)];
}

async function everythingInReach(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
  const [looked = "", ...problems] = await page.evaluate(coveredPoints);
  expect(problems).toEqual([]);
  expect(parseInt(looked)).toBeGreaterThan(10);
}

for (const { name, width, height } of SCREENS) {
  for (const [story, hash, pictures] of STORIES) {
    test(`${name}: all of ${story} is in reach`, async ({ page, site, worlds }) => {
      await page.setViewportSize({ width, height });
      await open(page, pictures ? worlds.url : site.url, hash);
      await everythingInReach(page);
      for (const summary of await page.locator("summary").all()) await summary.click();
      await everythingInReach(page);
      await page.evaluate(() => scrollTo(0, 0));
      await page.getByRole("button", { name: "Show me the maths" }).click();
      await expect(page.getByRole("dialog")).toBeInViewport({ ratio: 1 });
      await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
      await page.getByRole("button", { name: "Keys and help" }).click();
      await expect(page.getByRole("dialog")).toBeInViewport({ ratio: 1 });
    });
  }
}
