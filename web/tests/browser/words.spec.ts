/** Words of a caption that may not be known: explained on hover, on focus and on a tap. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { expect, LADDER, open, test } from "./site";

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
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
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

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

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
