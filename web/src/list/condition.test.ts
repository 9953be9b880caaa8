import { describe, expect, it } from "vitest";
import { dayOf } from "@/look/figures";
import { createTexts } from "@/text";
import type { Column } from "./columns";
import {
  comparisonsOf,
  conditionsOf,
  daysOf,
  everyOf,
  fitting,
  isWhole,
  type Part,
  type PERIODS,
  partsOf,
  settled,
  shownOp,
  waysOf,
} from "./condition";
import { said, sentence } from "./sentence";

const friday = new Date(2026, 0, 2, 15, 30);
const days = (period: (typeof PERIODS)[number], at = friday) => daysOf(period, at).map(dayOf);

describe("periods", () => {
  it("begin weeks on Monday and cross years", () => {
    expect(days("this_week")).toEqual(["2025-12-29", "2026-01-04"]);
    expect(days("last_week")).toEqual(["2025-12-22", "2025-12-28"]);
    expect(days("last_month")).toEqual(["2025-12-01", "2025-12-31"]);
    expect(days("this_week", new Date(2026, 0, 4))).toEqual(["2025-12-29", "2026-01-04"]);
  });

  it("count today in", () => {
    expect(days("last_7_days")).toEqual(["2025-12-27", "2026-01-02"]);
    expect(days("next_7_days")).toEqual(["2026-01-02", "2026-01-08"]);
    expect(days("this_month", new Date(2028, 1, 10))).toEqual(["2028-02-01", "2028-02-29"]);
  });
});

describe("conditions for the server", () => {
  it("make days of a period, and instants of a period of instants", () => {
    const where = [
      { field: "on", op: "between", value: "today" },
      { field: "at", op: "between", value: "today" },
    ];
    const kinds = { on: "date", at: "instant" } as const;
    expect(settled(where, (field) => kinds[field as "on" | "at"], friday)).toEqual([
      { field: "on", op: "between", value: ["2026-01-02", "2026-01-02"] },
      { field: "at", op: "ge", value: new Date(2026, 0, 2).toISOString() },
      { field: "at", op: "lt", value: new Date(2026, 0, 3).toISOString() },
    ]);
  });

  it("leave out what is not whole", () => {
    const halves = [
      { field: "a", op: "eq", value: null },
      { field: "a", op: "in", value: [] },
      { field: "a", op: "between", value: [null, null] },
    ];
    expect(settled(halves, () => "text", friday)).toEqual([]);
    expect(isWhole({ field: "a", op: "between", value: [null, "9"] })).toBe(true);
    expect(isWhole({ field: "a", op: "eq", value: false })).toBe(true);
    expect(isWhole({ field: "a", op: "blank" })).toBe(true);
  });

  it("keep a value when the comparison changes, where it fits", () => {
    expect(fitting("in", "x")).toEqual(["x"]);
    expect(fitting("eq", ["x", "y"])).toBe("x");
    expect(fitting("between", "5")).toEqual(["5", null]);
    expect(fitting("blank", "x")).toBeUndefined();
    expect(fitting("ge", "this_month")).toBeNull();
  });

  it("know a period by its word", () => {
    expect(shownOp({ field: "a", op: "between", value: "today" })).toBe("period");
    expect(shownOp({ field: "a", op: "between", value: ["1", "2"] })).toBe("between");
    expect(comparisonsOf("lines")).toEqual([]);
  });
});

