/** The palette is written to the document once, however many drawings there are. */
import { themeSheet } from "./theme";

let sheet: CSSStyleSheet | undefined;

export function adoptTheme(): void {
  if (sheet) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(themeSheet());
  document.adoptedStyleSheets.push(sheet);
}
