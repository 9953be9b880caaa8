import { describe, expect, it } from "vitest";
import type { Packs } from "@/api/types";
import { inBase, mixed, packedIn } from "./packs";

const piece = { id: 1, title: "个" };
const box = { id: 2, title: "箱" };
const tray = { id: 3, title: "盒" };
const packs: Packs = {
  base: piece,
  packs: [
    { unit: tray, numerator: "6", denominator: "1" },
    { unit: box, numerator: "24", denominator: "1" },
  ],
};

describe("typed in packs", () => {
  it.each([
    ["2箱3个", "51", piece],
    ["2箱3", "51", piece],
    ["２箱 ３个", "51", piece],
    ["1箱1盒2个", "32", piece],
    ["1箱，2盒", "36", piece],
    ["0.5箱1个", "13", piece],
    ["2箱", "2", box],
    ["1.5 箱", "1.5", box],
    ["7个", "7", piece],
    ["-2箱3个", "-51", piece],
  ])("%s", (text, quantity, unit) => {
    expect(packedIn(text, packs)).toEqual({ quantity, unit });
  });

  it.each(["12", "2.5", "", "箱", "2桶", "2箱3桶", "3 2箱", "2箱x", "2箱-3个"])("not %s", (text) => {
    expect(packedIn(text, packs)).toBeNull();
  });

  it("is exact or nothing", () => {
    const thirds: Packs = { base: piece, packs: [{ unit: box, numerator: "1", denominator: "3" }] };
    expect(packedIn("3箱1个", thirds)).toEqual({ quantity: "2", unit: piece });
    expect(packedIn("1箱1个", thirds)).toBeNull();
    expect(inBase({ quantity: "1", unit: box }, thirds)).toBeNull();
    expect(inBase({ quantity: "-2", unit: box }, packs)).toBe("-48");
    expect(inBase({ quantity: "2", unit: { id: 9, title: "桶" } }, packs)).toBeNull();
  });
});

describe("told in packs", () => {
  it.each([
    ["51", "2箱3个"],
    ["48.000000", "2箱"],
    ["32", "1箱1盒2个"],
    ["24.5", "1箱0.5个"],
    ["-30", "-1箱1盒"],
  ])("%s is %s", (quantity, text) => {
    expect(mixed(quantity, packs)).toBe(text);
  });

  it.each(["5", "0", "0.5", "", "x"])("%s has no full pack", (quantity) => {
    expect(mixed(quantity, packs)).toBeNull();
  });

  it("leaves out what is smaller than one", () => {
    expect(mixed("10", { base: piece, packs: [{ unit: box, numerator: "1", denominator: "3" }] })).toBeNull();
  });

  it("sets words of letters apart", () => {
    const english = {
      base: { id: 1, title: "pcs" },
      packs: [{ unit: { id: 2, title: "box" }, numerator: "12", denominator: "1" }],
    };
    expect(mixed("27", english)).toBe("2 box 3 pcs");
    expect(packedIn("2 box 3 pcs", english)).toEqual({ quantity: "27", unit: english.base });
  });
});
