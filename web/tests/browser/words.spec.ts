/** Words of a caption that may not be known: explained on hover, on focus and on a tap. */
import type { Page } from "@playwright/test";

import { expect, LADDER, nothingFound, open, test } from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 90_000 });

const READ = "#scene=meet-the-model&time=8";
const word = (page: Page, name: string) =>
  page.locator(".bubble").getByRole("button", { name, exact: true });
const meaning = (page: Page) => page.locator(".bubble").getByRole("tooltip");

test("the pointer, the keyboard and Escape", async ({ page, site }) => {
  await open(page, site.url, READ);
  await expect(meaning(page)).toBeHidden();
  await word(page, "tokens").hover();
  await expect(meaning(page)).toHaveText(/^token: One piece of what the model reads/);
  await page.mouse.move(0, 0);
  await expect(meaning(page)).toBeHidden();
  await word(page, "weights").focus();
  await expect(meaning(page)).toHaveText(/^weight: One of the numbers inside the model/);
  await expect(word(page, "weights")).toHaveAccessibleDescription(/^weight: /);
  await nothingFound(page, "light", "here");
  await page.keyboard.press("Escape");
  await expect(meaning(page)).toBeHidden();
});

test("asking for a word lets the story wait", async ({ page, site }) => {
  await open(page, site.url, READ);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await word(page, "tokens").click();
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await expect(meaning(page)).toBeVisible();
});

/** Scrolls a little, whether the page is at its top or at its end. */
const scrolled = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const before = scrollY;
    scrollBy(0, 40);
    if (scrollY === before) scrollBy(0, -40);
  });

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a second tap, scrolling and playing close what a tap explained", async ({ page, site }) => {
    await open(page, site.url, READ);
    const tokens = word(page, "tokens");
    await tokens.tap();
    await expect(meaning(page)).toBeVisible();
    await tokens.tap();
    await expect(meaning(page)).toBeHidden();
    await tokens.tap();
    await expect(meaning(page)).toBeVisible();
    await scrolled(page);
    await expect(meaning(page)).toBeHidden();
    await tokens.tap();
    await expect(meaning(page)).toBeVisible();
    // As a keyboard beside the phone plays: no tap elsewhere closes it.
    await page.evaluate(() =>
      document.querySelector<HTMLElement>("button[aria-label='Play']")!.click(),
    );
    await expect(meaning(page)).toBeHidden();
  });

  test("and the same holds for what the stage explains", async ({ page, site }) => {
    await open(page, site.url, READ);
    await page.evaluate(() => scrollTo(0, 0));
    const tip = page.locator(".stage").getByRole("tooltip");
    const thing = page.locator(".stage [data-stop='model.memory.0']");
    await thing.tap();
    await expect(tip).toBeVisible();
    await thing.tap();
    await expect(tip).toBeHidden();
    await thing.tap();
    await expect(tip).toBeVisible();
    await scrolled(page);
    await expect(tip).toBeHidden();
    await thing.tap();
    await expect(tip).toBeVisible();
    await page.evaluate(() =>
      document.querySelector<HTMLElement>("button[aria-label='Play']")!.click(),
    );
    await expect(tip).toBeHidden();
  });

  test("what says that it trains stands with the controls and covers no caption", async ({
    page,
    site,
  }) => {
    await page.route("**/graphs/*.onnx", () => undefined); // it goes on training
    await open(page, site.url, "#scene=dashboard&time=12&examples=30");
    const busy = page.getByRole("status", { name: "Training" });
    const caption = page.locator(".bubble");
    await expect(busy).toBeInViewport({ ratio: 1 });
    await expect(caption).toBeInViewport({ ratio: 1 });
    const deck = page.locator(".deck");
    await expect
      .poll(async () => {
        const [above, below] = [await caption.boundingBox(), await deck.boundingBox()];
        return above!.y + above!.height <= below!.y + 1;
      })
      .toBe(true);
    // At the knobs, further down, it is in sight as well.
    await page.locator("aside").evaluate((aside) => {
      aside.style.minHeight = "2000px";
      scrollTo(0, document.body.scrollHeight);
    });
    await expect(deck).not.toBeInViewport();
    await expect(busy).toBeInViewport({ ratio: 1 });
    await expect(busy).toHaveCount(1);
  });

  test("a tap explains, the next one elsewhere closes", async ({ page, site }) => {
    await open(page, site.url, READ);
    await word(page, "tokens").tap();
    await expect(meaning(page)).toBeInViewport({ ratio: 1 });
    const box = await meaning(page).boundingBox();
    expect(box!.x + box!.width).toBeLessThanOrEqual(390);
    await page.getByRole("heading", { name: "HRM Kit" }).tap();
    await expect(meaning(page)).toBeHidden();
  });
});

test("the other stories' words too, and all of them in the panel", async ({ page, site }) => {
  await open(page, site.url, `#story=${LADDER}&scene=step-09&time=4`);
  await word(page, "puzzle embedding").hover();
  await expect(meaning(page)).toContainText("puzzle embedding: A name tag made of numbers");
  await page.getByText("Words explained").click();
  const listed = page.getByRole("complementary").getByRole("term");
  await expect(listed.filter({ hasText: "SwiGLU" })).toBeVisible();
});
