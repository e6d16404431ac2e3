import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * The frame of a page that is one file, beside its parts, which src/hrmkit/one_file.py puts
 * into it. What is the same file in the usual page is not kept twice.
 */
const single: Plugin = {
  name: "single",
  generateBundle(_, bundle) {
    for (const name of Object.keys(bundle)) {
      if (!/\.(js|css)$/.test(name)) delete bundle[name];
    }
    const frame = readFileSync(here("single/page.html"), "utf8");
    const opening = readFileSync(here("single/opening.js"), "utf8");
    const source = frame.replace("/* opening */", () => opening);
    this.emitFile({ type: "asset", fileName: "page.html", source });
  },
};

/** Everything in one module: nothing can be fetched from where such a page is opened. */
const ONE_MODULE = { output: { codeSplitting: false } } as const;

export default defineConfig(({ mode }) => ({
  plugins: mode === "single" ? [svelte(), single] : [svelte()],
  // Relative addresses: the built page works on any static host and under any sub-path.
  base: "./",
  ...(mode === "single"
    ? {
        experimental: {
          renderBuiltUrl: (file: string) => ({
            runtime: `globalThis.hrmkitFiles[${JSON.stringify(file)}].address`,
          }),
        },
      }
    : {}),
  build: {
    outDir: here(`../src/hrmkit/studio/static${mode === "single" ? "/single" : ""}`),
    emptyOutDir: true,
    target: "es2022",
    // A file is its own request, so that the ONNX runtime's wasm is fetched only when it is used.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: mode === "single" ? 1500 : 600,
    copyPublicDir: mode !== "single",
    ...(mode === "single"
      ? { rolldownOptions: { ...ONE_MODULE, input: here("src/main.ts") }, cssCodeSplit: false }
      : {}),
  },
  // `npm run dev` shows the recordings of a studio that runs beside it.
  server: {
    proxy: { "/recordings": "http://127.0.0.1:8477", "/graphs": "http://127.0.0.1:8477" },
  },
  worker: mode === "single" ? { format: "iife", rolldownOptions: ONE_MODULE } : { format: "es" },
  test: {
    // A busy machine is no failure; what is too slow shows in bench/.
    testTimeout: 60_000,
    // One core less is the usual: on two cores, half as fast.
    maxWorkers: "100%",
    include: ["src/**/*.test.ts", "tests/unit/**/*.test.ts"],
  },
}));
