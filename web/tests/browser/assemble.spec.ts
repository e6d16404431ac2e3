/** The second story: Assemble, from the ladder that comes with the package. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import type { Page } from "@playwright/test";

import type { LadderRecording, Rung } from "../../src/recording/ladder.gen";
import {
  expect,
  frame,
  hashOf,
  ladder,
  LADDER,
  linkSays,
  looked,
  nothingFound,
  open,
  stage,
  test,
  themed,
  THEMES,
} from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 120_000 });

const ASSEMBLE = `#story=${LADDER}`;
const BENCH = 12;
const PHASES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, BENCH];

const current = (page: Page) => page.locator("[aria-current=step]");

/** Goes to a scene with keys alone; the last three have no digit of their own. */
async function reach(page: Page, phase: number): Promise<void> {
  if (phase < 10) await page.keyboard.press(String(phase));
  else {
    await page.keyboard.press("b");
    for (let back = BENCH; back > phase; back--) await page.keyboard.press("Shift+ArrowLeft");
  }
  await expect(current(page)).toContainText(String(phase));
}

test("the header leads from one story to the other and back", async ({ page, site }) => {
  await open(page, site.url);
  const stories = page.getByRole("group", { name: "Stories" });
  const assemble = stories.getByRole("button", { name: "Assemble the kit" });
  await expect(stories.getByRole("button", { name: "Worlds" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await assemble.focus();
  await page.keyboard.press("Enter");
  await expect(assemble).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("list", { name: "Scenes" }).getByRole("button")).toHaveCount(13);
  await linkSays(page, "story", LADDER);
  await expect(page.getByRole("slider", { name: "Dataset size" })).toHaveCount(0);
  await stories.getByRole("button", { name: "Worlds" }).click();
  await expect(page.getByRole("slider", { name: "Dataset size" })).toBeVisible();
  await linkSays(page, "story", null);
});

test("every scene can be reached and stepped through with the keyboard alone", async ({
  page,
  site,
}) => {
  await open(page, site.url, ASSEMBLE);
  for (const phase of PHASES) {
    await reach(page, phase);
    const before = await frame(page);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => frame(page)).not.toBe(before);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => frame(page)).toBe(before);
  }
  await page.keyboard.press("Shift+ArrowLeft");
  await expect(current(page)).toContainText(String(BENCH - 1));
  await page.keyboard.press("Home");
  await expect(current(page)).toContainText("0");
});

test("it plays, and a link brings the same frame back", async ({ page, site }) => {
  await open(page, site.url, `${ASSEMBLE}&scene=step-03&time=7.5`);
  const direct = await frame(page);
  await page.keyboard.press("Space");
  await expect.poll(() => frame(page)).not.toBe(direct);
  await page.keyboard.press("Space");
  await expect.poll(async () => (await hashOf(page)).get("time")).not.toBe("7.5");
  await page.evaluate((hash) => (location.hash = hash), `${ASSEMBLE}&scene=step-03&time=7.5`);
  await expect.poll(() => frame(page)).toBe(direct);
});

test("a scene of the other story is named, and this one begins at its first", async ({
  page,
  site,
}) => {
  await open(page, site.url, `${ASSEMBLE}&scene=clumsy-rollout&compare=before`);
  const alerts = page.getByRole("alert");
  await expect(alerts.filter({ hasText: "scene = clumsy-rollout" })).toContainText("step-00");
  await expect(alerts.filter({ hasText: "stands alone" })).toBeVisible();
  await expect(current(page)).toContainText("0");
});

for (const theme of THEMES) {
  test(`axe finds nothing in any scene (${theme})`, async ({ page, site }) => {
    test.setTimeout(240_000);
    await open(page, site.url, `${ASSEMBLE}&${await themed(page, theme)}`);
    for (const phase of looked(PHASES, theme)) {
      await reach(page, phase);
      await page.keyboard.press("ArrowRight");
      await nothingFound(page, theme, `scene ${phase}`);
    }
  });
}

test("a phone shows everything without scrolling sideways", async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, site.url, ASSEMBLE);
  for (const phase of PHASES) {
    await reach(page, phase);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
  }
  await nothingFound(page, "light", "a phone");
});

