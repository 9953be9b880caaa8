import { describe, expect, it } from "vitest";
import type { Heading, ReportPage } from "@/api/types";
import { between, drawingOf, isDrawable } from "./drawing";

const MONTH: Heading = { key: "month", label: "Month", kind: "month" };
const PLACE: Heading = { key: "place", label: "Place", kind: "link", to: "place" };
const PIECES: Heading = { key: "pieces", label: "Pieces", kind: "quantity", measure: true };
const WORTH: Heading = { key: "worth", label: "Worth", kind: "money", measure: true };

function page(columns: Heading[], rows: Record<string, unknown>[]): ReportPage {
  return { columns, rows } as unknown as ReportPage;
}

const places = (...worth: number[]) =>
  page(
    [PLACE, WORTH],
    worth.map((one, place) => ({ place: { id: place, title: `P${place}` }, worth: `${one}.00` })),
  );

describe("a picture of figures", () => {
  it("runs through time from the earliest on, whatever the order of the table", () => {
    const rows = [
      { month: "2026-03-01", worth: "5" },
      { month: "2026-01-01", worth: "7" },
    ];
    const drawn = drawingOf(page([MONTH, WORTH], rows), "line");
    expect(drawn?.isTime).toBe(true);
    expect(drawn?.names).toEqual(["2026-01", "2026-03"]);
    expect(drawn?.rows).toEqual([1, 0]);
    expect(drawn?.series[0]?.values).toEqual([7, 5]);
  });

  it("shows months in which nothing happened, where sums are drawn", () => {
    const rows = [
      { month: "2026-03-01", worth: "5" },
      { month: "2026-01-01", worth: "7" },
    ];
    const drawn = drawingOf(page([MONTH, WORTH], rows), "line", { fills: true });
    expect(drawn?.names).toEqual(["2026-01", "2026-02", "2026-03"]);
    expect(drawn?.series[0]?.values).toEqual([7, 0, 5]);
    expect(drawn?.rows).toEqual([1, null, 0]);
  });

  it("shows the largest first where there is no time", () => {
    expect(drawingOf(places(2, 30), "bar")?.names).toEqual(["P1", "P0"]);
  });

  it("gathers what is left into one, to the cent", () => {
    const drawn = drawingOf(places(1, 2, 3, 4, 5), "bar", { most: 3, others: "rest" });
    expect(drawn?.names).toEqual(["P4", "P3", "rest"]);
    expect(drawn?.series[0]?.texts).toEqual(["5.00", "4.00", "6.00"]);
    expect(drawn?.rows).toEqual([4, 3, null]);
  });

  it("counts what the server left out among what is left, and last", () => {
    const given = { ...places(5, 3), others: { worth: "90.00" } };
    const drawn = drawingOf(given, "bar", { others: "rest" });
    expect(drawn?.names).toEqual(["P0", "P1", "rest"]);
    expect(drawn?.series[0]?.texts).toEqual(["5.00", "3.00", "90.00"]);
    expect(drawingOf(given, "bar", { most: 2, others: "rest" })?.series[0]?.texts).toEqual(["5.00", "93.00"]);
  });

  it("draws the values of a key that became columns, not their sum, and no shares of it", () => {
    const columns = [
      PLACE,
      { ...WORTH, key: "worth@0", label: "X", of: "worth" },
      { ...WORTH, key: "worth@1", label: "Y", of: "worth" },
      WORTH,
      { ...WORTH, key: "worth.share", kind: "percent" as const },
    ];
    const rows = [{ place: { id: 1, title: "A" }, "worth@0": "1", "worth@1": "2", worth: "3", "worth.share": "1" }];
    expect(drawingOf(page(columns, rows), "stacked")?.series.map((one) => one.name)).toEqual(["X", "Y"]);
  });

  it("keeps pieces and amounts on axes of their own", () => {
    const rows = [{ place: { id: 1, title: "A" }, pieces: "2", worth: "9.50" }];
    const drawn = drawingOf(page([PLACE, PIECES, WORTH], rows), "bar");
    expect(drawn?.axes.map((one) => one.label)).toEqual(["Pieces", "Worth"]);
    expect(drawn?.series.map((one) => one.axis)).toEqual([0, 1]);
  });

  it("draws one measure as slices", () => {
    const rows = [{ place: { id: 1, title: "A" }, pieces: "2", worth: "9.50" }];
    expect(drawingOf(page([PLACE, PIECES, WORTH], rows), "pie")?.series.map((one) => one.key)).toEqual(["pieces"]);
  });

  it("draws figures that have no sum where there is nothing else, and makes up none of them", () => {
    const price: Heading = { key: "price", label: "Price", kind: "number" };
    const key: Heading = { ...MONTH, is_key: true };
    const rows = [
      { month: "2026-03-01", price: "5.5" },
      { month: "2026-01-01", price: "7" },
    ];
    const drawn = drawingOf(page([key, price], rows), "line", { fills: true });
    expect(drawn?.isTime).toBe(true);
    expect(drawn?.names).toEqual(["2026-01", "2026-02", "2026-03"]);
    expect(drawn?.series[0]?.values).toEqual([7, null, 5.5]);
    expect(drawn?.series[0]?.texts).toEqual(["7", "–", "5.5"]);
    const three = [1, 2, 3].map((place) => ({ place: { id: place, title: `P${place}` }, price: `${place}` }));
    const ranked = drawingOf(page([PLACE, price], three), "bar", { most: 2, others: "rest" });
    expect(ranked?.names).toEqual(["P3", "P2"]);
  });

  it("calls rows by their words, and not by the rates beside the sums", () => {
    const rate: Heading = { key: "rate", label: "Rate", kind: "number" };
    const spec: Heading = { key: "spec", label: "Spec", kind: "text" };
    const rows = [{ place: { id: 1, title: "A" }, spec: "M6", worth: "9.50", rate: "37.66" }];
    const drawn = drawingOf(page([PLACE, spec, WORTH, rate], rows), "bar");
    expect(drawn?.names).toEqual(["A · M6"]);
    expect(drawn?.series.map((one) => one.key)).toEqual(["worth"]);
  });

  it("is none without measures or rows", () => {
    expect(isDrawable(page([PLACE], [{ place: null }]))).toBe(false);
    expect(drawingOf(page([PLACE, PIECES], []), "bar")).toBeNull();
  });
});

describe("times between two", () => {
  it("are months or days, over the ends of years", () => {
    expect(between("2025-11", "2026-02")).toEqual(["2025-11", "2025-12", "2026-01", "2026-02"]);
    expect(between("2024-02-28", "2024-03-01")).toEqual(["2024-02-28", "2024-02-29", "2024-03-01"]);
  });

  it("are not made up where there are too many, or no times", () => {
    expect(between("1900-01-01", "2026-01-01")).toBeNull();
    expect(between("A", "B")).toBeNull();
  });
});
