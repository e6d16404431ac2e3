// How fast the page is, in Chromium on a processor that is throttled four times:
// frames a second, the main thread's time and the script's share of it a frame, while playing and
// while scrubbing, for each scene; the time from a released knob to the new story (not throttled);
// the bytes of the first load; how long the page thinks about a puzzle (not throttled).
// `make bench` runs it.
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

import { serve, THOUGHT } from "../web/tests/browser/server.ts";

const { chromium } = createRequire(
  new URL("../web/package.json", import.meta.url),
)("@playwright/test");
const THROTTLE = 4;
const FRAMES = 120;
const SCRIPT_BUDGET_MS = 8;
const FRAME_MS = 16.7;
const KNOB_BUDGET_S = 3;
const LOAD_BUDGET_KB = 250;
const THOUGHT_BUDGET_S = 0.5;
const VIEWS_BUDGET_S = 6;
/** One view is enough; and one of the hardest that are known. */
const PUZZLES = {
  "one thought":
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
  "32 views":
    ".......39.....1..5..3.5.8....8.9...6.7...2...1..4.......9.8..5..2....6..4..7.....",
};

const quantile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? NaN;
const median = (values) => quantile(values, 0.5);
const line = (...cells) =>
  console.log(cells.map((cell) => String(cell).padStart(12)).join(""));
function verdict(what, value, budget, unit) {
  const held = value < budget;
  console.log(
    `${what}: ${value.toFixed(2)} ${unit} (budget ${budget}): ${held ? "held" : "MISSED"}`,
  );
}

const site = await serve();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
  args: ["--no-sandbox"],
});

try {
  await firstLoad();
  await frames();
  await knobs();
  await thoughts();
} finally {
  await browser.close();
  await site.stop();
}

/** Bytes of page, scripts and styles, gzipped, before anything is idle; the story comes on top. */
async function firstLoad() {
  const page = await browser.newPage();
  await page.addInitScript(() => {
    // As where data is saved: the runtime is not fetched ahead.
    Object.defineProperty(navigator, "connection", {
      value: { saveData: true },
    });
  });
  const bytes = new Map();
  page.on("response", async (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith("/recordings/")) return;
    const body = await response.body().catch(() => Buffer.alloc(0));
    bytes.set(pathname, gzipSync(body, { level: 6 }).length);
  });
  await page.goto(site.url);
  await page.waitForSelector("figure svg");
  await page.waitForLoadState("networkidle");
  let sum = 0;
  for (const [name, size] of bytes) {
    console.log(`  ${name}: ${(size / 1024).toFixed(1)} kB`);
    sum += size;
  }
  verdict(
    "First load, gzipped, without runtime and story",
    sum / 1024,
    LOAD_BUDGET_KB,
    "kB",
  );
  await page.close();
}

/** Frames a second of a scene, on the throttled processor. */
async function framesASecond(page, cdp, mode) {
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: THROTTLE });
  const seconds = await drive(page, mode);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  return FRAMES / seconds;
}

/** What each frame of a scene took of the main thread, and of that its script, in ms. */
async function timesAFrame(page, mode) {
  await browser.startTracing(page, {
    categories: ["devtools.timeline", "toplevel"],
  });
  await drive(page, mode);
  const trace = JSON.parse((await browser.stopTracing()).toString());
  return perFrame(trace.traceEvents);
}

/** Drives one scene for some frames; how many seconds they took. */
function drive(page, mode) {
  return page.evaluate(
    ([how, count]) =>
      new Promise((resolve) => {
        const scrubber = document.querySelector(
          "input[aria-label='Moment of the story']",
        );
        const from = Number(scrubber.value);
        const began = performance.now();
        let frame = 0;
        if (how === "playing")
          document.querySelector("button[aria-label='Play']").click();
        requestAnimationFrame(function next() {
          if (how === "scrubbing") {
            // To and fro over ten seconds, never twice the same moment.
            scrubber.value = String(from + 5 + 5 * Math.sin(frame / 9));
            scrubber.dispatchEvent(new Event("input", { bubbles: true }));
          }
          if (++frame < count) requestAnimationFrame(next);
          else {
            if (how === "playing")
              document.querySelector("button[aria-label='Pause']")?.click();
            resolve((performance.now() - began) / 1000);
          }
        });
      }),
    [mode, FRAMES],
  );
}

