/**
 * The table: a visitor's own puzzle, typed or drawn, thought about in the page by the models of the
 * package, which tests/thinker_fixtures.py has laid out.
 */
import type { Page } from "@playwright/test";

import { serve, THOUGHT, type Site } from "./server";
import {
  expect,
  hashOf,
  LADDER,
  linkSays,
  nothingFound,
  open,
  stage,
  test as base,
  themed,
  THEMES,
} from "./site";

// A machine that is busy with other tests is no failure.
base.describe.configure({ timeout: 120_000 });

const test = base.extend<object, { table: Site }>({
  table: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const site = await serve({ table: true });
      await use(site);
      await site.stop();
    },
    { scope: "worker" },
  ],
});

const AT = `#story=${THOUGHT}`;
const PUZZLE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";
const SOLVED = "534678912672195348198342567859761423426853791713924856961537284287419635345286179";

const grid = (page: Page) => page.getByRole("grid");
const cell = (page: Page, row: number, column: number) =>
  grid(page).getByRole("gridcell", { name: new RegExp(`^Row ${row}, column ${column}:`) });
const said = (page: Page) => page.getByRole("status", { name: "What is said of the puzzle" });
const think = (page: Page) => page.getByRole("button", { name: "Think", exact: true });
/** The thought has come: what is on stage is about the puzzle in the editor. */
const thought = (page: Page) =>
  expect(page.getByRole("button", { name: "Think again" })).toBeVisible({ timeout: 60_000 });

async function table(page: Page, site: Site, hash = ""): Promise<void> {
  await open(page, site.url, AT + hash);
  await expect(page.getByRole("button", { name: "Maze" })).toBeVisible();
}

async function paste(page: Page, text: string): Promise<void> {
  const box = page.getByRole("textbox", { name: "The puzzle as text" });
  if (!(await box.isVisible())) await page.getByText("Paste a puzzle").click();
  await box.fill(text);
  await page.getByRole("button", { name: "Put it on the table" }).click();
}

/** The digits on the stage's board, in the order of their cells. */
async function digits(page: Page): Promise<string> {
  const texts = stage(page).locator("g[aria-label^='The board'] text");
  return (await texts.allTextContents()).map((text) => text.trim()).join("");
}

test("a sudoku is typed and solved, a clue is changed, and both stand side by side", async ({
  page,
  table: site,
}) => {
  await table(page, site);
  await page.getByRole("button", { name: "Clear" }).click();
  await cell(page, 1, 1).click();
  for (const [i, character] of [...PUZZLE].entries()) {
    await page.keyboard.press(character);
    await page.keyboard.press(i % 9 === 8 ? "ArrowDown" : "ArrowRight");
    if (i % 9 === 8) await page.keyboard.press("Home");
  }
  await expect(said(page)).toHaveText(
    "30 clues, one solution; no guess is needed. Press Think: the stage shows the one before.",
  );
  // The link has what is on stage: that is still the story's own puzzle.
  await linkSays(page, "puzzle", null);
  await page.keyboard.press("Enter");
  await thought(page);
  await linkSays(page, "puzzle", PUZZLE);
  await expect(said(page)).toContainText("Solved: every cell is right.");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator("body").press("1");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.locator("body").press("3");
  await page.keyboard.press("End");
  await expect(stage(page)).toContainText("One view was enough");
  // The last 8 goes: another puzzle, of which the first 5 has to stay.
  await cell(page, 9, 5).click();
  await page.keyboard.press("Delete");
  await think(page).click();
  await thought(page);
  await page.getByLabel("Side by side with").selectOption({ index: 1 });
  await expect(page.getByRole("figure")).toHaveCount(2);
  await expect(page.getByRole("figure").nth(1)).toContainText("Before: 30 clues");
  await expect(page.getByRole("figure").first()).toContainText("Now: 29 clues");
  await expect.poll(async () => (await hashOf(page)).get("compare")).toContain(PUZZLE);
});

