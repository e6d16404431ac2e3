// Renders frames of the story to PNG, to be looked at:
//   node scripts/shots.mjs OUT [--scene 2] [--times 1,2.5] [--layout wide|tall] [--theme light|dark|contrast]
//                              [--columns 2] [--recording FILE] [--definitions FILE] [--canvas] [--set start=3] [--set wires=TEXT]
// Without --times a scene is shown at its stops. --set sets what a link would.
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
    definitions: { type: "string", default: "tests/fixtures/bell/graphs/definitions.json" },
    columns: { type: "string" },
    recording: { type: "string", default: "tests/fixtures/recordings/key-door.hrm.json.gz" },
    set: { type: "string", multiple: true, default: [] },
    canvas: { type: "boolean", default: false },
  },
});
const out = positionals[0] ?? "test-results/shots";
mkdirSync(out, { recursive: true });
const recording = JSON.parse(gunzipSync(readFileSync(values.recording)).toString());
const definitions = JSON.parse(readFileSync(values.definitions).toString());
const seen = {
  layout: values.layout,
  set: Object.fromEntries(new URLSearchParams(values.set.join("&"))),
};
const columns = Number(values.columns ?? (values.layout === "wide" ? 2 : 5));

const server = await createServer({ server: { port: 0, host: "127.0.0.1" }, logLevel: "error" });
await server.listen();
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
  args: ["--no-sandbox"],
});
const page = await browser.newPage();
page.on("console", (message) => message.type() === "error" && console.log(message.text()));
page.on("pageerror", (error) => console.log(error.stack));
await page.goto(`http://127.0.0.1:${port}/tests/stage-harness.html`);
await page.waitForFunction(() => "show" in globalThis);
await page.evaluate(
  ([data, defined]) => {
    globalThis.recording = data;
    globalThis.definitions.definitions = defined;
  },
  [recording, definitions],
);

const scenes = await page.evaluate((how) => globalThis.about(globalThis.recording, how), seen);
const chosen = values.scene ? values.scene.split(",").map(Number) : [...scenes.keys()];
for (const scene of chosen) {
  const facts = scenes[scene];
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
  const frames = times.map((time) => ({ scene, time }));
  await page.evaluate(
    ([list, how, across, theme, canvas]) =>
      globalThis.show(globalThis.recording, list, how, across, theme, canvas),
    [frames, seen, columns, values.theme, values.canvas],
  );
  const file = `${out}/${scene}-${values.layout}-${values.theme}${values.canvas ? "-canvas" : ""}.png`;
  await page.locator("#frames").screenshot({ path: file });
  console.log("  ", file);
}
await browser.close();
await server.close();
