import { expect, test } from "@playwright/test";

test("the page loads without an error and asks no other host for anything", async ({
  page,
  baseURL,
}) => {
  const problems: string[] = [];
  const hosts = new Set<string>();
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http")) hosts.add(url.origin);
  });
  await page.goto("./");
  await expect(page).toHaveTitle(/HRM Kit/);
  await expect(page.locator("#app")).not.toBeEmpty();
  expect(problems).toEqual([]);
  expect([...hosts]).toEqual([new URL(baseURL ?? "").origin]);
});