test("a link thinks again, and so does a reload; nothing typed is lost on the way", async ({
  page,
  table: site,
}) => {
  await table(page, site, `&scene=segments&time=999&puzzle=${PUZZLE}`);
  await expect(cell(page, 1, 1)).toHaveAccessibleName("Row 1, column 1: 5");
  await thought(page);
  expect(await digits(page)).toBe(SOLVED);
  await page.reload();
  await expect(cell(page, 1, 1)).toHaveAccessibleName("Row 1, column 1: 5");
  await thought(page);
  expect(await digits(page)).toBe(SOLVED);
  // What is not yet a proper puzzle comes back as well, after a reload beside the thought that was
  // there, and after another story.
  await cell(page, 1, 3).click();
  await page.keyboard.press("5");
  await expect(said(page)).toContainText("5 is twice in row 1");
  await expect(think(page)).toBeDisabled();
  await linkSays(page, "puzzle", PUZZLE);
  await page.reload();
  await expect(cell(page, 1, 3)).toHaveAccessibleName("Row 1, column 3: 5, wrong");
  await expect.poll(() => digits(page), { timeout: 60_000 }).toBe(SOLVED);
  await page.getByRole("button", { name: "Assemble the kit" }).click();
  await expect(grid(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Solve" }).click();
  await expect(cell(page, 1, 3)).toHaveAccessibleName("Row 1, column 3: 5, wrong");
  await page.getByRole("button", { name: "Undo" }).click();
});

test("the back button leads to the puzzle before, and to the story before", async ({
  page,
  table: site,
}) => {
  await table(page, site, `&puzzle=${PUZZLE}`);
  await thought(page);
  await page.getByRole("button", { name: "Maze" }).click();
  await thought(page);
  await expect(grid(page)).toHaveAccessibleName("The maze");
  await expect.poll(async () => (await hashOf(page)).get("puzzle")).not.toBe(PUZZLE);
  await page.getByRole("button", { name: "Assemble the kit" }).click();
  await linkSays(page, "story", LADDER);
  await page.goBack();
  await expect(grid(page)).toHaveAccessibleName("The maze");
  await thought(page);
  await page.goBack();
  await expect(grid(page)).toHaveAccessibleName("The sudoku");
  await expect(cell(page, 1, 1)).toHaveAccessibleName("Row 1, column 1: 5");
  await thought(page);
  await page.goForward();
  await expect(grid(page)).toHaveAccessibleName("The maze");
});

test("the pile's menu shows the level that the puzzle was taken from, and none for another's", async ({
  page,
  table: site,
}) => {
  await table(page, site, `&puzzle=${PUZZLE}`);
  const pile = page.getByRole("combobox", { name: "From the pile" });
  await expect(pile.locator("option:checked")).toHaveText("any");
  await page.getByRole("button", { name: "A new one" }).click();
  await expect(pile.locator("option:checked")).not.toHaveText("any");
  await thought(page);
  await pile.selectOption("Hard");
  await page.getByRole("button", { name: "A new one" }).click();
  await thought(page);
  await expect(pile).toHaveValue("Hard");
  await cell(page, 1, 1).click();
  await page.keyboard.press("Delete");
  await expect(pile).toHaveValue("Hard");
  await paste(page, PUZZLE);
  await expect(pile).toHaveValue("");
});

test("only thoughts of one kind stand side by side", async ({ page, table: site }) => {
  await table(page, site, `&puzzle=${PUZZLE}`);
  await thought(page);
  await paste(page, PUZZLE.replace("53..7", "5...7"));
  await think(page).click();
  await thought(page);
  await linkSays(page, "puzzle", PUZZLE.replace("53..7", "5...7"));
  const beside = page.getByLabel("Side by side with");
  await beside.selectOption({ index: 1 });
  await expect(page.getByRole("figure")).toHaveCount(2);
  await paste(page, "#######/#S....#/#####.#/#...#.#/#.#.#.#/#.#..G#/#######");
  await think(page).click();
  await thought(page);
  await expect(grid(page)).toHaveAccessibleName("The maze");
  await expect(page.getByRole("figure")).toHaveCount(1);
  await linkSays(page, "compare", null);
  await expect(beside.locator("option")).toHaveText(["nothing"]);
  // A link that asks for both is told so.
  await page.goto("about:blank");
  await table(page, site, `&puzzle=S.G/...&compare=asked:${PUZZLE}~~~~`);
  await expect(
    page.getByRole("alert").filter({ hasText: "Only puzzles of one kind stand side by side" }),
  ).toBeVisible({ timeout: 60_000 });
});

test("a story that a link names is on the table, whatever was begun of another kind", async ({
  page,
  table: site,
}) => {
  await table(page, site, `&puzzle=arc:${TASK}`);
  await thought(page);
  await page.goto("about:blank");
  await table(page, site);
  await expect(grid(page)).toHaveAccessibleName("The sudoku");
  await thought(page);
  // The task waits where tasks are.
  await page.getByRole("combobox", { name: "Task" }).waitFor({ state: "detached" });
});

test("a maze is drawn with the mouse and with keys, and solved", async ({ page, table: site }) => {
  await table(page, site);
  await page.getByRole("button", { name: "Maze" }).click();
  await thought(page);
  await page.getByLabel("Size").selectOption("7");
  await expect(said(page)).toContainText("7 × 7; the shortest way has 13 cells.");
  // A stroke down the second column leaves a gap at the bottom.
  const [from, to] = [await cell(page, 1, 2).boundingBox(), await cell(page, 6, 2).boundingBox()];
  if (!from || !to) throw new Error("no cells");
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 20 });
  await page.mouse.up();
  for (const row of [1, 2, 3, 4, 5, 6]) {
    await expect(cell(page, row, 2)).toHaveAccessibleName(`Row ${row}, column 2: wall`);
  }
  await expect(said(page)).toContainText("the shortest way has 13 cells");
  // Closed with a key: no way, said at once. And opened again.
  await cell(page, 7, 2).focus();
  await page.keyboard.press(" ");
  await expect(said(page)).toHaveText("No way leads from S to G.");
  await expect(think(page)).toBeDisabled();
  await page.keyboard.press(" ");
  // The goal moves to where it is put.
  await cell(page, 1, 3).focus();
  await page.keyboard.press("g");
  await expect(said(page)).toContainText("the shortest way has 15 cells");
  await page.keyboard.press("Enter");
  await thought(page);
  await expect(said(page)).toContainText(/Solved|Not solved|A correct answer|Correct/);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator("body").press("0");
  await expect(page.getByRole("figure").first()).toContainText("The model");
  await linkSays(page, "puzzle", "S1G..../.1...../.1...../.1...../.1...../.1...../.......");
});

