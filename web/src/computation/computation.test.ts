/** Records as somebody types them: the page computes what the server computed, and no more than it has to. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Form, Value, Values } from "@/api/types";
import type { Context } from "@/expression/functions";
import { moment } from "@/expression/values";
import { Computation, type KeyedRow, type LinkedAnswer, type Typed } from "./computation";

interface World {
  form: Form;
  context: { today: string; now: string; me: number };
  linked: LinkedAnswer;
}
interface Record {
  typed: Values & { lines: KeyedRow[] };
  values: Values & { lines: Values[] };
  problems: [string, string, number | null][];
}

const text = readFileSync(`${import.meta.dirname}/sheets.jsonl`, "utf-8");
const [world, ...records]: [World, ...Record[]] = JSON.parse(`[${text.trimEnd().replaceAll("\n", ",")}]`);
const context: Context = {
  ...world.context,
  now: moment(world.context.now) ?? 0n,
  zone: "Asia/Shanghai",
  department: null,
  departments: null,
  colleagues: null,
  roles: new Set(),
};
const CHECKED = new Set(["form.required", "form.must", "form.too_few_rows"]);

function begun(): Computation {
  return new Computation(world.form, context, { values: { lines: [] }, isNew: true });
}

/** Ask for what is wanted, as a page does, until nothing is. */
function answered(computation: Computation): void {
  for (let round = 0; computation.isWaiting && round < 5; round++) {
    const wants = computation.wants;
    const answer: LinkedAnswer = { company: world.linked.company ?? {} };
    for (const [link, ids] of Object.entries(wants)) {
      answer[link] = Object.fromEntries(ids.map((id) => [id, world.linked[link]?.[id]]));
    }
    computation.learn(answer, wants);
  }
  expect(computation.isWaiting).toBe(false);
}

/** Values without what only pages keep: ids of rows, titles of links. */
function bare(value: Value): unknown {
  if (Array.isArray(value)) return value.map((one) => bare(one as Value));
  if (value === null || typeof value !== "object") return value ?? null;
  if ("title" in value) return value.id;
  const { key: _, position: __, sounds: ___, ...cells } = value as KeyedRow;
  return Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, bare(cell as Value)]));
}

const keyed = (rows: readonly KeyedRow[]) => rows.map((row, at) => ({ ...row, key: `new-${at}` }));

/** A document of so many rows, all known. */
function long(rows: number): Computation {
  const computation = begun();
  const lines = Array.from({ length: rows }, (_, at) => ({ key: `new-${at}`, thing: 21 as Value, quantity: "2" }));
  computation.type({ lines });
  answered(computation);
  return computation;
}

describe("a record that is typed", () => {
  test.each(records.map((record, at) => [at, record] as const))("record %i, all at once", (_, record) => {
    const computation = begun();
    computation.type({ ...record.typed, lines: keyed(record.typed.lines) });
    answered(computation);
    expect(bare(computation.values as unknown as Value)).toEqual(record.values);
    const expected = record.problems.filter(([code]) => CHECKED.has(code));
    const problems = computation.problems.map(({ code, field, row }) => [code, field, row]);
    expect(problems.sort()).toEqual(expected.sort());
  });

  test.each(records.map((record, at) => [at, record] as const))("record %i, key by key", (_, record) => {
    const computation = begun();
    let typed: Typed = { lines: [] };
    const step = (next: Typed) => {
      typed = next;
      computation.type(typed);
      answered(computation);
    };
    const { lines, ...fields } = record.typed;
    keyed(lines).forEach((row, at) => {
      for (const [name, value] of Object.entries(row)) {
        const rows = [...(typed.lines as KeyedRow[])];
        rows[at] = { ...(rows[at] ?? { key: row.key }), [name]: value } as KeyedRow;
        step({ ...typed, lines: rows });
      }
    });
    for (const [name, value] of Object.entries(fields)) {
      step({ ...typed, [name]: name === "main" ? 21 : null });
      step({ ...typed, [name]: value });
    }
    expect(bare(computation.values as unknown as Value)).toEqual(record.values);
  });

  test("what is taken back follows its default again", () => {
    const computation = begun();
    computation.type({ lines: [], rate: "0.5", begins_on: "2026-01-01" });
    answered(computation);
    expect(computation.values).toMatchObject({ rate: "0.5", ends_on: "2026-01-04" });
    computation.type({ lines: [] });
    expect(computation.values).toMatchObject({ rate: "0.05", ends_on: "2026-04-03" });
  });

  test("what is taken back of stored rows is what the server said of them", () => {
    const said = { lines: [{ id: 5, thing: { id: 21, title: "A" }, quantity: "2" }] };
    const computation = new Computation(world.form, context, { values: said, isNew: false, id: 1 });
    computation.type({ lines: [{ key: "#5", id: 5, quantity: "9" }] });
    expect(computation.values).toMatchObject({ lines: [{ quantity: "9" }] });
    computation.type({});
    expect(computation.values).toMatchObject({ lines: [{ quantity: "2" }] });
  });

  test("rows come, go and change places", () => {
    const rows = keyed([
      { thing: 21, quantity: "1" },
      { thing: 22, quantity: "1" },
      { thing: 24, quantity: "3" },
    ]) as KeyedRow[];
    const computation = begun();
    computation.type({ lines: rows, rate: "0" });
    answered(computation);
    expect(computation.values).toMatchObject({ total: "22.25", count: "3", sizes: "M" });
    computation.type({ lines: [rows[2], rows[0]] as KeyedRow[], rate: "0" });
    expect(computation.values).toMatchObject({ total: "2.25", count: "2", dear: false });
    expect((computation.values.lines as KeyedRow[]).map((row) => [row.key, row.place])).toEqual([
      ["new-2", "1"],
      ["new-0", "2"],
    ]);
    computation.type({ lines: [], rate: "0" });
    expect(computation.values).toMatchObject({ total: "0.00", count: "0" });
  });
});