/** The first thing on stage that can be carried, and the socket where it belongs, on the screen. */
async function carried(page: Page) {
  const plug = stage(page).locator("[data-drag]").first();
  const box = await plug.boundingBox();
  if (!box) throw new Error("nothing on stage can be carried");
  return { plug, at: { x: box.x + box.width / 2, y: box.y + box.height / 2 } };
}

test("a wire is dragged to its socket with the mouse", async ({ page, site }) => {
  await open(page, site.url, `${ASSEMBLE}&scene=step-02`);
  const before = await frame(page);
  const { at } = await carried(page);
  // Let go anywhere else, it springs back and nothing has happened.
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + 60, at.y - 10, { steps: 4 });
  const socket = stage(page).locator(".way circle");
  await expect(socket).toBeVisible();
  const target = await socket.boundingBox();
  if (!target) throw new Error("no socket is shown");
  await page.mouse.up();
  await expect(socket).toHaveCount(0);
  await linkSays(page, "time", null);
  await expect.poll(async () => (await carried(page)).at).toEqual(at);
  // At its socket it snaps, and is plugged in.
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  const [x, y] = [target.x + target.width / 2, target.y + target.height / 2];
  await page.mouse.move((at.x + x) / 2, (at.y + y) / 2, { steps: 5 });
  await page.mouse.move(x + 8, y + 8, { steps: 5 });
  await expect(stage(page).locator(".way.near")).toHaveCount(1);
  await page.mouse.up();
  await expect.poll(async () => Number((await hashOf(page)).get("time"))).toBeGreaterThan(0);
  expect(await frame(page)).not.toBe(before);
});

test("whoever cannot drag plugs the wire in with Enter", async ({ page, site }) => {
  await open(page, site.url, `${ASSEMBLE}&scene=step-02`);
  const { plug } = await carried(page);
  await plug.focus();
  await page.keyboard.press("Enter");
  await expect.poll(async () => Number((await hashOf(page)).get("time"))).toBeGreaterThan(0);
});

test.describe("with a finger", () => {
  test.use({ hasTouch: true });
  test("a wire is dragged and the page stays where it is", async ({ page, site }) => {
    await open(page, site.url, `${ASSEMBLE}&scene=step-02`);
    const { at } = await carried(page);
    const client = await page.context().newCDPSession(page);
    const touch = (type: string, points: { x: number; y: number }[]) =>
      client.send("Input.dispatchTouchEvent", { type: type as "touchStart", touchPoints: points });
    await touch("touchStart", [at]);
    for (let i = 1; i <= 6; i++) await touch("touchMove", [{ x: at.x, y: at.y - 12 * i }]);
    await expect(stage(page).locator(".way")).toHaveCount(1);
    const target = await stage(page).locator(".way circle").boundingBox();
    if (!target) throw new Error("no socket is shown");
    const [x, y] = [target.x + target.width / 2, target.y + target.height / 2];
    for (let i = 1; i <= 6; i++) {
      const part = i / 6;
      await touch("touchMove", [
        { x: at.x + (x - at.x) * part, y: at.y - 72 + (y - at.y + 72) * part },
      ]);
    }
    await touch("touchEnd", []);
    await expect.poll(async () => Number((await hashOf(page)).get("time"))).toBeGreaterThan(0);
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });
});

test("the wires of the bench are in the link, and can be reset", async ({ page, site }) => {
  await open(page, site.url, `${ASSEMBLE}&scene=bench`);
  const recall = page.getByRole("switch", { name: "Recall" });
  const was = await recall.isChecked();
  await recall.click();
  await expect(recall).toBeChecked({ checked: !was });
  await expect.poll(async () => (await hashOf(page)).get("wires")).toMatch(/^l?r?h?-m/);
  await page.getByRole("combobox", { name: "Halting" }).selectOption("none");
  await expect.poll(async () => (await hashOf(page)).get("wires")).toMatch(/-hn$/);
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Halting" })).toHaveValue("none");
  await expect(recall).toBeChecked({ checked: !was });
  await page.getByRole("button", { name: "Reset wires" }).click();
  await linkSays(page, "wires", null);
  await expect(recall).toBeChecked({ checked: was });
});

