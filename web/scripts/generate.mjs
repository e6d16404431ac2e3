// Writes the page's view of each kind of recording from the JSON Schemas that Python wrote beside it:
//   src/recording/NAME.schema.json   NAME.gen.ts, the types, and validateName.gen.js and its .d.ts,
//                                    a validator that needs no `eval` in the browser
//   src/recording/schema.json        types.gen.ts and validate.gen.js
// All are built, never edited, and not in git.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { compile } from "json-schema-to-typescript";

const folder = fileURLToPath(new URL("../src/recording/", import.meta.url));
const SCHEMA = /^(?:(\w+)\.)?schema\.json$/;

/** The schemas that there are, and what is written from each. */
function kinds() {
  return readdirSync(folder).flatMap((schema) => {
    const found = SCHEMA.exec(schema);
    if (!found) return [];
    const name = found[1] ?? "";
    const validator = `validate${name.charAt(0).toUpperCase()}${name.slice(1)}.gen`;
    return [{ schema, types: `${name || "types"}.gen`, validator }];
  });
}

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

/**
 * Validation: `discriminator` belongs to OpenAPI; `oneOf` beside it says the same. The validators
 * carry parts of their schema with them, where nobody reads what is said to people.
 */
function forValidation(source) {
  return rewrite(source, (inner) => {
    if (typeof inner.discriminator === "object") delete inner.discriminator;
    for (const words of ["title", "description", "default"]) delete inner[words];
  });
}

/** An error says where and why, and which field is one too many; nothing else is of use to the page. */
function slim(code) {
  const unused = /(?:schemaPath|keyword):"[^"]*",|params:\{(?!additionalProperty)[^{}]*\},/g;
  return code.replaceAll(unused, "");
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

const found = kinds();
if (!found.some(({ schema }) => schema === "schema.json")) read("schema.json");
for (const { schema, types, validator } of found) {
  const note = `Written by scripts/generate.mjs from ${schema}. Do not edit.`;
  const source = read(schema);
  const root = source.title;
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
  writeFileSync(
    `${folder}${validator}.js`,
    `// ${note}\n// @ts-nocheck\n${slim(withImports(code))}\n`,
  );
  writeFileSync(
    `${folder}${validator}.d.ts`,
    `// ${note}
import type { Failure } from "./form";
import type { ${root} } from "./${types}";

/** Whether \`data\` has the recording's form; when not, \`validate.errors\` says where and why. */
export declare const validate: {
  (data: unknown): data is ${root};
  errors?: Failure[] | null;
};
export default validate;
`,
  );
}
