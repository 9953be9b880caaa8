import { describe, expect, it } from "vitest";
import { moved } from "@/fields/FieldEditor";
import { figure, grouped, isNegative, percent, trimmed } from "./figures";

describe("figures", () => {
  it("are grouped without losing a digit", () => {
    expect(grouped("-1234567.50")).toBe("-1,234,567.50");
    expect(grouped("12345678901234567890.123456789")).toBe("12,345,678,901,234,567,890.123456789");
    expect(grouped("999")).toBe("999");
  });

  it("lose zeros that say nothing, but not those of whole numbers", () => {
    expect(trimmed("12.500000")).toBe("12.5");
    expect(trimmed("1200")).toBe("1200");
    expect(figure("money", "12.50")).toBe("12.50");
    expect(figure("money", "0")).toBe("0.00");
    expect(figure("money", "-1234.5")).toBe("-1,234.50");
    expect(figure("money", "1234.5678")).toBe("1,234.5678");
    expect(figure("quantity", "1200.000000")).toBe("1,200");
  });

  it("show a share as percent by moving the point", () => {
    expect(percent("0.13")).toBe("13%");
    expect(percent("0.005")).toBe("0.5%");
    expect(percent("1")).toBe("100%");
    expect(percent("-0.025")).toBe("-2.5%");
    expect(percent("0.000000")).toBe("0%");
  });

  it("know what is below zero", () => {
    expect(isNegative("-0.00")).toBe(false);
    expect(isNegative("-0.01")).toBe(true);
  });
});

describe("a typed percentage", () => {
  it("comes back as the share that it was", () => {
    for (const share of ["0.13", "0.005", "1", "0", "0.0001", "12.5", "-0.025"]) {
      expect(moved(moved(share, 2), -2)).toBe(share);
    }
    expect(moved("0.13", 2)).toBe("13");
    expect(moved("5", -2)).toBe("0.05");
  });
});
