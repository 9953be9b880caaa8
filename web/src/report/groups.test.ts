import { expect, it } from "vitest";
import type { Heading } from "@/api/types";
import { addressed, groupsOf, rowsIn, withKey } from "./groups";

const WHO: Heading = { key: "who", label: "Who", kind: "link", to: "person" };
const ON: Heading = { key: "parent.on", label: "On", kind: "date" };
const MONTH: Heading = { key: "made:month", label: "Made", kind: "month" };

it("days are cut to months, quarters and years, and what is cut already is not made finer", () => {
  expect(groupsOf([WHO, ON]).map((one) => one.key)).toEqual([
    "who",
    "parent.on:day",
    "parent.on:month",
    "parent.on:quarter",
    "parent.on:year",
  ]);
  expect(groupsOf([MONTH]).map((one) => [one.key, one.grain])).toEqual([
    ["made:month", "month"],
    ["made:quarter", "quarter"],
    ["made:year", "year"],
  ]);
});

it("rows are those of the report until others are chosen, and never what stands across", () => {
  expect(rowsIn([WHO, ON], undefined, undefined)).toEqual(["who", "parent.on:day"]);
  expect(rowsIn([WHO, ON], undefined, "parent.on:month")).toEqual(["who"]);
  expect(rowsIn([WHO, ON], "parent.on:year", undefined)).toEqual(["parent.on:year"]);
});

it("the address says only what is otherwise than declared", () => {
  expect(addressed([WHO, MONTH], ["who", "made:month"])).toBeNull();
  expect(addressed([WHO, MONTH], ["who"])).toBe("who");
  expect(addressed([WHO, MONTH], [])).toBeNull();
});

it("a day is a key once, cut as it was chosen last", () => {
  expect(withKey(["who", "made:month"], "made:year")).toEqual(["who", "made:year"]);
});
