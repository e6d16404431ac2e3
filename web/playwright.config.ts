import { defineConfig } from "@playwright/test";

const port = Number(process.env["HRMKIT_TEST_PORT"] ?? 4173);

export default defineConfig({
  testDir: "tests/browser",
  outputDir: "test-results",
  fullyParallel: true,
  // More than two cores have to do: a page waits as often as it draws.
  workers: 3,
  forbidOnly: Boolean(process.env["CI"]),
  retries: 0,
  // Other programs may run beside: what waits for long is slow, not wrong.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    launchOptions: {
      // Debian's Chromium; Playwright's own download is never needed.
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium-headless-shell",
      args: ["--no-sandbox"],
    },
  },
  webServer: {
    command: `sh tests/serve.sh ${port}`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false,
    // The first start trains the default story.
    timeout: 180_000,
    gracefulShutdown: { signal: "SIGINT", timeout: 5_000 },
  },
});
