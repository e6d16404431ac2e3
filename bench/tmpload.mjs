import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { serve } from "../web/tests/browser/server.ts";
const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("@playwright/test");
const site = await serve();
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage();
await page.addInitScript(() => { Object.defineProperty(navigator, "connection", { value: { saveData: true } }); });
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
for (const [name, size] of bytes) { console.log(`  ${name}: ${(size / 1024).toFixed(1)} kB`); sum += size; }
console.log(sum / 1024);
await browser.close(); await site.stop();
