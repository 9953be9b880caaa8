/** Places in a grid and ways between them. Pure. */

/** A cell: row and column, both from 0. */
export interface Place {
  row: number;
  column: number;
}

/** Cells from one corner to the other, both within. */
export interface Block {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export interface Size {
  rows: number;
  columns: number;
}

export type IsTyped = (place: Place) => boolean;

export function blockOf(one: Place, other: Place): Block {
  return {
    top: Math.min(one.row, other.row),
    bottom: Math.max(one.row, other.row),
    left: Math.min(one.column, other.column),
    right: Math.max(one.column, other.column),
  };
}

/** So many rows and columns on, within the grid. */
export function towards(place: Place, rows: number, columns: number, size: Size): Place {
  return within({ row: place.row + rows, column: place.column + columns }, size);
}

export function within(place: Place, size: Size): Place {
  return {
    row: Math.max(0, Math.min(size.rows - 1, place.row)),
    column: Math.max(0, Math.min(size.columns - 1, place.column)),
  };
}

/** The next cell that is typed, in the order of reading (`step` 1) or against it (-1); null beyond the ends. */
export function nextTyped(from: Place, step: 1 | -1, size: Size, isTyped: IsTyped): Place | null {
  let { row, column } = from;
  for (;;) {
    column += step;
    if (column < 0 || column >= size.columns) {
      row += step;
      column = step > 0 ? 0 : size.columns - 1;
    }
    if (row < 0 || row >= size.rows || size.columns === 0) return null;
    if (isTyped({ row, column })) return { row, column };
  }
}

/** The first typed cell of a row; its first cell where none is typed. */
export function firstTyped(row: number, size: Size, isTyped: IsTyped): Place {
  for (let column = 0; column < size.columns; column += 1) if (isTyped({ row, column })) return { row, column };
  return { row, column: 0 };
}

/** The next place after this one among those given, around the end; null if there are none. */
export function nextOf(places: readonly Place[], from: Place): Place | null {
  const sorted = [...places].sort((one, other) => one.row - other.row || one.column - other.column);
  return (
    sorted.find((one) => one.row > from.row || (one.row === from.row && one.column > from.column)) ?? sorted[0] ?? null
  );
}
