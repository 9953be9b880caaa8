import { expect, it } from "vitest";
import type { Form, Values } from "@/api/types";
import { cellErrors, errorOf, placed, standing } from "./errors";

const form = {
  fields: [{ name: "name" }, { name: "parts", kind: "lines", fields: [{ name: "count" }] }],
} as unknown as Form;
const shown: Values = {
  name: null,
  parts: [
    { key: "#5", count: "1" },
    { key: "new-1", count: "0" },
  ] as Values[string],
};
const causes = [
  { field: "name", row: null, text: "missing" },
  { field: "parts.count", row: 2, text: "too few" },
  { field: "parts", row: null, text: "three at least" },
  { field: "elsewhere", row: null, text: "?" },
];

it("causes stand at their fields and cells; what has no place on the page has none here", () => {
  const errors = placed(form, causes, shown);
  expect(errorOf(errors, "name")).toBe("missing");
  expect(errorOf(errors, "parts")).toBe("three at least");
  expect(cellErrors(errors, "parts", shown)).toEqual([{ row: 1, column: "count", text: "too few" }]);
  expect(errors).toHaveLength(3);
});

it("a cause goes when what it complains of is changed, and moves with its row", () => {
  const errors = placed(form, causes, shown);
  const [first, second] = shown.parts as unknown as Values[];
  const moved: Values = { name: "now", parts: [second, first] as unknown as Values[string] };
  const left = standing(errors, moved);
  expect(errorOf(left, "name")).toBeUndefined();
  expect(cellErrors(left, "parts", moved)).toEqual([{ row: 0, column: "count", text: "too few" }]);
  const mended: Values = { ...shown, parts: [first, { ...second, count: "4" }] as unknown as Values[string] };
  expect(cellErrors(standing(errors, mended), "parts", mended)).toEqual([]);
});
