/**
 * The stage's colours: one hue a role, in three themes, as data.
 *
 * The SVG painter gets them as custom properties of a style sheet, the canvas painter as plain
 * colours; both from this one table.
 */
import type { Paint, Tone } from "../scene/shape";

export type ThemeName = "light" | "dark" | "contrast";

type Palette = Readonly<Record<Tone | "negative" | "zero" | "positive", string>>;

export const palettes: Readonly<Record<ThemeName, Palette>> = {
  light: {
    ink: "#2a2833",
    muted: "#625e6d",
    faint: "#d9d3c8",
    surface: "#ffffff",
    ground: "#faf6ee",
    planner: "#6545c9",
    "planner-soft": "#ebe5fb",
    doer: "#0a7285",
    "doer-soft": "#d8f0f2",
    halting: "#f2b632",
    input: "#7c8497",
    answer: "#2a2833",
    agent: "#4f8fe8",
    gold: "#f4c03e",
    wood: "#b3764a",
    eye: "#ffffff",
    pupil: "#2a2833",
    "blame-planner": "#d93434",
    "blame-doer": "#dd7a08",
    right: "#2b8a50",
    wrong: "#b4184b",
    negative: "#dd7a08",
    zero: "#d5d3d6",
    positive: "#2f6fd6",
  },
  dark: {
    ink: "#f2efe8",
    muted: "#b3aebd",
    faint: "#474553",
    surface: "#282733",
    ground: "#1b1a22",
    planner: "#b6a0ff",
    "planner-soft": "#3b3260",
    doer: "#5ccfdf",
    "doer-soft": "#1e4650",
    halting: "#ffcf5c",
    input: "#949cb0",
    answer: "#f2efe8",
    agent: "#5b98ee",
    gold: "#f6c750",
    wood: "#b27a50",
    eye: "#ffffff",
    pupil: "#1b1a22",
    "blame-planner": "#ff6b66",
    "blame-doer": "#ffa53d",
    right: "#5fc98a",
    wrong: "#ff7fa4",
    negative: "#ffa53d",
    zero: "#6c6a75",
    positive: "#6aa6ff",
  },
  contrast: {
    ink: "#ffffff",
    muted: "#e6e6e6",
    faint: "#8c8c8c",
    surface: "#000000",
    ground: "#000000",
    planner: "#cdbcff",
    "planner-soft": "#2f2168",
    doer: "#7ff0ff",
    "doer-soft": "#003f49",
    halting: "#ffe24d",
    input: "#c2cadc",
    answer: "#ffffff",
    agent: "#3f86f0",
    gold: "#e5a900",
    wood: "#a8652f",
    eye: "#ffffff",
    pupil: "#000000",
    "blame-planner": "#ff6a6a",
    "blame-doer": "#ffae42",
    right: "#6bff9e",
    wrong: "#ff8fb3",
    negative: "#ffae42",
    zero: "#9a9a9a",
    positive: "#7db4ff",
  },
};

/** The system's own colours, for people who force them: forms and labels carry the meaning. */
const forced: Palette = {
  ink: "CanvasText",
  muted: "CanvasText",
  faint: "color-mix(in srgb, CanvasText 28%, Canvas)",
  surface: "Canvas",
  ground: "Canvas",
  planner: "LinkText",
  "planner-soft": "Canvas",
  doer: "CanvasText",
  "doer-soft": "Canvas",
  halting: "Highlight",
  input: "CanvasText",
  answer: "CanvasText",
  agent: "Canvas",
  gold: "Highlight",
  wood: "color-mix(in srgb, CanvasText 28%, Canvas)",
  eye: "Canvas",
  pupil: "CanvasText",
  "blame-planner": "LinkText",
  "blame-doer": "CanvasText",
  right: "CanvasText",
  wrong: "LinkText",
  negative: "Canvas",
  zero: "color-mix(in srgb, CanvasText 45%, Canvas)",
  positive: "CanvasText",
};

export const fontFamily = `"Nunito Variable", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif`;
export const monoFamily = `ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace`;

function properties(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--stage-${name}:${colour};`)
    .join("");
}

/** The style sheet that gives the SVG painter its colours. */
export function themeSheet(): string {
  return (
    `:root{${properties(palettes.light)}}` +
    `:root[data-theme="dark"]{${properties(palettes.dark)}}` +
    `:root[data-theme="contrast"]{${properties(palettes.contrast)}}` +
    `@media (forced-colors:active){:root:root{${properties(forced)}}}`
  );
}

/** A paint as a CSS colour that follows the page's theme. */
export function cssColour(paint: Paint | "none" | undefined, otherwise: string): string {
  if (paint === undefined) return otherwise;
  if (typeof paint === "string") return paint === "none" ? "none" : `var(--stage-${paint})`;
  const end = paint.signed < 0 ? "negative" : "positive";
  const share = Math.round(Math.min(1, Math.abs(paint.signed)) * 1000) / 10;
  return `color-mix(in srgb, var(--stage-${end}) ${share}%, var(--stage-zero))`;
}

/** A paint as a plain colour of a theme. */
export function plainColour(paint: Paint, theme: ThemeName): string {
  const palette = palettes[theme];
  if (typeof paint === "string") return palette[paint];
  const end = channels(paint.signed < 0 ? palette.negative : palette.positive);
  const zero = channels(palette.zero);
  const share = Math.min(1, Math.abs(paint.signed));
  const mixed = zero.map((from, i) => Math.round(from + ((end[i] ?? from) - from) * share));
  return `rgb(${mixed.join(" ")})`;
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}
