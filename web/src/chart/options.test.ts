import { describe, expect, it } from "vitest";
import type { Drawing } from "./drawing";
import { type Manner, optionOf } from "./options";

const colours = { ink: "", soft: "", faint: "", line: "", sheet: "", font: "", palette: ["#000", "#111", "#222"] };
const MANNER: Manner = { colours, language: "en", size: 12, width: 600, isNarrow: false, isStill: true };

function lines(ends: number[], isRate: boolean): Drawing {
  return {
    isTime: true,
    names: ["2026-01", "2026-02"],
    rows: [0, 1],
    axes: [{ label: "Price", kind: "number" }],
    series: ends.map((end, place) => ({
      key: `${place}`,
      name: `Line ${place}`,
      kind: "number",
      axis: 0,
      values: [20, end],
      texts: ["20", `${end}`],
      ...(isRate ? { isRate } : {}),
    })),
  };
}

const legendOf = (drawing: Drawing) => (optionOf(drawing, "line", MANNER).legend as { show: boolean }).show;
const axisOf = (drawing: Drawing, shape: "line" | "bar") =>
  (optionOf(drawing, shape, MANNER).yAxis as { scale: boolean }[])[0]?.scale;

describe("lines", () => {
  it("are called by their names where they end, unless they end together", () => {
    expect(legendOf(lines([2, 10, 20], false))).toBe(false);
    expect(legendOf(lines([19.5, 20], false))).toBe(true);
  });

  it("of prices show how they move; sums, and bars, start at nothing", () => {
    expect(axisOf(lines([19, 21], true), "line")).toBe(true);
    expect(axisOf(lines([19, 21], false), "line")).toBe(false);
    expect(axisOf(lines([19, 21], true), "bar")).toBe(false);
  });
});

describe("a ranking", () => {
  const places = (count: number): Drawing => ({
    ...lines([1], false),
    isTime: false,
    names: Array.from({ length: count }, (_, place) => `P${place}`),
  });
  const room = (width: number, isNarrow: boolean) =>
    (optionOf(places(3), "bar", { ...MANNER, width, isNarrow }).yAxis as { axisLabel: { width: number } }).axisLabel
      .width;

  it("gives names a share of its width, and never most of it", () => {
    expect(room(300, true)).toBeLessThan(150);
    expect(room(1100, false)).toBeGreaterThan(room(600, false));
  });

  it("tells its figures however long it is", () => {
    const option = optionOf(places(28), "bar", MANNER);
    expect((option.xAxis as { show: boolean }[])[0]?.show).toBe(false);
    expect((option.series as { label: { show: boolean } }[])[0]?.label.show).toBe(true);
  });
});
