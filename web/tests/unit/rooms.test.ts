/** Which folder of src/ may import from which: arrows point one way. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";
import { describe, expect, test } from "vitest";

import constants from "../../src/recording/constants.json";
import { STORIES } from "../../src/stories/registry";
import { definitions } from "./fixtures";
import { storyIn, WORLD_STORIES } from "./story-helpers";

const src = fileURLToPath(new URL("../../src/", import.meta.url));

/** From each folder, the folders that it may import from, besides itself. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  elements: [],
  recording: ["lib"],
  engine: ["lib", "recording"],
  scene: ["lib", "recording"],
  stories: ["lib", "elements", "recording", "engine", "scene"],
  stage: ["lib", "recording", "scene", "stories"],
  state: ["lib", "recording", "engine", "scene", "stories"],
  export: ["lib", "recording", "scene", "stories", "stage"],
  panels: [
    "lib",
    "elements",
    "recording",
    "engine",
    "scene",
    "stories",
    "stage",
    "state",
    "export",
  ],
};

/** What stories share; it is no story. */
const SHARED = "puzzle";
/** Where a story may know the DOM, Svelte and the engine: the rest of it only draws. */
const LIVE = /^(state|panel)\//;

interface Arrow {
  /** Paths in src/. */
  readonly from: string;
  readonly to: string;
}

const room = (path: string): string => (path.includes("/") ? (path.split("/")[0] ?? "") : "");

/** A story's folder and the path in it; null for what is of no story. */
function inStory(path: string): readonly [story: string, rest: string] | null {
  const [first, story, ...rest] = path.split("/");
  return first === "stories" && story && rest.length ? [story, rest.join("/")] : null;
}

/** What is wrong with an arrow, as the end of a sentence; null if nothing is. */
function wrongWith({ from, to }: Arrow): string | null {
  const [a, b] = [room(from), room(to)];
  if (a === "") return null; // App.svelte and main.ts put everything together
  if (b === "") return "imports what puts everything together";
  if (a !== b && !MAY[a]?.includes(b)) return `imports from ${b}/, which is not below ${a}/`;
  if (b !== "stories") return inStory(from) ? onlyDraws(from, to) : null;
  const [here, there] = [inStory(from), inStory(to)];
  if (!there) return null;
  if (!here) {
    return from === "stories/registry.ts" && there[1] === "about.ts"
      ? null
      : `imports from the story ${there[0]}`;
  }
  if (here[0] !== there[0] && there[0] !== SHARED) return `imports from another story, ${there[0]}`;
  return onlyDraws(from, to);
}

