/** Texts as hands and tables give them. */
import { describe, expect, test } from "vitest";
import type { Kind } from "@/api/types";
import { dayIn, figureIn, isUnreadable, monthIn, optionIn, readCell, spelled } from "./reading";

const TODAY = "2026-11-21";
const shape = (kind: Kind, options?: Record<string, string>) => ({
  kind,
  label: "Some",
  ...(options ? { options } : {}),
});

test.each([
  ["12", "12"],
  ["１，２３４．５０", "1234.50"],
  ["￥1,234.50", "1234.50"],
  ["¥ 12", "12"],
  ["-3", "-3"],
  ["−3", "-3"],
  ["(12.5)", "-12.5"],
  ["+7", "7"],
  ["007", "7"],
  [".5", "0.5"],
  ["5.", "5"],
  ["-0", "0"],
  ["12345678901234567890.123456", "12345678901234567890.123456"],
])("the figure in %s", (text, figure) => expect(figureIn(text)).toBe(figure));

test.each(["", "-", "1,23", "12a", "1e5", "1.2.3", "--1", "１月"])("no figure in %j", (text) =>
  expect(figureIn(text)).toBeNull(),
);

test.each([
  ["2026-01-05", "2026-01-05"],
  ["2026/1/5", "2026-01-05"],
  ["２０２６．１．５", "2026-01-05"],
  ["2026年1月5日", "2026-01-05"],
  ["20260105", "2026-01-05"],
  ["1月5日", "2026-01-05"],
  ["1/5", "2026-01-05"],
  ["5", "2026-11-05"],
  ["5号", "2026-11-05"],
  ["2024-02-29", "2024-02-29"],
])("the day in %s", (text, day) => expect(dayIn(text, TODAY)).toBe(day));

test.each(["2026-02-30", "13/5", "0/1", "tomorrow", "32"])("no day in %s", (text) =>
  expect(dayIn(text, TODAY)).toBeNull(),
);

test("months", () => {
  expect(monthIn("2026年3月", TODAY)).toBe("2026-03");
  expect(monthIn("3", TODAY)).toBe("2026-03");
  expect(monthIn("2026-03-07", TODAY)).toBe("2026-03");
  expect(monthIn("13", TODAY)).toBeNull();
});

test("options by code, label, or the only beginning", () => {
  const options = { a: "Alpha", b: "Beta", bb: "Betamax" };
  expect(optionIn(options, "A")).toBe("a");
  expect(optionIn(options, "beta")).toBe("b");
  expect(optionIn(options, "alp")).toBe("a");
  expect(optionIn(options, "bet")).toBeNull();
});

describe("a cell", () => {
  const value = (kind: Kind, text: string) => {
    const reading = readCell(shape(kind, { y: "Yellow", g: "Green" }), text, TODAY);
    return reading.isRead ? reading.value : "unread";
  };
  test("shares are typed as percent, and no digit is lost", () => {
    expect(value("percent", "13")).toBe("0.13");
    expect(value("percent", "6.5%")).toBe("0.065");
    expect(value("percent", "１００％")).toBe("1");
    expect(spelled(shape("percent"), "0.065")).toBe("6.5");
  });
  test("blank is blank whatever the kind", () => {
    for (const kind of ["money", "date", "choice", "flag", "text"] as const) expect(value(kind, " ")).toBeNull();
  });
  test("what a column cannot hold is not read", () => {
    expect(value("quantity", "many")).toBe("unread");
    expect(value("choice", "blue")).toBe("unread");
    expect(value("link", "anything")).toBe("unread");
  });
  test("flags and several options", () => {
    expect([value("flag", "是"), value("flag", "No"), value("flag", "maybe")]).toEqual([true, false, "unread"]);
    expect(value("choices", "Yellow、g")).toEqual(["y", "g"]);
  });
  test("what was typed and cannot be read is known as wrong; what the server sends is not", () => {
    expect(isUnreadable(shape("quantity"), "many")).toBe(true);
    expect(isUnreadable(shape("quantity"), "-12.500000")).toBe(false);
    expect(isUnreadable(shape("date"), "1/5")).toBe(true);
    expect(isUnreadable(shape("text"), "many")).toBe(false);
  });
});