/**
 * The times are the thread's own (tdur), so that a busy machine counts less as a slow page. A frame
 * begins with the task that fires its callbacks and lasts until the next one does.
 */
function perFrame(events) {
  const [{ pid }] = events.filter(({ name }) => name === "FireAnimationFrame");
  // The stage's worker has frames of its own.
  const { tid } = events.find(
    (event) => event.pid === pid && event.args?.name === "CrRendererMain",
  );
  const mine = events.filter(
    (event) => event.ph === "X" && event.pid === pid && event.tid === tid,
  );
  const fired = mine.filter(({ name }) => name === "FireAnimationFrame");
  const tasks = mine.filter(
    ({ name }) => name === "ThreadControllerImpl::RunTask",
  );
  const byTime = (a, b) => a.ts - b.ts || b.dur - a.dur;
  const left = fired.toSorted(byTime);
  const script = [];
  const thread = [];
  let ended = -Infinity;
  for (const task of tasks.toSorted(byTime)) {
    const end = task.ts + (task.dur ?? 0);
    if (task.ts < ended) continue; // runs inside another
    ended = end;
    let own = 0;
    // A frame fires several callbacks right after each other: they are added up.
    while (left.length && left[0].ts < end) {
      const { dur = 0, tdur = dur } = left.shift();
      own += tdur / 1000;
    }
    if (own) {
      script.push(own);
      thread.push(0);
    }
    if (thread.length)
      thread[thread.length - 1] += (task.tdur ?? task.dur ?? 0) / 1000;
  }
  // The first began before, the last ended after the measurement.
  return { script: script.slice(1, -1), thread: thread.slice(1, -1) };
}

async function frames() {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
  });
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "connection", {
      value: { saveData: true },
    });
  });
  await page.goto(site.url);
  await page.waitForSelector("figure svg");
  const cdp = await page.context().newCDPSession(page);
  // The thread's times are measured as they are and multiplied: Chromium throttles by waiting, which
  // on a busy machine takes ever longer. Frames are counted where nothing is traced.
  console.log(
    `\nFrames with a processor throttled ${THROTTLE} times; milliseconds of the main thread`,
  );
  line("scene", "", "frames/s", "script", "all", "95%", "late");
  const slowest = { script: 0, all: 0, tail: 0 };
  let fewest = Infinity;
  await drive(page, "scrubbing"); // starts the worker
  for (let phase = 0; phase < 8; phase++) {
    for (const mode of ["playing", "scrubbing"]) {
      await page.keyboard.press(String(phase));
      const fps = await framesASecond(page, cdp, mode);
      await page.keyboard.press(String(phase));
      const measured = await timesAFrame(page, mode);
      const script = median(measured.script) * THROTTLE;
      const thread = measured.thread.map((ms) => ms * THROTTLE);
      const [all, tail] = [median(thread), quantile(thread, 0.95)];
      const late = thread.filter((ms) => ms > FRAME_MS).length;
      fewest = Math.min(fewest, fps);
      slowest.script = Math.max(slowest.script, script);
      slowest.all = Math.max(slowest.all, all);
      slowest.tail = Math.max(slowest.tail, tail);
      line(
        phase,
        mode,
        fps.toFixed(0),
        script.toFixed(2),
        all.toFixed(2),
        tail.toFixed(2),
        `${late} of ${thread.length}`,
      );
    }
  }
  console.log(`Fewest frames a second: ${fewest.toFixed(1)}`);
  const of = "Slowest scene's median";
  verdict(`${of}, script`, slowest.script, SCRIPT_BUDGET_MS, "ms");
  verdict(`${of}, all`, slowest.all, FRAME_MS, "ms");
  verdict("Slowest scene's 95th percentile", slowest.tail, FRAME_MS, "ms");
  await page.close();
}

