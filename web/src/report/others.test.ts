import { expect, it } from "vitest";
import type { ReportPage } from "@/api/types";
import { isDerived } from "./behind";
import { withOthers } from "./others";

const page = {
  columns: [
    { key: "place", label: "Place", kind: "link", to: "place", is_key: true },
    { key: "worth", label: "Worth", kind: "money", measure: true },
  ],
  rows: [{ place: { id: 7, title: "A" }, worth: "5.00" }],
} as unknown as ReportPage;

it("what was left out is one more row, called others", () => {
  const found = withOthers({ ...page, others: { worth: "9.00" } }, "rest");
  expect(found.columns).toEqual(page.columns);
  expect(found.rows).toEqual([
    { place: { id: 7, title: "A" }, worth: "5.00" },
    { place: { id: 0, title: "rest" }, worth: "9.00", is_rest: true },
  ]);
});

it("beside days and figures its name is a word", () => {
  const columns = [{ key: "on", label: "On", kind: "date", is_key: true }, ...page.columns.slice(1)];
  const days = { columns, rows: [{ on: "2026-01-02", worth: "5.00" }] } as unknown as ReportPage;
  const found = withOthers({ ...days, others: { worth: "9.00" } }, "rest");
  expect(found.columns.map((one) => one.kind)).toEqual(["text", "money"]);
  expect(found.rows.map((one) => one.on)).toEqual(["2026-01-02", "rest"]);
});

it("nothing is added where nothing was left out", () => {
  expect(withOthers(page, "rest")).toBe(page);
  const keys = ["worth.share", "worth.running", "worth.before", "worth.change", "worth", "share"];
  expect(keys.map(isDerived)).toEqual([true, true, true, true, false, false]);
});
