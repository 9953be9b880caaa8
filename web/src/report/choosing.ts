/** Which rows of a report are chosen for documents: by the keys that the server knows them by, over all pages. Pure. */
import type { ListRow, ReportDescription, ReportPage } from "@/api/types";
import { type Key, keyOf } from "./behind";

export interface ChosenRow {
  /** The keys of the row, as the server is asked for it. */
  at: Record<string, Key>;
  /** The names of the documents that it qualifies for. */
  fits: string[];
}

/** Chosen rows by their keys as text. */
export type Choice = ReadonlyMap<string, ChosenRow>;

export const NOBODY: Choice = new Map();

/** The rows of a page that qualify for any document, by their place on it. */
export function choosable(described: ReportDescription, page: ReportPage): Map<number, [string, ChosenRow]> {
  const names = (described.creates ?? []).map((one) => one.name).filter((name) => page.creates?.[name]);
  const found = new Map<number, [string, ChosenRow]>();
  page.rows.forEach((row, place) => {
    const fits = names.filter((name) => page.creates?.[name]?.[place]);
    if (fits.length === 0) return;
    const at = keysOf(described, page, row);
    found.set(place, [JSON.stringify(Object.values(at)), { at, fits }]);
  });
  return found;
}

export function keysOf(described: ReportDescription, page: ReportPage, row: ListRow): Record<string, Key> {
  return Object.fromEntries(page.columns.slice(0, described.keys).map((key) => [key.key, keyOf(row[key.key])]));
}

/** The choice with these rows, or without them. */
export function changedChoice(choice: Choice, rows: Iterable<[string, ChosenRow]>, isChosen: boolean): Choice {
  const next = new Map(choice);
  for (const [key, row] of rows) {
    if (isChosen) next.set(key, row);
    else next.delete(key);
  }
  return next;
}

/** Where what was made is looked at: the one document, or the list of them. */
export function placeOf(form: string, ids: readonly number[]): string {
  if (ids.length === 1) return `/${form}/${ids[0]}`;
  const where = JSON.stringify([{ field: "id", op: "in", value: ids }]);
  return `/${form}?${new URLSearchParams({ where }).toString()}`;
}
