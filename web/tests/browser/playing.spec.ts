import { expect, frame, hashOf, linkSays, open, stage, STORY, test } from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 90_000 });

const PHASES = [0, 1, 2, 3, 4, 5, 6, 7];

test("the story loads, plays, and its address follows", async ({ page, site }) => {
  await open(page, site.url);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("HRM Kit");
  await expect(page.getByRole("list", { name: "Scenes" }).getByRole("button")).toHaveCount(8);
  const before = await frame(page);
  await page.getByRole("button", { name: "Play the story" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  // Where somebody points at it, the drawing itself moves, and not a canvas upon it.
  await stage(page).hover();
  await expect.poll(() => frame(page)).not.toBe(before);
  await expect.poll(async () => Number((await hashOf(page)).get("time"))).toBeGreaterThan(0.5);
  await page.keyboard.press("Space");
  await linkSays(page, "playing", null);
});

test("every phase can be reached and stepped through with the keyboard alone", async ({
  page,
  site,
}) => {
  await open(page, site.url);
  const current = page.locator("[aria-current=step]");
  for (const phase of PHASES) {
    await page.keyboard.press(String(phase));
    await expect(current).toContainText(String(phase));
    const before = Number((await hashOf(page)).get("time") ?? 0);
    expect(before).toBeGreaterThanOrEqual(0);
    await page.keyboard.press("ArrowRight");
    await expect.poll(async () => Number((await hashOf(page)).get("time"))).toBeGreaterThan(0);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => Number((await hashOf(page)).get("time") ?? 0)).toBe(0);
  }
  await page.keyboard.press("Shift+ArrowLeft");
  await expect(current).toContainText("6");
  await page.keyboard.press("Home");
  await expect(current).toContainText("0");
  await page.keyboard.press("l");
  await expect(page.getByRole("button", { name: "Loop this scene" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys and help" });
  await expect(help).toContainText("here in the page; drop a recording");
  await expect(help).toContainText("To the bench");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("4");
  await page.keyboard.press("m");
  await expect(page.getByRole("dialog", { name: /maths/ })).toBeVisible();
  await page.keyboard.press("Escape");
  // All controls can be reached with Tab, the scrubber among them.
  const scrubber = page.getByRole("slider", { name: "Moment of the story" });
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    if (await scrubber.evaluate((node) => node === document.activeElement)) break;
  }
  await expect(scrubber).toBeFocused();
});

test("what a key does, it does in every story, and the list of keys has no other", async ({
  page,
  site,
}) => {
  await open(page, site.url);
  const current = page.locator("[aria-current=step]");
  await page.keyboard.press("9");
  await expect(page.getByRole("status").filter({ hasText: "There is no scene 9" })).toContainText(
    "this story has 0 to 7",
  );
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys and help" });
  await expect(help).toContainText("0 to 7");
  await expect(help).toContainText("To the bench");
  await page.keyboard.press("Escape");
  // From a world to the bench.
  await page.keyboard.press("b");
  await expect(current).toContainText("Your own machine");
  await linkSays(page, "scene", "bench");
  await page.keyboard.press("?");
  await expect(help).toContainText("0 to 9");
});

test("where there is no ladder, no key leads to its bench", async ({ page, site }) => {
  await page.route("**/recordings/index.json", async (route) => {
    const listed = (await (await route.fetch()).json()) as { kind: string }[];
    await route.fulfill({ json: listed.filter(({ kind }) => kind !== "ladder") });
  });
  await open(page, site.url);
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys and help" });
  await expect(help).toContainText("Captions on or off");
  await expect(help).not.toContainText("bench");
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await expect(page.getByRole("status").filter({ hasText: "is not here" })).toBeVisible();
});

for (const [width, height] of [
  [1280, 800],
  [900, 560],
  [390, 844],
  [375, 667],
] as const) {
  test(`the button that begins covers nothing of the stage: ${width} x ${height}`, async ({
    page,
    site,
  }) => {
    await page.setViewportSize({ width, height });
    await open(page, site.url);
    const start = page.getByRole("button", { name: "Play the story" });
    await expect(start).toBeInViewport();
    const box = (await start.boundingBox())!;
    const below = (await page.locator(".stage").boundingBox())!;
    const deck = (await page.locator(".deck").boundingBox())!;
    // Beside or below the stage, or in the controls, which a phone has at the foot of the screen.
    const inDeck = box.y >= deck.y && box.y + box.height <= deck.y + deck.height;
    expect(inDeck || box.y >= below.y + below.height).toBe(true);
    await start.click();
    await expect(start).toHaveCount(0);
  });
}

test("a link brings the same frame back, however it was reached", async ({ page, site }) => {
  await open(page, site.url, "#scene=clumsy-rollout&time=7.5");
  const direct = await frame(page);
  await page.keyboard.press("7");
  await expect.poll(() => frame(page)).not.toBe(direct);
  // Until the address has followed, the link would be the address already, and nothing would happen.
  await linkSays(page, "scene", "dashboard");
  await page.evaluate(() => (location.hash = "#scene=clumsy-rollout&time=7.5"));
  await expect.poll(() => frame(page)).toBe(direct);
});

test("scrubbing shows what the time says", async ({ page, site }) => {
  await open(page, site.url);
  const scrubber = page.getByRole("slider", { name: "Moment of the story" });
  await scrubber.evaluate((input: HTMLInputElement) => {
    input.value = String(Number(input.max) * 0.999);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await expect(page.locator("[aria-current=step]")).toContainText("7");
  await expect(scrubber).toHaveAttribute("aria-valuetext", /Scene 7/);
});

test("at the end of a scene the story goes on, and a loop begins again", async ({ page, site }) => {
  await open(page, site.url, "#speed=4");
  const current = page.locator("[aria-current=step]");
  const toTheEnd = async (share: number): Promise<void> => {
    const scrubber = page.getByRole("slider", { name: "Moment of the story" });
    await scrubber.evaluate((input: HTMLInputElement, part: number) => {
      input.value = String(Number(input.value) + part);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }, share);
  };
  await page.keyboard.press("Space");
  await expect(current).toContainText("1", { timeout: 15_000 });
  await page.keyboard.press("l");
  await toTheEnd(5);
  await expect(current).toContainText("1");
});

test("reduced motion moves from stop to stop", async ({ page, site }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page, site.url, "#scene=clumsy-rollout&time=4");
  const frames = new Set<string>();
  const scrubber = page.getByRole("slider", { name: "Moment of the story" });
  for (let i = 0; i < 40; i++) {
    await scrubber.evaluate((input: HTMLInputElement) => {
      input.value = String(Number(input.value) + 0.05);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    frames.add(await frame(page));
  }
  // Two seconds hold a few stops; in full motion nearly every frame would be another one.
  expect(frames.size).toBeLessThanOrEqual(8);
});

test("on a phone a link to a moment shows its caption above the controls", async ({
  page,
  site,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, site.url, "#scene=clumsy-rollout&time=8");
  const between = async (): Promise<number> => {
    const caption = await page.locator(".bubble p").boundingBox();
    const controls = await page.locator(".deck").boundingBox();
    return caption && controls ? controls.y - (caption.y + caption.height) : -1;
  };
  await expect.poll(between).toBeGreaterThanOrEqual(0);
});

test("a phone shows everything without scrolling sideways", async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, site.url);
  for (const phase of PHASES) {
    await page.keyboard.press(String(phase));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
  }
  for (const name of ["Play", "Step back", "Step forward"]) {
    await expect(page.getByRole("button", { name, exact: true })).toBeInViewport();
  }
  await page.getByText("Knobs", { exact: true }).click();
  await expect(page.getByRole("slider", { name: "Dataset size" })).toBeVisible();
});

test("before and after stand side by side on one clock", async ({ page, site }) => {
  await open(page, site.url);
  await page.getByLabel("Side by side with").selectOption("before");
  await expect(page.getByRole("figure")).toHaveCount(2);
  await expect(page.getByText("After fine-tuning").first()).toBeVisible();
  const then = [await frame(page, 0), await frame(page, 1)];
  expect(then[0]).not.toBe(then[1]);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => frame(page, 0)).not.toBe(then[0]);
  await expect.poll(() => frame(page, 1)).not.toBe(then[1]);
  await page.getByLabel("Side by side with").selectOption(`story:${STORY}`);
  await expect(page.getByRole("figure")).toHaveCount(2);
  await page.getByLabel("Side by side with").selectOption("");
  await expect(page.getByRole("figure")).toHaveCount(1);
});

test("a red cross plays that failure from its beginning, with the Planner's card", async ({
  page,
  site,
}) => {
  await open(page, site.url, "#scene=generalisation&run=frozen-doer&time=9");
  await stage(page)
    .getByRole("button", { name: /^Start 8:.*Failed/ })
    .click();
  await expect(page.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await linkSays(page, "run", "frozen-doer");
  await expect.poll(async () => (await hashOf(page)).get("start")).not.toBeNull();
  await expect(stage(page).locator('[data-stop="says.card"]')).toHaveCount(1);
});
