/** The stage's font, the same for SVG and canvas, in a page and in a worker. */
import url from "@fontsource-variable/nunito/files/nunito-latin-wght-normal.woff2?url";

import { fetchFile, isOneFile } from "../lib/files";

let loading: Promise<void> | undefined;

interface Fonts {
  add(face: FontFace): unknown;
}

/** Resolves when the font can be drawn, or when it is clear that it cannot (then a system font is). */
export function fontReady(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  const fonts = (globalThis as { fonts?: Fonts }).fonts ?? globalThis.document?.fonts;
  if (!fonts || typeof FontFace === "undefined") return;
  const address = new URL(url, import.meta.url).href;
  const source = isOneFile() ? await (await fetchFile(address)).arrayBuffer() : `url("${address}")`;
  const face = new FontFace("Nunito Variable", source, { weight: "200 1000", display: "swap" });
  (fonts as Fonts).add(face);
  await face.load().then(
    () => undefined,
    () => undefined,
  );
}
