/** What can go wrong: the page says what happened and keeps what it had. */
import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";

import type { Page } from "@playwright/test";

import {
  expect,
  frame,
  hashOf,
  LADDER,
  linkSays,
  ladder,
  open,
  serve,
  stage,
  story,
  test,
} from "./site";

const file = readFileSync(story);

async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  await dropAll(page, [[name, bytes]]);
}

async function dropAll(page: Page, files: readonly [string, Buffer][]): Promise<void> {
  const transfer = await page.evaluateHandle(
    (all) => {
      const data = new DataTransfer();
      for (const [called, base64] of all) {
        const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([content], called));
      }
      return data;
    },
    files.map(([name, bytes]): [string, string] => [name, bytes.toString("base64")]),
  );
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 90_000 });

test("bad values in the link are named, and their defaults used", async ({ page, site }) => {
  await open(page, site.url, "#examples=500&theme=pink&time=-3");
  const alerts = page.getByRole("alert");
  await expect(alerts).toHaveCount(3);
  await expect(alerts.filter({ hasText: "examples = 500" })).toContainText("1 to 50");
  await expect(alerts.filter({ hasText: "theme = pink" })).toContainText("auto, light, dark");
  await expect(page.getByRole("slider", { name: "Dataset size" })).toHaveValue("10");
  await alerts.first().getByRole("button").click();
  await expect(alerts).toHaveCount(2);
});

test("an unknown scene and an unknown story are named", async ({ page, site }) => {
  await open(page, site.url, "#scene=nowhere&story=lost.hrm.json.gz");
  await expect(page.getByRole("alert").filter({ hasText: "scene = nowhere" })).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: "lost.hrm.json.gz" })).toBeVisible();
  await expect(page.locator("[aria-current=step]")).toContainText("0");
});

test("what is not taken from a link leaves the address, however slowly the story comes", async ({
  page,
  site,
}) => {
  await page.route("**/recordings/*.gz", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    await route.continue();
  });
  await open(page, site.url, "#examples=500&captions=0");
  await expect.poll(() => page.evaluate(() => location.hash)).toBe("#captions=0");
});

for (const [asked, becomes] of [
  ["scene=dashboard&time=1e99", "#scene=dashboard"],
  ["scene=dashboard&time=-1", "#scene=dashboard"],
  ["time=NaN", ""],
  ["scene=nowhere&time=4", ""],
  ["start=99999&scene=generalisation", "#scene=generalisation"],
  [`story=${LADDER}&scene=step-01&start=777`, `#story=${LADDER}&scene=step-01`],
] as const) {
  test(`nonsense does not stay in the address: ${asked}`, async ({ page, site }) => {
    await open(page, site.url, `#${asked}`);
    await expect(page.getByRole("alert").first()).toBeVisible();
    await expect.poll(() => page.evaluate(() => location.hash)).toBe(becomes);
    // And neither where the page is open already.
    await page.evaluate((hash) => (location.hash = hash), asked);
    await expect.poll(() => page.evaluate(() => location.hash)).toBe(becomes);
  });
}

test("a time beyond a scene's end becomes its end, in the address too", async ({ page, site }) => {
  await open(page, site.url, "#scene=dashboard&time=5000");
  const shown = async () => Number((await hashOf(page)).get("time"));
  await expect.poll(shown).toBeLessThan(60);
  expect(await shown()).toBeGreaterThan(10);
});

test("after a reload a file has to be opened again, and then goes on where it was", async ({
  page,
  site,
}) => {
  await open(page, site.url);
  await drop(page, "mine.hrm.json.gz", file);
  await linkSays(page, "story", "mine.hrm.json.gz");
  await page.keyboard.press("2");
  await page.keyboard.press("ArrowRight");
  await linkSays(page, "scene", "clumsy-rollout");
  const time = (await hashOf(page)).get("time");
  await page.reload();
  const alert = page.getByRole("alert").filter({ hasText: "mine.hrm.json.gz" });
  await expect(alert).toContainText("was opened from a file");
  await linkSays(page, "story", null);
  const chooser = page.waitForEvent("filechooser");
  await alert.getByRole("button", { name: "Open a file" }).click();
  await (await chooser).setFiles({ name: "mine.hrm.json.gz", mimeType: "", buffer: file });
  await linkSays(page, "story", "mine.hrm.json.gz");
  await linkSays(page, "scene", "clumsy-rollout");
  await linkSays(page, "time", time);
  await expect(alert).toHaveCount(0);
});

