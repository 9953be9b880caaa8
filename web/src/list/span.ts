/**
 * Which rows of a long list stand in sight, for a scrollbar that spans all of them. Pure.
 *
 * Browsers draw nothing taller than some tens of millions of pixels. A taller list is drawn into a box of `TALLEST` in
 * which its rows lie shifted: rolling moves rows pixel by pixel, and dragging the bar goes to where it stands of the whole.
 */

export const TALLEST = 8_000_000;
/** Up to so far from either end the box and the list run alike; in between, the box is the shorter one. */
const ALIKE = 100_000;
/** Nearer than that to an end of the box that is no end of the list, the rows are shifted anew. */
const EDGE = 20_000;

/** How tall a list is, how tall the box that it is drawn into, and how much of it is seen at once. */
export interface Extent {
  whole: number;
  box: number;
  view: number;
}

export function extentOf(count: number, row: number, view: number): Extent {
  const whole = count * row;
  return { whole, box: Math.min(whole, TALLEST), view: Math.max(0, view) };
}

const deepest = (size: number, view: number) => Math.max(0, size - view);

const between = (value: number, [a, b]: readonly [number, number], [c, d]: readonly [number, number]) =>
  b === a ? c : c + ((value - a) / (b - a)) * (d - c);

function spans({ whole, box, view }: Extent) {
  return {
    inBox: [ALIKE, deepest(box, view) - ALIKE] as const,
    inList: [ALIKE, deepest(whole, view) - ALIKE] as const,
  };
}

/** How far down the list a reader is whose box stands so far down. */
export function depthAt(extent: Extent, scroll: number): number {
  const { inBox, inList } = spans(extent);
  if (extent.whole <= extent.box || scroll <= inBox[0]) return scroll;
  if (scroll >= inBox[1]) return scroll + extent.whole - extent.box;
  return between(scroll, inBox, inList);
}

/** Where the box stands for a reader so far down the list. */
export function scrollAt(extent: Extent, depth: number): number {
  const { inBox, inList } = spans(extent);
  if (extent.whole <= extent.box || depth <= inList[0]) return depth;
  if (depth >= inList[1]) return depth - (extent.whole - extent.box);
  return between(depth, inList, inBox);
}

/** How far down the list, and how far its rows are shifted against the box. */
export interface Place {
  depth: number;
  shift: number;
}

export const TOP: Place = { depth: 0, shift: 0 };

/** A place so far down, with the box where it belongs. */
export function placeAt(extent: Extent, depth: number): Place {
  const kept = Math.max(0, Math.min(depth, deepest(extent.whole, extent.view)));
  return { depth: kept, shift: kept - scrollAt(extent, kept) };
}

/** Where a reader is after the box was scrolled: rolled on by little, or taken to somewhere else by the bar. */
export function scrolled(extent: Extent, before: Place, scroll: number): Place {
  const rolled = scroll + before.shift;
  if (Math.abs(rolled - before.depth) > 2 * extent.view || rolled < 0 || rolled > deepest(extent.whole, extent.view))
    return placeAt(extent, depthAt(extent, scroll));
  const isNearTop = scroll < EDGE && before.shift > 0;
  const isNearEnd = scroll > deepest(extent.box, extent.view) - EDGE && before.shift < extent.whole - extent.box;
  return isNearTop || isNearEnd ? placeAt(extent, rolled) : { depth: rolled, shift: before.shift };
}

/** The depth at which a row is whole in sight, moving no further than needed. */
export function depthShowing(depth: number, view: number, row: number, index: number): number {
  const top = index * row;
  if (top < depth) return top;
  return top + row > depth + view ? top + row - view : depth;
}

/** The rows in sight, first and last. */
export function inSight({ depth }: Place, { view }: Extent, row: number, count: number): [number, number] {
  const first = Math.max(0, Math.min(Math.floor(depth / row), count - 1));
  return [first, Math.max(first, Math.min(Math.ceil((depth + view) / row) - 1, count - 1))];
}
