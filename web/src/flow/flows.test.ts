import { expect, it } from "vitest";
import { madeUpField } from "@/api/madeUp";
import type { Form } from "@/api/types";
import { type Asked, distance, dueOf, following, type RouteStep, urgency } from "./flows";
import { inShort, saidText } from "./useSummary";

const NOW = Date.parse("2026-11-22T02:00:00Z");

const asked = (more: Partial<Asked>): Asked => ({
  id: 1,
  title: "Ann",
  state: "waiting",
  at: null,
  due: null,
  comment: "",
  files: [],
  on_behalf_of: null,
  ...more,
});

it("after one of a list is dealt with, the next comes up; after the last one, the one before", () => {
  const rows = [{ id: 5 }, { id: 4 }, { id: 2 }];
  expect(following(rows, 5)).toBe(4);
  expect(following(rows, 2)).toBe(4);
  expect(following([{ id: 7 }], 7)).toBeNull();
});

it("an answer is due with the first of those who still owe one", () => {
  const step: RouteStep = {
    step: "head",
    label: "Head",
    state: "open",
    agree: "all",
    share: null,
    cc: [],
    branches: [],
    people: [
      asked({ state: "agreed", due: "2026-11-20T00:00:00Z" }),
      asked({ state: "open", due: "2026-11-24T00:00:00Z" }),
      asked({ state: "open", due: "2026-11-23T00:00:00Z" }),
    ],
  };
  expect(dueOf(step)).toBe("2026-11-23T00:00:00Z");
  expect(dueOf({ ...step, people: [asked({})] })).toBeNull();
});

it("little time left is told apart from none and from enough", () => {
  expect(urgency(null, NOW)).toBeNull();
  expect(urgency("2026-11-22T01:59:00Z", NOW)).toBe("over");
  expect(urgency("2026-11-22T20:00:00Z", NOW)).toBe("soon");
  expect(urgency("2026-11-25T20:00:00Z", NOW)).toBeNull();
});

it("a distance in time is told in the greatest unit that says enough", () => {
  expect(distance("2026-11-22T01:15:00Z", NOW)).toEqual({ unit: "minute", count: -45 });
  expect(distance("2026-11-22T05:00:00Z", NOW)).toEqual({ unit: "hour", count: 3 });
  expect(distance("2026-11-20T01:00:00Z", NOW)).toEqual({ unit: "day", count: -2 });
  // Two days less a little are still counted in hours.
  expect(distance("2026-11-24T01:00:00Z", NOW)).toEqual({ unit: "hour", count: 47 });
});

it("what a record is about reads as it does everywhere else", () => {
  const form = { fields: [madeUpField("total", { kind: "money" }), madeUpField("note")] } as unknown as Form;
  expect(saidText(form, { field: "total", label: "", text: "1234567.5" })).toBe("1,234,567.50");
  expect(saidText(form, { field: "note", label: "", text: "1234567.5" })).toBe("1234567.5");
  expect(saidText(undefined, { field: "total", label: "", text: "12.00" })).toBe("12.00");
});

it("in short an approval says whom it is about and how much it is", () => {
  const said = (text: string, isFigure = false) => ({ field: text, label: text, text, isFigure });
  const all = [said("P1"), said("Lakeside"), said("2026-11-22"), said("26,000.00", true), said("0.00", true)];
  expect(inShort(all, "P1", 2)).toEqual(["Lakeside", "26,000.00"]);
  expect(inShort(all, "P1", 3)).toEqual(["Lakeside", "26,000.00", "2026-11-22"]);
  expect(inShort([said("9", true), said("8", true)], null, 2)).toEqual(["9", "8"]);
  expect(inShort([], null, 2)).toEqual([]);
});
