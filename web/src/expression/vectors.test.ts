/** The table of formulas that Python and the database are held to: the browser gives exactly the same values. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Compiled, compile, NotInBrowser, type Scope } from "./compile";
import type { Context } from "./functions";
import type { Node, Type } from "./tree";
import { Decimal, moment, plain, read, spelledMoment, type Value } from "./values";

type Cells = Record<string, unknown>;
interface World {
  context: Record<"today" | "now" | "zone", string> & { me: number; department: number } & Record<
      "departments" | "colleagues",
      number[]
    > & { roles: string[] };
  note: Cells[];
  "note.lines": Cells[];
}
type Case = ["note" | "note.lines", string, Node, unknown[]];

const lines = readFileSync(`${import.meta.dirname}/vectors.jsonl`, "utf-8")
  .trimEnd()
  .split("\n");
const world: World = JSON.parse(lines[0] ?? "");
const cases: Case[] = lines.slice(1).map((line) => JSON.parse(line));

class Row implements Scope {
  constructor(
    readonly cells: Cells,
    readonly outer: Scope | null = null,
  ) {}
  value(key: string, type: Type): Value {
    return read(this.cells[key], type.kind);
  }
  rows(key: string): readonly Scope[] {
    return ((this.cells[key] as Cells[] | undefined) ?? []).map((cells) => new Row(cells, this));
  }
}

const context: Context = {
  ...world.context,
  now: moment(world.context.now) ?? 0n,
  departments: new Set(world.context.departments),
  colleagues: new Set(world.context.colleagues),
  roles: new Set(world.context.roles),
};
const notes = world.note.map((cells) => new Row(cells));
const rows = {
  note: notes,
  "note.lines": world["note.lines"].map(
    (cells) => new Row(cells, notes.find((note) => note.cells.id === cells["^"]) ?? null),
  ),
};

/** As the table writes values. */
function written(value: Value): unknown {
  if (value instanceof Decimal) return plain(value);
  return typeof value === "bigint" ? spelledMoment(value) : value;
}

function same(found: Value, expected: unknown): boolean {
  if (typeof found === "bigint") return found === moment(String(expected));
  return JSON.stringify(written(found)) === JSON.stringify(expected);
}

/** Functions whose dictionaries only the server has. */
const ON_SERVER = /\b(PINYIN|INITIALS)\(/;

describe("the browser computes what the server computes", () => {
  test("there are thousands of cases", () => {
    expect(cases.reduce((sum, one) => sum + one[3].length, 0)).toBeGreaterThan(9000);
  });

  test.each(["note", "note.lines"] as const)("every formula of %s, for every row", (target) => {
    for (const [of, text, tree, expected] of cases) {
      if (of !== target || ON_SERVER.test(text)) continue;
      const run: Compiled = compile({ tree });
      expected.forEach((value, at) => {
        const found = run(rows[target][at] as Row, context);
        if (!same(found, value)) {
          throw new Error(`${text}, row ${at}: ${JSON.stringify(written(found))}, not ${JSON.stringify(value)}`);
        }
      });
    }
  });

  test("what needs a dictionary stays with the server", () => {
    const left = cases.filter(([, text]) => ON_SERVER.test(text));
    expect(left.length).toBeGreaterThan(0);
    for (const [, , tree] of left) expect(() => compile({ tree })).toThrow(NotInBrowser);
  });
});
