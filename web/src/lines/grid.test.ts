/** Moving, undoing, summing: what happens to rows without a page. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applied, type Change, History } from "./history";
import { blockOf, firstTyped, nextOf, nextTyped, towards } from "./moving";
import type { GridRow } from "./rows";
import { added, Sums } from "./totals";

const row = (key: string, cells: object = {}) => ({ key, ...cells }) as GridRow;

describe("moving", () => {
  const size = { rows: 3, columns: 4 };
  // Columns 1 and 2 are only read.
  const isTyped = ({ column }: { column: number }) => column === 0 || column === 3;
  test("on to what is typed, over what is read, into the next row", () => {
    expect(nextTyped({ row: 0, column: 0 }, 1, size, isTyped)).toEqual({ row: 0, column: 3 });
    expect(nextTyped({ row: 0, column: 3 }, 1, size, isTyped)).toEqual({ row: 1, column: 0 });
    expect(nextTyped({ row: 1, column: 0 }, -1, size, isTyped)).toEqual({ row: 0, column: 3 });
  });
  test("nowhere beyond the ends", () => {
    expect(nextTyped({ row: 2, column: 3 }, 1, size, isTyped)).toBeNull();
    expect(nextTyped({ row: 0, column: 0 }, -1, size, isTyped)).toBeNull();
    expect(nextTyped({ row: 0, column: 0 }, 1, size, () => false)).toBeNull();
  });
  test("steps stay within", () => {
    expect(towards({ row: 1, column: 1 }, -9, 9, size)).toEqual({ row: 0, column: 3 });
    expect(firstTyped(1, size, ({ column }) => column === 2)).toEqual({ row: 1, column: 2 });
  });
  test("a block has its corners whichever way it was drawn", () => {
    expect(blockOf({ row: 2, column: 0 }, { row: 0, column: 3 })).toEqual({ top: 0, bottom: 2, left: 0, right: 3 });
  });
  test("from error to error and around", () => {
    const places = [
      { row: 2, column: 1 },
      { row: 0, column: 3 },
    ];
    expect(nextOf(places, { row: 0, column: 3 })).toEqual({ row: 2, column: 1 });
    expect(nextOf(places, { row: 2, column: 1 })).toEqual({ row: 0, column: 3 });
    expect(nextOf([], { row: 0, column: 0 })).toBeNull();
  });
});

describe("undoing", () => {
  const change = fc.oneof(
    fc.record({ kind: fc.constant("cells" as const), at: fc.nat(9), value: fc.string() }),
    fc.record({ kind: fc.constant("added" as const), at: fc.nat(9), value: fc.string() }),
    fc.record({ kind: fc.constant("removed" as const), at: fc.nat(9), value: fc.constant("") }),
  );
  test("all acts taken back leave what was there, all done again what came of them", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (wanted) => {
        const begun = [row("a", { x: "1" }), row("b", { x: "2" }), row("c")];
        const history = new History();
        let rows = begun;
        wanted.forEach(({ kind, at, value }, place) => {
          const own = rows[at % Math.max(1, rows.length)];
          let done: Change;
          if (kind === "added")
            done = { kind, rows: [{ at: at % (rows.length + 1), row: row(`new ${place}`, { x: value }) }] };
          else if (!own) return;
          else if (kind === "removed") done = { kind, rows: [{ at: rows.indexOf(own), row: own }] };
          else done = { kind, cells: [{ key: own.key, column: "x", before: own.x, after: value }] };
          history.add([done]);
          rows = applied(rows, done);
        });
        const ended = rows;
        for (let step = history.undo(rows); step; step = history.undo(rows)) rows = step.rows;
        expect(rows).toEqual(begun);
        for (let step = history.redo(rows); step; step = history.redo(rows)) rows = step.rows;
        expect(rows).toEqual(ended);
      }),
    );
  });
  test("a new act forgets what was taken back", () => {
    const history = new History();
    const rows = [row("a")];
    const typed = (after: string): Change => ({
      kind: "cells",
      cells: [{ key: "a", column: "x", before: undefined, after }],
    });
    history.add([typed("1")]);
    history.undo(rows);
    history.add([typed("2")]);
    expect(history.redo(rows)).toBeNull();
    expect(history.undo(rows)?.rows).toEqual([row("a", { x: undefined })]);
  });
  test("rows that a change does not touch stay the same objects", () => {
    const rows = [row("a"), row("b")];
    const next = applied(rows, { kind: "cells", cells: [{ key: "b", column: "x", before: null, after: "1" }] });
    expect(next[0]).toBe(rows[0]);
    expect(next[1]).not.toBe(rows[1]);
  });
});

describe("sums", () => {
  test("are exact", () => {
    const rows = [row("a", { x: "0.10" }), row("b", { x: "0.2" }), row("c", { x: "-12345678901234567.07" })];
    expect(new Sums().of(rows, "x")).toBe("-12345678901234566.77");
    expect(added("0.1", "0.2")).toBe("0.3");
    expect(added(null, "3")).toBe("3");
    expect(added("-1", "1")).toBe("0");
  });
  test("leave out what is no figure", () => {
    expect(new Sums().of([row("a", { x: "many" }), row("b"), row("c", { x: "2" })], "x")).toBe("2");
  });
  test("follow rows that change, come and go", () => {
    const sums = new Sums();
    const [a, b, c] = [row("a", { x: "1.5" }), row("b", { x: "2" }), row("c", { x: "4" })];
    expect(sums.of([a, b, c], "x")).toBe("7.5");
    expect(sums.of([a, row("b", { x: "3" }), c], "x")).toBe("8.5");
    expect(sums.of([c, a], "x")).toBe("5.5");
    expect(sums.of([], "x")).toBe("0");
  });
  test("agree with whole numbers", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(-(10n ** 20n), 10n ** 20n)), (figures) => {
        const rows = figures.map((one, at) => row(String(at), { x: one.toString() }));
        expect(new Sums().of(rows, "x")).toBe(figures.reduce((sum, one) => sum + one, 0n).toString());
      }),
    );
  });
});
