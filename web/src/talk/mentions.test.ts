import { expect, it } from "vitest";
import { mentioned, mentioning } from "./Activity";

it("a name being written is what stands between the last sign and the caret", () => {
  expect(mentioning("see @an", 7)).toBe("an");
  expect(mentioning("see @an", 5)).toBe("");
  expect(mentioning("@苏梅 and", 7)).toBeNull();
  expect(mentioning("no one", 6)).toBeNull();
});

it("who is mentioned goes by the longest name that fits", () => {
  const people = [
    { id: 1, title: "Ann" },
    { id: 2, title: "Anna" },
  ];
  expect(mentioned("@Anna, please", people)).toEqual([2]);
  expect(mentioned("@Anna and @Ann", people)).toEqual([2, 1]);
});
