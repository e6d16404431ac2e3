/** Every world of the package, in the page as a reader has it. */
import { expect, frame, linkSays, nothingFound, open, stage, test, WORLDS } from "./site";

// A machine that is busy with other tests is no failure.
test.describe.configure({ timeout: 120_000 });

const PICTURES = WORLDS.map(({ picture }) => picture);

test("a picture for each world to choose it by: mouse, keys and the link", async ({
  page,
  worlds,
}) => {
  await open(page, worlds.url);
  const pictures = page.getByRole("navigation", { name: "Worlds" }).getByRole("button");
  await expect(pictures).toHaveText(PICTURES);
  await expect(pictures.first()).toHaveAttribute("aria-pressed", "true");
  await pictures.nth(1).focus();
  await page.keyboard.press("Enter");
  await expect(pictures.nth(1)).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator("header")).toContainText("Two Cups: Planner and Doer");
  await linkSays(page, "story", WORLDS[1]?.story);
  await page.reload();
  await expect(page.locator("header")).toContainText("Two Cups: Planner and Doer");
  await pictures.first().click();
  await expect(page.locator("header")).toContainText("Key → Door: Planner and Doer");
});

for (const { picture, story, knob } of WORLDS.slice(1)) {
  test(`${picture} is told, found by axe and keys, and trained again`, async ({ page, worlds }) => {
    await open(page, worlds.url, `#story=${story}`);
    const scenes = page.getByRole("list", { name: "Scenes" }).getByRole("button");
    await expect(scenes).toHaveCount(8);
    const seen = new Set<string>();
    for (const phase of [0, 1, 2, 3, 4, 5, 6, 7]) {
      await page.keyboard.press(String(phase));
      await expect(page.locator("[aria-current=step]")).toContainText(String(phase));
      await page.keyboard.press("ArrowRight");
      seen.add(await frame(page));
      // In their scenes of one world axe looks at everything (access.spec.ts).
      if (phase % 3 === 0) await nothingFound(page, "light", `scene ${phase}`);
    }
    expect(seen.size).toBe(8);
    const before = await page.locator("header .subtitle").textContent();
    await page.getByRole("slider", { name: knob.name }).fill(String(knob.to));
    await expect(page.locator("header")).toContainText(knob.words, { timeout: 60_000 });
    await page.getByRole("button", { name: "Reset knobs" }).click();
    await expect(page.locator("header .subtitle")).toHaveText(before ?? "");
  });
}

test("on a phone all pictures are in reach, and the story's button too", async ({
  page,
  worlds,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, worlds.url);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
  ).toBeLessThanOrEqual(0);
  for (const name of PICTURES) {
    const picture = page.getByRole("button", { name });
    await expect(picture).toBeInViewport({ ratio: 1 });
    expect((await picture.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  }
  await expect(page.getByRole("button", { name: "Play the story" })).toBeInViewport({ ratio: 1 });
  await nothingFound(page, "light", "a phone");
});

test("a page on a plain host offers no world that is not there", async ({ page, site }) => {
  await open(page, site.url);
  await expect(stage(page)).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Worlds" })).toHaveCount(0);
});

test("a link to a world whose story is not there says so in one message", async ({
  page,
  site,
}) => {
  await open(page, site.url, `#story=${WORLDS[1]?.story}`);
  await expect(page.getByRole("alert")).toContainText("“Two Cups” is not trained here yet");
  await expect(page.getByRole("alert")).toHaveCount(1);
});

test("choosing a world that is not there trains it; it opens, or a failure is told", async ({
  page,
  site,
}) => {
  const asked: string[] = [];
  let now: Record<string, unknown> = { state: "absent" };
  const rest = { what: "", done: 0, of: 0, left: null, problem: null };
  await page.route("**/worlds/state.json", (route) =>
    route.fulfill({
      json: {
        worlds: {
          "key-door": { ...rest, state: "there" },
          "two-cup": { ...rest, ...now },
        },
      },
    }),
  );
  await page.route("**/worlds/train", (route) => {
    asked.push(route.request().postData() ?? "");
    now = { state: "training", what: "pre-training the base models", done: 1, of: 5, left: 80 };
    return route.fulfill({ status: 202, json: {} });
  });
  await open(page, site.url);
  const picture = page.getByRole("button", { name: "Two Cups" });
  await picture.click();
  const training = page.getByRole("status", { name: "Training" });
  await expect(training).toContainText("1 of 5, about 80 s left");
  expect(asked).toEqual(['{"world":"two-cup"}']);
  // The other story goes on meanwhile.
  await page.keyboard.press("4");
  await expect(page.locator("[aria-current=step]")).toContainText("4");
  now = { state: "failed", problem: "There is no room on the disk." };
  await expect(page.getByRole("alert")).toContainText("There is no room on the disk.");
  await expect(training).toHaveCount(0);
  await picture.click();
  await expect(training).toBeVisible();
  // Now it is there, and the page finds it in the list.
  const response = await page.request.get(`${site.url}recordings/index.json`);
  const listed = (await response.json()) as unknown[];
  const made = { name: WORLDS[1]?.story, title: "Two Cups", kind: "fine-tuning", bytes: 1 };
  await page.route("**/recordings/index.json", (route) =>
    route.fulfill({ json: [...listed, made] }),
  );
  now = { state: "there" };
  await expect(page.locator("header")).toContainText("Two Cups: Planner and Doer", {
    timeout: 30_000,
  });
  await expect(picture).toHaveAttribute("aria-pressed", "true");
});
