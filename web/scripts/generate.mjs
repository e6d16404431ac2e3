// Writes the page's view of each kind of recording from the JSON Schema that Python wrote:
//   src/recording/types.gen.ts, ladder.gen.ts, run.gen.ts, thought.gen.ts           the types
//   src/recording/validate.gen.js, validateLadder.gen.js, … and their .d.ts
//                                             validators that need no `eval` in the browser
// All are built, never edited, and not in git.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { compile } from "json-schema-to-typescript";

const folder = fileURLToPath(new URL("../src/recording/", import.meta.url));
const KINDS = [
  { schema: "schema.json", root: "Recording", types: "types.gen", validator: "validate.gen" },
  {
    schema: "ladder.schema.json",
    root: "LadderRecording",
    types: "ladder.gen",
    validator: "validateLadder.gen",
  },
  {
    schema: "run.schema.json",
    root: "RunRecording",
    types: "run.gen",
    validator: "validateRun.gen",
  },
  {
    schema: "thought.schema.json",
    root: "ThoughtRecording",
    types: "thought.gen",
    validator: "validateThought.gen",
  },
];

/** Keywords whose values map names (not keywords) to schemas. */
const MAPS = new Set(["properties", "patternProperties", "$defs", "definitions"]);

/**
 * A copy of a schema in which `edit` has changed every sub-schema, the innermost first.
 * @param {unknown} node
 * @param {(schema: Record<string, unknown>) => void} edit
 * @returns {any}
 */
function rewrite(node, edit) {
  if (Array.isArray(node)) return node.map((item) => rewrite(item, edit));
  if (node === null || typeof node !== "object") return node;
  /** @type {Record<string, unknown>} */
  const schema = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "default" || key === "const" || key === "enum" || key === "examples") {
      schema[key] = value;
    } else if (MAPS.has(key)) {
      schema[key] = Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [name, rewrite(inner, edit)]),
      );
    } else {
      schema[key] = rewrite(value, edit);
    }
  }
  edit(schema);
  return schema;
}

/** Types: a title on each field would make a type alias of each field, so only $defs name types. */
function forTypes(source, root) {
  const schema = rewrite(source, (inner) => {
    delete inner.title;
    // json-schema-to-typescript knows tuples by their older spelling.
    if (Array.isArray(inner.prefixItems)) {
      inner.items = inner.prefixItems;
      inner.minItems = inner.maxItems = inner.prefixItems.length;
      delete inner.prefixItems;
    } else {
      // A bounded list would become a union of a tuple of each length.
      delete inner.minItems;
      delete inner.maxItems;
    }
  });
  schema.title = root;
  return schema;
}

/** Validation: `discriminator` belongs to OpenAPI; `oneOf` beside it says the same. */
function forValidation(source) {
  return rewrite(source, (inner) => {
    if (typeof inner.discriminator === "object") delete inner.discriminator;
  });
}

/** Ajv writes `require` for its helpers even into an ES module; browsers need imports. */
function withImports(code) {
  const imports = [];
  const body = code.replace(
    /const (\w+)\s*=\s*require\("([^"]+)"\)(\.default)?/g,
    (_, name, path, dflt) => {
      const file = path.endsWith(".js") || !path.startsWith("ajv/") ? path : `${path}.js`;
      imports.push(`import ${name}_module from "${file}";`);
      return dflt
        ? `const ${name} = ${name}_module.default ?? ${name}_module`
        : `const ${name} = ${name}_module`;
    },
  );
  if (body.includes("require(")) throw new Error("the validator still calls require()");
  return [...imports, body].join("\n");
}

function read(file) {
  try {
    return JSON.parse(readFileSync(`${folder}${file}`, "utf8"));
  } catch (error) {
    console.error(
      `web/src/recording/${file} cannot be read (${error instanceof Error ? error.message : error}). ` +
        "Write it with: python -m hrmkit.recording.json_schema",
    );
    process.exit(1);
  }
}

for (const { schema, root, types, validator } of KINDS) {
  const note = `Written by scripts/generate.mjs from ${schema}. Do not edit.`;
  const source = read(schema);
  writeFileSync(
    `${folder}${types}.ts`,
    await compile(forTypes(source, root), root, {
      bannerComment: `/* ${note} */`,
      unreachableDefinitions: true,
      format: false,
    }),
  );
  const ajv = new Ajv2020({ strict: false, code: { source: true, esm: true, lines: true } });
  const code = standalone.default(ajv, ajv.compile(forValidation(source)));
  writeFileSync(`${folder}${validator}.js`, `// ${note}\n// @ts-nocheck\n${withImports(code)}\n`);
  writeFileSync(
    `${folder}${validator}.d.ts`,
    `// ${note}
import type { ErrorObject } from "ajv";

import type { ${root} } from "./${types}";

/** Whether \`data\` has the recording's form; when not, \`validate.errors\` says where and why. */
export declare const validate: {
  (data: unknown): data is ${root};
  errors?: ErrorObject[] | null;
};
export default validate;
`,
  );
}
