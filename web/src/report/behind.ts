/** The questions behind figures: of which rows or entries they are the sum, for which keys and days. Pure. */
import type { Heading, ListRow, ReportDescription, ReportPage, Value } from "@/api/types";

export type Key = string | number | boolean | null;

export interface RowsBehind {
  report: string;
  column: string;
  at: Record<string, Key>;
  parameters: Record<string, Value>;
}

/** The first columns of a page are the keys of its rows; without a row everything is summed over. */
export function rowsBehind(
  described: ReportDescription,
  page: ReportPage,
  column: Heading,
  row: ListRow | null,
): RowsBehind {
  const keys = row ? page.columns.slice(0, described.keys) : [];
  return {
    report: described.report,
    column: column.key,
    at: Object.fromEntries(keys.map((key) => [key.key, keyOf(row?.[key.key])])),
    parameters: page.parameters,
  };
}

/** A row of a statement is known by its first column: a subject's code, or a line. */
export function partsBehind(
  described: ReportDescription,
  page: ReportPage,
  column: Heading,
  row: ListRow,
): RowsBehind & { of: "parts" } {
  const keys = page.columns.slice(0, 1);
  return {
    of: "parts",
    report: described.report,
    column: column.key,
    at: Object.fromEntries(keys.map((key) => [key.key, keyOf(row[key.key])])),
    parameters: page.parameters,
  };
}

/** A cell of a key as the server is asked for it: of links the id. */
export function keyOf(value: unknown): Key {
  if (typeof value === "object" && value !== null && "id" in value) return Number(value.id);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

export interface AccountBehind {
  account: string;
  at: Record<string, number>;
  since: string | null;
  until: string | null;
  known_at?: string;
}

/** The ledger's own question behind a row: its account at the row's keys, over the days that the column is of. */
export function accountBehind(
  described: ReportDescription,
  page: ReportPage,
  column: Heading,
  row: ListRow,
): AccountBehind {
  const keys = page.columns.slice(0, described.keys).map((key) => [key.key, keyOf(row[key.key])] as const);
  const at = Object.fromEntries(keys.filter((key): key is [string, number] => typeof key[1] === "number"));
  const { first = null, last = null } = page.days ?? {};
  const asked = { account: described.of, at, ...(page.known_at ? { known_at: page.known_at } : {}) };
  switch (described.tenses?.[column.key]) {
    case "opening":
      return { ...asked, since: null, until: first && dayBefore(first) };
    case "moved":
      return { ...asked, since: first, until: last };
    default:
      return { ...asked, since: null, until: last };
  }
}

function dayBefore(day: string): string {
  const before = new Date(`${day}T00:00:00Z`);
  before.setUTCDate(before.getUTCDate() - 1);
  return before.toISOString().slice(0, 10);
}
