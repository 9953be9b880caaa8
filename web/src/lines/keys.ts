/** What keys do in the grid. What is no key of its own goes on to the page. */
import type { KeyboardEvent } from "react";
import type { Hand } from "./hand";
import { towards } from "./moving";

/** Whether the key was one of the grid's. */
export function acts(event: KeyboardEvent, hand: Hand): boolean {
  const { active, extent, column, row, size, sizeNow, isTyping, isOpen, readOnly, mayType, goTo } = hand;
  const mod = event.ctrlKey || event.metaKey;
  const page = hand.rowsOnPage();
  const from = event.shiftKey && extent ? extent : active;
  const last = size.columns - 1;
  const move = (rowsOn: number, columnsOn: number): true => {
    const mayExtend = event.shiftKey && !isTyping;
    goTo(towards(mayExtend ? from : active, rowsOn, columnsOn, sizeNow()), mayExtend);
    return true;
  };
  if (mod && !event.altKey) return actsWithMod(event, hand, move);
  if (event.altKey) return event.key === "ArrowDown" && hand.openCalendar();
  switch (event.key) {
    case "Enter":
      // On the last cell of all there is nowhere to go on to: the empty row is already there.
      hand.goOn(event.shiftKey ? -1 : 1);
      return true;
    case "Tab":
      return hand.goOn(event.shiftKey ? -1 : 1);
    case "ArrowUp":
      return move(-1, 0);
    case "ArrowDown":
      return move(1, 0);
    case "ArrowLeft":
      return !isTyping && move(0, -1);
    case "ArrowRight":
      return !isTyping && move(0, 1);
    case "Home":
      return !isTyping && move(0, -size.columns);
    case "End":
      return !isTyping && move(0, size.columns);
    case "PageUp":
      return move(-page, 0);
    case "PageDown":
      return move(page, 0);
    case "F4":
    case "F7":
      return hand.openCalendar();
    case "F2":
      if (!mayType(active) && column?.field && row) hand.onWhy?.(column.field, row);
      else hand.begin(true);
      return true;
    case "Escape":
      if (!isTyping && !isOpen && !extent) return false;
      if (isTyping || isOpen) hand.cancel();
      hand.extend(null);
      hand.keepFocus();
      return true;
    case "Delete":
      if (isTyping || readOnly) return false;
      hand.clear();
      return true;
    case "Insert":
      if (event.shiftKey) return false;
      hand.insert();
      return true;
    case " ":
      if (event.shiftKey && !isTyping) {
        hand.choose({ ...active, column: 0 }, { row: active.row, column: last });
        hand.keepFocus();
        return true;
      }
      if (column?.shape.kind === "flag") hand.begin();
      return !isTyping && (column?.shape.kind === "flag" || !mayType(active));
    default:
      return false;
  }
}

function actsWithMod(event: KeyboardEvent, hand: Hand, move: (rows: number, columns: number) => true): boolean {
  const { lines, block, size, isTyping, readOnly } = hand;
  switch (event.key.toLowerCase()) {
    case "enter":
    case "s":
      // Saving is the page's: it takes what is typed here with it.
      hand.finish();
      return false;
    case "arrowup":
      return move(-size.rows, 0);
    case "arrowdown":
      return move(size.rows, 0);
    case "arrowleft":
      return !isTyping && move(0, -size.columns);
    case "arrowright":
      return !isTyping && move(0, size.columns);
    case "home":
      return !isTyping && move(-size.rows, -size.columns);
    case "end":
      return !isTyping && move(size.rows, size.columns);
    case "a":
      if (isTyping) return false;
      hand.choose({ row: 0, column: 0 }, { row: Math.max(0, lines.now.length - 1), column: size.columns - 1 });
      hand.keepFocus();
      return true;
    case "d":
      hand.finish();
      hand.fillDown();
      return true;
    case "delete":
      if (readOnly) return false;
      hand.removeRows(block.top, block.bottom);
      return true;
    case "z":
    case "y":
      if (readOnly) return false;
      if (isTyping) hand.cancel();
      else hand.lead(event.key.toLowerCase() === "y" || event.shiftKey ? lines.redo() : lines.undo());
      hand.keepFocus();
      return true;
    default:
      return false;
  }
}
