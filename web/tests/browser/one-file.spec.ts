/** The page as one file, which Python writes, opened from the disk with the network off. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { Page } from "@playwright/test";

import { fixtures, story, THOUGHT } from "./server";
import { expect, frame, stage, test as base } from "./site";

// A machine that is busy with other tests is no failure.
base.describe.configure({ timeout: 180_000 });

const root = fileURLToPath(new URL("../../../", import.meta.url));
const PYTHON = process.env["HRMKIT_PYTHON"] ?? join(root, ".venv/bin/python");
const MOST_BYTES = 12e6;
const PUZZLE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";

const test = base.extend<object, { file: string }>({
  file: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "one-file-"));
      const file = join(folder, "a story.html");
      execFileSync(PYTHON, ["-m", "hrmkit", "site", "--single", file], {
        env: { ...process.env, HRMKIT_DATA: process.env["HRMKIT_DATA"] ?? fixtures },
      });
      await use(file);
      rmSync(folder, { recursive: true });
    },
    { scope: "worker", timeout: 180_000 },
  ],
});

/** Opens the file with no network; whatever is asked of one is a failure. */
async function openFile(page: Page, file: string, hash = ""): Promise<void> {
  await page.context().setOffline(true);
  page.on("request", (request) => expect(request.url()).toMatch(/^(file|blob|data):/));
  await page.goto(`${pathToFileURL(file).href}${hash}`);
  await expect(stage(page)).toBeVisible({ timeout: 30_000 });
}

test("a double click opens the story, which plays and is exported", async ({ page, file }) => {
  expect(statSync(file).size).toBeLessThan(MOST_BYTES);
  await openFile(page, file);
  await expect(page.locator("header")).toContainText("Key");
  const before = await frame(page);
  await page.getByRole("button", { name: "Play the story" }).click();
  // Where somebody points at it, the drawing itself moves, and not a canvas upon it.
  await stage(page).hover();
  await expect.poll(() => frame(page)).not.toBe(before);
  await page.mouse.move(0, 0);
  // Drawn by the worker, in the font that the file carries.
  expect(await page.evaluate(() => document.fonts.check("16px 'Nunito Variable'"))).toBe(true);
  await expect.poll(() => page.evaluate(() => location.hash)).toContain("playing");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Export and share").click();
  const waiting = page.waitForEvent("download", { timeout: 60_000 });
  await page.getByRole("button", { name: "This scene as GIF" }).click();
  const gif = readFileSync(await (await waiting).path());
  expect(gif.subarray(0, 6).toString()).toBe("GIF89a");
});

test("a knob trains the story again, with the runtime and graphs in the file", async ({
  page,
  file,
}) => {
  await openFile(page, file, "#scene=training-set&time=5");
  const before = await frame(page);
  await page.getByRole("slider", { name: "Dataset size" }).fill("3");
  await expect(page.locator("header")).toContainText("3 examples", { timeout: 90_000 });
  expect(await frame(page)).not.toBe(before);
});

test("a sudoku of one's own is solved, and the ladder is there", async ({ page, file }) => {
  await openFile(page, file, `#story=${THOUGHT}`);
  await page.getByText("Paste a puzzle").click();
  await page.getByRole("textbox", { name: "The puzzle as text" }).fill(PUZZLE);
  await page.getByRole("button", { name: "Put it on the table" }).click();
  await page.getByRole("button", { name: "Think", exact: true }).click();
  await expect(page.getByRole("button", { name: "Think again" })).toBeVisible({ timeout: 90_000 });
  const said = page.getByRole("status", { name: "What is said of the puzzle" });
  await expect(said).toContainText("Solved: every cell is right.");
  await page.keyboard.press("End");
  await page.getByRole("button", { name: "Assemble the kit" }).click();
  await expect(page.locator("header")).toContainText("ladder", { ignoreCase: true });
  await expect(stage(page)).toBeVisible();
});

test("a file that is not whole says so", async ({ page, file }, info) => {
  const whole = readFileSync(file, "utf8");
  const cut = info.outputPath("cut.html");
  // A third of a part is missing, as after a transfer that broke off.
  writeFileSync(cut, whole.replace(/(data-use="program"[^>]*>.{1000}).{9000}/, "$1"));
  await page.goto(pathToFileURL(cut).href);
  await expect(page.getByRole("alert")).toContainText("damaged, or not whole");
});

test("in a notebook a recording is a frame that plays, and fetches nothing", async ({
  page,
}, info) => {
  const program = [
    "import sys, hrmkit",
    "from pathlib import Path",
    "shown = hrmkit.load_recording(Path(sys.argv[1]))._repr_html_()",
    "assert len(shown) < 2e6",
    "Path(sys.argv[2]).write_text(sys.argv[3] + shown)",
  ];
  // What the strictest of notebooks lets its outputs do: nothing may be fetched, even from inside.
  const policy =
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; " +
    "img-src https: data:; font-src https:; connect-src https:; child-src https: data: blob:";
  const head = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const notebook = info.outputPath("notebook.html");
  execFileSync(PYTHON, ["-c", program.join("\n"), story, notebook, head]);
  await page.context().setOffline(true);
  await page.goto(pathToFileURL(notebook).href);
  const frame = page.frameLocator("iframe");
  await expect(frame.locator("header")).toContainText("Key → Door");
  const clock = frame.getByRole("slider", { name: "Moment of the story" });
  const before = await clock.inputValue();
  await frame.getByRole("button", { name: "Play the story" }).click();
  await expect.poll(() => clock.inputValue()).not.toBe(before);
  await frame.getByRole("slider", { name: "Dataset size" }).fill("3");
  await expect(frame.getByRole("alert")).toContainText("hrmkit play FILE");
});
