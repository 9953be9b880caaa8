/** What keys, clipboard and pointer have in hand: the cells of the grid, where it stands, and what it can do. */
import type { Value } from "@/api/types";
import type { Column } from "./columns";
import type { Change } from "./history";
import type { LinesGridProps } from "./LinesGrid";
import type { Block, Place, Size } from "./moving";
import type { GridRow } from "./rows";
import type { Lines } from "./useLines";

export interface HeldCell {
  row: GridRow;
  column: Column;
  value: Value;
}

export interface Hand {
  lines: Lines;
  columns: readonly Column[];
  readOnly: boolean;
  /** How many cells there were when the grid was drawn, and how many there are now. */
  size: Size;
  sizeNow: () => Size;
  active: Place;
  extent: Place | null;
  /** The chosen cells: at least the active one. */
  block: Block;
  /** The active cell. */
  column: Column | undefined;
  row: GridRow | undefined;
  isTyping: boolean;
  isOpen: boolean;
  rowsOnPage: () => number;
  onWhy: LinesGridProps["onWhy"];
  mayType: (place: Place) => boolean;
  cellsOf: (block: Block) => HeldCell[][];
  /** Take a text for the active cell as if it were typed. */
  enter: (text: string) => void;
  /** Change what stands in the active cell; `atEnd`: the cursor goes behind it. */
  begin: (atEnd?: boolean) => void;
  /** Whether the active cell has a calendar; it stands open then. */
  openCalendar: () => boolean;
  finish: () => void;
  cancel: () => void;
  goTo: (place: Place | null, mayExtend?: boolean) => void;
  goOn: (step: 1 | -1) => boolean;
  /** To what was changed by undoing. */
  lead: (change: Change | null) => void;
  choose: (active: Place, extent: Place | null) => void;
  /** Choose from the active cell to this one; null: the active one alone. */
  extend: (to: Place | null) => void;
  /** The active cell takes the focus with the next drawing. */
  keepFocus: () => void;
  clear: () => void;
  fillDown: () => void;
  removeRows: (from: number, to: number) => void;
  insert: () => void;
}
