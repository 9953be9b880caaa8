import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { byForm, type Rule, signedExample, sought, standing } from "./rules";

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
  door: null,
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

it("the example in a shell signs what it sends, as the specification says", () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, place) => (place * 37 + 251) % 256));
  const given = {
    webhook: "partner",
    address: "/api/hooks/partner?company=3",
    secret: `whsec_${key.toString("base64")}`,
    example: { headers: {}, body: '{"name":"O\'Hara 张"}' },
  };
  const shell = `curl() { printf '%s\\n' "$@"; }\n${signedExample(given, "https://books.example.com")}`;
  const sent = execFileSync("bash", ["-c", shell], { encoding: "utf8" }).trimEnd().split("\n");
  expect(sent.slice(0, 3)).toEqual([
    "https://books.example.com/api/hooks/partner?company=3",
    "--json",
    given.example.body,
  ]);
  const headers = Object.fromEntries(sent.filter((one) => one.startsWith("webhook-")).map((one) => one.split(": ")));
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${given.example.body}`;
  expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
});
