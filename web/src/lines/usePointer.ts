/** What mouse and focus do in the grid: heard once for all cells. */
import { type FocusEvent, type MouseEvent, type RefObject, useRef } from "react";
import type { Hand } from "./hand";

export function usePointer(
  hand: Hand,
  scroller: RefObject<HTMLElement | null>,
  input: RefObject<HTMLInputElement | null>,
) {
  const { lines, columns, column, row, active, extent, mayType, goTo } = hand;
  const isDragging = useRef(false);
  const placeOf = (target: EventTarget): { row: number; column: number | null } | null => {
    const cell = (target as HTMLElement).closest<HTMLElement>("[data-row]");
    if (!cell) return null;
    const at = cell.dataset.column;
    return { row: Number(cell.dataset.row), column: at === undefined ? null : Number(at) };
  };
  const onMouseDown = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const place = placeOf(target);
    if (event.button !== 0 || !place || target.closest("a, button, .lines-boxed")) return;
    if (place.column === null) {
      event.preventDefault();
      goTo({ row: place.row, column: 0 });
      hand.choose({ row: place.row, column: 0 }, { row: place.row, column: hand.size.columns - 1 });
      return;
    }
    const to = { row: place.row, column: place.column };
    if (to.row === active.row && to.column === active.column && !event.shiftKey && !extent) {
      const hadFocus = scroller.current?.contains(document.activeElement) ?? false;
      // In its text the pointer places the cursor; anywhere else in the cell the editor keeps the focus.
      if (target !== input.current || !hadFocus) event.preventDefault();
      if (document.activeElement !== input.current) hand.keepFocus();
      if (!hadFocus) hand.choose({ ...active }, extent);
      // Once more on the cell that is active already: change what stands there.
      else if (!hand.isTyping) hand.begin();
      return;
    }
    event.preventDefault();
    isDragging.current = true;
    goTo(to, event.shiftKey);
    const isBox = target.closest(".lines-box") && columns[to.column]?.shape.kind === "flag";
    const at = lines.shown[to.row];
    if (isBox && at && mayType(to))
      lines.set(at, columns[to.column]?.key ?? "", at[columns[to.column]?.key ?? ""] !== true);
  };
  const onMouseOver = (event: MouseEvent) => {
    if (event.buttons !== 1) isDragging.current = false;
    const place = isDragging.current ? placeOf(event.target) : null;
    if (place && place.column !== null) hand.extend({ row: place.row, column: place.column });
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const gone = target.closest<HTMLElement>("[data-remove]")?.dataset.remove;
    if (gone !== undefined) hand.removeRows(Number(gone), Number(gone));
    else if (target.closest("[data-why]") && column?.field && row) hand.onWhy?.(column.field, row);
  };
  const onFocus = (event: FocusEvent) => {
    const place = placeOf(event.target);
    if (!place || place.column === null || (place.row === active.row && place.column === active.column)) return;
    goTo({ row: place.row, column: place.column });
  };
  const onBlur = (event: FocusEvent) => {
    const to = event.relatedTarget as HTMLElement | null;
    if (event.currentTarget.contains(to) || to?.closest(".ant-picker-dropdown, .ant-select-dropdown")) return;
    hand.finish();
    hand.extend(null);
  };
  return { onMouseDown, onMouseOver, onClick, onFocus, onBlur };
}
