import { expect, it } from "vitest";
import type { Formula, Node } from "@/expression/tree";
import { formulaText } from "./formulaText";

const type = { kind: "number" };
const path = (key: string): Node => ({ node: "path", up: 0, key, type });
const number = (value: string): Node => ({ node: "literal", value, type });
const operation = (operator: string, ...operands: Node[]): Node => ({ node: "operation", operator, operands, type });
const say = (tree: Node) =>
  formulaText({ version: 1, type, volatility: "immutable", paths: [], tree }, (key) => `‹${key}›`);
const formula = (tree: Node): Formula => ({ version: 1, type, volatility: "immutable", paths: [], tree });

it("keeps brackets where the order needs them, and only there", () => {
  expect(say(operation("*", path("a"), operation("-", number("1"), path("b"))))).toBe("‹a› × (1 − ‹b›)");
  expect(say(operation("+", operation("*", path("a"), path("b")), path("c")))).toBe("‹a› × ‹b› + ‹c›");
  expect(say(operation("-", path("a"), operation("-", path("b"), path("c"))))).toBe("‹a› − (‹b› − ‹c›)");
  expect(say(operation("-", operation("-", path("a"), path("b")), path("c")))).toBe("‹a› − ‹b› − ‹c›");
});

it("names what an aggregate reads by its rows", () => {
  const sum: Node = {
    node: "aggregate",
    function: "SUM",
    rows: { up: 0, key: "parts" },
    value: path("worth"),
    where: null,
    separator: null,
    type,
  };
  expect(formulaText(formula(sum), (key) => key)).toBe("SUM(parts.worth)");
});
