/** A list from the keyboard: one cell has the focus, arrows move it, and its head sorts, widens and moves columns. */
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { ListRow } from "@/api/types";
import { type Column, usualWidth } from "./columns";
import type { Span } from "./useSpan";

/** The row of heads. */
export const HEAD = -1;
/** How much wider or narrower one key makes a column. */
const WIDER = 16;

/** A cell by the place of its row and of its column. */
export interface At {
  row: number;
  column: number;
}

interface Keys {
  columns: Column[];
  /** How many cells a row has, and how many of them stand before the columns. */
  width: number;
  lead: number;
  count: number;
  widths: Record<string, number>;
  at: (index: number) => ListRow | undefined;
  onSort: (key: string, added: boolean) => void;
  onWidth: (key: string, width: number) => void;
  onMove: (key: string, to: number) => void;
  onToggle: ((row: ListRow, index: number, upTo: boolean) => void) | undefined;
  onOpen: ((row: ListRow, beside: boolean) => void) | undefined;
}

/** `active` and `span` are made before: a row with the focus is drawn wherever it is. */
export function useGridKeys(active: At, setActive: (at: At) => void, span: Span, given: Keys) {
  const { columns, width, lead, count, widths } = given;
  const wantsFocus = useRef(false);

  const go = (row: number, column: number) => {
    const next = {
      row: Math.max(HEAD, Math.min(row, count - 1)),
      column: Math.max(0, Math.min(column, width - 1)),
    };
    wantsFocus.current = true;
    setActive(next);
    if (next.row > HEAD) span.show(next.row);
  };

  useEffect(() => {
    if (!wantsFocus.current) return;
    const cell = span.scroller.current?.querySelector<HTMLElement>(`[data-at="${active.row}:${active.column}"]`);
    if (!cell) return;
    wantsFocus.current = false;
    cell.focus({ preventScroll: true });
    // Sideways only: upwards and downwards the list itself has gone there.
    bringAside(cell, span.scroller.current);
  });

  const onHead = (event: KeyboardEvent, head: Column): boolean => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (event.shiftKey && by !== 0) {
      given.onWidth(head.key, (widths[head.key] ?? usualWidth(head.shape)) + by * WIDER);
      return true;
    }
    if ((event.ctrlKey || event.metaKey) && by !== 0) {
      const place = active.column - lead + by;
      if (place >= 0 && place < columns.length) {
        given.onMove(head.key, place);
        go(HEAD, place + lead);
      }
      return true;
    }
    if (event.key !== "Enter" || !head.canSort) return false;
    given.onSort(head.key, event.shiftKey);
    return true;
  };

  const onRow = (event: KeyboardEvent): boolean => {
    const isOwn = (event.target as HTMLElement).closest("button, a, input");
    const found = given.at(active.row);
    if (!found || isOwn || (event.key !== "Enter" && event.key !== " ")) return false;
    if (event.key === " ") given.onToggle?.(found, active.row, event.shiftKey);
    else given.onOpen?.(found, event.ctrlKey || event.metaKey);
    return true;
  };

  const aimOf = (event: KeyboardEvent): At | undefined => {
    const { row, column } = active;
    const page = Math.max(1, span.last - span.first - 1);
    const jump = event.ctrlKey || event.metaKey;
    const aims: Record<string, At> = {
      ArrowDown: { row: row + 1, column },
      ArrowUp: { row: row - 1, column },
      ArrowRight: { row, column: column + 1 },
      ArrowLeft: { row, column: column - 1 },
      PageDown: { row: row + page, column },
      PageUp: { row: Math.max(0, row - page), column },
      Home: jump ? { row: 0, column } : { row, column: 0 },
      End: jump ? { row: count - 1, column } : { row, column: width - 1 },
    };
    return aims[event.key];
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.nativeEvent.isComposing || event.altKey || event.defaultPrevented) return;
    const head = active.row === HEAD ? columns[active.column - lead] : undefined;
    const aim = aimOf(event);
    const isDone = (head && onHead(event, head)) || (active.row > HEAD && onRow(event));
    if (!isDone && aim) go(aim.row, aim.column);
    if (isDone || aim) event.preventDefault();
  };
  return onKeyDown;
}

function bringAside(cell: HTMLElement, box: HTMLElement | null): void {
  if (!box) return;
  const [inner, outer] = [cell.getBoundingClientRect(), box.getBoundingClientRect()];
  if (inner.left < outer.left) box.scrollLeft -= outer.left - inner.left;
  else if (inner.right > outer.left + box.clientWidth) box.scrollLeft += inner.right - outer.left - box.clientWidth;
}
