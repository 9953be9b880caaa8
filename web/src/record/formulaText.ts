/** A formula in words: the names of fields as people see them, operators between them. Pure. */
import type { Formula, Node } from "@/expression/tree";

const BINDS: Record<string, number> = {
  OR: 1,
  AND: 2,
  NOT: 3,
  "=": 4,
  "<>": 4,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "&": 5,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
};
const SIGNS: Record<string, string> = { "*": "×", "/": "÷", "-": "−", "<>": "≠", "<=": "≤", ">=": "≥" };

/** `labelOf`: what a dotted name is called. `lines` are the rows that the names of an aggregate stand in. */
export function formulaText(formula: Formula, labelOf: (key: string) => string): string {
  return said(formula.tree, labelOf, "", 0);
}

function said(node: Node, labelOf: (key: string) => string, lines: string, above: number): string {
  switch (node.node) {
    case "literal":
      return node.value === null ? '""' : node.type.kind === "text" ? `"${String(node.value)}"` : String(node.value);
    case "path":
      return labelOf(node.up === 0 && lines ? `${lines}.${node.key}` : node.key);
    case "given":
      return node.name;
    case "operation": {
      const binds = BINDS[node.operator] ?? 8;
      const parts = node.operands.map((one, place) => said(one, labelOf, lines, place === 0 ? binds - 1 : binds));
      const sign = SIGNS[node.operator] ?? node.operator;
      const text = parts.length === 1 ? `${sign}${parts[0]}` : parts.join(` ${sign} `);
      return binds <= above ? `(${text})` : text;
    }
    case "call":
      return `${node.function}(${node.arguments.map((one) => said(one, labelOf, lines, 0)).join(", ")})`;
    case "aggregate": {
      const rows = node.rows.key;
      const inner = node.value ? said(node.value, labelOf, rows, 0) : labelOf(rows);
      const where = node.where ? `, ${said(node.where, labelOf, rows, 0)}` : "";
      return `${node.function}(${inner}${where})`;
    }
  }
}
