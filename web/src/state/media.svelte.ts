/** What the reader's system prefers, and how much room there is. */
import type { Room } from "../stories/onStage";
import type { Theme } from "./state";

export interface Media extends Room {
  readonly dark: boolean;
  readonly contrast: boolean;
  readonly reducedMotion: boolean;
}

const QUERIES: Readonly<Record<keyof Media, string>> = {
  dark: "(prefers-color-scheme: dark)",
  contrast: "(prefers-contrast: more)",
  reducedMotion: "(prefers-reduced-motion: reduce)",
  narrow: "(max-width: 720px)",
  tall: "(min-height: 760px)",
};

/** The answers, kept up to date for as long as the page lives. */
export function watchMedia(): Media {
  const media = $state({
    dark: false,
    contrast: false,
    reducedMotion: false,
    narrow: false,
    tall: false,
  });
  for (const [name, query] of Object.entries(QUERIES)) {
    const list = matchMedia(query);
    media[name as keyof Media] = list.matches;
    list.addEventListener("change", () => (media[name as keyof Media] = list.matches));
  }
  return media;
}

/** The theme in use, once the reader's choice and the system's are put together. */
export function resolvedTheme(theme: Theme, media: Media): Exclude<Theme, "auto"> {
  if (theme !== "auto") return theme;
  if (media.contrast) return "contrast";
  return media.dark ? "dark" : "light";
}
