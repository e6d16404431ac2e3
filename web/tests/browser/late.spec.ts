/** Whatever is fetched only when it is used can be out of reach: a sentence, and all else goes on. */
import type { Page } from "@playwright/test";

import { expect, frame, open, serve, test } from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 90_000 });

async function keyboardWorks(page: Page, phase = 5): Promise<void> {
  await page.keyboard.press(String(phase));
  await expect(page.locator("[aria-current=step]")).toContainText(String(phase));
}

test("without a server everything that is here goes on, and the rest says why not", async ({
  page,
}) => {
  const site = await serve();
  await open(page, site.url, "#scene=fine-tuning&time=6");
  const before = await frame(page);
  await page.getByText("Export and share").click();
  await site.stop();
  await page.locator("body").press("m");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toContainText("cannot be loaded");
  await expect(dialog.locator("pre").first()).toContainText("\\");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press("?");
  await expect(dialog).toContainText("Space");
  await page.keyboard.press("Escape");
  expect(await frame(page)).toBe(before);
  await page.getByRole("button", { name: "This scene as GIF" }).click();
  await expect(page.getByRole("alert")).toContainText("The film could not be made");
  await page.getByRole("slider", { name: "Dataset size" }).fill("5");
  await expect(page.getByRole("alert")).toHaveCount(2);
  await page.getByRole("button", { name: "Assemble the kit" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "ladder.hrm" })).toBeVisible();
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Recording as file" }).click();
  await file;
  // The canvas has no worker: the drawing itself plays.
  await keyboardWorks(page);
  const start = await frame(page);
  await page.locator("h1").click();
  await page.keyboard.press("Space");
  await expect.poll(() => frame(page)).not.toBe(start);
  await page.keyboard.press("Space");
});

test("the typesetting is fetched again once the server is back", async ({ page, site }) => {
  await open(page, site.url, "#scene=fine-tuning&time=6");
  await page.route(/katex/, (route) => route.abort());
  await page.locator("body").press("m");
  await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.unroute(/katex/);
  await page.locator("body").press("m");
  await expect(page.getByRole("dialog").locator("math").first()).toBeVisible();
});

const PARTS: [string, RegExp, RegExp][] = [
  ["worker", /assets\/worker-.*\.js$/, /training stopped unexpectedly/],
  ["runtime", /assets\/ort.*\.js$|ort-wasm.*mjs$/, /runtime cannot be/],
  ["WebAssembly", /\.wasm$/, /runtime cannot be started/],
  ["graphs' list", /graphs\/index\.json$/, /graphs/],
  ["graph", /think\.onnx$/, /graphs/],
];
for (const [what, address, said] of PARTS) {
  test(`a knob trains once the ${what} can be fetched again`, async ({ page, site }) => {
    await open(page, site.url, "#time=1");
    const before = await frame(page);
    let tried = 0;
    await page.context().route(address, (route) => {
      tried += 1;
      return route.abort();
    });
    const knob = page.getByRole("slider", { name: "Dataset size" });
    await knob.fill("3");
    await expect(page.getByRole("alert")).toContainText(said);
    expect(tried).toBeGreaterThan(0);
    await expect(knob).toHaveValue("10");
    expect(await frame(page)).toBe(before);
    await keyboardWorks(page);
    await page.context().unroute(address);
    await knob.fill("3");
    await expect(page.locator("header")).toContainText("3 examples", { timeout: 60_000 });
  });
}

for (const part of [/assets\/check-.*\.js$/, /assets\/ladder\.svelte-.*\.js$/]) {
  test(`a story without ${part.source} leaves the other on stage`, async ({ page, site }) => {
    await open(page, site.url, "#time=1");
    const before = await frame(page);
    await page.route(part, (route) => route.abort());
    await page.getByRole("button", { name: "Assemble the kit" }).click();
    await expect(page.getByRole("alert")).toContainText("load the page again");
    expect(await frame(page)).toBe(before);
    await keyboardWorks(page);
    await page.unroute(part);
    await page.getByRole("button", { name: "Assemble the kit" }).click();
    await expect(page.getByRole("list", { name: "Scenes" }).getByRole("button")).toHaveCount(13);
  });
}
