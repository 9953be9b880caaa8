import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { begun, linked, PAGE, queryOf, type Run, rowsOf, TOP } from "./run";

describe("a run of pages", () => {
  it("grows by what each page says comes next", () => {
    const two = linked(TOP, 0, { previous: null, next: "a" });
    expect(two).toEqual({ first: 0, asks: [{ at: "top" }, { after: "a" }], isEnd: false });
    expect(rowsOf(two, null, undefined)).toBe(2 * PAGE);
    const end = linked(two, 1, { previous: "b", next: null });
    expect(end).toEqual({ first: 0, asks: [{ at: "top" }, { after: "a" }], isEnd: true });
    expect(rowsOf(end, null, 7)).toBe(PAGE + 7);
  });

  it("has later pages follow when an earlier one has changed", () => {
    const three = linked(linked(TOP, 0, { previous: null, next: "a" }), 1, { previous: "p", next: "b" });
    expect(linked(three, 0, { previous: null, next: "z" }).asks).toEqual([
      { at: "top" },
      { after: "z" },
      { after: "b" },
    ]);
  });

  it("ends earlier, and goes on, when rows were taken away or added", () => {
    const two = linked(TOP, 0, { previous: null, next: "a" });
    const whole = linked(linked(two, 1, { previous: "p", next: "b" }), 2, { previous: "q", next: null });
    expect(linked(whole, 1, { previous: "p", next: null })).toEqual({ ...two, isEnd: true });
    expect(linked(whole, 2, { previous: "q", next: "c" })).toEqual({
      first: 0,
      asks: [{ at: "top" }, { after: "a" }, { after: "b" }, { after: "c" }],
      isEnd: false,
    });
  });

  it("stays the same where nothing is new", () => {
    const two = linked(TOP, 0, { previous: null, next: "a" });
    expect(linked(two, 0, { previous: null, next: "a" })).toBe(two);
    expect(linked(two, 7, { previous: "x", next: "y" })).toBe(two);
  });

  it("grows both ways from where it begins", () => {
    const far = linked(begun(300, 100_000), 300, { previous: "p", next: "n" });
    expect(far).toEqual({ first: 299, asks: [{ before: "p" }, { skip: 30_000 }, { after: "n" }], isEnd: false });
    const further = linked(far, 299, { previous: "o", next: "m" });
    expect(further.first).toBe(298);
    // The page that it began with is asked for as it was, whatever the one before it says.
    expect(further.asks[2]).toEqual({ skip: 30_000 });
    expect(linked(further, 299, { previous: "o2", next: "m" }).asks[0]).toEqual({ before: "o2" });
  });

  it("comes upon the top", () => {
    const second = begun(1, 100_000);
    expect(linked(second, 1, { previous: "p", next: "n" }).asks[0]).toEqual({ at: "top" });
    expect(linked(begun(5, 100_000), 5, { previous: null, next: "n" })).toBe(TOP);
  });

  it("begins by the way that passes over fewer rows, and at whole pages", () => {
    expect(begun(0, 5000)).toBe(TOP);
    expect(begun(3, null)).toEqual({ first: 3, asks: [{ skip: 300 }], isEnd: false });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, part) => {
          const page = Math.floor((Math.ceil(total / PAGE) - 1) * part);
          const run: Run = begun(page, total);
          const { skip = 0, end = false, limit } = queryOf(run.asks[0] ?? { at: "top" }, page, total);
          const from = end ? total - Number(skip) - Number(limit) : Number(skip);
          expect(from).toBe(page * PAGE);
          expect(Number(skip)).toBeLessThanOrEqual(total / 2 + PAGE);
          expect(rowsOf(run, total, undefined)).toBe(total);
        },
      ),
    );
  });

  it("believes the end that it saw more than what was counted", () => {
    const end = linked(begun(49, 5000), 49, { previous: "p", next: null });
    expect(rowsOf(end, 5000, 90)).toBe(4990);
    expect(rowsOf(end, 5000, undefined)).toBe(5000);
    expect(rowsOf(TOP, 5000, undefined)).toBe(5000);
    expect(rowsOf(TOP, null, undefined)).toBe(0);
  });
});
