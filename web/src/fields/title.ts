/** What a row of a list is called: the first of its columns that says something in words. */
import type { ListRow, Page } from "@/api/types";
import { shapeOfHeading } from "./shape";
import { shown } from "./shown";

const WORDS = new Set(["text", "link", "barcode"]);

export function titleOf(page: Page, row: ListRow): string {
  const own = page.columns.find((column) => column.key === "name" || column.key === "number") ?? page.columns[0];
  const heading = own ?? page.columns.find((column) => WORDS.has(column.kind));
  return (heading && shown(shapeOfHeading(heading), row[heading.key], { yes: "", no: "" })) || `#${row.id}`;
}
