/** What the browser's tests share. */
import { createHash } from "node:crypto";

import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

import { serve, WORLDS, type Site } from "./server";

export { built, ladder, LADDER, OTHER, serve, STORY, story, WORLDS } from "./server";

/** Opens the page at a hash and waits for the story to be on stage. */
export async function open(page: Page, url: string, hash = ""): Promise<void> {
  await page.goto(`${url}${hash}`);
  await expect(stage(page)).toBeVisible();
}

export const stage = (page: Page) => page.getByRole("figure").first().locator("svg").first();

/** A short name of what a stage shows: the same for the same frame only. */
export async function frame(page: Page, side = 0): Promise<string> {
  const svg = page.getByRole("figure").nth(side).locator("svg").first();
  // Attributes in order of their names: in the document they are in the order of their coming.
  const drawn = await svg.evaluate((root) => {
    const write = (element: Element): string => {
      const own = [...element.attributes].map(({ name, value }) => `${name}=${value}`).sort();
      const inner = element.children.length
        ? [...element.children].map(write)
        : [element.textContent];
      return `<${element.tagName} ${own.join(" ")}>${inner.join("")}</>`;
    };
    return [...root.children].map(write).join("");
  });
  return createHash("sha256").update(drawn).digest("hex").slice(0, 12);
}

/** What the hash says now. */
export async function hashOf(page: Page): Promise<URLSearchParams> {
  return new URLSearchParams((await page.evaluate(() => location.hash)).slice(1));
}

/** Waits until the link says so; the page writes it a little after what it tells of. */
export async function linkSays(page: Page, key: string, value?: string | null): Promise<void> {
  await expect.poll(async () => (await hashOf(page)).get(key)).toBe(value);
}

/**
 * `test` with a site that a worker's tests share, and a guard against errors in the console.
 *
 * With `ahead` the page loads its runtime before it is asked to train or think. Four seconds of a
 * processor, so elsewhere the browser says that it saves data, and the page waits until it is asked.
 */
export const test = base.extend<
  { ahead: boolean; savesData: void; noErrors: void },
  { site: Site; worlds: Site }
>({
  viewport: { width: 1280, height: 800 },
  ahead: [false, { option: true }],
  savesData: [
    async ({ page, ahead }, use) => {
      if (!ahead) {
        await page.addInitScript(() => {
          Object.defineProperty(navigator, "connection", { value: { saveData: true } });
        });
      }
      await use();
    },
    { auto: true },
  ],
  site: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const site = await serve();
      await use(site);
      await site.stop();
    },
    { scope: "worker" },
  ],
  /** The same with the stories of all worlds. */
  worlds: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const site = await serve({ others: WORLDS.slice(1).map(({ story }) => story) });
      await use(site);
      await site.stop();
    },
    { scope: "worker" },
  ],
  noErrors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await use();
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export const THEMES = ["light", "dark", "contrast", "forced"] as const;
export type Theme = (typeof THEMES)[number];

/** What a link has to say for a theme; the forced colours are the system's, which are turned on here. */
export async function themed(page: Page, theme: Theme): Promise<string> {
  if (theme === "forced") await page.emulateMedia({ forcedColors: "active" });
  return theme === "forced" ? "" : `theme=${theme}`;
}

/**
 * The scenes that axe looks at in a theme. Only colours differ from theme to theme: names, roles and
 * order are looked at once, and so is what only a picture has, whose palettes have tests of their own.
 */
export function looked<T>(scenes: readonly T[], theme: Theme): readonly T[] {
  return theme === "light" ? scenes : scenes.filter((_, i) => i % 4 === 0);
}

/**
 * axe finds nothing in what is on screen. It looks at the page alone, as there are no frames in it: to
 * ask other frames, and to tell what is right, takes three times as long.
 */
export async function nothingFound(page: Page, theme: Theme, where: string): Promise<void> {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  if (theme !== "light") axe.withRules("color-contrast");
  const { violations } = await axe.analyze();
  const found = violations.map(
    ({ id, nodes }) => `${where}: ${id}: ${nodes.map((node) => node.html).join(" ")}`,
  );
  expect(found).toEqual([]);
}
