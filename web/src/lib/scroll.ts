/** What should be seen is brought on the screen. */

/** Scrolls until an element begins at the top of the screen. */
export function seeWhole(element: Element | null, calm: boolean): void {
  element?.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}
