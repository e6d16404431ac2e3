/** The bench, with the studio that the tests start: it trains for real. */
import { expect, test } from "@playwright/test";

import { LADDER } from "./server";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 120_000 });

test("the studio refuses what makes no model, trains what does, and can be stopped", async ({
  page,
}) => {
  await page.goto(`./#story=${LADDER}&scene=bench&wires=lh-m2-n2-t2-gone-s1-hn`);
  const train = page.getByRole("button", { name: "Train it" });
  await expect(train).toBeEnabled({ timeout: 30_000 });
  await train.click();
  await expect(page.getByRole("alert")).toContainText("plug in recall");
  await page.getByRole("switch", { name: "Recall" }).click();
  await train.click();
  const training = page.getByRole("status", { name: "Training" });
  await expect(training).toContainText("left", { timeout: 60_000 });
  // Another window sees the same training, and one that is under way is the only one.
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(other.getByRole("status", { name: "Training" })).toBeVisible();
  await other.close();
  await training.getByRole("button", { name: "Cancel" }).click();
  await expect(training).toHaveCount(0);
  await expect(train).toBeEnabled();
  await expect(page.getByRole("alert")).toHaveCount(0);
});
