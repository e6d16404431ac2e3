// The pictures of README and docs, made by the page itself: screenshots, and the GIFs that its own
// export writes of some scenes. Needs what `make prepared` and `make page` make.
//
//   node web/scripts/pictures.mjs            (writes docs/images/)
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { LADDER, serve, THOUGHT } from "../tests/browser/server.ts";

const { chromium } = createRequire(import.meta.url)("@playwright/test");
const out = fileURLToPath(new URL("../../docs/images/", import.meta.url));

/** Scenes that move: the file's name, and the scene as a link names it. */
const FILMS = {
  "clumsy-rollout": "scene=clumsy-rollout",
  "clean-rollout": "scene=clean-rollout",
  recall: `story=${LADDER}&scene=step-03`,
  thinking: `story=${THOUGHT}&scene=segments`,
};

const site = await serve({ table: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
  args: ["--no-sandbox"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${site.url}#scene=fine-tuning&time=15&theme=light`);
  await page.getByRole("img").first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${out}studio.png` });
  await page.goto(`${site.url}#story=${LADDER}&scene=step-06&time=24&theme=light`);
  await page.reload();
  await page.getByRole("img").first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${out}assemble.png` });
  await page.goto(`${site.url}#story=${THOUGHT}&scene=segments&time=14&theme=light`);
  await page.reload();
  await page.getByRole("grid").waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${out}solve.png` });
  for (const [name, link] of Object.entries(FILMS)) {
    await page.goto(`${site.url}#${link}&theme=light`);
    await page.reload();
    await page.getByText("Export and share").click();
    const download = page.waitForEvent("download", { timeout: 240_000 });
    await page.getByRole("button", { name: "This scene as GIF" }).click();
    await (await download).saveAs(`${out}${name}.gif`);
    console.log(`docs/images/${name}.gif`);
  }
} finally {
  await browser.close();
  await site.stop();
}
