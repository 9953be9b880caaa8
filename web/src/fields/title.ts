/** What a row of a list is called, and what else tells it from others. */
import type { ListRow, Page } from "@/api/types";
import { shapeOfHeading } from "./shape";
import { SILENT, shown } from "./shown";

const WORDS = new Set(["text", "link", "barcode"]);
const TELLING = new Set(["text", "barcode", "phone", "choice", "link", "price", "date"]);

/** `title`: the field by which the form knows its records, where that is known. */
export function titleOf(page: Page, row: ListRow, title?: string | null): string {
  const column = titleColumn(page, title);
  return (column && shown(shapeOfHeading(column), row[column.key], SILENT)) || `#${row.id}`;
}

/** A few more words about the row: a code, a size, a place. */
export function secondLine(page: Page, row: ListRow, title?: string | null, most = 3): string {
  const own = titleColumn(page, title);
  return page.columns
    .filter((one) => one !== own && TELLING.has(one.kind))
    .map((one) => shown(shapeOfHeading(one), row[one.key], SILENT))
    .filter(Boolean)
    .slice(0, most)
    .join(" · ");
}

function titleColumn(page: Page, title?: string | null) {
  const named = (key: string) => page.columns.find((column) => column.key === key);
  return (title && named(title)) || named("name") || named("number") || page.columns.find((one) => WORDS.has(one.kind));
}
