/** axe looks at every scene in every theme. */
import { AxeBuilder } from "@axe-core/playwright";

import { expect, open, test } from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 90_000 });

const PHASES = [0, 1, 2, 3, 4, 5, 6, 7];

for (const theme of ["light", "dark", "contrast", "forced"] as const) {
  test(`axe finds nothing in any scene (${theme})`, async ({ page, site }) => {
    if (theme === "forced") await page.emulateMedia({ forcedColors: "active" });
    await open(page, site.url, theme === "forced" ? "" : `#theme=${theme}`);
    for (const phase of PHASES) {
      await page.keyboard.press(String(phase));
      await expect(page.locator("[aria-current=step]")).toContainText(String(phase));
      await page.keyboard.press("ArrowRight");
      const axe = new AxeBuilder({ page });
      // Only colours differ from theme to theme: names, roles and order are looked at once.
      if (theme !== "light") axe.withRules("color-contrast");
      const { violations } = await axe.analyze();
      const found = violations.map(
        ({ id, nodes }) => `scene ${phase}: ${id}: ${nodes.map((node) => node.html).join(" ")}`,
      );
      expect(found).toEqual([]);
    }
  });
}

test("axe finds nothing in the dialogs, the panels and on a phone", async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, site.url, "#examples=999");
  for (const summary of await page.locator("summary").all()) await summary.click();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press("4");
  for (const key of ["?", "m"]) {
    await page.locator("body").press(key);
    await expect(page.getByRole("dialog")).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.keyboard.press("Escape");
  }
});
