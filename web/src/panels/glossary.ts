/**
 * The page's words: every one that a newcomer may not know, in a sentence that a child can follow.
 * Captions mark the words that they hold, and a part of the panel lists them all.
 */

export interface Word {
  readonly word: string;
  readonly meaning: string;
  /** What it looks like in a caption, where that is not the word itself or its plural. */
  readonly form?: RegExp;
}

/** In the order of the alphabet. */
export const WORDS: readonly Word[] = [
  {
    word: "ablation",
    meaning: "Taking one part away, to see what it was good for.",
  },
  {
    word: "agent",
    meaning: "The little figure that lives in the world and acts.",
  },
  {
    word: "attention",
    meaning: "Each piece looks at all the others and picks those that matter to it.",
  },
  {
    word: "augmentation",
    meaning: "Making many puzzles out of one: turned, flipped, or with other names.",
    form: /\b(?:augmentations?|disguises?)\b/i,
  },
  {
    word: "call",
    meaning: "Using a block once: numbers go in, and numbers come out.",
  },
  {
    word: "decoder",
    meaning: "A part that writes an answer one word after the other. There is none here.",
  },
  {
    word: "encoder",
    meaning: "A part that turns all that it reads into numbers that carry the meaning.",
    form: /\bencoders?\b(?! block)/i,
  },
  {
    word: "encoder block",
    meaning:
      "A small machine of numbers: what goes in comes out again, a little better understood.",
  },
  {
    word: "episode",
    meaning: "One try, from its start until it is over.",
  },
  {
    word: "example",
    meaning: "One case with the right answers beside it, to learn from.",
    form: /(?<!\bfor )\bexamples?\b/i,
  },
  {
    word: "fine-tuning",
    meaning: "Teaching something to a model that knows a little already, with a few examples.",
  },
  {
    word: "frozen",
    meaning: "Not allowed to learn: its weights stay just as they are.",
  },
  {
    word: "gradient",
    meaning: "It says for every weight which way to nudge it, so that the mistake gets smaller.",
    form: /\bgradients?\b(?! steps?\b)/i,
  },
  {
    word: "gradient step",
    meaning: "One small nudge to all the weights, after a look at a few examples.",
    form: /\bgradient steps?\b/i,
  },
  {
    word: "H",
    meaning: "The slow half: it thinks seldom and leads. In the worlds it is called the Planner.",
    form: /\bH\b/,
  },
  {
    word: "hierarchy",
    meaning: "Two halves: a slow one that leads, and a fast one that does the work.",
  },
  {
    word: "L",
    meaning: "The fast half: it thinks often, in small steps. In the worlds it is called the Doer.",
    form: /\bL\b/,
  },
  {
    word: "label",
    meaning: "What the teacher says is right.",
    form: /\b(?:labels?|labelled)\b/i,
  },
  {
    word: "latent recurrence",
    meaning: "A block gets its own thoughts back and thinks on from there, without any words.",
  },
  {
    word: "loss",
    meaning: "How wrong the answers are, as one number. At zero all would be right.",
    form: /\bloss(?:es)?\b/i,
  },
  {
    word: "memory",
    meaning: "What is remembered on the way, such as what was seen a while ago.",
    form: /\bthe memory\b/i,
  },
  {
    word: "model",
    meaning: "The machine that learns: many numbers that turn what it reads into an answer.",
  },
  {
    word: "module",
    meaning: "A part of the model that thinks: the Planner is one, the Doer another.",
  },
  {
    word: "nat",
    meaning: "What a loss is counted in: 0 is sure and right, 0.7 is a guess between two.",
  },
  {
    word: "net",
    meaning: "Short for neural network: a machine of many numbers that can learn.",
  },
  {
    word: "noise",
    meaning: "Some of what is taught is wrong on purpose, as it happens in real life.",
  },
  {
    word: "one-step gradient",
    meaning:
      "Learning looks back along the last calls only, not along all of them. It saves memory.",
  },
  {
    word: "outer loop",
    meaning: "Thinking again from where the last round of thinking ended.",
  },
  {
    word: "preference",
    meaning: "Somebody likes one try better than another. Nobody says what would be right.",
  },
  {
    word: "puzzle embedding",
    meaning: "A name tag made of numbers: it tells the model which puzzle this is.",
  },
  {
    word: "Q-learning",
    meaning: "Learning how good a choice is from what comes of it later.",
  },
  {
    word: "recall",
    meaning: "The puzzle is shown to the block again, so that it cannot forget it.",
  },
  {
    word: "reward",
    meaning: "Points: many for reaching the goal, and a few less for every step on the way.",
  },
  {
    word: "road lights",
    meaning: "Green: think on. Red: stop. The model guesses by itself whether its answer is right.",
    form: /\b(?:road lights?|(?:red|the) lights?)\b/i,
  },
  {
    word: "seed",
    meaning: "The number that rolls the dice. The same seed gives the same luck again.",
  },
  {
    word: "segment",
    meaning: "One round of thinking. After it the model can stop, or think another round.",
  },
  {
    word: "single pass",
    meaning: "Thinking just once, from front to back, without going round again.",
    form: /\b(?:single pass(?:es)?|in one go)\b/i,
  },
  {
    word: "start",
    meaning: "How everything stands when a try begins.",
    form: /\bstarts\b/i,
  },
  {
    word: "state",
    meaning: "What a half has in mind: its notes, written as numbers.",
  },
  {
    word: "sub-goal",
    meaning: "A small aim on the way to the big one.",
  },
  {
    word: "SwiGLU",
    meaning: "A bit of arithmetic in the block with which every piece thinks for itself.",
  },
  {
    word: "symmetry",
    meaning: "Turned, flipped or renamed, a puzzle looks different and is as hard as before.",
    form: /\bsymmetr(?:y|ies)\b/i,
  },
  {
    word: "teacher",
    meaning: "A rule that always knows the right next step.",
  },
  {
    word: "token",
    meaning: "One piece of what the model reads, for example one cell of a puzzle.",
  },
  {
    word: "too close to tell",
    meaning:
      "What looks like a difference may be luck: with other dice it could be the other way round.",
    form: /\btoo (?:close|much)(?: to this story)? to tell(?: apart)?\b/i,
  },
  {
    word: "TRM",
    meaning: "Tiny Recursive Model: a later design with one block that keeps two kinds of notes.",
    form: /\bTRM\b/,
  },
  {
    word: "vector",
    meaning: "A row of numbers.",
  },
  {
    word: "view",
    meaning: "The same puzzle seen in another way: turned, flipped or renamed.",
  },
  {
    word: "vote",
    meaning: "Every answer counts once, and the one that was given most often wins.",
    form: /\b(?:votes?|voting)\b/i,
  },
  {
    word: "weight",
    meaning: "One of the numbers inside the model. Learning means changing them, little by little.",
    form: /\b(?:weights?|numbers to learn)\b/i,
  },
  {
    word: "whisker",
    meaning: "A thin line with two ends: from the worst seed to the best one.",
  },
  {
    word: "zH",
    meaning: "What H has in mind: its notes, written as numbers.",
    form: /\bzH\b/,
  },
  {
    word: "zL",
    meaning: "What L has in mind: its notes, written as numbers.",
    form: /\bzL\b/,
  },
];

/** A piece of a caption: plain, or a word of the list as it stands there. */
export interface Piece {
  readonly text: string;
  readonly word?: Word;
}

const LETTERS = /[.*+?^${}()|[\]\\]/g;

function formOf({ word, form }: Word): RegExp {
  return form ?? new RegExp(`\\b${word.replaceAll(LETTERS, "\\$&")}s?\\b`, "i");
}

const FORMS = WORDS.map((word) => [word, formOf(word)] as const);

/**
 * A text in pieces that together are the text; each word of the list is marked where it stands
 * first. Where two begin at the same place, the longer one is meant.
 */
export function piecesOf(text: string): readonly Piece[] {
  const found = FORMS.flatMap(([word, form]) => {
    const match = form.exec(text);
    return match ? [{ word, from: match.index, to: match.index + match[0].length }] : [];
  }).toSorted((a, b) => a.from - b.from || b.to - a.to);
  const pieces: Piece[] = [];
  let now = 0;
  for (const { word, from, to } of found) {
    if (from < now) continue;
    if (from > now) pieces.push({ text: text.slice(now, from) });
    pieces.push({ text: text.slice(from, to), word });
    now = to;
  }
  if (now < text.length) pieces.push({ text: text.slice(now) });
  return pieces;
}
