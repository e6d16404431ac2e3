/** The page's words: what is explained, and where it is found in captions. */
import { describe, expect, test } from "vitest";

import { piecesOf, WORDS } from "../../src/panels/glossary";
import { STORIES } from "../../src/stories/registry";
import { scenesOf } from "../../src/stories/scenes";
import { EXAMPLES } from "./recordings";
import { everyShape, wide } from "./story-helpers";

/** What a newcomer stumbled over. */
const UNKNOWN =
  "token, weights, seed, episode, whiskers, frozen, zL, zH, segment, call, gradient, vector, " +
  "augmentation, encoder, decoder, attention, SwiGLU, single pass, puzzle embedding, " +
  "one-step gradient, ablation, agent, example, fine-tuning, hierarchy, label, latent recurrence, " +
  "loss, model, module, nat, net, noise, outer loop, preference, recall, reward, road lights, " +
  "starts, state, sub-goal, symmetry, teacher, too close to tell, view, vote";

/** What is said on the stage in plainer words: nothing there explains a word. */
const NEVER =
  /\b(?:vectors?|logits?|tensors?|backpropagation|forward pass|backward|held.out|batch(?:es)?)\b/i;
/** What a picture may say only once a caption has explained it, in its scene or in one before. */
const FIRST_SAID =
  "attention, call, gradient, gradient step, label, loss, preference, segment, sub-goal, token, " +
  "weight, zH, zL";

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

  test("the caption in which a word comes first explains it", async () => {
    const recordings = EXAMPLES[story.kind]?.recordings() ?? [];
    const scenes = await scenesOf(id);
    for (const [, one] of recordings) {
      const all = scenes.flatMap((scene) => scene.captions(one, wide).map(({ text }) => text));
      for (const word of UNKNOWN.split(", ")) {
        const first = all.find((text) => new RegExp(`\\b${word}s?\\b`, "i").test(text));
        if (first === undefined) continue;
        const names = marked(word);
        const seen = marked(first);
        const explained = names.some((name) => seen.some((other) => other.includes(name)));
        expect(explained, `${word} in “${first}”`).toBe(true);
      }
    }
  });
});

describe.each(["world", "assemble"])("the stage, %s", (id) => {
  test("says nothing in words that are not explained yet", { timeout: 60_000 }, async () => {
    const story = STORIES.find((one) => one.id === id);
    const recordings = EXAMPLES[story?.kind ?? ""]?.recordings() ?? [];
    const waits = FIRST_SAID.split(", ");
    const early = new Set<string>();
    for (const [, one] of recordings) {
      const explained = new Set<string>();
      for (const scene of await scenesOf(id)) {
        for (const { text } of scene.captions(one, wide)) {
          for (const word of marked(text)) explained.add(word);
        }
        for (const time of scene.stops(one, wide)) {
          for (const shape of everyShape(scene.draw(one, time, wide))) {
            for (const words of [shape.kind === "text" ? shape.text : "", shape.tip ?? ""]) {
              const unsaid = marked(words).filter(
                (word) => ![...explained].some((other) => other.includes(word)),
              );
              if (NEVER.test(words) || unsaid.some((word) => waits.includes(word))) {
                early.add(`${scene.phase}: ${words.replaceAll(/[\d.−+]+/g, "#")}`);
              }
            }
          }
        }
      }
    }
    expect([...early]).toEqual([]);
  });
});
