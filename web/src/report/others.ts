/** The rows that were left out of a page, as one more row of it. Pure. */
import type { Heading, ListRow, ReportPage } from "@/api/types";
import { nameOf } from "@/chart/drawing";

type Figures = Omit<ReportPage, "columns"> & {
  columns: readonly (Heading & { is_key?: boolean })[];
  others?: Record<string, string> | null;
};

/** `others`: what that row is called. */
export function withOthers(page: Figures, others: string): ReportPage {
  const first = page.columns.find((column) => column.is_key) ?? page.columns.find((column) => !column.measure);
  if (!page.others || !first) return page as unknown as ReportPage;
  // The name of the rest is no record: its column is words.
  const { to: _to, ...named } = first;
  const columns = page.columns.map((one) => (one === first ? { ...named, kind: "text" as const } : one));
  const rows = page.rows.map((one) => ({ ...one, [first.key]: nameOf([first], one) }));
  return {
    ...page,
    columns,
    rows: [...rows, { ...page.others, [first.key]: others, is_rest: true } as unknown as ListRow],
  };
}

/** Sums as they run on, and shares, are made of the others: nothing of their own stands behind them. */
export function isDerived(key: string): boolean {
  return /\.(running|share)$/.test(key);
}
