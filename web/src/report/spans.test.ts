import { expect, it } from "vitest";
import { dayOf } from "@/look/figures";
import { daysOf, SPANS } from "./spans";

it("spans begin and end on their own days, over the ends of years", () => {
  const today = new Date(2026, 1, 22);
  expect(SPANS.map((span) => [span, ...daysOf(span, today).map(dayOf)])).toEqual([
    ["thisMonth", "2026-02-01", "2026-02-28"],
    ["lastMonth", "2026-01-01", "2026-01-31"],
    ["thisQuarter", "2026-01-01", "2026-03-31"],
    ["thisYear", "2026-01-01", "2026-12-31"],
    ["lastYear", "2025-01-01", "2025-12-31"],
    ["last30Days", "2026-01-24", "2026-02-22"],
    ["last12Months", "2025-03-01", "2026-02-28"],
  ]);
});
