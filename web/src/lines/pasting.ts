/** What was pasted, taken apart for the columns of a grid, to be looked at before it goes in. Pure. */
import type { Value } from "@/api/types";
import { isBlank, isLinked, type Shape } from "@/fields/shape";
import { cellsIn, headings, messageIn } from "./clipboard";
import type { CellChange, Change, PlacedRow } from "./history";
import type { Candidate, Meaning } from "./lookup";
import { isInPacks } from "./packs";
import { plain, readCell, spelled } from "./reading";
import { type GridRow, newRowKey } from "./rows";

/** A column as pasting sees it. */
export interface PasteColumn {
  key: string;
  label: string;
  shape: Shape;
  isTyped: boolean;
  /** It can be said in packs; what they count is known once the row is there. */
  isCounted?: boolean;
}

/** A cell of a paste: its text, and what that means; a link is not known (undefined) until it was looked up. */
export interface PasteCell {
  text: string;
  value?: Value;
  candidates?: Candidate[];
  /** The column cannot hold the text, or nothing bears that name. */
  isWrong?: boolean;
}

export interface PasteRow {
  /** The line as it was pasted. */
  source: string;
  cells: Record<string, PasteCell>;
}

export interface Paste {
  /** `over`: cell over cell from the active one on; `behind`: as rows behind what is there. */
  where: "over" | "behind";
  columns: string[];
  rows: PasteRow[];
  /** Labels of pasted columns that have no place. */
  unused: string[];
}

/** What a message tells of: the scanned link, what is counted, and the link that a unit would be. */
export interface Message {
  link: string;
  count: string | null;
  units: readonly string[];
}

interface Given {
  columns: readonly PasteColumn[];
  /** Where the active cell stands. */
  column: number;
  today: string;
  message: Message | null;
}

/** Whether a text is more than the content of one cell. */
export function isMany(text: string): boolean {
  return /[\t\n\r]/.test(text.replace(/[\r\n]+$/, ""));
}

export function taken(text: string, given: Given): Paste {
  const { columns, column, message } = given;
  const isTable = text.includes("\t");
  if (!isTable && message && columns[column]?.key === message.link) return fromMessage(text, given, message);
  const cells = cellsIn(text).filter((row) => row.some((cell) => cell.trim() !== ""));
  const head = isTable && cells[0] ? headings(cells[0], columns) : null;
  const keys = head ?? (cells[0] ?? []).map((_, at) => columns[column + at]?.key ?? null);
  const isTyped = (key: string | null) => key !== null && columns.some((one) => one.key === key && one.isTyped);
  const rows = (head ? cells.slice(1) : cells).map((row) => ({
    source: row.join("  "),
    cells: Object.fromEntries(
      keys.flatMap((key, at) => (key !== null && isTyped(key) ? [[key, cellOf(given, key, row[at] ?? "")]] : [])),
    ),
  }));
  return {
    where: head ? "behind" : "over",
    columns: [...new Set(keys.filter((key) => key !== null && isTyped(key)) as string[])],
    rows,
    unused: (cells[0] ?? []).filter((cell, at) => head && !isTyped(keys[at] ?? null) && cell.trim() !== ""),
  };
}

function fromMessage(text: string, given: Given, { link, count, units }: NonNullable<Given["message"]>): Paste {
  const said = messageIn(text);
  const unit = said.some((one) => one.unit !== null) ? units[0] : undefined;
  const rows = said.map((one) => ({
    source: [one.words, [one.times, one.unit].filter(Boolean).join(" ")].filter(Boolean).join("  ×  "),
    cells: {
      [link]: { text: one.words },
      ...(count !== null && one.times !== null ? { [count]: cellOf(given, count, one.times) } : {}),
      ...(unit !== undefined && one.unit !== null ? { [unit]: { text: one.unit } } : {}),
    },
  }));
  const columns = [link, ...(count === null ? [] : [count]), ...(unit === undefined ? [] : [unit])];
  return { where: "behind", columns, rows, unused: [] };
}

