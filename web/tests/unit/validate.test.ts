import { expect, test } from "vitest";

import validate from "../../src/recording/validate.gen.js";

test("what is not a recording is told apart, with the place and the reason", () => {
  expect(validate("not a recording")).toBe(false);
  expect(validate.errors?.[0]?.message).toBe("must be object");
});
