import { expect, it } from "vitest";
import type { Page } from "@/api/types";
import { secondLine, titleOf } from "./title";

const page = {
  form: "thing",
  columns: [
    { key: "code", label: "Code", kind: "text" },
    { key: "name", label: "Name", kind: "text" },
    { key: "worth", label: "Worth", kind: "price" },
    { key: "on", label: "On", kind: "flag" },
  ],
  rows: [],
  next: null,
} as unknown as Page;

it("a row is called by the form's title, or by its name, and told apart by the rest", () => {
  const row = { id: 4, code: "A-1", name: "Bolt", worth: "12.500000", on: true };
  expect(titleOf(page, row)).toBe("Bolt");
  expect(titleOf(page, row, "code")).toBe("A-1");
  expect(titleOf(page, { id: 4 })).toBe("#4");
  expect(secondLine(page, row)).toBe("A-1 · 12.5");
  expect(secondLine(page, row, "code")).toBe("Bolt · 12.5");
});
