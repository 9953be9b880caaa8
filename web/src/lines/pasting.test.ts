/** Tables and messages that were pasted, and scans: what they are taken for. */
import { describe, expect, test } from "vitest";
import type { Field, Kind } from "@/api/types";
import { asTable, cellsIn, headings, saidIn } from "./clipboard";
import { asWords } from "./lookup";
import { asked, cellOf, changesOf, isMany, type PasteColumn, standing, taken, told } from "./pasting";
import type { GridRow } from "./rows";
import { counted, pressed, ScanQueue, scanColumns } from "./scanning";

const TODAY = "2026-11-21";
const column = (key: string, kind: Kind, isTyped = true, label = key): PasteColumn => ({
  key,
  label,
  shape: { kind, label, ...(kind === "link" ? { to: "thing" } : {}) },
  isTyped,
});
const COLUMNS = [
  column("thing", "link", true, "Thing"),
  column("count", "quantity", true, "How many"),
  column("total", "money", false, "Total"),
  column("note", "text", true, "Note"),
];
const MESSAGE = { link: "thing", count: "count", units: [] };
const given = (at: number) => ({ columns: COLUMNS, column: at, today: TODAY, message: MESSAGE });
const may = () => true;
const blank = () => undefined;

describe("tables", () => {
  test("cells with quotes, tabs and line ends in them", () => {
    const text = 'a\t"b ""c"""\r\n"d\ne"\tf\r\n';
    expect(cellsIn(text)).toEqual([
      ["a", 'b "c"'],
      ["d\ne", "f"],
    ]);
    expect(cellsIn(asTable([["1\t2", 'x"y', ""]]))).toEqual([["1\t2", 'x"y', ""]]);
  });
  test("a first row that names columns is a heading", () => {
    expect(headings(["how many", "Thing*", "other"], COLUMNS)).toEqual(["count", "thing", null]);
    expect(headings(["Screw", "20"], COLUMNS)).toBeNull();
  });
  test("columns by heading go behind the rows that are there", () => {
    const paste = taken("How many\tNonsense\tThing\n2\tx\tA-1", given(0));
    expect(paste).toMatchObject({ where: "behind", columns: ["count", "thing"], unused: ["Nonsense"] });
    expect(paste.rows[0]?.cells).toEqual({ count: { text: "2", value: "2" }, thing: { text: "A-1" } });
  });
  test("columns by place go over the cells; what nobody types is passed over", () => {
    const paste = taken("１，０００\t9.99\tsoon\nmany\t1\t", given(1));
    expect(paste.where).toBe("over");
    expect(paste.rows[0]?.cells).toEqual({
      count: { text: "１，０００", value: "1000" },
      note: { text: "soon", value: "soon" },
    });
    expect(standing(paste.rows[1] ?? { source: "", cells: {} })).toBe("wrong");
  });
  test("one cell is not many", () => {
    expect([isMany("12\r\n"), isMany("12\t3"), isMany("1\n2")]).toEqual([false, true, true]);
  });
});

describe("messages", () => {
  test.each([
    ["轴承6204 20个", "轴承6204", "20", "个"],
    ["O型圈 x5", "O型圈", "5", null],
    ["O型圈×５", "O型圈", "5", null],
    ["1. 螺母 M8 100", "螺母 M8", "100", null],
    ["2、螺母，3盒", "螺母", "3", "盒"],
    ["螺母20个", "螺母", "20", "个"],
    ["20个轴承6204", "轴承6204", "20", "个"],
    ["12*6901234567892", "6901234567892", "12", null],
    ["washer: 1,200", "washer", "1200", null],
    ["BR-6204", "BR-6204", null, null],
    ["6204", "6204", null, null],
    ["- 垫片 2.5 kg", "垫片", "2.5", "kg"],
  ])("%s", (line, words, times, unit) => expect(saidIn(line)).toEqual({ words, times, unit }));
  test("an empty line says nothing", () => expect(saidIn("  ")).toBeNull());
  test("become rows with what is scanned and how many", () => {
    const paste = taken("轴承6204 20个\n\nO型圈 x5", given(0));
    expect(paste.rows.map((one) => one.cells)).toEqual([
      { thing: { text: "轴承6204" }, count: { text: "20", value: "20" } },
      { thing: { text: "O型圈" }, count: { text: "5", value: "5" } },
    ]);
  });
  test("units become a link where the rows have one", () => {
    const paste = taken("螺母 3盒", { ...given(0), message: { ...MESSAGE, units: ["measure"] } });
    expect(paste.rows[0]?.cells.measure).toEqual({ text: "盒" });
  });
  test("words are sought as they stand, then with letters and numbers apart", () => {
    expect(asWords("轴承6204")).toEqual(["轴承6204", "轴承 6204"]);
    expect(asWords("O型圈")).toEqual(["O型圈", "O 型圈"]);
    expect(asWords("screw")).toEqual(["screw"]);
  });
});

