/** Where tiles stand: as they are declared, without the holes that those leave which the reader may not see. Pure. */
import type { Place } from "@/api/dashboards";

/** Columns of the grid. */
export const WIDTH = 12;

interface Standing {
  at: Place;
}

/** Rows of tiles that stand beside each other are a band; bands follow each other without gaps and fill the width. */
export function placed<T extends Standing>(tiles: readonly T[]): T[] {
  const sorted = [...tiles].sort((one, other) => one.at.y - other.at.y || one.at.x - other.at.x);
  const found: T[] = [];
  let top = 0;
  for (const band of bandsOf(sorted)) {
    const first = Math.min(...band.map(({ at }) => at.y));
    const columns = widened(band);
    for (const tile of band) {
      const x = columns[tile.at.x] ?? 0;
      const w = (columns[tile.at.x + tile.at.w] ?? WIDTH) - x;
      found.push({ ...tile, at: { x, y: top + tile.at.y - first, w, h: tile.at.h } });
    }
    top += Math.max(...band.map(({ at }) => at.y + at.h)) - first;
  }
  return found;
}

function bandsOf<T extends Standing>(sorted: readonly T[]): T[][] {
  const bands: T[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const tile of sorted) {
    if (tile.at.y >= end) bands.push([]);
    bands.at(-1)?.push(tile);
    end = Math.max(end, tile.at.y + tile.at.h);
  }
  return bands;
}

/** Where each column begins once those that nothing stands in are given to the others. */
function widened(band: readonly Standing[]): number[] {
  const used = Array.from({ length: WIDTH }, (_, x) => band.some(({ at }) => at.x <= x && x < at.x + at.w));
  const count = used.filter(Boolean).length || WIDTH;
  let before = 0;
  const starts = used.map((isUsed) => {
    const start = Math.round((before * WIDTH) / count);
    if (isUsed) before += 1;
    return start;
  });
  return [...starts, WIDTH];
}

/** Rows that all tiles together take. */
export function heightOf(tiles: readonly Standing[]): number {
  return Math.max(1, ...tiles.map(({ at }) => at.y + at.h));
}

/** Bands that stand on a screen of so many rows together; a band that is higher has a screen of its own. */
export function screensOf<T extends Standing>(standing: readonly T[], rows: number): T[][] {
  const screens: T[][] = [];
  let top = 0;
  for (const band of bandsOf(standing)) {
    const begin = Math.min(...band.map(({ at }) => at.y));
    const end = begin + heightOf(band.map(({ at }) => ({ at: { ...at, y: at.y - begin } })));
    if (screens.length === 0 || end - top > rows) {
      screens.push([]);
      top = begin;
    }
    screens.at(-1)?.push(...band.map((tile) => ({ ...tile, at: { ...tile.at, y: tile.at.y - top } })));
  }
  return screens;
}
