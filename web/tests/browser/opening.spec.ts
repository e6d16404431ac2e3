/** The page where its program cannot be loaded: never blank. */
import { pathToFileURL } from "node:url";

import { built, expect, test } from "./site";

test.describe.configure({ timeout: 90_000 });

test("opened as a file, it says what to do", async ({ page }) => {
  await page.goto(`${pathToFileURL(built).href}index.html`);
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("python -m http.server");
  await expect(alert).toContainText("hrmkit studio");
});

test("whichever part of the program is missing, it says so", async ({ page, site }) => {
  // The program, a part that it begins with, and one that it fetches for the story.
  for (const part of ["index", "fields", "scenes"]) {
    const missing = new RegExp(`/assets/${part}-[^/]*\\.js$`);
    await page.route(missing, (route) => route.abort());
    await page.goto(site.url);
    await expect(page.getByRole("alert")).toContainText("cannot be loaded");
    await page.unroute(missing);
  }
  await page.goto(site.url);
  await expect(page.getByRole("figure")).toBeVisible();
  await expect(page.getByText("cannot be loaded")).toHaveCount(0);
});
