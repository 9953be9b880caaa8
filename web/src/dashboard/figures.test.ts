import { describe, expect, it } from "vitest";
import type { Metric } from "@/api/dashboards";
import { changeOf, comparedWith, shareOf, tableOf, trendOf } from "./figures";

const metric = (more: Partial<Metric>): Metric => ({
  name: "m",
  label: "M",
  help: null,
  kind: "money",
  scale: 2,
  time: "span",
  value: "1",
  previous: null,
  change: null,
  less_is_better: false,
  trend: [],
  opens: null,
  ...more,
});

describe("a change", () => {
  it("is good or bad by what the metric is about", () => {
    expect(changeOf({ change: "0.1234", less_is_better: false })).toEqual({
      text: "12.3%",
      direction: "up",
      tone: "good",
    });
    expect(changeOf({ change: "0.1234", less_is_better: true })).toMatchObject({ direction: "up", tone: "bad" });
    expect(changeOf({ change: "-0.5", less_is_better: true })).toEqual({
      text: "50%",
      direction: "down",
      tone: "good",
    });
  });

  it("that rounds to nothing is none, and what is not known is not said", () => {
    expect(changeOf({ change: "-0.0004", less_is_better: false })).toEqual({
      text: "0%",
      direction: "same",
      tone: "even",
    });
    expect(changeOf({ change: null, less_is_better: false })).toBeNull();
  });

  it("is from the same time of last year, or from the time before", () => {
    const span = { first: "2026-11-01", last: "2026-11-22" };
    expect(comparedWith({ span, previous: { first: "2025-11-01", last: "2025-11-22" } })).toBe("year");
    expect(comparedWith({ span, previous: { first: "2026-10-10", last: "2026-10-31" } })).toBe("before");
    expect(comparedWith({ span, previous: null })).toBeNull();
  });
});

it("a goal that is not there is not reached", () => {
  expect(shareOf("50", "200")).toBe(0.25);
  expect(shareOf("50", null)).toBe(0);
  expect(shareOf(null, "200")).toBe(0);
});

it("courses of metrics share their times, and read as a table", () => {
  const drawing = trendOf([
    metric({
      name: "a",
      label: "A",
      trend: [
        { key: "2026-02", value: "5" },
        { key: "2026-01", value: "3.50" },
      ],
    }),
    metric({ name: "b", label: "B", kind: "number", trend: [{ key: "2026-02", value: "7" }] }),
  ]);
  expect(drawing?.names).toEqual(["2026-01", "2026-02"]);
  expect(drawing?.series.map((one) => [one.axis, one.values, one.texts])).toEqual([
    [0, [3.5, 5], ["3.50", "5.00"]],
    [1, [null, 7], ["–", "7"]],
  ]);
  expect(drawing && tableOf(drawing, "When").rows).toEqual([
    { name: "2026-01", a: "3.5", b: null },
    { name: "2026-02", a: "5", b: "7" },
  ]);
  expect(trendOf([metric({})])).toBeNull();
});
