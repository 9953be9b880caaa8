import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Place } from "@/api/dashboards";
import { heightOf, placed, screensOf, WIDTH } from "./grid";

const at = (x: number, y: number, w: number, h: number) => ({ at: { x, y, w, h } });
const places = (tiles: readonly { at: Place }[]) => placed(tiles).map((one) => Object.values(one.at));

describe("tiles on the grid", () => {
  it("stand as they are declared where nothing is missing", () => {
    const tiles = [at(0, 0, 6, 2), at(6, 0, 6, 2), at(0, 2, 8, 4), at(8, 2, 4, 2), at(8, 4, 4, 2)];
    expect(places(tiles)).toEqual(tiles.map((one) => Object.values(one.at)));
  });

  it("take the room of those that are not there, beside them and above them", () => {
    expect(places([at(3, 0, 3, 2), at(6, 0, 3, 2), at(0, 5, 12, 4)])).toEqual([
      [0, 0, 6, 2],
      [6, 0, 6, 2],
      [0, 2, 12, 4],
    ]);
    expect(places([at(8, 0, 4, 2), at(8, 2, 4, 2)])).toEqual([
      [0, 0, 12, 2],
      [0, 2, 12, 2],
    ]);
  });

  it("never lie over each other that did not, and stay on the grid", () => {
    const tile = fc
      .record({ x: fc.nat(11), y: fc.nat(12), w: fc.integer({ min: 1, max: 12 }), h: fc.integer({ min: 1, max: 4 }) })
      .map((place) => ({ at: { ...place, w: Math.min(place.w, WIDTH - place.x) } }));
    const over = (one: Place, other: Place) =>
      one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
    fc.assert(
      fc.property(fc.array(tile, { maxLength: 12 }), (tiles) => {
        const apart = tiles.filter((one, place) => tiles.slice(0, place).every((other) => !over(one.at, other.at)));
        // Tiles that lie over a kept one may be dropped before; what is kept must stay apart.
        const kept: typeof apart = [];
        for (const one of apart) if (kept.every((other) => !over(one.at, other.at))) kept.push(one);
        const found = placed(kept);
        expect(found).toHaveLength(kept.length);
        found.forEach((one, place) => {
          expect(one.at.w).toBeGreaterThan(0);
          expect(one.at.x + one.at.w).toBeLessThanOrEqual(WIDTH);
          for (const other of found.slice(0, place)) expect(over(one.at, other.at)).toBe(false);
        });
        expect(heightOf(found)).toBeLessThanOrEqual(Math.max(1, heightOf(kept)));
      }),
    );
  });
});

describe("on a wall", () => {
  it("bands that do not fit together follow each other, each from the top", () => {
    const tiles = [at(0, 0, 12, 2), at(0, 2, 6, 4), at(6, 2, 6, 4), at(0, 6, 12, 5)];
    const screens = screensOf(tiles, 7).map((one) => one.map((tile) => Object.values(tile.at)));
    expect(screens).toEqual([
      [
        [0, 0, 12, 2],
        [0, 2, 6, 4],
        [6, 2, 6, 4],
      ],
      [[0, 0, 12, 5]],
    ]);
    expect(screensOf(tiles, 20)).toHaveLength(1);
    expect(screensOf([at(0, 0, 12, 9)], 4)).toHaveLength(1);
    expect(screensOf([], 4)).toEqual([]);
  });
});
