/** Small screens, and large letters on larger ones: everything in reach, nothing covered. */
import type { Locator, Page } from "@playwright/test";

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

/** Points of a control, scrolled to where it can be seen, that something else covers. */
async function covered(control: Locator): Promise<string[]> {
  await control.scrollIntoViewIfNeeded();
  return control.evaluate((element) => {
    const box = element.getBoundingClientRect();
    const problems: string[] = [];
    for (const [across, down] of [
      [0.5, 0.5],
      [0.15, 0.25],
      [0.85, 0.25],
      [0.15, 0.75],
      [0.85, 0.75],
    ] as const) {
      const [x, y] = [box.left + box.width * across, box.top + box.height * down];
      const top = document.elementFromPoint(x, y);
      const own = top && (element.contains(top) || top.contains(element) || sameLabel(top));
      if (!own) {
        const name = element.getAttribute("aria-label") ?? element.textContent?.trim();
        const what = top?.getAttribute("class") ?? top?.tagName ?? "nothing";
        problems.push(`${name} at ${Math.round(x)}, ${Math.round(y)}: ${what}`);
      }
    }
    return problems;

    /** A label of its own may lie on a control. */
    function sameLabel(top: Element): boolean {
      const labels = (element as Partial<HTMLInputElement>).labels ?? [];
      return [...labels].some((label) => label.contains(top));
    }
  });
}

async function everythingInReach(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
  const problems: string[] = [];
  const controls = page.locator("button:visible, select:visible, summary:visible, input:visible");
  for (const control of await controls.all()) {
    if (await control.evaluate((element) => element.classList.contains("visually-hidden")))
      continue;
    problems.push(...(await covered(control)));
  }
  expect(problems).toEqual([]);
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
