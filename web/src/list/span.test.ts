import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { depthAt, depthShowing, extentOf, inSight, placeAt, scrollAt, scrolled, TALLEST, TOP } from "./span";

const ROW = 38;
const VIEW = 700;
const long = extentOf(1_000_000, ROW, VIEW);

describe("a list taller than any box", () => {
  it("has its ends at the ends of the bar", () => {
    expect(depthAt(long, 0)).toBe(0);
    const end = depthAt(long, TALLEST - VIEW);
    expect(end).toBe(long.whole - VIEW);
    expect(inSight({ depth: end, shift: 0 }, long, ROW, 1_000_000)[1]).toBe(999_999);
    expect(inSight(TOP, long, ROW, 1_000_000)).toEqual([0, 18]);
  });

  it("is gone through from top to end, further down wherever the bar stands further down", () => {
    const scroll = fc.integer({ min: 0, max: TALLEST - VIEW });
    fc.assert(
      fc.property(scroll, scroll, (one, other) => {
        const [high, low] = [Math.min(one, other), Math.max(one, other)];
        expect(depthAt(long, high)).toBeLessThanOrEqual(depthAt(long, low));
        expect(scrollAt(long, depthAt(long, one))).toBeCloseTo(one, 3);
      }),
    );
  });

  it("rolls by exactly what was rolled, wherever the reader is", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: long.whole - VIEW }),
        fc.array(fc.integer({ min: -VIEW, max: VIEW }), { minLength: 1, maxLength: 200 }),
        (from, steps) => {
          let place = placeAt(long, from);
          for (const step of steps) {
            const scroll = Math.max(0, Math.min(place.depth - place.shift + step, TALLEST - VIEW));
            const by = scroll - (place.depth - place.shift);
            const next = scrolled(long, place, scroll);
            expect(next.depth).toBeCloseTo(place.depth + by, 3);
            place = next;
          }
        },
      ),
    );
  });

  it("never stands at an end of the box that is no end of the list", () => {
    let place = placeAt(long, long.whole / 2);
    for (let n = 0; n < 60_000 && place.depth > 0; n += 1)
      place = scrolled(long, place, Math.max(0, place.depth - place.shift - VIEW));
    expect(place).toEqual(TOP);
  });

  it("goes to where the bar is dragged", () => {
    const place = scrolled(long, TOP, TALLEST / 2);
    expect(place.depth / long.whole).toBeCloseTo(0.5, 2);
    expect(place.depth - place.shift).toBeCloseTo(TALLEST / 2, 3);
  });
});

it("a list that fits a box lies in it unshifted", () => {
  const short = extentOf(5000, ROW, VIEW);
  expect(scrolled(short, TOP, 120_000)).toEqual({ depth: 120_000, shift: 0 });
  expect(placeAt(short, 1e9)).toEqual({ depth: 5000 * ROW - VIEW, shift: 0 });
  expect(placeAt(extentOf(3, ROW, VIEW), 100)).toEqual(TOP);
});

it("a row is brought into sight by the shortest way", () => {
  expect(depthShowing(1000, VIEW, ROW, 30)).toBe(1000);
  expect(depthShowing(1000, VIEW, ROW, 10)).toBe(380);
  expect(depthShowing(1000, VIEW, ROW, 99)).toBe(99 * ROW + ROW - VIEW);
});
