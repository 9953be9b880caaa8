/** The questions behind figures: of which rows or entries they are the sum, for which keys and days. Pure. */
import type { Heading, ListRow, ReportDescription, ReportPage, Value } from "@/api/types";

export type Key = string | number | boolean | null;

export interface RowsBehind {
  report: string;
  column: string;
  at: Record<string, Key>;
  parameters: Record<string, Value>;
  /** How the page is grouped. */
  rows?: string[];
}

/** Reports whose figures are sums of the entries of an account. */
const LEDGER = new Set(["balances", "positions", "open_items", "outlook"]);

/** The columns that rows are grouped by. */
export function keysIn(page: Pick<ReportPage, "columns">): Heading[] {
  return page.columns.filter((column) => column.is_key);
}

/** Sums as they run on, shares, and what was before are made of others: nothing of their own stands behind them. */
export function isDerived(key: string): boolean {
  return /\.(running|share|before|change)$/.test(key);
}

/** Without a row everything is summed over; of a column that stands across only what its value has. */
export function rowsBehind(page: ReportPage, column: Heading, row: ListRow | null): RowsBehind {
  const keys = row ? keysIn(page) : [];
  const across = page.pivot && column.of ? { [page.pivot.key]: keyOf(column.pivot) } : {};
  return {
    report: page.report,
    column: column.of ?? column.key,
    at: { ...Object.fromEntries(keys.map((key) => [key.key, keyOf(row?.[key.key])])), ...across },
    parameters: page.parameters,
    ...(page.grouping ? { rows: page.grouping } : {}),
  };
}

/** What stands behind a figure; null where it does not open. */
export function behind(
  described: ReportDescription,
  page: ReportPage,
  column: Heading,
  row: ListRow | null,
): RowsBehind | (RowsBehind & { of: "parts" }) | AccountBehind | null {
  if (described.opens)
    return row && described.opens.includes(column.key) ? partsBehind(described, page, column, row) : null;
  if (!column.measure || isDerived(column.key)) return null;
  if (described.source === "records") return described.keys > 0 ? rowsBehind(page, column, row) : null;
  if (!row || page.pivot || !LEDGER.has(described.source)) return null;
  return accountBehind(described, page, column, row);
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
  const keys = keysIn(page).map((key) => [key.key, keyOf(row[key.key])] as const);
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