describe("no more than has to be", () => {
  test("a key in a thousand rows computes the row, and what sums over them", () => {
    const computation = long(1000);
    const before = computation.evaluations;
    computation.set("quantity", "3", "lines", "new-500");
    // Of the row: pieces and amount. Of the record: total, words, sizes, the right to edit aside. Shares of all rows.
    expect(computation.evaluations - before).toBeLessThanOrEqual(1000 + 6);
    expect(computation.values.total).toBe("2631.31");
  });

  test("a text that nothing reads computes nothing", () => {
    const computation = long(1000);
    const before = computation.evaluations;
    computation.set("tags", ["a"]);
    expect(computation.evaluations).toBe(before);
  });

  test("rows that did not change stay the same objects", () => {
    const computation = long(3);
    const before = computation.values.lines as KeyedRow[];
    computation.set("price", "1.3125", "lines", "new-1");
    const after = computation.values.lines as KeyedRow[];
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after[2]).toBe(before[2]);
  });

  test("what is known is not asked again", () => {
    const computation = long(2);
    computation.set("thing", 22, "lines", "new-0");
    expect(computation.wants).toEqual({ "lines.thing": [22] });
    answered(computation);
    computation.set("thing", 21, "lines", "new-0");
    expect(computation.isWaiting).toBe(false);
  });
});

describe("what only the server knows", () => {
  const part = (name: string, lines: string | null = null) => {
    const fields = lines ? (world.form.fields.find((field) => field.name === lines)?.fields ?? []) : world.form.fields;
    return fields.find((field) => field.name === name);
  };

  test("stays as the server last said, with all that follows from it", () => {
    const hidden: Form = structuredClone(world.form);
    const lines = hidden.fields.find((field) => field.name === "lines");
    for (const column of lines?.fields ?? []) {
      if (column.name === "amount") Object.assign(column, { formula: null, on_server: ["formula"] });
    }
    const values = { total: "7.00", lines: [{ id: 5, thing: { id: 21, title: "A" }, quantity: "1", amount: "7.00" }] };
    const computation = new Computation(hidden, context, { values, isNew: false, id: 3 });
    answered(computation);
    computation.set("quantity", "9", "lines", "#5");
    expect(computation.values).toMatchObject({ total: "7.00" });
    expect((computation.values.lines as KeyedRow[])[0]).toMatchObject({ amount: "7.00", quantity: "9" });
    computation.said({ total: "63.00", lines: [{ id: 5, quantity: "9", amount: "63.00" }] });
    expect(computation.values).toMatchObject({ total: "63.00" });
  });

  test("a record that may not be read leaves what is computed through it to the server", () => {
    const computation = begun();
    computation.type({ lines: [{ key: "a", thing: 99, quantity: "1" }] });
    const wants = computation.wants;
    computation.learn({ "lines.thing": {}, company: world.linked.company ?? {} }, wants);
    expect(computation.isWaiting).toBe(false);
    expect(computation.isUnknown("price", "lines", "a")).toBe(true);
    expect(computation.isUnknown("total")).toBe(true);
    computation.said({ total: "4.00", lines: [{ key: "a", price: "4" }] as KeyedRow[] });
    expect(computation.values).toMatchObject({ total: "4.00" });
    expect((computation.values.lines as KeyedRow[])[0]).toMatchObject({ price: "4" });
  });

  test("stored records keep what their defaults once gave", () => {
    const values = { begins_on: "2020-01-01", ends_on: "2020-01-09", lines: [] };
    const computation = new Computation(world.form, context, { values, isNew: false, id: 3 });
    answered(computation);
    computation.set("begins_on", "2020-01-02");
    expect(computation.values).toMatchObject({ ends_on: "2020-01-09", month: "2020-01" });
  });

  test("sounds of texts are the server's", () => {
    expect(part("sounds")?.formula).not.toBeNull();
    const computation = begun();
    computation.set("reason", "中文");
    expect(computation.isUnknown("sounds")).toBe(true);
  });
});

describe("conditions", () => {
  test("fields are seen, required and editable as their conditions say", () => {
    const computation = begun();
    answered(computation);
    expect(computation.stateOf("reason")).toEqual({ visible: false, required: false, editable: false });
    computation.type({ urgent: true, rate: "0", lines: [{ key: "a", thing: 22, quantity: "1" }] });
    answered(computation);
    expect(computation.stateOf("reason")).toEqual({ visible: true, required: true, editable: true });
    expect(computation.stateOf("quantity", "lines", "a")).toEqual({ visible: true, required: true, editable: true });
    expect(computation.stateOf("amount", "lines", "a").editable).toBe(false);
  });

  test("what must hold tells its words, for its row", () => {
    const computation = begun();
    computation.type({ lines: [{ key: "a", thing: 21, quantity: "-1" }] });
    answered(computation);
    const problem = { code: "form.must", field: "lines.quantity", row: 1, text: "The quantity is above 0" };
    expect(computation.problems).toEqual([problem]);
    expect(computation.problemsOf("lines", "a")).toEqual([problem]);
  });
});
