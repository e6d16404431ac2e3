import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // Relative addresses: the built page works on any static host and under any sub-path.
  base: "./",
  build: {
    outDir: fileURLToPath(new URL("../src/hrmkit/studio/static", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // A file is its own request, so that the ONNX runtime's wasm is fetched only when it is used.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  // `npm run dev` shows the recordings of a studio that runs beside it.
  server: {
    proxy: { "/recordings": "http://127.0.0.1:8477", "/graphs": "http://127.0.0.1:8477" },
  },
  worker: { format: "es" },
  test: {
    // A busy machine is no failure; what is too slow shows in bench/.
    testTimeout: 60_000,
    include: ["src/**/*.test.ts", "tests/unit/**/*.test.ts"],
  },
});
