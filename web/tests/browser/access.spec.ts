/** axe looks at every scene in every theme. */
import { expect, looked, nothingFound, open, test, themed, THEMES } from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 90_000 });

const PHASES = [0, 1, 2, 3, 4, 5, 6, 7];

for (const theme of THEMES) {
  test(`axe finds nothing in any scene (${theme})`, async ({ page, site }) => {
    await open(page, site.url, `#${await themed(page, theme)}`);
    for (const phase of looked(PHASES, theme)) {
      await page.keyboard.press(String(phase));
      await expect(page.locator("[aria-current=step]")).toContainText(String(phase));
      await page.keyboard.press("ArrowRight");
      await nothingFound(page, theme, `scene ${phase}`);
    }
  });
}

test("axe finds nothing in the dialogs, the panels and on a phone", async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, site.url, "#examples=999");
  for (const summary of await page.locator("summary").all()) await summary.click();
  await nothingFound(page, "light", "panels");
  await page.keyboard.press("4");
  for (const key of ["?", "m"]) {
    await page.locator("body").press(key);
    await expect(page.getByRole("dialog")).toBeVisible();
    await nothingFound(page, "light", key);
    await page.keyboard.press("Escape");
  }
});