test("what is no puzzle is refused with a sentence, and what stood there stays", async ({
  page,
  table: site,
}) => {
  await table(page, site);
  const before = await cell(page, 1, 1).getAttribute("aria-label");
  const wide = "１２３４５６７８９".repeat(9);
  for (const [text, words] of [
    [
      "It was the best of times, it was the worst of times.\n".repeat(900),
      "No sudoku of 9 x 9 was found in it",
    ],
    [wide, "'１' in line 1, column 1 is not of a sudoku"],
    [".".repeat(256), "256 cells are not a sudoku of 9 x 9"],
    [PUZZLE.slice(1), "80 cells are not a sudoku of 9 x 9"],
    [`${PUZZLE}\n${PUZZLE}`, "2 sudokus of 9 x 9 are too many at once: give one"],
    ["###\n#SG\n###\n\n###\n#SG\n###", "2 mazes are too many at once: give one"],
  ] as const) {
    await paste(page, text);
    await expect(said(page)).toContainText(words);
    await expect(cell(page, 1, 1)).toHaveAttribute("aria-label", before ?? "");
  }
  await paste(page, PUZZLE.replaceAll(".", "0"));
  await expect(cell(page, 1, 1)).toHaveAccessibleName("Row 1, column 1: 5");
  await page.getByRole("button", { name: "Maze" }).click();
  await thought(page);
  await paste(page, "S.S\n...\n..G");
  await expect(said(page)).toHaveText("It has 2 S: mark one cell with S.");
  await expect(think(page)).toBeDisabled();
  for (const [text, words] of [
    ["###\n#SG\n###\n\n###\n#SG\n###", "2 mazes are too many at once: give one"],
    [`${PUZZLE}\n${PUZZLE}`, "2 sudokus of 9 x 9 are too many at once: give one"],
    ["#####\n#S..#\n#...G#\n#####", "Row 1 has 5 cells and row 3 has 6"],
    ["It was. The Start.\n\nGood Evening, So.\n".repeat(90), "'I' in row 1, column 1 is not of a"],
  ] as const) {
    await paste(page, text);
    await expect(said(page)).toContainText(words);
    await expect(grid(page)).toHaveAccessibleName("The maze");
  }
  await paste(page, "#".repeat(31));
  await expect(said(page)).toContainText("31 cells on one line are no square maze");
  // A puzzle of the other kind is put on the table as what it is.
  await paste(page, PUZZLE);
  await expect(grid(page)).toHaveAccessibleName("The sudoku");
});

