import { describe, expect, it } from "vitest";
import { madeUpField } from "@/api/madeUp";
import type { Form } from "@/api/types";
import type { GridRow } from "@/lines/rows";
import { everythingTyped, isChanged, keyed, payload, rowsOf, same, touchedRows } from "./values";

const field = madeUpField;

const parts = field("parts", {
  kind: "lines",
  typed: false,
  fields: [
    field("thing", { kind: "link" }),
    field("count", { kind: "quantity" }),
    field("worth", { kind: "money", typed: false }),
  ],
});
const form = {
  form: "note",
  fields: [field("name"), field("friend", { kind: "link" }), field("sum", { typed: false }), parts],
} as unknown as Form;
const row = (key: string, values: object) => ({ key, ...values }) as GridRow;

describe("same", () => {
  it("takes blank for blank and a link for what it points at", () => {
    expect(same("", null)).toBe(true);
    expect(same([], undefined)).toBe(true);
    expect(same({ id: 3, title: "a" }, { id: 3, title: "b" })).toBe(true);
    expect(same({ id: 3, title: "a" }, { id: 4, title: "a" })).toBe(false);
    expect(same("1.0", "1")).toBe(false);
    expect(same(false, null)).toBe(false);
    expect(same(["a", "b"], ["b", "a"])).toBe(false);
  });
});

describe("touchedRows", () => {
  const shown = [
    row("#5", { id: 5, thing: { id: 1, title: "A" }, count: "2", worth: "8.00" }),
    row("#6", { id: 6, thing: { id: 2, title: "B" }, count: "1", worth: "3.00" }),
  ];

  it("keeps nothing but the cells that differ, and what was touched before", () => {
    const changed = [{ ...shown[0], count: "3" } as GridRow, shown[1] as GridRow];
    const first = touchedRows(parts, shown, undefined, changed);
    expect(first).toEqual([
      { key: "#5", id: 5, count: "3" },
      { key: "#6", id: 6 },
    ]);
    const again = touchedRows(parts, changed, first, [
      changed[0] as GridRow,
      { ...changed[1], count: null } as GridRow,
    ]);
    expect(again).toEqual([
      { key: "#5", id: 5, count: "3" },
      { key: "#6", id: 6, count: null },
    ]);
  });

  it("takes every typed cell of a new row, and never a computed one", () => {
    const fresh = row("new-1", { thing: { id: 9, title: "C" }, worth: "99.00" });
    expect(touchedRows(parts, shown, undefined, [fresh])).toEqual([{ key: "new-1", thing: { id: 9, title: "C" } }]);
  });
});

describe("payload", () => {
  it("sends links by id, rows by id with touched cells, and no keys or computed values", () => {
    const typed = {
      friend: { id: 7, title: "F" },
      sum: "1",
      parts: [row("#5", { id: 5, count: "3" }), row("new-1", { thing: { id: 9, title: "C" }, worth: "1" })],
    };
    expect(payload(form, typed)).toEqual({ friend: 7, parts: [{ id: 5, count: "3" }, { thing: 9 }] });
  });

  it("sends blank where somebody emptied a field", () => {
    expect(payload(form, { name: null })).toEqual({ name: null });
  });
});

it("drafted rows take the keys of those that were asked about, in their order", () => {
  const asked = { parts: [row("new-7", {}), row("#5", { id: 5 })] };
  const answer = keyed(form, { parts: [{ count: "1" }, { id: 5, count: "2" }] }, asked);
  expect(rowsOf(answer, "parts").map((one) => one.key)).toEqual(["new-7", "#5"]);
});

it("rows that have a key stay the same objects", () => {
  const values = { parts: [row("#5", { id: 5 })] };
  expect(rowsOf(values, "parts")[0]).toBe(values.parts[0]);
});

it("a copy begins with everything that may be typed", () => {
  const copy = everythingTyped(form, { name: "x", friend: null, sum: "9", parts: [{ count: "1", worth: "2" }] });
  expect(copy).toEqual({ name: "x", parts: [{ key: "copy-0", count: "1" }] });
});

it("what was typed back to what it was is no change", () => {
  expect(isChanged({ name: "x" }, { name: "x" })).toBe(false);
  expect(isChanged({ name: "x" }, { name: "" })).toBe(true);
  expect(isChanged({}, { parts: [] })).toBe(true);
});
