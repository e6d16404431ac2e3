// Renders frames of the story to PNG, to be looked at:
//   node scripts/shots.mjs OUT [--scene 2] [--times 1,2.5] [--layout wide|tall] [--theme light|dark|contrast]
//                              [--columns 2] [--recording FILE] [--run NAME] [--canvas] [--start N] [--wires TEXT]
// Without --times a scene is shown at its stops.
import { mkdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";

import { chromium } from "playwright";
import { createServer } from "vite";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scene: { type: "string" },
    times: { type: "string" },
    layout: { type: "string", default: "wide" },
    theme: { type: "string", default: "light" },
    columns: { type: "string" },
    recording: { type: "string", default: "tests/fixtures/recordings/key-door.hrm.json.gz" },
    run: { type: "string" },
    start: { type: "string" },
    wires: { type: "string" },
    exploration: { type: "string", default: "0" },
    canvas: { type: "boolean", default: false },
  },
});
const out = positionals[0] ?? "test-results/shots";
mkdirSync(out, { recursive: true });
const recording = JSON.parse(gunzipSync(readFileSync(values.recording)).toString());
const view = {
  layout: values.layout,
  exploration: Number(values.exploration),
  drawSeed: 1,
  start: values.start ? Number(values.start) : null,
  run: values.run ?? null,
  wires: values.wires ?? null,
};
const columns = Number(values.columns ?? (values.layout === "wide" ? 2 : 5));

const server = await createServer({ server: { port: 0, host: "127.0.0.1" }, logLevel: "error" });
await server.listen();
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage();
page.on("console", (message) => message.type() === "error" && console.log(message.text()));
page.on("pageerror", (error) => console.log(error.stack));
await page.goto(`http://127.0.0.1:${port}/tests/stage-harness.html`);
await page.waitForFunction(() => "show" in globalThis);
await page.evaluate((data) => (globalThis.recording = data), recording);

const SCENES = { "fine-tuning": 8, ladder: 11, run: 3, thought: 2 };
const every = Array.from({ length: SCENES[recording.kind] }, (_, i) => i);
const chosen = values.scene ? values.scene.split(",").map(Number) : every;
for (const scene of chosen) {
  const facts = await page.evaluate(
    ([index, v]) => globalThis.about(globalThis.recording, index, v),
    [scene, view],
  );
  console.log(
    scene,
    "duration",
    facts.duration.toFixed(2),
    "stops",
    facts.stops.map((s) => +s.toFixed(2)).join(" "),
  );
  for (const caption of facts.captions)
    console.log("  ", caption.at.toFixed(2), caption.text.length, caption.text);
  const times = values.times ? values.times.split(",").map(Number) : facts.stops;
  const frames = times.map((time) => ({ scene, time, view }));
  await page.evaluate(
    ([list, across, theme, canvas]) =>
      globalThis.show(globalThis.recording, list, across, theme, canvas),
    [frames, columns, values.theme, values.canvas],
  );
  const file = `${out}/${scene}-${values.layout}-${values.theme}${values.canvas ? "-canvas" : ""}.png`;
  await page.locator("#frames").screenshot({ path: file });
  console.log("  ", file);
}
await browser.close();
await server.close();