test("bad files are refused, and the story stays", async ({ page, site }) => {
  await open(page, site.url, "#scene=clumsy-rollout&time=6");
  const before = await frame(page);
  const json = JSON.parse(gunzipSync(file).toString()) as Record<string, unknown>;
  const bad: [string, Buffer, RegExp][] = [
    ["cut.hrm.json.gz", file.subarray(0, file.length / 2), /truncated/],
    ["bomb.hrm.json.gz", gzipSync(Buffer.alloc(65 * 2 ** 20, 32)), /at most 64 MiB/],
    ["new.hrm.json.gz", gzipSync(JSON.stringify({ ...json, version: 9 })), /newer HRM Kit/],
    ["photo.png", Buffer.from([137, 80, 78, 71, 13, 10]), /not complete JSON/],
    ["odd.hrm.json.gz", gzipSync(JSON.stringify({ ...json, showcase: "x" })), /showcase/],
  ];
  for (const [name, bytes, said] of bad) {
    await drop(page, name, bytes);
    await expect(page.getByRole("alert").filter({ hasText: name })).toContainText(said);
    expect(await frame(page)).toBe(before);
  }
});

test("a recording that is dropped plays", async ({ page, site }) => {
  await open(page, site.url, "#scene=clumsy-rollout&time=6");
  await drop(page, "mine.hrm.json.gz", file);
  await expect(page.getByRole("status").filter({ hasText: "mine.hrm.json.gz" })).toBeVisible();
  await expect(page.locator("[aria-current=step]")).toContainText("0");
});

test("files that are dropped together are all opened, and what is none is named", async ({
  page,
  site,
}) => {
  await open(page, site.url, "#scene=clumsy-rollout&time=6");
  await dropAll(page, [
    ["photo.png", Buffer.from([137, 80, 78, 71, 13, 10])],
    ["one.hrm.json.gz", file],
    ["two.hrm.json.gz", file],
    ["cut.hrm.json.gz", file.subarray(0, 1000)],
    ["ladder.hrm.json.gz", readFileSync(ladder)],
  ]);
  const news = page.getByRole("status").filter({ hasText: "Playing one.hrm.json.gz" });
  await expect(news).toContainText("2 more are in the list of stories.");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("photo.png");
  await expect(alert).toContainText("cut.hrm.json.gz is truncated");
  const list = page.getByRole("combobox", { name: "Story" });
  await expect(list.getByRole("option")).toHaveCount(3);
  await expect(list).toHaveValue("one.hrm.json.gz");
  await list.selectOption("two.hrm.json.gz");
  await linkSays(page, "story", "two.hrm.json.gz");
  // The name of a story beside the page stays that story's.
  await page.getByRole("button", { name: "Assemble the kit" }).click();
  await expect(list.getByRole("option")).toHaveCount(2);
  await list.selectOption("ladder.hrm.json.gz (2)");
  await expect(page.locator("[aria-current=step]")).toContainText("0");
  // What was opened can stand beside a story.
  await page.getByRole("button", { name: "Worlds" }).click();
  await list.selectOption("one.hrm.json.gz");
  await linkSays(page, "story", "one.hrm.json.gz");
  await page.getByLabel("Side by side with").selectOption("story:two.hrm.json.gz");
  await expect(page.getByRole("figure")).toHaveCount(2);
  // Files are not part of a link.
  await page.reload();
  await expect(page.getByRole("figure").first()).toBeVisible();
});

test("without WebAssembly stories play, and a knob says why it cannot train", async ({
  page,
  site,
}) => {
  await page.addInitScript(() => {
    delete (globalThis as { WebAssembly?: unknown }).WebAssembly;
  });
  await open(page, site.url);
  const knob = page.getByRole("slider", { name: "Dataset size" });
  await knob.fill("5");
  await expect(page.getByRole("alert")).toContainText("WebAssembly");
  await expect(knob).toHaveValue("10");
  await expect(stage(page)).toBeVisible();
});

