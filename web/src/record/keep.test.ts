import { beforeEach, expect, it } from "vitest";
import { forget, keepTyped, kept, placeOf } from "./keep";

beforeEach(() => localStorage.clear());
const mine = placeOf({ company: 1, user: 2 }, "note", 7);

it("what was typed comes back, to the same person in the same company only", () => {
  keepTyped(mine, { name: "half a sen" }, 3);
  expect(kept(mine)).toMatchObject({ typed: { name: "half a sen" }, version: 3 });
  expect(kept(placeOf({ company: 1, user: 3 }, "note", 7))).toBeNull();
  expect(kept(placeOf({ company: 2, user: 2 }, "note", 7))).toBeNull();
  expect(kept(placeOf({ company: 1, user: 2 }, "note", null))).toBeNull();
});

it("is gone when it is forgotten, too old or broken", () => {
  keepTyped(mine, { name: "x" }, null);
  expect(kept(mine, new Date(Date.now() + 15 * 86_400_000))).toBeNull();
  expect(localStorage.getItem(mine)).toBeNull();
  keepTyped(mine, { name: "x" }, null);
  forget(mine);
  expect(kept(mine)).toBeNull();
  localStorage.setItem(mine, "{half");
  expect(kept(mine)).toBeNull();
});
