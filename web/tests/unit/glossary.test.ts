/** The page's words: what is explained, and where it is found in captions. */
import { describe, expect, test } from "vitest";

import { piecesOf, WORDS } from "../../src/panels/glossary";
import { STORIES } from "../../src/stories/registry";
import { scenesOf } from "../../src/stories/scenes";
import { EXAMPLES } from "./recordings";
import { wide } from "./story-helpers";

/** What a newcomer stumbled over. */
const UNKNOWN =
  "token, weights, seed, episode, whiskers, frozen, zL, zH, segment, call, gradient, vector, " +
  "augmentation, encoder, decoder, attention, SwiGLU, single pass, puzzle embedding, " +
  "one-step gradient";

const marked = (text: string) => piecesOf(text).flatMap(({ word }) => (word ? [word.word] : []));

describe("words", () => {
  test.each(UNKNOWN.split(", "))("%s is explained where it stands", (word) => {
    expect(marked(`Here is the ${word}, then.`)).toHaveLength(1);
    expect(marked(`And the ${word.toUpperCase()}`).length).toBe(/^z[LH]$/.test(word) ? 0 : 1);
  });

  test("are in order, each once, explained in a short sentence or two", () => {
    const words = WORDS.map(({ word }) => word);
    expect(words).toEqual([...new Set(words)].toSorted((a, b) => a.localeCompare(b, "en")));
    for (const { word, meaning } of WORDS) {
      expect(meaning, word).toMatch(/^[A-Z].*[^.]\.$/);
      expect(meaning.length, word).toBeLessThanOrEqual(110);
    }
  });

  test("the longest one is meant, and one within another word is none", () => {
    expect(marked("Now a gradient step, then the gradient.")).toEqual([
      "gradient step",
      "gradient",
    ]);
    expect(marked("a one-step gradient")).toEqual(["one-step gradient"]);
    expect(marked("an encoder block")).toEqual(["encoder block"]);
    expect(marked("It recalled the seedling's weightless callers.")).toEqual([]);
    expect(marked("a Lamp in the Hall, zLx")).toEqual([]);
  });

  test("a word is marked once a caption", () => {
    expect(marked("A seed, and a seed, and other seeds.")).toEqual(["seed"]);
  });
});

describe.each(STORIES.map((story) => [story.id, story] as const))("captions, %s", (id, story) => {
  test("are their pieces, and hold no unknown word that is not marked", async () => {
    const unknown = new RegExp(`\\b(${UNKNOWN.replaceAll(", ", "|")})\\b`, "gi");
    const recordings = EXAMPLES[story.kind]?.recordings() ?? [];
    expect(recordings.length).toBeGreaterThan(0);
    for (const scene of await scenesOf(id)) {
      for (const { text } of recordings.flatMap(([, one]) => scene.captions(one, wide))) {
        expect(
          piecesOf(text)
            .map((piece) => piece.text)
            .join(""),
        ).toBe(text);
        const seen = marked(text);
        for (const [found] of text.matchAll(unknown)) {
          const explained = marked(found).some((word) => seen.some((one) => one.includes(word)));
          expect(explained, `${found} in “${text}”`).toBe(true);
        }
      }
    }
  });
});
