/**
 * The built page on a plain static host with the stories and the exported graphs: what the page has
 * to work from when there is no studio. The server is the test's own, so that it can be stopped.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const built =
  process.env["HRMKIT_TEST_SITE"] ??
  fileURLToPath(new URL("../../../src/hrmkit/studio/static/", import.meta.url));
export const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
/** What `make prepared` has Python compute. */
export const STORY = "key-door.hrm.json.gz";

export const story = join(fixtures, "recordings", STORY);

/** What comes with the package. */
export const LADDER = "ladder.hrm.json.gz";

export const ladder =
  process.env["HRMKIT_TEST_LADDER"] ??
  fileURLToPath(new URL(`../../../src/hrmkit/studio/shipped/${LADDER}`, import.meta.url));

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

export interface Site {
  readonly url: string;
  stop(): Promise<void>;
}

/** The thought that comes with the package: where the table begins. */
export const THOUGHT = "sudoku.hrm.json.gz";

export const thought =
  process.env["HRMKIT_TEST_THOUGHT"] ??
  fileURLToPath(new URL(`../../../src/hrmkit/studio/shipped/${THOUGHT}`, import.meta.url));

/** The worlds of the package, the default one first; a knob of each, and what is said of it. */
export const WORLDS = [
  {
    picture: "Key → Door",
    story: STORY,
    knob: { name: "Line length", to: 3, words: "3 tiles" },
  },
  {
    picture: "Two Cups",
    story: "two-cup.hrm.json.gz",
    knob: { name: "Swaps", to: 1, words: "2 cups, 1 swap" },
  },
  {
    picture: "Sort by Rule",
    story: "sort-by-rule.hrm.json.gz",
    knob: { name: "Line length", to: 3, words: "3 tiles" },
  },
  {
    picture: "Push, then Go",
    story: "push-then-go.hrm.json.gz",
    knob: { name: "Line length", to: 3, words: "3 tiles" },
  },
] as const;

/** The data folder of a world that is not in the package, and its story. */
export const OTHER = { data: join(fixtures, "bell"), name: "bell.hrm.json.gz" } as const;

/**
 * Serves the page on a free port; without `graphs`, as a host where nobody exported them; with
 * another world's data folder, its story first; with `others`, recordings beside that; with
 * `table`, what thinks about puzzles, and the thought that the table begins with.
 */
export async function serve({
  graphs = true,
  data = fixtures,
  name = STORY as string,
  others = [] as readonly string[],
  table = false,
} = {}): Promise<Site> {
  const offered = [
    ...[name, ...others].map((one, i) => ({
      name: one,
      title: i === 0 ? "The default story" : one,
      kind: "fine-tuning",
      file: join(data, "recordings", one),
    })),
    { name: LADDER, title: "The ladder", kind: "ladder", file: ladder },
    ...(table ? [{ name: THOUGHT, title: "A sudoku", kind: "thought", file: thought }] : []),
  ];
  const index = JSON.stringify(
    offered
      .filter(({ file }) => existsSync(file))
      .map(({ file, ...rest }) => ({ ...rest, bytes: statSync(file).size })),
  );
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
    if (path === "/recordings/index.json") {
      response.writeHead(200, { "content-type": "application/json" }).end(index);
      return;
    }
    const file = path.startsWith("/recordings/")
      ? path.endsWith(LADDER)
        ? ladder
        : path.endsWith(THOUGHT)
          ? thought
          : join(data, path)
      : path.startsWith("/thinkers/")
        ? table
          ? join(data, path)
          : ""
        : path.startsWith("/graphs/")
          ? graphs
            ? join(data, path)
            : ""
          : join(built, path === "/" ? "index.html" : path);
    if (!file || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end("not here");
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-length": statSync(file).size,
    });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