/** From the release of a knob to the new story on screen. */
async function knobs() {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
  });
  await page.goto(site.url);
  await page.waitForSelector("[data-engine=ready]", { timeout: 60_000 });
  console.log("\nKnob released to new story on screen (seconds, runtime warm)");
  const times = [];
  for (const seed of [1, 2, 3, 4, 5]) {
    const seconds = await page.evaluate(
      (value) =>
        new Promise((resolve) => {
          const [label] = [...document.querySelectorAll("label")].filter(
            ({ textContent }) => textContent === "Seed",
          );
          const knob = document.getElementById(label.htmlFor);
          const began = performance.now();
          knob.value = String(value);
          knob.dispatchEvent(new Event("change", { bubbles: true }));
          requestAnimationFrame(function look() {
            const shown = document
              .querySelector("header")
              .textContent.includes(`seed ${value}`);
            if (shown) resolve((performance.now() - began) / 1000);
            else requestAnimationFrame(look);
          });
        }),
      seed,
    );
    times.push(seconds);
    console.log(`  seed ${seed}: ${seconds.toFixed(2)}`);
  }
  verdict("Median", median(times), KNOB_BUDGET_S, "s");
  await page.close();
}

/** The same sudoku with other digits: thought about anew, and as hard. */
function relabelled(puzzle, by) {
  return puzzle.replace(/\d/g, (digit) => ((Number(digit) - 1 + by) % 9) + 1);
}

/** What the pages have taken of a processor so far: on a busy machine less than what passed. */
async function rendererSeconds() {
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
  await cdp.detach();
  return processInfo
    .filter(({ type }) => type === "renderer")
    .reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** From a puzzle that is sent to the worker to its recording, runtime and model warm. */
async function thoughts() {
  const table = await serve({ table: true });
  console.log(
    "\nThoughts about a sudoku (seconds in the worker, runtime warm)",
  );
  for (const [what, puzzle] of Object.entries(PUZZLES)) {
    const page = await browser.newPage();
    await page.addInitScript(() => {
      const begun = new Map();
      window.thoughts = [];
      window.Worker = class extends Worker {
        constructor(...how) {
          super(...how);
          this.addEventListener("message", ({ data }) => {
            const tried = data.result?.tried?.length;
            if (data.kind === "done" && tried)
              window.thoughts.push({
                tried,
                seconds: (performance.now() - begun.get(data.id)) / 1000,
              });
          });
        }
        postMessage(message, ...more) {
          if (message?.job?.kind === "think")
            begun.set(message.id, performance.now());
          super.postMessage(message, ...more);
        }
      };
    });
    const link = (time) =>
      `#story=${THOUGHT}&puzzle=${relabelled(puzzle, time)}`;
    await page.goto(table.url + link(0));
    const times = [];
    for (let time = 0; time < 4; time++) {
      const before = await rendererSeconds();
      if (time)
        await page.evaluate((hash) => (location.hash = hash), link(time));
      await page.waitForFunction(
        (many) => window.thoughts.length > many,
        time,
        { timeout: 300_000 },
      );
      const cpu = (await rendererSeconds()) - before;
      const { seconds, tried } = await page.evaluate(() =>
        window.thoughts.at(-1),
      );
      const note = time ? "" : " (cold)";
      console.log(
        `  ${what}, ${tried} tried: ${seconds.toFixed(2)}, ` +
          `${cpu.toFixed(2)} of a processor in the whole page${note}`,
      );
      // As if no view had been valid.
      const all = what === "32 views" ? 32 / tried : 1;
      if (time) times.push(seconds * all);
    }
    const budget = what === "32 views" ? VIEWS_BUDGET_S : THOUGHT_BUDGET_S;
    verdict(`Median of ${what}`, median(times), budget, "s");
    await page.close();
  }
  await table.stop();
}
