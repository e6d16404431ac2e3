import { readFileSync } from "node:fs";

import { THOUGHT } from "./server";
import { expect, open, serve, test } from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 90_000 });

test("the same scene gives the same GIF, byte by byte", async ({ page, site }) => {
  await open(page, site.url, "#scene=meet-the-world");
  await page.getByText("Export and share").click();
  const files: Buffer[] = [];
  for (let i = 0; i < 2; i++) {
    const waiting = page.waitForEvent("download", { timeout: 40_000 });
    await page.getByRole("button", { name: "This scene as GIF" }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe("meet-the-world.gif");
    files.push(readFileSync(await download.path()));
  }
  const [first, second] = files;
  expect(first?.subarray(0, 6).toString()).toBe("GIF89a");
  expect(first?.length).toBeGreaterThan(20_000);
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
});

test("a whole story is one GIF, longer than any scene of it", async ({ page }) => {
  test.setTimeout(400_000);
  const site = await serve({ table: true });
  await open(page, site.url, `#story=${THOUGHT}`);
  await page.getByText("Export and share").click();
  const lengths: number[] = [];
  for (const what of ["This scene as GIF", "Whole story as GIF"]) {
    const waiting = page.waitForEvent("download", { timeout: 300_000 });
    await page.getByRole("button", { name: what }).click();
    const gif = readFileSync(await (await waiting).path());
    // Each frame begins with a graphic control: its delay is 8 hundredths.
    lengths.push(gif.toString("latin1").split("\x21\xf9\x04").length);
  }
  const [scene = 0, whole = 0] = lengths;
  expect(scene).toBeGreaterThan(20);
  expect(whole).toBeGreaterThan(3 * scene);
  await site.stop();
});

test("a scene is a video that plays as long as the scene", async ({ page, site }) => {
  test.setTimeout(180_000);
  await open(page, site.url, "#scene=clumsy-rollout");
  await page.getByText("Export and share").click();
  await page.getByRole("radio", { name: "Video" }).check();
  const waiting = page.waitForEvent("download", { timeout: 150_000 });
  await page.getByRole("button", { name: "This scene as video" }).click();
  const film = await waiting;
  expect(film.suggestedFilename()).toMatch(/^clumsy-rollout\.(mp4|webm)$/);
  const bytes = readFileSync(await film.path()).toString("base64");
  const played = await page.evaluate(async (base64) => {
    const video = document.createElement("video");
    const data = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    video.src = URL.createObjectURL(new Blob([data]));
    await new Promise((resolve, reject) => {
      video.onloadeddata = resolve;
      video.onerror = () => reject(new Error(video.error?.message));
    });
    return { width: video.videoWidth, seconds: video.duration };
  }, bytes);
  expect(played.width).toBe(1280);
  expect(played.seconds).toBeGreaterThan(5);
  expect(played.seconds).toBeLessThan(120);
});

test("a GIF can be cancelled", async ({ page, site }) => {
  await open(page, site.url);
  await page.getByText("Export and share").click();
  await page.getByRole("button", { name: "Final run as GIF" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Final run as GIF" })).toBeEnabled();
});

test("the frame is a PNG, and the recording a file that can be dropped again", async ({
  page,
  site,
}) => {
  await open(page, site.url, "#scene=clumsy-rollout&time=6");
  await page.getByText("Export and share").click();
  const png = page.waitForEvent("download");
  await page.getByRole("button", { name: "This frame as PNG" }).click();
  const picture = readFileSync(await (await png).path());
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Recording as file" }).click();
  const saved = await file;
  expect(saved.suggestedFilename()).toMatch(/\.hrm\.json\.gz$/);
  await page.getByLabel("Recording file").setInputFiles(await saved.path());
  await expect(page.getByRole("status").filter({ hasText: "Playing" })).toBeVisible();
});