test("the bench of a page on a static host says why it cannot train", async ({ page, site }) => {
  await open(page, site.url, `${ASSEMBLE}&scene=bench`);
  const train = page.getByRole("button", { name: "Train it" });
  await expect(page.getByText("Start it with hrmkit studio")).toBeVisible();
  await expect(train).toBeDisabled();
  await expect(train).toHaveAccessibleDescription(/takes the studio's server/);
});

test("a wiring is trained at the bench, and joins the chart", async ({ page, site }) => {
  // The server's side of this is held to the same answers by tests/test_bench.py.
  const recording = JSON.parse(gunzipSync(readFileSync(ladder)).toString()) as LadderRecording;
  const [model] = recording.rungs.slice(-1);
  if (!model) throw new Error("a ladder without rungs");
  const rung: Rung = { ...model, name: "bench-of-the-test", step: null, title: "My own machine" };
  const idle = { state: "idle", what: "", done: 0, of: 0, left: null, rung: null, problem: null };
  const always = { measured: [] as Rung[], settings: recording.settings };
  let now: object = idle;
  let refusal: string | null = "Plug in recall.";
  const asked: unknown[] = [];
  await page.route("**/bench/**", async (route) => {
    if (route.request().url().endsWith("state.json")) {
      await route.fulfill({ json: { ...idle, ...always, ...now } });
      return;
    }
    asked.push(route.request().postDataJSON());
    if (route.request().url().endsWith("cancel")) now = { state: "cancelled" };
    if (refusal) await route.fulfill({ status: 400, json: { problem: refusal } });
    else await route.fulfill({ status: 202, json: {} });
  });
  await open(page, site.url, `${ASSEMBLE}&scene=bench`);
  const train = page.getByRole("button", { name: "Train it" });
  await train.click();
  await expect(page.getByRole("alert")).toHaveText("Plug in recall.");
  expect(asked).toEqual([{ wires: recording.rungs.find(({ step }) => step === 6)?.wires }]);
  refusal = null;
  now = { state: "training", what: "training seed 0", done: 30, of: 100, left: 42 };
  await train.click();
  await expect(page.getByRole("status", { name: "Training" })).toContainText(
    "30%, about 42 s left",
  );
  await expect(page.getByRole("alert")).toHaveCount(0);
  now = { state: "failed", problem: "The training stopped unexpectedly." };
  await expect(page.getByRole("alert")).toHaveText("The training stopped unexpectedly.");
  now = { state: "training", what: "training seed 0", done: 1, of: 100 };
  await train.click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(train).toBeEnabled();
  now = { state: "training", what: "training seed 0", done: 1, of: 100 };
  await train.click();
  const before = await frame(page);
  always.measured = [rung];
  now = { state: "done", rung };
  await expect(page.getByText("Measured: My own machine.")).toBeVisible();
  await expect.poll(() => frame(page)).not.toBe(before);
  // What was measured is part of the recording that is saved.
  await page.getByText("Export and share").click();
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Recording as file" }).click();
  const saved = JSON.parse(
    gunzipSync(readFileSync(await (await file).path())).toString(),
  ) as LadderRecording;
  expect(saved.bench.at(-1)).toEqual(rung);
  await page.getByLabel("Recording file").setInputFiles(await (await file).path());
  await expect(page.getByRole("status").filter({ hasText: "Playing" })).toBeVisible();
});

test("frame, scene and recording are exported", async ({ page, site }) => {
  await open(page, site.url, `${ASSEMBLE}&scene=step-01&time=3`);
  await page.getByText("Export and share").click();
  await expect(page.getByRole("button", { name: "Final run as GIF" })).toHaveCount(0);
  const png = page.waitForEvent("download");
  await page.getByRole("button", { name: "This frame as PNG" }).click();
  expect(
    readFileSync(await (await png).path())
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");
  const gif = page.waitForEvent("download", { timeout: 60_000 });
  await page.getByRole("button", { name: "This scene as GIF" }).click();
  expect(
    readFileSync(await (await gif).path())
      .subarray(0, 6)
      .toString(),
  ).toBe("GIF89a");
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Recording as file" }).click();
  const saved = await file;
  expect(saved.suggestedFilename()).toMatch(/^ladder-.*\.hrm\.json\.gz$/);
  await page.getByLabel("Recording file").setInputFiles(await saved.path());
  await expect(page.getByRole("status").filter({ hasText: "Playing" })).toBeVisible();
});
