import { describe, expect, it } from "vitest";
import { madeUpField } from "@/api/madeUp";
import type { Field, Form, Transition } from "@/api/types";
import { boardColumns, stepsBetween } from "./boards";
import { cardParts, chosen, columnsOf, fittedWidth, groupings, reordered, titleColumn } from "./columns";
import { type Job, likeness, percentOf, suggestedMapping, targetsOf } from "./importing";
import { byDay, monthsOn, orderOf, weeksOf } from "./month";
import { sheetsOf } from "./sheets";

const field = (name: string, kind: Field["kind"], more: Partial<Field> = {}): Field =>
  madeUpField(name, { kind, label: name.toUpperCase(), ...more });
const step = (name: string, from: string[], to: string, may_run = true): Transition => ({
  name,
  label: name,
  from,
  to,
  posts: false,
  reversible: true,
  irreversible: null,
  may_run,
  may_reverse: true,
});
const thing: Form = {
  form: "thing",
  label: "Thing",
  help: null,
  kind: "document",
  version: "1",
  singleton: false,
  numbered: true,
  numbered_at: "create",
  title: null,
  dated_by: "on",
  searchable: true,
  fields: [
    field("owner", "link", {
      link: { form: "person", lines: null, label: "Person", may_open: true, may_create: true },
    }),
    field("on", "date"),
    field("size", "money", { masked: true }),
    field("marks", "tags"),
    field("rows", "lines", { fields: [field("note", "text"), field("sum", "money", { typed: false })] }),
  ],
  sections: [],
  states: [
    { name: "open", label: "Open", editable: true },
    { name: "shut", label: "Shut", editable: false },
  ],
  transitions: [
    step("shut", ["open"], "shut"),
    step("lock", ["open"], "shut", false),
    step("reopen", ["shut"], "open"),
  ],
  list: {
    columns: [
      { key: "number", label: "No.", kind: null },
      { key: "owner", label: "OWNER", kind: "link" },
    ],
    sort: [],
    filter: null,
  },
  rights: { read: "all", create: "all", update: "all", delete: "all", export: true, import: true },
};
const words = {
  number: "Number",
  state: "State",
  created_at: "C",
  created_by: "CB",
  updated_at: "U",
  updated_by: "UB",
};

describe("columns", () => {
  const all = columnsOf(thing, words);
  const of = (key: string) => all.find((one) => one.key === key);

  it("are the fields and what every record has, but no lines", () => {
    expect(all.map((one) => one.key)).toEqual([
      "number",
      "owner",
      "on",
      "size",
      "marks",
      "state",
      "created_at",
      "created_by",
      "updated_at",
      "updated_by",
    ]);
  });

  it("do not offer what the server would refuse", () => {
    expect(of("size")).toMatchObject({ canSort: false, canFilter: false });
    expect(of("marks")).toMatchObject({ canSort: false, canFilter: true, canGroup: false });
    // Whom the makers of records are among is known once the server has said so.
    expect(of("created_by")?.canFilter).toBe(false);
    const told = columnsOf(thing, words, [{ key: "created_by", label: "CB", kind: "link", to: "person" }]);
    expect(told.find((one) => one.key === "created_by")?.canFilter).toBe(true);
  });

  it("are those that were chosen and exist, else the form's own", () => {
    expect(chosen(all, thing, ["on", "gone"]).map((one) => one.key)).toEqual(["on"]);
    expect(chosen(all, thing, null).map((one) => one.key)).toEqual(["number", "owner"]);
    expect(titleColumn(thing, chosen(all, thing, ["owner", "on"]))).toBe("on");
  });

  it("group days by month, day and year", () => {
    const on = of("on");
    expect(on && groupings(on)).toEqual(["on:month", "on:day", "on:year"]);
  });

  it("move to any place", () => {
    expect(reordered(["a", "b", "c"], "c", 0)).toEqual(["c", "a", "b"]);
    expect(reordered(["a", "b", "c"], "a", 2)).toEqual(["b", "c", "a"]);
    expect(reordered(["a", "b"], "x", 1)).toEqual(["a", "x", "b"]);
  });

  it("are never narrower than their head", () => {
    expect(fittedWidth({ kind: "flag", label: "一二三四五六" }, ["是"])).toBeGreaterThanOrEqual(6 * 14);
    expect(fittedWidth({ kind: "text", label: "A" }, ["x".repeat(500)])).toBeLessThanOrEqual(260);
  });

  it("make a card of a name, a state and a few values", () => {
    const parts = cardParts(all, "number");
    expect([parts.title?.key, parts.state?.key, parts.words.map((one) => one.key), parts.figure?.key]).toEqual([
      "number",
      "state",
      ["owner", "on"],
      "size",
    ]);
  });
});

