/**
 * A run on the page while it trains, and a thought. What is shown was trained for the test by
 * tests/tiny_run.py; its lines are handed to the folder bit by bit, as a trainer writes them.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { test as base, expect, type Page } from "@playwright/test";

import { frame, hashOf, looked, nothingFound, stage, themed, THEMES } from "./site";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const python = process.env["HRMKIT_PYTHON"] ?? join(root, ".venv/bin/python");
const STEPS = 30;

interface Studio {
  readonly url: string;
  readonly lines: readonly string[];
  /** Puts the run back to `lines`, the last of them only in part if `cut` is said. */
  write(lines: readonly string[], cut?: boolean): void;
  readonly metrics: string;
  readonly thought: string;
}

/** A studio of its own, at a run whose metrics the test writes. */
const test = base.extend<{ noErrors: void }, { studio: Studio }>({
  viewport: { width: 1280, height: 800 },
  noErrors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await use();
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
  studio: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "hrmkit-run-"));
      const trained = join(folder, "trained");
      call(join(root, "tests/tiny_run.py"), trained, String(STEPS));
      const thought = join(folder, "thought.hrm.json.gz");
      call("-c", THINK, thought);
      const run = join(folder, "tiny");
      mkdirSync(run);
      cpSync(join(trained, "run.json"), join(run, "run.json"));
      const metrics = join(run, "metrics.jsonl");
      const text = readFileSync(join(trained, "metrics.jsonl"), "utf8");
      const { process: server, url } = await studioAt(run, join(folder, "data"));
      await use({
        url,
        lines: text.trimEnd().split("\n"),
        metrics,
        thought,
        write(lines, cut = false) {
          const whole = lines.map((line) => `${line}\n`).join("");
          writeFileSync(metrics, cut ? whole.slice(0, -20) : whole);
        },
      });
      server.kill("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 180_000 },
  ],
});

/** A thought of a model that has learned nothing: what it says is its own all the same. */
const THINK = `
import sys
from pathlib import Path
from hrmkit.model.assemble import assemble
from hrmkit.model.steps import wiring_of_step
from hrmkit.model.wiring import PuzzleInterface, Sizes
from hrmkit.puzzles.registry import puzzle_of
from hrmkit.recording.file import save
from hrmkit.recording.thought.recorder import record_thought
puzzle = puzzle_of("sudoku", 16)
sizes = Sizes(width=16, heads=2, inner=32, blocks=1)
model = assemble(wiring_of_step(7), sizes, PuzzleInterface(puzzle.vocab, puzzle.cells), seed=1)
given, solution = puzzle.encode("1.34341.2143432."), puzzle.encode("1234341221434321")
save(record_thought(model.eval(), puzzle, given, solution=solution), Path(sys.argv[1]))
`;

function call(...words: string[]): void {
  const said = spawnSync(python, words, { env: quiet(), encoding: "utf8" });
  if (said.status !== 0) throw new Error(said.stderr);
}

function quiet(data = ""): NodeJS.ProcessEnv {
  return { ...process.env, HEADLESS: "1", OMP_NUM_THREADS: "1", HRMKIT_DATA: data };
}

async function studioAt(
  run: string,
  data: string,
): Promise<{ process: ChildProcess; url: string }> {
  const server = spawn(python, ["-m", "hrmkit", "studio", run, "--port", "0"], {
    env: quiet(data),
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /studio: (http:\S+\/)/.exec(said)?.[1];
      if (found) resolve(found);
    };
    server.stdout.on("data", listen);
    server.stderr.on("data", listen);
    server.on("exit", () => reject(new Error(said)));
  });
  return { process: server, url };
}

test.describe.configure({ mode: "serial", timeout: 120_000 });

const status = (page: Page) => page.getByRole("status", { name: "The run" });
const follow = (page: Page) => page.getByRole("button", { name: /ollow.* the newest point/ });
/** The step that the stage is at, from the title of its curves. */
const stepShown = (page: Page) => stage(page).getByText(/^Step [\d,]+ $/);
const upTo = (lines: readonly string[], step: number) =>
  lines.filter((line) => {
    const said = JSON.parse(line) as { kind: string; step: number };
    return said.kind !== "end" && said.step <= step;
  });

async function open(page: Page, studio: Studio, hash = ""): Promise<void> {
  await page.goto(`${studio.url}${hash}`);
  await expect(stage(page)).toBeVisible();
}

test("a folder without points says so, and the first ones appear", async ({ page, studio }) => {
  rmSync(studio.metrics, { force: true });
  await open(page, studio);
  await expect(page.getByRole("button", { name: "A run" })).toHaveAttribute("aria-pressed", "true");
  await expect(status(page)).toContainText("Nothing measured yet");
  await expect(stage(page)).toContainText("Nothing is measured yet");
  studio.write(upTo(studio.lines, 10), true);
  await expect(status(page)).toContainText(/Training\s+Step 10/);
});

