/** The rows that were left out of a page, as one more row of it. Pure. */
import type { ListRow, ReportPage } from "@/api/types";
import { nameOf } from "@/chart/drawing";

/** `others`: what that row is called. */
export function withOthers(page: ReportPage, others: string): ReportPage {
  const first = page.columns.find((column) => column.is_key) ?? page.columns.find((column) => !column.measure);
  if (!page.others || !first) return page;
  if (first.kind === "link") {
    // The name of the rest is no record: nothing leads there.
    const rest = { ...page.others, [first.key]: { id: 0, title: others }, is_rest: true };
    return { ...page, rows: [...page.rows, rest as unknown as ListRow] };
  }
  const { to: _to, ...named } = first;
  const columns = page.columns.map((one) => (one === first ? { ...named, kind: "text" as const } : one));
  const rows = page.rows.map((one) => ({ ...one, [first.key]: nameOf([first], one) }));
  return {
    ...page,
    columns,
    rows: [...rows, { ...page.others, [first.key]: others, is_rest: true } as unknown as ListRow],
  };
}