test("where no graphs were exported, a knob says so", async ({ page, site }) => {
  await page.context().route(/graphs\/index\.json$/, (route) => route.fulfill({ status: 404 }));
  await open(page, site.url);
  await page.getByRole("slider", { name: "Dataset size" }).fill("5");
  await expect(page.getByRole("alert")).toContainText("graphs/index.json");
});

test("where nothing is defined of worlds, a sentence says so, and stories play", async ({
  page,
}) => {
  const site = await serve({ graphs: false });
  await open(page, site.url, "#examples=5");
  const alerts = page.getByRole("alert");
  await expect(alerts.first()).toContainText("(graphs/definitions.json) does not exist here");
  await expect(alerts.nth(1)).toContainText("“Key -> Door” is not defined here");
  await expect(page.locator("header")).toContainText("10 examples");
  await expect(page.getByText("nothing can be trained in it").last()).toBeVisible();
  await expect(page.getByRole("slider", { name: "Dataset size" })).toHaveCount(0);
  await page.getByRole("slider", { name: "Exploration" }).fill("1");
  await expect(page.getByText("This world has 5 places.")).toBeVisible();
  await page.getByLabel("Side by side with").selectOption("before");
  await expect(page.getByRole("figure")).toHaveCount(2);
  await page.goto(`${site.url}#compare=flat`);
  await page.reload();
  await expect(alerts.nth(1)).toContainText("“Key -> Door” is not defined here");
  await expect(page.getByRole("figure")).toHaveCount(1);
  await site.stop();
});

for (const [what, body, says] of [
  ["is no JSON", "<html>", "is not as this page knows it"],
  ["lacks what it should have", '{"format": "hrm-definitions", "version": 1}', "is not as this"],
] as const) {
  test(`definitions of which the file ${what} get a sentence`, async ({ page, site }) => {
    await page.route(/definitions\.json$/, (route) => route.fulfill({ body }));
    await open(page, site.url);
    await expect(page.getByRole("alert")).toContainText(says);
  });
}

test("a crash of the training is told, and the story stays on screen", async ({ page, site }) => {
  // A defect in the worker, once it is asked to train a story.
  const crash = `
    addEventListener("message", ({ data }) => {
      if (data.job?.kind === "record") setTimeout(() => { throw new Error("a defect"); });
    });`;
  await page.route(/assets\/worker-.*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()) + crash });
  });
  await open(page, site.url, "#scene=clumsy-rollout&time=6");
  const before = await frame(page);
  const knob = page.getByRole("slider", { name: "Dataset size" });
  await knob.fill("3");
  await expect(page.getByRole("alert")).toContainText("The training stopped unexpectedly", {
    timeout: 40_000,
  });
  await expect(page.getByRole("status", { name: "Training" })).toHaveCount(0);
  await expect(knob).toHaveValue("10");
  expect(await frame(page)).toBe(before);
  // The next one starts with a worker of its own.
  await page.unroute(/assets\/worker-.*\.js$/);
  await knob.fill("3");
  await expect(page.locator("header")).toContainText("3 examples", { timeout: 60_000 });
});

test("a server that stops takes nothing away", async ({ page }) => {
  const site = await serve();
  await open(page, site.url, "#scene=clumsy-rollout&time=6");
  const before = await frame(page);
  await site.stop();
  await page.getByRole("slider", { name: "Dataset size" }).fill("5");
  await expect(page.getByRole("alert")).toContainText(/server|loaded/);
  expect(await frame(page)).toBe(before);
  await page.keyboard.press("5");
  await expect(page.locator("[aria-current=step]")).toContainText("5");
});

test("a page without stories says how to get one", async ({ page, site }) => {
  await page.route("**/recordings/index.json", (route) => route.fulfill({ status: 404 }));
  await page.goto(site.url);
  await expect(page.getByText("No story is on stage.")).toBeVisible();
  await drop(page, "mine.hrm.json.gz", file);
  await expect(stage(page)).toBeVisible();
});
