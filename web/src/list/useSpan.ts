/** The rows of a list that are drawn: those in sight and some around them, in a box that spans all of them. */
import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { depthShowing, extentOf, inSight, placeAt, scrolled, TOP } from "./span";

/** Rows drawn beyond those in sight, so that rolling shows no gap. */
const BEYOND = 12;
/** Taken until the real height is known. */
const USUAL_VIEW = 640;

export interface Span {
  scroller: RefObject<HTMLDivElement | null>;
  /** How tall the box of all rows is. */
  height: number;
  first: number;
  last: number;
  /** Places of the rows to be drawn, in order. */
  drawn: number[];
  /** How far down the box a row lies. */
  top: (index: number) => number;
  /** Bring a row into sight. */
  show: (index: number) => void;
  /** How far down the reader is, in pixels of the whole list; and there again. */
  depth: () => number;
  goTo: (depth: number) => void;
}

/** `around`: the height of what stands above and below the rows and stays in sight. `kept`: a row drawn wherever it is. */
export function useSpan(count: number, row: number, around: number, kept: number | null): Span {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState(USUAL_VIEW - around);
  const extent = useMemo(() => extentOf(count, row, view), [count, row, view]);
  const place = useRef(TOP);
  const [seen, setSeen] = useState({ first: 0, last: 0, shift: 0 });

  const take = useCallback(
    (next: typeof TOP) => {
      place.current = next;
      const [first, last] = inSight(next, extent, row, count);
      setSeen((before) =>
        before.first === first && before.last === last && before.shift === next.shift
          ? before
          : { first, last, shift: next.shift },
      );
    },
    [extent, row, count],
  );
  const goTo = useCallback(
    (depth: number) => {
      const next = placeAt(extent, depth);
      take(next);
      if (scroller.current) scroller.current.scrollTop = next.depth - next.shift;
    },
    [extent, take],
  );

  // More or fewer rows, other heights: the reader stays where they are, as far as there is such a place.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    goTo(place.current.depth);
    const onScroll = () => {
      const at = box.scrollTop;
      if (at === place.current.depth - place.current.shift) return;
      const next = scrolled(extent, place.current, at);
      // At once: what is rolled into sight must not be blank for a moment.
      flushSync(() => take(next));
      const should = next.depth - next.shift;
      if (Math.abs(should - at) >= 1) box.scrollTop = should;
    };
    box.addEventListener("scroll", onScroll, { passive: true });
    return () => box.removeEventListener("scroll", onScroll);
  }, [extent, goTo, take]);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const measure = () => setView(Math.max(row, box.clientHeight - around));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    return () => watch.disconnect();
  }, [row, around]);

  const first = Math.min(seen.first, Math.max(0, count - 1));
  const last = Math.min(seen.last, count - 1);
  const drawn = Array.from(
    { length: Math.max(0, Math.min(last + BEYOND, count - 1) - Math.max(0, first - BEYOND) + 1) },
    (_, n) => Math.max(0, first - BEYOND) + n,
  );
  if (kept !== null && kept >= 0 && kept < count && !drawn.includes(kept)) {
    if (kept < first) drawn.unshift(kept);
    else drawn.push(kept);
  }
  return {
    scroller,
    height: extent.box,
    first,
    last,
    drawn,
    // A row that is kept though it is out of sight lies just beyond the box.
    top: (index) => Math.max(-row, Math.min(index * row - seen.shift, extent.box)),
    show: (index) => goTo(depthShowing(place.current.depth, extent.view, row, index)),
    depth: () => place.current.depth,
    goTo,
  };
}
