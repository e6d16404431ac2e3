/** The keyboard: every key does what a button of the page does. */
import type { Page } from "../state/page.svelte";
import { STORIES } from "../stories/registry";

const FIELDS = "select, textarea, input:not([type=range]):not([type=radio])";

/** Handles one key press anywhere on the page; true if it was taken. */
export function handleKey(page: Page, event: KeyboardEvent): boolean {
  if (page.dialog || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(FIELDS)) return false;
  const { key } = event;
  // A focused control keeps the keys that it answers to itself.
  const button = target?.closest("button, summary, a[href], [role=button]");
  const slider = target?.closest("input");
  if (key === " ") {
    if (button || target?.closest("input[type=radio]")) return false;
    page.toggle();
    return true;
  }
  if (/^[0-9]$/.test(key)) {
    page.phase(Number(key));
    return true;
  }
  // They lead there from every story.
  for (const story of STORIES) {
    const own = story.keys?.find((one) => one.key === key.toLowerCase());
    if (!own) continue;
    void page.goTo(story, own.scene);
    return true;
  }
  switch (key) {
    case "ArrowLeft":
    case "ArrowRight": {
      if (slider) return false;
      const direction = key === "ArrowLeft" ? -1 : 1;
      if (event.shiftKey) page.neighbour(direction);
      else page.step(direction);
      return true;
    }
    case "Home":
    case "End":
      if (slider) return false;
      page.seek(key === "Home" ? 0 : page.total);
      return true;
    case "l":
    case "L":
      page.update({ loop: !page.state.loop });
      return true;
    case "c":
    case "C":
      page.update({ captions: !page.state.captions });
      return true;
    case "m":
    case "M":
      page.act({ kind: "maths" });
      return true;
    case "?":
      page.dialog = "help";
      return true;
    default:
      return false;
  }
}
