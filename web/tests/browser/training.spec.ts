import { expect, frame, linkSays, open, stage, test } from "./site";

test("a knob trains again for real, and the new story plays from the same scene", async ({
  page,
  site,
}) => {
  test.setTimeout(60_000);
  await open(page, site.url, "#scene=training-set&time=5");
  const before = await frame(page);
  await page.getByRole("slider", { name: "Dataset size" }).fill("3");
  await expect(page.getByText("Training the new story")).toBeVisible();
  await expect(page.locator("header")).toContainText("3 examples", { timeout: 40_000 });
  await expect(page.getByText("Training the new story")).toHaveCount(0);
  expect(await frame(page)).not.toBe(before);
  await expect(page.locator("[aria-current=step]")).toContainText("3");
  await linkSays(page, "examples", "3");
  // Back to the story's own knobs is at once: nothing has to be trained.
  await page.getByRole("button", { name: "Reset knobs" }).click();
  await expect.poll(() => frame(page)).toBe(before);
});

test("a training can be cancelled; the knobs go back to the story on screen", async ({
  page,
  site,
}) => {
  await open(page, site.url);
  const knob = page.getByRole("slider", { name: "Dataset size" });
  await knob.fill("50");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Cancel" })).toHaveCount(0);
  await expect(knob).toHaveValue("10");
  await expect(page.locator("header")).toContainText("10 examples");
});

test("hierarchy and none stand side by side, the second trained here", async ({ page, site }) => {
  test.setTimeout(60_000);
  await open(page, site.url, "#compare=flat&examples=2&passes=3");
  await expect(page.getByRole("figure")).toHaveCount(2, { timeout: 40_000 });
  await expect(page.getByRole("figure").nth(0)).toContainText("With hierarchy");
  await expect(page.getByRole("figure").nth(1)).toContainText("Without hierarchy");
});

test("what is trained for the right side is gone with it", async ({ page, site }) => {
  await open(page, site.url);
  const beside = page.getByLabel("Side by side with");
  const cancel = page.getByRole("button", { name: "Cancel" });
  await beside.selectOption("examples-20");
  await expect(cancel).toBeVisible();
  await beside.selectOption({ label: "nothing" });
  await expect(cancel).toHaveCount(0);
  await expect(page.getByRole("figure")).toHaveCount(1);
});

test("ablations and a spread over seeds are trained when asked for", async ({ page, site }) => {
  test.setTimeout(120_000);
  await open(page, site.url, "#scene=generalisation&time=36&examples=2&passes=3");
  await expect(page.locator("header")).toContainText("2 examples", { timeout: 40_000 });
  // Until then what was trained under other settings carries a star, and the note says which.
  await expect(stage(page)).toContainText("Frozen Doer *");
  await expect(stage(page)).toContainText("* Trained with 10 examples");
  await page.getByRole("button", { name: "Train ablations" }).click();
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  await expect(page.getByRole("button", { name: "Cancel" })).toHaveCount(0, { timeout: 60_000 });
  await expect(stage(page)).not.toContainText("Frozen Doer *", { timeout: 40_000 });
  await page.getByRole("button", { name: "Train 5 seeds" }).click();
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  await expect(page.getByRole("button", { name: "Cancel" })).toHaveCount(0, { timeout: 60_000 });
  await page.keyboard.press("7");
  const shown = page.getByRole("figure").first();
  const heard: string[] = [];
  for (let stop = 0; stop < 14; stop++) {
    heard.push((await shown.textContent()) ?? "");
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(150);
  }
  expect(heard.join(" ")).toContain("show 5 seeds");
});

test.describe("with the runtime loaded ahead", () => {
  test.use({ ahead: true });

  test("a knob trains again without a network", async ({ page, site }) => {
    await open(page, site.url);
    await expect(page.locator("[data-engine=ready]")).toBeVisible({ timeout: 60_000 });
    await page.context().setOffline(true);
    await page.getByRole("slider", { name: "Dataset size" }).fill("3");
    await expect(page.locator("header")).toContainText("3 examples", { timeout: 40_000 });
  });
});
