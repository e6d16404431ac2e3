/** A world that is not in the package, in the page as a reader has it. */
import { expect, linkSays, open, OTHER, serve, stage, test } from "./site";

test("a world that is not in the package is trained and told like any", async ({ page }) => {
  test.setTimeout(120_000);
  const site = await serve(OTHER);
  await open(page, site.url);
  await expect(page.locator("header")).toContainText("Cloth → Bell");
  await expect(page.getByText("We walk around a ring of 3 tiles.")).toBeVisible();
  await page.getByRole("slider", { name: "Cloths" }).fill("2");
  await expect(page.locator("header")).toContainText("3 tiles, 2 cloths", { timeout: 60_000 });
  await linkSays(page, "sizes", "cloths-2");
  await page.getByRole("slider", { name: "Ring length" }).fill("4");
  await expect(page.locator("header")).toContainText("4 tiles, 2 cloths", { timeout: 60_000 });
  const scenes = page.getByRole("list", { name: "Scenes" }).getByRole("button");
  await expect(scenes).toHaveCount(8);
  for (const scene of await scenes.all()) {
    await scene.click();
    await page.keyboard.press("ArrowRight");
    const said = await stage(page).evaluate((svg) => {
      const labels = [...svg.querySelectorAll("[aria-label]")].map((one) =>
        one.getAttribute("aria-label"),
      );
      return [svg.textContent, ...labels].join("\n");
    });
    expect(said.length).toBeGreaterThan(20);
    expect(said).not.toMatch(/\b(key|door|line)s?\b/i);
  }
  await page.getByRole("button", { name: "Reset knobs" }).click();
  await expect(page.locator("header")).toContainText("3 tiles, 1 cloth,");
  await site.stop();
});

test("a link may ask for its sizes, and is told what there is", async ({ page }) => {
  const site = await serve(OTHER);
  await open(page, site.url, "#sizes=cloths-3&tiles=9");
  const alerts = page.getByRole("alert");
  await expect(alerts.nth(0)).toContainText(
    "tiles = 9, but accepted in this world is tiles from 2",
  );
  await expect(alerts.nth(1)).toContainText("sizes = cloths-3");
  await expect(page.locator("header")).toContainText("3 tiles, 1 cloth,");
  await linkSays(page, "sizes", null);
  await site.stop();
});