/** Solved by one of the best two of 33 views; see docs/arc.md. */
const TASK = "c7d4e6ad";

test("an ARC task is chosen and answered by vote, and its link answers it again", async ({
  page,
  table: site,
}) => {
  await table(page, site);
  await page.getByRole("button", { name: "ARC" }).click();
  await thought(page);
  const tasks = page.getByRole("combobox", { name: "Task" });
  // A newcomer meets one that the model solves, and it does.
  await expect(tasks.locator("option:checked")).toContainText(", solved by this model");
  await expect(said(page)).toContainText("Solved: ", { timeout: 60_000 });
  expect(await tasks.locator("option").count()).toBeGreaterThan(10);
  await tasks.selectOption(`${TASK} 1`);
  await expect
    .poll(async () => (await hashOf(page)).get("puzzle"), { timeout: 60_000 })
    .toBe(`arc:${TASK}`);
  await thought(page);
  await expect(said(page)).toContainText(/33 views\. Thought about\. (Solved|Not solved): /);
  const words = (await said(page).textContent()) ?? "";
  // What is played: the examples, the disguises, the count and the best two.
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator("body").press("0");
  await expect(page.getByRole("figure").first()).toContainText(`Task ${TASK}`);
  await page.locator("body").press("3");
  await expect(page.getByRole("figure").first()).toContainText("All 33 disguises");
  await page.keyboard.press("End");
  await expect(stage(page)).toContainText("The count");
  const verdict = /((?:Solved|Not solved): .*)$/.exec(words)?.[1] ?? "no verdict";
  await expect(stage(page).locator("[aria-label]", { hasText: verdict }).first()).toBeAttached();
  await expect(stage(page)).not.toContainText("The true answer");
  await page.getByRole("checkbox", { name: "Mark by the true answer" }).check();
  await expect(stage(page)).toContainText("The true answer");
  await linkSays(page, "truth", "1");
  // Somebody else's page answers the same.
  const link = page.url();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(tasks).toHaveValue(`${TASK} 1`);
  await expect(said(page)).toHaveText(words, { timeout: 60_000 });
  await expect(stage(page)).toContainText("The true answer");
  // With fewer views fewer vote.
  await page.getByRole("slider", { name: "Views" }).fill("3");
  await linkSays(page, "views", "3");
  await thought(page);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator("body").press("3");
  await expect(page.getByRole("figure").first()).toContainText("All 3 ");
});

test("a task that is not there, and what is no task, gets a sentence", async ({
  page,
  table: site,
}) => {
  await table(page, site, "&puzzle=arc:00000000");
  await expect(
    page.getByRole("alert").filter({ hasText: "There is no task “00000000”" }),
  ).toBeVisible();
  await expect(think(page)).toBeDisabled();
  await page.getByRole("combobox", { name: "Task" }).selectOption(`${TASK} 1`);
  await thought(page);
  const wide = JSON.stringify([Array<number>(31).fill(1)]);
  const json = JSON.stringify({
    train: [{ input: [[1]], output: [[2]] }],
    test: [{ input: [[1]] }],
  });
  const id = page.getByRole("textbox", { name: "The puzzle as text" });
  await page.getByText("Paste a task's id").click();
  for (const [text, words] of [
    [wide, "A grid with 31 columns is larger than those of these tasks, 10 at most"],
    [json, "A task's file cannot be pasted here: the page takes the id of one of the"],
    ["[[1, 2], [3, 4]]", "A grid alone is no task"],
    ["what is this", "“what is this” is no task of this table"],
    ["00000000", "“00000000” is no task of this table"],
    [`${PUZZLE}\n${PUZZLE}`, "2 sudokus of 9 x 9 are too many at once: give one"],
  ] as const) {
    await id.fill(text);
    await page.getByRole("button", { name: "Put it on the table" }).click();
    await expect(said(page)).toContainText(words);
  }
  await id.fill("6EA4A07E");
  await page.getByRole("button", { name: "Put it on the table" }).click();
  await expect(page.getByRole("combobox", { name: "Task" })).toHaveValue("6ea4a07e 1");
  await id.fill(PUZZLE);
  await page.getByRole("button", { name: "Put it on the table" }).click();
  await expect(grid(page)).toHaveAccessibleName("The sudoku");
});