describe("conditions that count as one", () => {
  const a = { field: "a", op: "eq", value: 1 };
  const b = { field: "b", op: "eq", value: 2 };
  const c = { field: "c", op: "blank" };
  const either: Part = { any: [a, { all: [b, c] }] };

  it("are made as ways of which any will do, and are read as such again", () => {
    expect(partsOf([[a], [b, c]])).toEqual([either]);
    expect(waysOf(either)).toEqual([[a], [b, c]]);
    expect(waysOf(a)).toEqual([[a]]);
    // One way alone is nothing but its conditions, and a way of nothing is none.
    expect(partsOf([[a, b]])).toEqual([a, b]);
    expect(partsOf([[], [a]])).toEqual([a]);
    expect(partsOf([[]])).toEqual([]);
    // What an address says otherwise is shown and not edited.
    expect(waysOf({ any: [{ all: [{ any: [a, b] }, c] }] })).toBeNull();
    expect(everyOf(either)).toEqual([a, b, c]);
  });

  it("are asked of the server with periods of this moment, and without halves", () => {
    const half = { field: "d", op: "eq", value: null };
    const today = { field: "at", op: "between", value: "today" };
    const kinds = (field: string) => (field === "at" ? ("instant" as const) : ("text" as const));
    const instants = [
      { field: "at", op: "ge", value: new Date(2026, 0, 2).toISOString() },
      { field: "at", op: "lt", value: new Date(2026, 0, 3).toISOString() },
    ];
    expect(settled([{ any: [a, half, today] }, { any: [half] }], kinds, friday)).toEqual([
      { any: [a, { all: instants }] },
    ]);
    expect(settled([{ all: [a, { any: [b, { all: [c, half] }] }] }], kinds, friday)).toEqual([a, { any: [b, c] }]);
  });

  it("are taken out of an address as far as they are shaped like some", () => {
    expect(conditionsOf([either, { any: [] }, { any: [7] }, { all: [{ any: [b, "x"] }] }])).toEqual([
      either,
      { all: [{ any: [b] }] },
    ]);
  });
});

describe("sentences", () => {
  const column = (shape: Column["shape"]): Column => ({
    key: "a",
    shape,
    canSort: true,
    canFilter: true,
    canGroup: true,
  });
  const chinese = createTexts("zh-CN").t;
  const english = createTexts("en").t;
  const named = (id: number) => ({ 3: "Ann", 4: "Bob" })[id] ?? `#${id}`;

  it("read like one in both languages", () => {
    const size = column({ kind: "money", label: "Size" });
    expect(sentence(english, { field: "a", op: "ge", value: "1234.5" }, size, named)).toBe("Size is at least 1,234.50");
    expect(sentence(chinese, { field: "a", op: "between", value: ["1", null] }, size, named)).toBe(
      "Size 介于 1.00 至 …",
    );
    const day = column({ kind: "date", label: "Day" });
    expect(sentence(english, { field: "a", op: "ge", value: "2026-01-02" }, day, named)).toBe(
      "Day is on or after 2026-01-02",
    );
    expect(sentence(chinese, { field: "a", op: "between", value: "this_month" }, day, named)).toBe("Day 在 本月");
  });

  it("say which conditions count as one", () => {
    const columns = ["A", "B", "C"].map(
      (label): Column => ({ ...column({ kind: "link", label, to: "person" }), key: label.toLowerCase() }),
    );
    const one = { field: "a", op: "in", value: [3] };
    const other: Part = {
      all: [
        { field: "b", op: "in", value: [4] },
        { field: "c", op: "blank" },
      ],
    };
    const titles = (form: string, id: number) => `${form} ${id}`;
    expect(said(english, { any: [one, other] }, columns, titles)).toBe(
      "A is person 3, or (B is person 4 and C is blank)",
    );
    expect(said(chinese, { any: [one, other] }, columns, titles)).toBe("A 是 person 3，或（B 是 person 4 且 C 为空）");
    expect(said(english, other, columns, titles)).toBe("B is person 4 and C is blank");
  });

  it("call choices and links by name, and count what is too long", () => {
    const mood = column({ kind: "choice", label: "Mood", options: { a: "Good", b: "Bad", c: "Mixed", d: "None" } });
    expect(sentence(english, { field: "a", op: "in", value: ["a", "b"] }, mood, named)).toBe("Mood is Good or Bad");
    expect(sentence(english, { field: "a", op: "not_in", value: ["a", "b", "c", "d"] }, mood, named)).toBe(
      "Mood is not Good or Bad or Mixed and 1 more",
    );
    const who = column({ kind: "link", label: "Who", to: "person" });
    expect(sentence(english, { field: "a", op: "in", value: [3, 9] }, who, named)).toBe("Who is Ann or #9");
  });
});
