import { describe, expect, it } from "vitest";
import { plain, scaleOf, short, shortText, unitOf } from "./short";

const said = (kind: "money" | "number" | "quantity" | "percent", value: string, language = "zh-CN") => {
  const { text, unit } = short(kind, value, language);
  return text + unit;
};

describe("a figure on a card", () => {
  it("stands in full while it is short", () => {
    expect(said("money", "8234.5")).toBe("8,234.50元");
    expect(said("quantity", "99999.000000")).toBe("99,999");
    expect(said("number", "12.3456789")).toBe("12.35");
  });

  it("is said in 万 and 亿, or in thousands and millions", () => {
    expect(said("money", "1284600.00")).toBe("128.5万元");
    expect(said("money", "-128460")).toBe("-12.85万元");
    expect(said("money", "123456789012.34")).toBe("1,235亿元");
    expect(said("money", "1284600.00", "en")).toBe("1.28M");
    expect(said("quantity", "128460", "en")).toBe("128.5K");
  });

  it("is a share to a tenth of a percent", () => {
    expect(said("percent", "0.123456")).toBe("12.3%");
    expect(said("percent", "-0.5")).toBe("-50%");
  });
});

describe("the marks of an axis", () => {
  it("have one unit, by the largest of them", () => {
    expect(scaleOf(9_999, "zh-CN")).toEqual({ divisor: 1, unit: "" });
    expect(scaleOf(-45_000, "zh-CN")).toEqual({ divisor: 1e4, unit: "万" });
    expect(unitOf(scaleOf(3e8, "zh-CN"), "money", "zh-CN")).toBe("亿元");
    expect(unitOf(scaleOf(3e8, "en"), "money", "en")).toBe("M");
  });

  it("have no exponent", () => {
    expect(shortText("number", 0.0000001, "zh-CN")).toBe("0");
    expect(plain(1e-7)).toBe("0");
    expect(shortText("money", 25_000, "zh-CN")).toBe("2.5万");
  });
});
