import { expect, it } from "vitest";
import type { ReportPage } from "@/api/types";
import { isDerived, withOthers } from "./others";

const page = {
  columns: [
    { key: "place", label: "Place", kind: "link", to: "place", is_key: true },
    { key: "worth", label: "Worth", kind: "money", measure: true },
  ],
  rows: [{ place: { id: 7, title: "A" }, worth: "5.00" }],
} as unknown as ReportPage;

it("what was left out is one more row, called others", () => {
  const found = withOthers({ ...page, others: { worth: "9.00" } }, "rest");
  expect(found.columns.map((one) => [one.kind, one.to])).toEqual([
    ["text", undefined],
    ["money", undefined],
  ]);
  expect(found.rows).toEqual([
    { place: "A", worth: "5.00" },
    { place: "rest", worth: "9.00", is_rest: true },
  ]);
});

it("nothing is added where nothing was left out", () => {
  expect(withOthers(page, "rest")).toBe(page);
  expect(["worth.share", "worth.running", "worth", "share"].map(isDerived)).toEqual([true, true, false, false]);
});
