/** The documentation's gallery, built and opened from the disk with the network off. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { fixtures, WORLDS } from "./server";
import { expect, test as base } from "./site";

// A machine that is busy with other tests is no failure. One worker, so that it is built once.
base.describe.configure({ mode: "serial", timeout: 240_000 });

const root = fileURLToPath(new URL("../../../", import.meta.url));
const PYTHON = process.env["HRMKIT_PYTHON"] ?? join(root, ".venv/bin/python");

const test = base.extend<object, { docs: string }>({
  docs: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "docs-"));
      execFileSync(PYTHON, ["-m", "mkdocs", "build", "--strict", "--quiet", "-d", folder], {
        cwd: root,
        env: {
          ...process.env,
          HRMKIT_DATA: process.env["HRMKIT_DATA"] ?? fixtures,
          NO_MKDOCS_2_WARNING: "1", // it speaks of another tool
        },
      });
      await use(folder);
      rmSync(folder, { recursive: true });
    },
    { scope: "worker", timeout: 240_000 },
  ],
});

test("every story of the gallery is on stage, and the first one plays", async ({ page, docs }) => {
  await page.context().setOffline(true);
  page.on("request", (request) => expect(request.url()).toMatch(/^(file|blob|data):/));
  await page.goto(pathToFileURL(join(docs, "gallery.html")).href);
  const stories = page.locator("iframe.plays");
  // The worlds, the ladder, and thoughts about a sudoku, a maze and a task of ARC.
  await expect(stories).toHaveCount(WORLDS.length + 4);
  for (const [at, story] of (await stories.all()).entries()) {
    await story.scrollIntoViewIfNeeded();
    const frame = story.contentFrame();
    await expect(frame.getByRole("img").first()).toBeVisible({ timeout: 60_000 });
    await expect(frame.getByText("is not a valid recording")).toHaveCount(0);
    const name = at === 0 ? "Pause" : "Play";
    await expect(frame.getByRole("button", { name, exact: true })).toBeVisible();
  }
});

test("the search finds a page without a server", async ({ page, docs }) => {
  await page.context().setOffline(true);
  await page.goto(pathToFileURL(join(docs, "index.html")).href);
  await page.getByRole("textbox", { name: "Search" }).fill("participation ratio");
  // The index is unpacked first, which takes a busy machine its time.
  await expect(page.locator(".md-search-result__link").first()).toContainText("Inside a model", {
    timeout: 60_000,
  });
});