test("a vote can be cancelled", async ({ page, table: site }) => {
  await table(page, site, `&puzzle=arc:${TASK}&segments=64&halt=0.99`);
  const thinking = page.getByRole("status", { name: "Thinking" });
  await expect(thinking).toContainText(/view \d+ of 33/, { timeout: 60_000 });
  await thinking.getByRole("button").click();
  await expect(thinking).toHaveCount(0);
  await expect(think(page)).toBeEnabled();
});

test("a thought can be cancelled, and its knobs think again", async ({ page, table: site }) => {
  // Nobody solves it in one segment.
  await table(page, site, "&segments=1&views=128&halt=0.99");
  await expect(page.getByRole("status", { name: "Thinking" })).toContainText(/view \d+ of 128/, {
    timeout: 60_000,
  });
  await page.getByRole("status", { name: "Thinking" }).getByRole("button").click();
  await expect(page.getByRole("status", { name: "Thinking" })).toHaveCount(0);
  await page.getByRole("button", { name: "Reset knobs" }).click();
  await thought(page);
  await linkSays(page, "views", null);
});

test("the true answer is shown when it is asked for", async ({ page, table: site }) => {
  await table(page, site, "&scene=segments&time=4");
  await expect(stage(page)).toContainText("clash");
  await page.getByRole("checkbox", { name: "Mark by the true answer" }).check();
  await expect(stage(page)).not.toContainText("clash");
  await expect(stage(page)).toContainText("Wrong cells of 81");
  await linkSays(page, "truth", "1");
});

test("the table is there before its models are: what is asked meanwhile is answered then", async ({
  page,
  table: site,
}) => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/thinkers/index.json", async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(`${site.url}${AT}`);
  await expect(page.getByText("Looking which models are here.")).toBeVisible();
  for (const name of ["Sudoku", "Maze", "ARC"]) {
    await expect(page.getByRole("button", { name, exact: true })).toBeVisible();
  }
  await expect(
    page.getByRole("button", { name: "Maze" }).locator("svg path").first(),
  ).toBeVisible();
  await paste(page, PUZZLE);
  await think(page).click();
  const busy = page.getByRole("status", { name: "Thinking" });
  await expect(busy).toContainText("Loading the model");
  release();
  await thought(page);
  await linkSays(page, "puzzle", PUZZLE);
  await expect(said(page)).toContainText("Solved: every cell is right.");
  await expect(page.getByRole("combobox", { name: "Model" })).toBeVisible();
});

test("a text with a puzzle that is dropped on any story is on the table", async ({
  page,
  table: site,
}) => {
  const drop = async (name: string, text: string): Promise<void> => {
    const transfer = await page.evaluateHandle(
      ([called, content]) => {
        const data = new DataTransfer();
        data.items.add(new File([content], called, { type: "text/plain" }));
        return data;
      },
      [name, text] as const,
    );
    await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  };
  await open(page, site.url);
  await drop("mine.txt", PUZZLE.replaceAll(/(.{9})/g, "$1\n"));
  await expect(
    page.getByRole("status").filter({ hasText: "mine.txt is on the table" }),
  ).toBeVisible();
  await thought(page);
  await linkSays(page, "puzzle", PUZZLE);
  await expect(said(page)).toContainText("Solved: every cell is right.");
  // Upon the table itself, another kind.
  await drop("maze.txt", "#####\n#S.G#\n#####");
  await expect(page.getByRole("grid", { name: "The maze" })).toBeVisible();
  await thought(page);
  // What was dropped is there again, whatever was drawn meanwhile.
  await page.getByRole("button", { name: "Clear" }).click();
  await drop("maze.txt", "#####\n#S.G#\n#####");
  await expect(said(page)).toContainText("3 × 5");
  // One that is wrong stands there, with what is wrong about it.
  await drop("clash.txt", `55${PUZZLE.slice(2)}`);
  await expect(said(page)).toContainText("5 is twice");
  // Several, or none, are refused.
  await drop("two.txt", `${PUZZLE}\n${SOLVED}`);
  await expect(page.getByRole("alert").filter({ hasText: "too many at once" })).toBeVisible();
  await drop("letter.txt", "Dear reader, this is no puzzle.");
  await expect(page.getByRole("alert").filter({ hasText: "letter.txt" })).toContainText(
    "What was on screen stays.",
  );
});