describe("a board", () => {
  it("knows the steps that lead from one state to another, and that one may take", () => {
    expect(stepsBetween(thing, "open", "shut").map((one) => one.name)).toEqual(["shut"]);
    expect(stepsBetween(thing, "shut", "shut")).toEqual([]);
    expect(stepsBetween(thing, "shut", null).map((one) => one.name)).toEqual(["reopen"]);
  });

  it("has a column for every choice, also for those without records", () => {
    const by = columnsOf(thing, words).find((one) => one.key === "state");
    const full = { value: "shut", label: "Shut", count: 2, where: [] };
    expect(by && boardColumns(by, [full]).map((one) => [one.value, one.count])).toEqual([
      ["open", 0],
      ["shut", 2],
    ]);
  });
});

describe("a month", () => {
  it("puts records of one day in the order of what their cards say first", () => {
    expect(orderOf("on", [{ key: "on" }, { key: "who.name" }, { key: "at" }, { key: "what" }])).toBe("on,at");
    expect(orderOf("on", [{ key: "who.name" }])).toBe("on");
    expect(orderOf("on", [])).toBe("on");
  });

  it("is whole weeks from Monday on", () => {
    const weeks = weeksOf("2026-11");
    expect([weeks.length, weeks[0]?.[0], weeks.at(-1)?.at(-1)]).toEqual([6, "2026-10-26", "2026-12-06"]);
    expect(weeksOf("2027-02").length).toBe(4);
  });

  it("follows and comes before others across years", () => {
    expect([monthsOn("2026-12", 1), monthsOn("2026-01", -1)]).toEqual(["2027-01", "2025-12"]);
  });

  it("shows what lasts on each of its days in sight, and what ends before it begins on its first", () => {
    const spans: [string, string][] = [
      ["2026-10-30", "2026-11-02"],
      ["2026-11-02", "2026-10-01"],
    ];
    const found = byDay(spans, (span) => span, "2026-11-01", "2026-11-30");
    expect([...found].map(([at, here]) => [at, here.length])).toEqual([
      ["2026-11-01", 1],
      ["2026-11-02", 2],
    ]);
  });
});

describe("headers of a file", () => {
  const targets = targetsOf(thing, "Number");

  it("can go to typed fields only", () => {
    expect(targets.map((one) => one.key)).toEqual(["number", "owner", "on", "size", "marks", "rows.note"]);
  });

  it("mean the likeliest field, and each field once", () => {
    expect(likeness("事物名称*", "事物 名称")).toBe(1);
    expect(suggestedMapping(["Owner name", "SIZE (total)", "Weather"], targets, [])).toEqual({
      "Owner name": "owner",
      "SIZE (total)": "size",
      Weather: null,
    });
    expect(suggestedMapping(["Owner 1", "Owner 2"], targets, [])["Owner 2"]).toBeNull();
    expect(suggestedMapping(["owner"], targets, ["owner"]).owner).toBeNull();
  });

  it("progress never runs back from stage to stage", () => {
    const at = (stage: string, done: number): Job => ({
      job: "1",
      state: "running",
      stage,
      done,
      total: 10,
      result: null,
      has_wrong_rows: false,
      problem: null,
    });
    const course = [
      at("read", 0),
      at("links", 0),
      at("compute", 0),
      at("compute", 9),
      at("write", 0),
      at("transition", 10),
    ];
    const shares = course.map(percentOf);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(100);
  });
});

describe("sheets of a workbook", () => {
  it("are none for what is no workbook", async () => {
    expect(await sheetsOf(new Blob(["a,b\n1,2\n"]))).toEqual([]);
    expect(await sheetsOf(new Blob([new Uint8Array(5000)]))).toEqual([]);
  });
});
