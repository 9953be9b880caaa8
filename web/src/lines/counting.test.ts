/** Quantities in packs that come before it is known what they count, and figures for each unit. */
import { describe, expect, test } from "vitest";
import type { Field, Packs } from "@/api/types";
import { inPacks, meant, readLate } from "./counting";
import { applied, type Change, History } from "./history";
import { isInPacks, packedOf, partsOf } from "./packs";
import type { GridRow } from "./rows";

const PIECE = { id: 1, title: "个" };
const BOX = { id: 2, title: "箱" };
const PACKS: Packs = { base: PIECE, packs: [{ unit: BOX, numerator: "24", denominator: "1" }] };
const places = { link: "thing", lines: "units", unit: "unit", numerator: "n", denominator: "d", base: "base" };
const COUNT = { name: "count", kind: "quantity", label: "Count", packs: { ...places, in_unit: "unit" } } as Field;
const BARE = { ...COUNT, packs: { ...places, in_unit: null } } as Field;
const TODAY = "2026-11-22";
const row = (values: object): GridRow => ({ key: "a", ...values }) as GridRow;
const blank = () => undefined;

describe("a text in a cell", () => {
  test("in packs says its unit, too; where there is no room for it, it is counted out", () => {
    const known = { today: TODAY, packs: PACKS, mayTypeUnit: true };
    expect(meant(COUNT, row({}), "2箱3个", known)).toEqual([
      { name: "count", value: "51" },
      { name: "unit", value: PIECE },
    ]);
    expect(meant(BARE, row({}), "2箱", { ...known, mayTypeUnit: false })).toEqual([{ name: "count", value: "48" }]);
    expect(meant(COUNT, row({ unit: BOX }), "2箱", { ...known, mayTypeUnit: false })[0]?.value).toBe("2箱");
    expect(meant(COUNT, row({}), "12", known)).toEqual([{ name: "count", value: "12" }]);
  });
  test.each(["2箱3个", "1.5 箱", "-2箱", "3 kg"])("%s may be packs", (text) => expect(isInPacks(text)).toBe(true));
  test.each(["12", "", "many", "箱2", "2-3箱"])("%s is none", (text) => expect(isInPacks(text)).toBe(false));
});

describe("what comes before its packs are known", () => {
  const rows = [row({ count: "2箱3个" }), { ...row({ count: "5" }), key: "b" } as GridRow];
  test("waits for them, and is read then", () => {
    expect(
      readLate(
        [COUNT],
        rows,
        () => null,
        () => true,
        blank,
        TODAY,
      ),
    ).toEqual([]);
    expect(
      readLate(
        [COUNT],
        rows,
        () => PACKS,
        () => true,
        blank,
        TODAY,
      ),
    ).toEqual([
      { key: "a", column: "count", before: undefined, after: "51" },
      { key: "a", column: "unit", before: undefined, after: PIECE },
    ]);
    const strange = [row({ count: "2桶" })];
    expect(
      readLate(
        [COUNT],
        strange,
        () => PACKS,
        () => true,
        blank,
        TODAY,
      ),
    ).toEqual([]);
  });
  test("is undone and done again together with what put it there", () => {
    const history = new History();
    const typed: Change = {
      kind: "cells",
      cells: [{ key: "a", column: "count", before: "7", after: "2箱3个" }],
    };
    const before = [row({ count: "7", unit: BOX })];
    history.add([typed]);
    const late = [
      { key: "a", column: "count", before: "2箱3个", after: "51" },
      { key: "a", column: "unit", before: BOX, after: PIECE },
    ];
    history.amend(late);
    const now = applied(applied(before, typed), { kind: "cells", cells: late });
    expect(history.undo(now)?.rows).toEqual(before);
    expect(history.redo(before)?.rows).toEqual([row({ count: "51", unit: PIECE })]);
  });
  test("is part of a row that was added", () => {
    const history = new History();
    history.add([{ kind: "added", rows: [{ at: 0, row: row({ count: "2箱" }) }] }]);
    history.amend([{ key: "a", column: "count", before: "2箱", after: "2" }]);
    expect(history.undo([row({ count: "2" })])?.rows).toEqual([]);
    expect(history.redo([])?.rows).toEqual([row({ count: "2" })]);
  });
});

describe("a figure for each unit", () => {
  test("the largest first, the base unit last", () => {
    expect(partsOf("51", PACKS)).toEqual([
      { unit: BOX, count: "2" },
      { unit: PIECE, count: "3" },
    ]);
    expect(partsOf("-1", PACKS)).toBeNull();
  });
  test.each([
    ["2", "3", "51", PIECE],
    ["2", "0", "2", BOX],
    ["0", "3", "3", PIECE],
    ["0", "0", "0", PIECE],
  ])("%s and %s come to %s", (boxes, pieces, quantity, unit) => {
    const counts = [
      { unit: BOX, count: boxes },
      { unit: PIECE, count: pieces },
    ];
    expect(packedOf(counts, PACKS)).toEqual({ quantity, unit });
  });
  test("shown beside what is in base units only", () => {
    expect(inPacks(COUNT, row({ count: "51", unit: PIECE }), PACKS)).toBe("2箱3个");
    expect(inPacks(COUNT, row({ count: "51", unit: BOX }), PACKS)).toBeNull();
    expect(inPacks(BARE, row({ count: "48" }), PACKS)).toBe("2箱");
  });
});