test("where no model is, the page says so and still plays", async ({ page, site }) => {
  await page.goto(site.url);
  const file = new URL("../../../src/hrmkit/studio/shipped/sudoku.hrm.json.gz", import.meta.url);
  await page.getByLabel("Recording file").setInputFiles(decodeURIComponent(file.pathname));
  await expect(page.getByRole("alert").filter({ hasText: "thinkers/index.json" })).toBeVisible();
  await expect(think(page).or(page.getByRole("button", { name: "Think again" }))).toBeDisabled();
});

test.describe("with the runtime loaded ahead", () => {
  test.use({ ahead: true });

  test("what was only typed waits for “Think”, and a friend's link shows the friend's", async ({
    page,
    table: site,
  }) => {
    await table(page, site);
    await paste(page, PUZZLE);
    await expect(think(page)).toBeEnabled();
    await page.reload();
    await expect(cell(page, 1, 1)).toHaveAccessibleName("Row 1, column 1: 5");
    await expect(page.locator("[data-engine=ready]")).toBeVisible({ timeout: 60_000 });
    await expect(think(page)).toBeEnabled();
    await expect(page.getByRole("status", { name: "Thinking" })).toHaveCount(0);
    const friends = PUZZLE.replace("53..7", "5...7");
    await page.goto("about:blank");
    await table(page, site, `&puzzle=${friends}`);
    await expect(cell(page, 1, 2)).toHaveAccessibleName("Row 1, column 2: blank");
    await thought(page);
    await page.getByRole("button", { name: "Back to the last one of your own" }).click();
    await expect(cell(page, 1, 2)).toHaveAccessibleName("Row 1, column 2: 3");
  });

  test("once it has loaded, the page thinks without a network", async ({ page, table: site }) => {
    await table(page, site);
    await expect(page.locator("[data-engine=ready]")).toBeVisible({ timeout: 60_000 });
    await page.context().setOffline(true);
    await paste(page, PUZZLE);
    await think(page).click();
    await thought(page);
    await expect(said(page)).toContainText("Solved: every cell is right.");
  });
});

test("the first load fetches nothing of the table", async ({ page, table: site }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await open(page, site.url);
  await page.waitForLoadState("networkidle");
  expect(asked.filter((url) => /thinkers\/|solve|pile/.test(url))).toEqual([]);
});

for (const theme of THEMES) {
  test(`axe finds nothing at the table (${theme})`, async ({ page, table: site }) => {
    await table(page, site, `&${await themed(page, theme)}`);
    await page.getByText("Paste a puzzle").click();
    await cell(page, 1, 4).click();
    await page.keyboard.press("7");
    await expect(said(page)).toContainText("7 is twice");
    await nothingFound(page, theme, "a clash");
    await page.getByRole("button", { name: "ARC" }).click();
    await expect(page.getByRole("combobox", { name: "Task" })).toBeVisible();
    await thought(page);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator("body").press("3");
    await page.keyboard.press("Shift+ArrowRight");
    await nothingFound(page, theme, "a task's vote");
    if (theme !== "light") return;
    await page.locator("body").press("0");
    await page.keyboard.press("Shift+ArrowRight");
    await nothingFound(page, theme, "a task");
    await page.getByRole("button", { name: "Maze" }).click();
    await thought(page);
    await nothingFound(page, theme, "a maze");
  });
}

test("on a phone all of it is in reach", async ({ page, table: site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await table(page, site);
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await wide()).toBeLessThanOrEqual(0);
  await cell(page, 1, 4).scrollIntoViewIfNeeded();
  await cell(page, 1, 4).click();
  await page.getByRole("group", { name: "Digits for the chosen cell" }).getByText("1").click();
  await expect(cell(page, 1, 4)).toHaveAccessibleName("Row 1, column 4: 1");
  await page.getByRole("button", { name: "Maze" }).click();
  await thought(page);
  expect(await wide()).toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "ARC" }).click();
  await expect(page.getByRole("combobox", { name: "Task" })).toBeVisible();
  await thought(page);
  expect(await wide()).toBeLessThanOrEqual(0);
});