/** One cell anew, after somebody put it right. */
export function cellOf({ columns, today }: Pick<Given, "columns" | "today">, key: string, text: string): PasteCell {
  const column = columns.find((one) => one.key === key);
  if (!column || plain(text) === "") return { text, value: null };
  if (column.shape.kind === "link") return { text };
  const reading = readCell(column.shape, text, today);
  if (reading.isRead) return { text, value: reading.value };
  return column.isCounted && isInPacks(text) ? { text, value: plain(text) } : { text, isWrong: true };
}

/** The texts that are links still to be looked up, by column. */
export function asked(paste: Paste): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const row of paste.rows) {
    for (const [key, cell] of Object.entries(row.cells)) {
      if (cell.value === undefined && !cell.isWrong) found.set(key, [...(found.get(key) ?? []), plain(cell.text)]);
    }
  }
  return found;
}

/** The paste with what was found for the texts of a column. */
export function told(paste: Paste, column: string, meanings: ReadonlyMap<string, Meaning>): Paste {
  const rows = paste.rows.map((row) => {
    const cell = row.cells[column];
    const meaning = cell && cell.value === undefined ? meanings.get(plain(cell.text)) : undefined;
    if (!cell || !meaning) return row;
    const next: PasteCell = { text: cell.text, candidates: meaning.candidates };
    if (meaning.found) next.value = { id: meaning.found.id, title: meaning.found.title };
    else if (meaning.candidates.length === 0) next.isWrong = true;
    return { ...row, cells: { ...row.cells, [column]: next } };
  });
  return { ...paste, rows };
}

export type Standing = "ready" | "several" | "wrong" | "asked";

/** How far a row is understood. */
export function standing(row: PasteRow): Standing {
  const cells = Object.values(row.cells);
  if (cells.some((one) => one.isWrong)) return "wrong";
  if (cells.some((one) => one.value === undefined && one.candidates)) return "several";
  return cells.some((one) => one.value === undefined) ? "asked" : "ready";
}

/** What a paste changes: only rows that are understood, and only cells that may be typed. */
export function changesOf(
  paste: Paste,
  rows: readonly GridRow[],
  at: number,
  may: (column: string, row: GridRow) => boolean,
  before: (row: GridRow, column: string) => Value,
): Change[] {
  const ready = paste.rows.filter((row) => standing(row) === "ready");
  const begin = paste.where === "over" ? at : endOf(rows, paste.columns);
  const cells: CellChange[] = [];
  const made: PlacedRow[] = [];
  ready.forEach((given, place) => {
    const row = rows[begin + place];
    const values = Object.entries(given.cells).map(([key, cell]) => [key, cell.value ?? null] as const);
    if (row) {
      for (const [column, after] of values) {
        if (may(column, row)) cells.push({ key: row.key, column, before: before(row, column), after });
      }
    } else {
      const own = Object.fromEntries(values.filter(([, value]) => value !== null));
      made.push({ at: begin + place, row: { ...own, key: newRowKey() } as GridRow });
    }
  });
  const changes: Change[] = [];
  if (cells.length > 0) changes.push({ kind: "cells", cells });
  if (made.length > 0) changes.push({ kind: "added", rows: made });
  return changes;
}

/** Where the rows end that somebody filled in: rows at the end whose pasted columns are blank are free. */
function endOf(rows: readonly GridRow[], columns: readonly string[]): number {
  let end = rows.length;
  while (end > 0 && columns.every((one) => isBlank(rows[end - 1]?.[one]))) end -= 1;
  return end;
}

/** Cells as a spreadsheet would show them: names of links, no separators in figures. */
export function cellText(shape: Shape, value: Value, words: { yes: string; no: string }): string {
  if (isBlank(value)) return "";
  if (isLinked(value)) return value.title ?? `#${value.id}`;
  if (shape.kind === "flag") return value ? words.yes : words.no;
  if (shape.kind === "choice") return shape.options?.[String(value)] ?? String(value);
  if (shape.kind === "percent") return `${spelled(shape, value)}%`;
  if (Array.isArray(value)) return (value as string[]).map((one) => shape.options?.[one] ?? one).join("、");
  return String(value);
}
