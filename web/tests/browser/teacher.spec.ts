/** “You are the teacher”, and what is learned from preferences, in a browser. */
import type { Page } from "@playwright/test";

import { expect, frame, linkSays, nothingFound, open, stage, test } from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 120_000 });

const dialog = (page: Page) => page.getByRole("dialog", { name: "You are the teacher" });
const header = (page: Page) => page.locator("header .subtitle");

/** Opens the dialog, whether its part of the panel is folded or not. */
async function teach(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: /Be the teacher|Change my choices/ });
  await expect(page.getByText("You are the teacher")).toBeVisible();
  if (!(await button.isVisible())) await page.getByText("You are the teacher").click();
  await button.click();
  await expect(dialog(page)).toBeVisible();
}

test("with keys alone a visitor teaches, and what she taught plays, is saved and is shared", async ({
  page,
  site,
}) => {
  await open(page, site.url);
  const button = page.getByRole("button", { name: "Be the teacher" });
  if (!(await button.isVisible())) await page.getByText("You are the teacher").click();
  await button.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("3");
  await page.keyboard.press("Shift+Digit1");
  await page.getByRole("button", { name: "Next start" }).press("Enter");
  await expect(dialog(page)).toContainText("Start 2.");
  await page.keyboard.press("8");
  await page.keyboard.press("Shift+Digit2");
  await expect(dialog(page)).toContainText("2 starts judged");
  await page.getByRole("button", { name: "Teach it this" }).press("Enter");
  await expect(header(page)).toContainText("2 own choices", { timeout: 60_000 });
  await expect(page.locator("[aria-current=step]")).toContainText("3");
  await linkSays(page, "choices", "2-0,7-1");
  await linkSays(page, "learn", "preferences");
  await expect(page.getByRole("radio", { name: "Preferences" })).toBeChecked();
  // The file opens again, with its choices, and plays as it did.
  await page.keyboard.press("4");
  await page.keyboard.press("End");
  const shown = await frame(page);
  if (!(await page.getByRole("button", { name: "Recording as file" }).isVisible())) {
    await page.getByText("Export and share").click();
  }
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Recording as file" }).click();
  const saved = await file;
  expect(saved.suggestedFilename()).toContain("2-own-choices");
  await page.goto("about:blank");
  await open(page, site.url);
  await page.getByLabel("Recording file").setInputFiles(await saved.path());
  await expect(header(page)).toContainText("2 own choices");
  await page.keyboard.press("4");
  await page.keyboard.press("End");
  await expect.poll(() => frame(page)).toBe(shown);
  await teach(page);
  await page.getByRole("button", { name: "Start before" }).click();
  await expect(page.getByRole("button", { name: "Try 8 is the best" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
});

test("a link with choices trains and plays them", async ({ page, site }) => {
  await open(page, site.url, "#scene=training-set&time=13&choices=3-5,0-7");
  await expect(header(page)).toContainText("2 own choices", { timeout: 60_000 });
  await linkSays(page, "learn", "preferences");
  await expect(page.getByText("A visitor picked try 4 as the best")).toBeVisible();
  await expect(stage(page).getByRole("img", { name: /^Try 4: .* Liked best/ })).toHaveCount(1);
});

test("contradicting choices get a sentence, and leaving halfway loses nothing", async ({
  page,
  site,
}) => {
  await open(page, site.url);
  await teach(page);
  await page.getByRole("button", { name: "Try 2 is the best" }).click();
  await page.getByRole("button", { name: "Try 2 is the worst" }).click();
  const alert = dialog(page).getByRole("alert");
  await expect(alert).toHaveText("Try 2 is already your best: pick another as the worst.");
  await page.getByRole("button", { name: "Try 5 is the worst" }).click();
  await expect(alert).toHaveText("");
  await page.getByRole("button", { name: "Next start" }).click();
  await page.getByRole("button", { name: "Try 1 is the best" }).click();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await page.reload();
  await teach(page);
  await expect(dialog(page)).toContainText("Start 2.");
  await expect(dialog(page)).toContainText("1 start judged");
  const first = page.getByRole("button", { name: "Try 1 is the best" });
  await expect(first).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Escape");
  await open(page, site.url, "#choices=4-4");
  await expect(page.getByText("The link asks for choices = 4-4, but accepted is")).toBeVisible();
});

test("on a phone that wants calm the tries stand still until they are played", async ({
  page,
  site,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ reducedMotion: "reduce", colorScheme: "dark" });
  await open(page, site.url);
  await teach(page);
  await nothingFound(page, "light", "here");
  const tries = dialog(page).locator("ul");
  const drawn = () => tries.evaluate((list) => list.innerHTML);
  const still = await drawn();
  await page.evaluate(() => new Promise((done) => setTimeout(done, 700)));
  expect(await drawn()).toBe(still);
  await page.getByRole("button", { name: "One step" }).click();
  await expect.poll(drawn).not.toBe(still);
  const stepped = await drawn();
  await dialog(page).getByRole("button", { name: "Play" }).click();
  await expect.poll(drawn).not.toBe(stepped);
  await dialog(page).getByRole("button", { name: "Pause" }).click();
  const wide = await dialog(page).evaluate((box) => box.scrollWidth <= box.clientWidth);
  expect(wide).toBe(true);
});

test("axe finds nothing in the scenes of preferences and in the dialog", async ({ page, site }) => {
  await open(page, site.url, "#theme=light&learn=preferences&examples=2&passes=3");
  await expect(header(page)).toContainText("2 preferences", { timeout: 60_000 });
  for (const phase of [3, 4, 7]) {
    await page.keyboard.press(String(phase));
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await nothingFound(page, "light", "here");
  }
  await teach(page);
  await page.keyboard.press("1");
  await page.keyboard.press("Shift+Digit2");
  await dialog(page).getByRole("button", { name: "Pause" }).click();
  await nothingFound(page, "light", "here");
});