/** Scenes and what they are made of take nothing that lives: no state, no panel, no engine. */
function onlyDraws(from: string, to: string): string | null {
  const path = inStory(from)?.[1] ?? "";
  if (LIVE.test(path) || path === "about.ts") return null;
  const other = inStory(to)?.[1] ?? "";
  const lives =
    LIVE.test(other) || other === "about.ts" || ["engine", "elements"].includes(room(to));
  return lives ? `only draws, and imports ${to}` : null;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

const files = filesIn(src).filter((path) => /\.(ts|svelte)$/.test(path) && !path.includes(".gen."));

/** The code of a file, without the markup of a component. */
function codeOf(path: string): string {
  const text = readFileSync(path, "utf8");
  return path.endsWith(".svelte")
    ? [...text.matchAll(/<script[^>]*>(.*?)<\/script>|\{#await (import\([^)]*\))/gs)]
        .map(([, script, loaded]) => script ?? loaded ?? "")
        .join("\n")
    : text;
}

/** Every import of a file in src/ from a file in src/. */
function arrows(): Arrow[] {
  return files.flatMap((path) => {
    return ts.preProcessFile(codeOf(path), true, true).importedFiles.flatMap(({ fileName }) => {
      if (!fileName.startsWith(".")) return [];
      const target = join(dirname(path), fileName);
      const found = ["", ".ts", ".svelte.ts", ".js"].find((end) => existsSync(target + end));
      return [{ from: relative(src, path), to: relative(src, target + (found ?? ".ts")) }];
    });
  });
}

describe("imports", () => {
  test("point one way", () => {
    const all = arrows();
    expect(all.length).toBeGreaterThan(300);
    const wrong = all.flatMap((arrow) => {
      const what = wrongWith(arrow);
      return what ? [`${arrow.from} ${what} (${arrow.to})`] : [];
    });
    expect(wrong).toEqual([]);
  });

  test("there is a rule for every folder", () => {
    const folders = new Set(files.map((path) => room(relative(src, path))).filter(Boolean));
    expect([...folders].sort()).toEqual(Object.keys(MAY).sort());
  });

  test("an arrow that is turned is found", () => {
    for (const { from, to } of arrows()) {
      if (room(from) === room(to) || room(from) === "" || room(to) === "") continue;
      expect(wrongWith({ from: to, to: from }), `${to} -> ${from}`).not.toBeNull();
    }
  });

  test.each([
    ["scene/ease.ts", "stories/world/facts.ts"],
    ["scene/ease.ts", "state/page.svelte.ts"],
    ["stories/host.ts", "stories/world/knobs.ts"],
    ["stories/registry.ts", "stories/world/state/fineTuning.svelte.ts"],
    ["stories/run/scenes/00-what.ts", "stories/assemble/common.ts"],
    ["stories/puzzle/board.ts", "stories/run/facts.ts"],
    ["stories/world/scenes/play.ts", "stories/world/state/fineTuning.svelte.ts"],
    ["stories/world/facts.ts", "engine/client.ts"],
    ["state/page.svelte.ts", "stories/assemble/view.ts"],
    ["panels/Legend.svelte", "stories/world/about.ts"],
    ["recording/load.ts", "stories/registry.ts"],
  ])("%s may not import %s", (from, to) => {
    expect(wrongWith({ from, to })).not.toBeNull();
  });
});

describe("the DOM", () => {
  const { config } = ts.readConfigFile(
    fileURLToPath(new URL("../../tsconfig.scenes.json", import.meta.url)),
    ts.sys.readFile,
  );
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, join(src, ".."));

  test("is out of reach of every scene and of what it is made of", () => {
    const held = new Set(fileNames.map((path) => relative(src, path)));
    const draws = files
      .map((path) => relative(src, path))
      .filter((path) => {
        const [, rest = ""] = inStory(path) ?? [];
        return room(path) === "scene" || (rest !== "" && rest !== "about.ts" && !LIVE.test(rest));
      });
    expect(draws.length).toBeGreaterThan(60);
    expect(draws.filter((path) => !held.has(path))).toEqual([]);
  });

  test("is found where it is used", () => {
    const path = join(src, "scene/made-up.ts");
    const host = ts.createCompilerHost(options);
    const { getSourceFile } = host;
    host.getSourceFile = (name, ...rest) =>
      name === path
        ? ts.createSourceFile(name, "export const title = document.title;", ts.ScriptTarget.ES2023)
        : getSourceFile.call(host, name, ...rest);
    const program = ts.createProgram([path], options, host);
    const messages = program.getSemanticDiagnostics(program.getSourceFile(path));
    expect(messages.map(({ code }) => code)).toEqual([2584]);
  });
});

test("every folder of stories/ is a story of the registry, or what stories share", () => {
  const folders = readdirSync(join(src, "stories")).filter((name) => !name.includes("."));
  expect(folders.sort()).toEqual([...STORIES.map(({ id }) => id), SHARED].sort());
});

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

describe("what Python defines", () => {
  /** The drawings by the names that worlds have for their things: they know them, and nobody else. */
  const DRAWINGS = /^stories\/world\/parts\/icons(\.ts$|\/)/;
  /** The end of a shape's id. */
  const ID = /^\.[\w.]*$/;

  /** Every text in the code of a file: what it says, not what it calls things. */
  function textsIn(path: string): string[] {
    const code = ts.createSourceFile(path, codeOf(path), ts.ScriptTarget.ES2023, false);
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
      if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) found.push(node.text);
      else if (ts.isTemplateMiddleOrTemplateTail(node)) found.push(node.text);
      ts.forEachChild(node, visit);
    };
    visit(code);
    // What is written between the tags of a component, without its expressions.
    if (path.endsWith(".svelte")) {
      let markup = readFileSync(path, "utf8").replaceAll(/<(script|style).*?<\/\1>/gs, "");
      while (/\{[^{}]*\}/.test(markup)) markup = markup.replaceAll(/\{[^{}]*\}/g, "");
      found.push(...markup.split(/<[^>]*>/));
    }
    return found.filter((text) => !ID.test(text));
  }

  const own = files.filter((path) => !DRAWINGS.test(relative(src, path)));
  const worlds = WORLD_STORIES.map(([, file]) => storyIn(file).world);
  /** Names of things that are ordinary words as well: forms, and what every world has. */
  const ORDINARY = new Set(["circle", "block", "card", "goal"]);

  test("no world, no model of one and none of its things is named in the page", () => {
    const names = [
      ...definitions.worlds.flatMap(({ name, title, models }) => [
        name,
        title,
        title.replace("->", "→"),
        ...models.map(({ preset }) => preset),
      ]),
      ...worlds.flatMap(({ entities, subgoals, memory }) => [
        ...entities
          .flatMap(({ name, icon }) => (icon === "agent" ? [] : [name, icon]))
          .filter((name) => !ORDINARY.has(name)),
        ...subgoals,
        ...memory,
      ]),
    ];
    const word = new RegExp(
      `(?<![\\w$])(${[...new Set(names)].map(escaped).join("|")})s?(?![\\w$])`,
    );
    expect(word.test("Here lies a key.")).toBe(true);
    const named = own.flatMap((path) =>
      textsIn(path)
        .filter((text) => word.test(text))
        .map((text) => `${relative(src, path)}: ${text}`),
    );
    expect(named).toEqual([]);
  });

  test("no word that it defines is written again", () => {
    const defined = [
      ...definitions.runs.flatMap(({ title, what }) => [title, what]),
      ...definitions.worlds.flatMap(({ sizes, opening, things, models }) => [
        opening,
        ...sizes.flatMap(({ label, hint }) => [label, hint]),
        ...things.map(({ words }) => words),
        ...models.map(({ title }) => title),
      ]),
      ...Object.values(constants.knobs).flatMap(({ title, what }) => [title, what]),
    ].filter((words) => words.includes(" "));
    expect(defined.length).toBeGreaterThan(30);
    const again = own.flatMap((path) =>
      textsIn(path)
        .filter((text) => defined.includes(text))
        .map((text) => `${relative(src, path)}: ${text}`),
    );
    expect(again).toEqual([]);
  });

  test("what a world calls its places is left to it", () => {
    const units = definitions.worlds.flatMap(({ whole, sizes }) => [
      whole,
      ...sizes.map(({ unit }) => unit),
    ]);
    // In a sentence, not in an id or a setting's name.
    const word = new RegExp(`\\b(${units.map(escaped).join("|")})s?\\b`);
    const told = own
      .filter((path) => /^stories\/world\/(scenes|parts|state|panel)\//.test(relative(src, path)))
      .flatMap((path) => textsIn(path).map((text) => [relative(src, path), text] as const))
      .filter(([, text]) => text.includes(" ") && word.test(text));
    expect(told).toEqual([]);
  });
});