test("the newest point is followed until the person scrubs away", async ({ page, studio }) => {
  studio.write(upTo(studio.lines, 10));
  await open(page, studio);
  await expect(follow(page)).toHaveAttribute("aria-pressed", "true");
  await expect(stepShown(page)).toHaveText("Step 10 ");
  studio.write(upTo(studio.lines, 20));
  await expect(stepShown(page)).toHaveText("Step 20 ");
  // To another scene, at its newest point as well.
  await page.keyboard.press("2");
  await expect(follow(page)).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("1");
  await page.keyboard.press("ArrowLeft");
  await expect(follow(page)).toHaveAttribute("aria-pressed", "false");
  await expect(stepShown(page)).toHaveText("Step 10 ");
  studio.write(upTo(studio.lines, STEPS));
  await expect(status(page)).toContainText(`Step ${STEPS}`);
  // What is looked at stays, though it lies elsewhere on the timeline now.
  await expect(stepShown(page)).toHaveText("Step 10 ");
  await follow(page).click();
  await expect(stepShown(page)).toHaveText(`Step ${STEPS} `);
});

test("its end is said, and why", async ({ page, studio }) => {
  studio.write(upTo(studio.lines, STEPS));
  await open(page, studio);
  await expect(status(page)).toContainText("Training");
  studio.write(studio.lines);
  await expect(status(page)).toContainText(
    `It ended after ${STEPS} steps, all that were asked for.`,
  );
  await expect(page.locator(".notice")).toContainText("all that were asked for");
  await expect(page.locator(".bubble")).toContainText("all that were asked for");
});

test("a folder that breaks is named, and what was on screen stays", async ({ page, studio }) => {
  studio.write(studio.lines);
  await open(page, studio);
  const before = await frame(page);
  studio.write(["nonsense"]);
  await expect(page.getByRole("alert")).toContainText("line 1, is not valid JSON");
  expect(await frame(page)).toBe(before);
  studio.write(studio.lines);
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("scrubbing goes through the training, and a link leads back", async ({ page, studio }) => {
  studio.write(studio.lines);
  await open(page, studio, "#scene=learning&time=13.5");
  await expect(stepShown(page)).toHaveText("Step 15 ");
  const before = await frame(page);
  await page.getByRole("slider", { name: "Moment of the story" }).fill("20");
  expect(await frame(page)).not.toBe(before);
  await expect.poll(async () => Number((await hashOf(page)).get("time"))).toBeCloseTo(6, 1);
  await page.goto(`${studio.url}#scene=learning&time=13.5`);
  await expect.poll(() => frame(page)).toBe(before);
});

test("an evaluation in the chart leads to its moment", async ({ page, studio }) => {
  studio.write(studio.lines);
  await open(page, studio);
  await stage(page)
    .getByRole("button", { name: /^Step 20: / })
    .click();
  await expect(stepShown(page)).toHaveText("Step 20 ");
  await expect(follow(page)).toHaveAttribute("aria-pressed", "false");
});

test("it is saved as a recording, with its hash, and opened again", async ({ page, studio }) => {
  studio.write(studio.lines);
  await open(page, studio);
  await page.getByText("Export and share").click();
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Recording as file" }).click();
  const saved = await file;
  expect(saved.suggestedFilename()).toBe(`run-sudoku-step-${STEPS}-seed-0.hrm.json.gz`);
  call(
    "-c",
    "import sys; from hrmkit.recording.file import load; from pathlib import Path; load(Path(sys.argv[1]))",
    await saved.path(),
  );
  await page.getByLabel("Recording file").setInputFiles(await saved.path());
  await expect(page.getByRole("status").filter({ hasText: "Playing" })).toBeVisible();
  // A file does not train.
  await expect(status(page)).toHaveCount(0);
});

test("a thought plays from its file", async ({ page, studio }) => {
  await open(page, studio);
  await page.getByLabel("Recording file").setInputFiles(studio.thought);
  await expect(page.getByRole("status").filter({ hasText: "Playing" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Scenes" }).getByRole("button")).toHaveCount(4);
  // The last stop before the scene after it.
  await page.keyboard.press("2");
  await page.keyboard.press("ArrowLeft");
  await expect(stage(page)).toContainText("What it hands in");
  await page.locator("body").press("m");
  await expect(page.getByRole("dialog")).toContainText("How sure it is");
});

for (const theme of THEMES) {
  test(`axe finds nothing in a run and a thought (${theme})`, async ({ page, studio }) => {
    studio.write(studio.lines);
    await open(page, studio, `#${await themed(page, theme)}`);
    const look = async (of: string, phases: readonly number[]): Promise<void> => {
      for (const phase of looked(phases, theme)) {
        await page.keyboard.press(String(phase));
        await page.keyboard.press("ArrowRight");
        await nothingFound(page, theme, `${of} ${phase}`);
      }
    };
    await look("run", [0, 1, 2]);
    await page.getByLabel("Recording file").setInputFiles(studio.thought);
    await expect(page.getByRole("status").filter({ hasText: "Playing" })).toBeVisible();
    await look("thought", [0, 1, 2, 3]);
  });
}