describe("what was found", () => {
  const paste = taken("A\t1\nB\t2\nC\t3", given(0));
  const one = { id: 1, title: "A", more: "small" };
  const two = { id: 2, title: "B", more: "large" };
  const known = told(
    paste,
    "thing",
    new Map([
      ["A", { found: one, candidates: [one] }],
      ["B", { found: null, candidates: [one, two] }],
      ["C", { found: null, candidates: [] }],
    ]),
  );
  test("each row stands by itself", () => {
    expect(asked(paste).get("thing")).toEqual(["A", "B", "C"]);
    expect(known.rows.map(standing)).toEqual(["ready", "several", "wrong"]);
  });
  test("only rows that are understood go in: over rows that are there, then as new ones", () => {
    const chosen = {
      ...known,
      rows: known.rows.map((row, at) =>
        at === 1 ? { ...row, cells: { ...row.cells, thing: { text: "B", value: two } } } : row,
      ),
    };
    const rows = [{ key: "a", thing: null } as GridRow];
    const changes = changesOf(chosen, rows, 0, may, blank);
    expect(changes[0]).toEqual({
      kind: "cells",
      cells: [
        { key: "a", column: "thing", before: undefined, after: { id: 1, title: "A" } },
        { key: "a", column: "count", before: undefined, after: "1" },
      ],
    });
    expect(changes[1]).toMatchObject({ kind: "added", rows: [{ at: 1, row: { thing: two, count: "2" } }] });
  });
  test("cells that may not be typed stay as they are", () => {
    const rows = [{ key: "a", thing: null } as GridRow];
    const changes = changesOf(known, rows, 0, (name) => name === "thing", blank);
    expect(changes[0]).toMatchObject({ cells: [{ column: "thing" }] });
  });
  test("what was put right is read anew", () => {
    expect(cellOf(given(0), "count", "twelve").isWrong).toBe(true);
    expect(cellOf(given(0), "count", "12")).toEqual({ text: "12", value: "12" });
  });
});

describe("scans", () => {
  const names = { link: "thing", count: "count" };
  const what = { id: 7, title: "Seven" };
  const field = (name: string, kind: Kind, more: object = {}) =>
    ({ name, kind, typed: true, read_only: false, required: null, ...more }) as unknown as Field;

  test("what is scanned and counted is decided by the form", () => {
    const link = { form: "thing", lines: null };
    const columns = [
      field("shelf", "link", { link }),
      field("thing", "link", { link, required: {} }),
      field("count", "quantity"),
    ];
    expect(scanColumns(columns)?.link.name).toBe("thing");
    expect(scanColumns(columns)?.count?.name).toBe("count");
    expect(scanColumns([field("shelf", "link", { link })])).toMatchObject({ link: { name: "shelf" }, count: null });
    expect(scanColumns([field("of", "link", { link: { form: "thing", lines: "rows" } })])).toBeNull();
  });
  test("one more of what is there; a free row, or a new one for what is not", () => {
    const there = [{ key: "a", thing: what, count: "2.5" }, { key: "b" }] as unknown as GridRow[];
    expect(counted(there, names, what, "3", blank)).toMatchObject({
      row: 0,
      change: { cells: [{ key: "a", after: "5.5" }] },
    });
    expect(counted(there, names, { id: 8, title: null }, "1", blank)).toMatchObject({
      row: 1,
      change: {
        cells: [
          { key: "b", column: "thing" },
          { key: "b", column: "count", after: "1" },
        ],
      },
    });
    expect(counted([], names, what, "12", blank)).toMatchObject({
      row: 0,
      change: { kind: "added", rows: [{ at: 0, row: { thing: what, count: "12" } }] },
    });
  });
  test("are taken in the order in which they came, and none is lost", async () => {
    const answers = new Map<string, (found: typeof what | null) => void>();
    const log: string[] = [];
    const queue = new ScanQueue({
      find: (code) =>
        code === "broken"
          ? Promise.reject(new Error("no answer"))
          : new Promise((resolve) => answers.set(code, resolve)),
      found: ({ code }) => log.push(`found ${code}`),
      missed: ({ code }, isUnasked) => log.push(`${isUnasked ? "unasked" : "missed"} ${code}`),
      waiting: () => undefined,
    });
    const all = ["slow", "broken", "unknown", "quick"].map((code) => queue.push({ code, times: "1" }));
    answers.get("quick")?.(what);
    answers.get("unknown")?.(null);
    await Promise.resolve();
    expect(log).toEqual([]);
    answers.get("slow")?.(what);
    await Promise.all(all);
    expect(log).toEqual(["found slow", "unasked broken", "missed unknown", "found quick"]);
  });
  test("an input method hides keys of a gun, but not where they lie", () => {
    const hidden = (code: string, shiftKey = false) => pressed({ key: "Process", code, shiftKey });
    expect(["Digit6", "KeyB", "Minus", "Numpad3"].map((one) => hidden(one)).join("")).toBe("6b-3");
    expect([hidden("KeyB", true), hidden("Digit8", true), hidden("Enter")]).toEqual(["B", "*", "Enter"]);
    expect(pressed({ key: "x", code: "KeyX", shiftKey: false })).toBe("x");
  });
});
