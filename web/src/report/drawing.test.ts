import { describe, expect, it } from "vitest";
import type { Heading, ReportPage } from "@/api/types";
import { drawingOf } from "./drawing";
import { askedIn, changed, questionOf, turned } from "./parameters";

const MONTH: Heading = { key: "month", label: "Month", kind: "month" };
const PLACE: Heading = { key: "place", label: "Place", kind: "link", to: "place" };
const PIECES: Heading = { key: "pieces", label: "Pieces", kind: "quantity", measure: true };
const WORTH: Heading = { key: "worth", label: "Worth", kind: "money", measure: true };

function page(columns: Heading[], rows: Record<string, unknown>[]): ReportPage {
  return {
    form: "thing",
    report: "things",
    columns,
    rows,
    next: null,
    parameters: {},
    total_rows: 0,
    totals: {},
    offset: 0,
  } as unknown as ReportPage;
}

describe("a picture of a report", () => {
  it("runs through time from the earliest on, whatever the order of the table", () => {
    const drawn = drawingOf(
      page(
        [MONTH, WORTH],
        [
          { month: "2026-03", worth: "5" },
          { month: "2026-01", worth: "7" },
        ],
      ),
    );
    expect(drawn?.isTime).toBe(true);
    expect(drawn?.names).toEqual(["2026-01", "2026-03"]);
    expect(drawn?.series[0]?.values).toEqual([7, 5]);
  });

  it("shows the largest first where there is no time", () => {
    const rows = [
      { place: { id: 1, title: "A" }, pieces: "2" },
      { place: { id: 2, title: "B" }, pieces: "30" },
    ];
    expect(drawingOf(page([PLACE, PIECES], rows))?.names).toEqual(["B", "A"]);
  });

  it("keeps pieces and amounts on axes of their own", () => {
    const drawn = drawingOf(
      page([PLACE, PIECES, WORTH], [{ place: { id: 1, title: "A" }, pieces: "2", worth: "9.50" }]),
    );
    expect(drawn?.axes).toEqual(["Pieces", "Worth"]);
    expect(drawn?.series.map((one) => one.axis)).toEqual([0, 1]);
  });

  it("is none without measures or rows", () => {
    expect(drawingOf(page([PLACE], [{ place: null }]))).toBeNull();
    expect(drawingOf(page([PLACE, PIECES], []))).toBeNull();
  });
});

describe("what a report is asked", () => {
  it("stands in the address beside its order and page", () => {
    const asked = askedIn(new URLSearchParams("from=2026-01-01&to=&sort=-worth&page=3&chart=1"));
    expect(asked).toEqual({ parameters: { from: "2026-01-01" }, sort: "-worth", page: 3 });
    expect(questionOf(asked)).toEqual({ from: "2026-01-01", sort: "-worth", limit: 100, offset: 200 });
  });

  it("begins at the first page when something else is asked", () => {
    expect(changed(new URLSearchParams("page=3&sort=a"), { sort: null, from: "x" }).toString()).toBe("from=x");
    expect(changed(new URLSearchParams("sort=a"), { page: "2" }).toString()).toBe("sort=a&page=2");
  });

  it("turns its order: rising, falling, its own", () => {
    expect(turned(null, "a")).toBe("a");
    expect(turned("a", "a")).toBe("-a");
    expect(turned("-a", "a")).toBeNull();
    expect(turned("b", "a")).toBe("a");
  });
});
