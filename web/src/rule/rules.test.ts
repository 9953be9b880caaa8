import { expect, it } from "vitest";
import { byForm, type Rule, sought, standing } from "./rules";

const rule = (name: string, more: Partial<Rule> = {}): Rule => ({
  rule: name,
  label: name,
  help: null,
  form: "thing",
  form_label: "Thing",
  phase: "after",
  words: [],
  paused: false,
  pilot: null,
  counts: {},
  last: null,
  can_rehearse: true,
  warnings: [],
  ...more,
});

it("rules stand by what they are about, in the order in which they came", () => {
  const groups = byForm([rule("b"), rule("x", { form: "note", form_label: "Note" }), rule("a")]);
  expect(groups.map((one) => [one.label, one.rules.map((some) => some.rule)])).toEqual([
    ["Thing", ["b", "a"]],
    ["Note", ["x"]],
  ]);
});

it("a rule is found by its name, what it is about and what it does; every word must fit", () => {
  const rules = [rule("low", { label: "Too low", words: ["Tells Ann"] }), rule("late", { words: ["Tells Bob"] })];
  const names = (words: string) => sought(rules, words).map((one) => one.rule);
  expect(names("tells")).toEqual(["low", "late"]);
  expect(names("tells ann")).toEqual(["low"]);
  expect(names("ANN low")).toEqual(["low"]);
  expect(names("ann late")).toEqual([]);
  expect(names("")).toEqual(["low", "late"]);
});

it("a rule at rest is at rest, even if it was tried out; a pilot of nobody is for all", () => {
  const ann = { id: 1, title: "Ann" };
  expect(standing(rule("a"))).toBe("on");
  expect(standing(rule("a", { pilot: { users: [], departments: [] } }))).toBe("on");
  expect(standing(rule("a", { pilot: { users: [], departments: [ann] } }))).toBe("pilot");
  expect(standing(rule("a", { pilot: { users: [ann], departments: [] }, paused: true }))).toBe("paused");
});
