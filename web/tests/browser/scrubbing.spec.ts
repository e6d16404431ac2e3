import type { Locator, Page } from "@playwright/test";

import { expect, frame, linkSays, open, test } from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 90_000 });

const SCRUBBER = "input[aria-label='Moment of the story']";
/** Edges that lie between two pixels come out a little different; a shape out of place is more. */
const SEEN = 96;
const MOST_SEEN = 0.003;

interface Held {
  held?: number;
  /** Whether the scrubber is where it is to be held. */
  there?: boolean;
}

/** Scrubs from the scene's beginning to `to` seconds into it and holds the scrubber moving there. */
async function scrub(page: Page, to: number): Promise<void> {
  await page.evaluate(
    ([selector, seconds]) => {
      const input = document.querySelector<HTMLInputElement>(selector);
      if (!input) throw new Error("no scrubber");
      const from = Number(input.value);
      const own = globalThis as Held;
      let shown = 0;
      own.there = false;
      own.held = window.setInterval(() => {
        shown = Math.min(shown + seconds / 20, seconds);
        own.there = shown === seconds;
        input.value = String(from + shown);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }, 20);
    },
    [SCRUBBER, to] as const,
  );
  await expect(page.locator(".stage canvas.covered")).toHaveCount(1);
  await page.waitForFunction(() => (globalThis as Held).there);
  await page.waitForTimeout(300);
}

/** A picture of what is drawn once it no longer changes: a busy machine draws later. */
async function settled(stage: Locator): Promise<string> {
  const picture = async (): Promise<string> => (await stage.screenshot()).toString("base64");
  let last = await picture();
  for (let tries = 0; tries < 10; tries++) {
    await stage.page().waitForTimeout(500);
    const next = await picture();
    if (next === last) break;
    last = next;
  }
  return last;
}

async function rest(page: Page): Promise<void> {
  await page.evaluate(() => clearInterval((globalThis as Held).held));
  await expect(page.locator(".stage canvas.covered")).toHaveCount(0);
}

for (const [theme, scale, phases] of [
  ["light", 1, [0, 1, 2, 3, 4, 5, 6, 7]],
  ["dark", 2, [0, 3, 4]],
  ["contrast", 1, [1, 5, 6]],
] as const) {
  test.describe(`${theme}, ${scale} pixels a pixel`, () => {
    test.use({ deviceScaleFactor: scale });
    test("what passes by on the canvas is what then stands still", async ({ page, site }) => {
      await open(page, site.url, `#theme=${theme}`);
      const stage = page.locator(".stage");
      for (const phase of phases) {
        await page.keyboard.press(String(phase));
        const beginning = await frame(page);
        await scrub(page, 8.7);
        const passing = await settled(stage);
        await rest(page);
        expect(await frame(page)).not.toBe(beginning);
        const still = (await stage.screenshot()).toString("base64");
        const share = await page.evaluate(
          async ([pictures, least]) => {
            const [a, b] = await Promise.all(
              pictures.map(async (data) => {
                const bytes = await (await fetch(`data:image/png;base64,${data}`)).blob();
                const bitmap = await createImageBitmap(bytes);
                const paper = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
                paper?.drawImage(bitmap, 0, 0);
                return paper?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [];
              }),
            );
            if (!a || !b || a.length !== b.length) return 1;
            let seen = 0;
            for (let i = 0; i < a.length; i += 4) {
              const far = [0, 1, 2].some(
                (c) => Math.abs((a[i + c] ?? 0) - (b[i + c] ?? 0)) > least,
              );
              if (far) seen++;
            }
            return (4 * seen) / a.length;
          },
          [[passing, still], SEEN] as const,
        );
        expect(share, `scene ${phase}`).toBeLessThan(MOST_SEEN);
      }
    });
  });
}

test("while the scrubber moves the drawing beneath waits, then it follows", async ({
  page,
  site,
}) => {
  await open(page, site.url, "#scene=clumsy-rollout");
  await scrub(page, 8);
  const waiting = await frame(page);
  const before = await page.locator(SCRUBBER).getAttribute("aria-valuetext");
  await page.evaluate((selector) => {
    clearInterval((globalThis as Held).held);
    const input = document.querySelector<HTMLInputElement>(selector);
    if (!input) throw new Error("no scrubber");
    input.value = String(Number(input.value) - 4);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, SCRUBBER);
  // What is said follows at once.
  expect(await page.locator(SCRUBBER).getAttribute("aria-valuetext")).not.toBe(before);
  // On a slow machine the canvas may not have covered the drawing yet: it is left out of account.
  await expect.poll(() => frame(page)).not.toBe(waiting);
  await expect(page.locator(".stage canvas.covered")).toHaveCount(0);
  const rested = await frame(page);
  // The same frame as the one that a link leads to.
  const hash = await page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return location.hash;
  });
  await page.goto("about:blank");
  await open(page, site.url, hash);
  expect(await frame(page)).toBe(rested);
});

test("a story that plays is on the canvas until somebody points at it", async ({ page, site }) => {
  await open(page, site.url, "#scene=clumsy-rollout");
  const beginning = await frame(page);
  const covered = page.locator(".stage canvas.covered");
  await page.keyboard.press("Space");
  await expect(covered).toHaveCount(1);
  expect(await frame(page)).toBe(beginning);
  await page.locator(".stage").hover();
  await expect(covered).toHaveCount(0);
  await expect.poll(() => frame(page)).not.toBe(beginning);
  await page.mouse.move(1, 1);
  await expect(covered).toHaveCount(1);
  await page.locator(".stage svg [tabindex='0']").first().focus();
  await expect(covered).toHaveCount(0);
  await page.keyboard.press("Space");
  await linkSays(page, "playing", null);
  await expect(covered).toHaveCount(0);
});

test("with reduced motion, and with forced colours, nothing is drawn on the canvas", async ({
  page,
  site,
}) => {
  for (const media of [
    { reducedMotion: "reduce", forcedColors: "none" },
    { reducedMotion: "no-preference", forcedColors: "active" },
  ] as const) {
    await page.emulateMedia(media);
    await open(page, site.url, "#scene=clumsy-rollout");
    await page.evaluate(async (selector) => {
      const input = document.querySelector<HTMLInputElement>(selector);
      if (!input) throw new Error("no scrubber");
      for (let i = 0; i < 30; i++) {
        input.value = String(Number(input.value) + 0.2);
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (document.querySelector(".stage canvas.covered")) throw new Error("covered");
      }
    }, SCRUBBER);
    expect(page.workers().filter((worker) => worker.url().includes("canvas.worker"))).toEqual([]);
    await page.goto("about:blank");
  }
});
