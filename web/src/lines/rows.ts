/** Rows on a page: what the server knows of them, and a key by which the page tells them apart before they have an id. */
import type { Row } from "@/api/types";

/** A whole row as it is shown: what was typed over what was computed. `key` never goes to the server. */
export type GridRow = Row & { key: string };

/** What is wrong in one cell (`column`), or with the row as a whole (null). Rows count from 0. */
export interface CellError {
  row: number;
  column: string | null;
  text: string;
}

let made = 0;

/** A key for a row that nobody has stored yet. */
export function newRowKey(): string {
  made += 1;
  return `new-${made}`;
}

/** The key of a row that came from the server. */
export function keyOf(row: Row, place: number): string {
  return row.id ? `#${row.id}` : `at-${place}`;
}
