/** What a picture of a report shows: which column names its points, and which measures stand on which axis. Pure. */
import type { Heading, ReportPage } from "@/api/types";
import { isBlank, shapeOfHeading } from "@/fields/shape";
import { shown } from "@/fields/shown";

export interface Drawing {
  isTime: boolean;
  names: string[];
  /** One axis for each kind of measure: pieces and amounts have no scale in common. */
  axes: string[];
  series: { name: string; axis: number; values: number[] }[];
}

/** More bars than this tell nothing; the largest are shown. */
const MOST_BARS = 30;
const MOST_SERIES = 5;
const NO_WORDS = { yes: "✓", no: "✗" };

export function drawingOf(page: ReportPage): Drawing | null {
  const measures = page.columns.filter((column) => column.measure && column.kind !== "percent").slice(0, MOST_SERIES);
  const names = page.columns.filter((column) => !column.measure);
  const [first] = measures;
  if (!first || page.rows.length === 0) return null;
  const isTime = names.length === 1 && ["date", "month", "instant"].includes(names[0]?.kind ?? "");
  // A picture is a picture: binary fractions are exact enough for pixels, and nothing is computed from them.
  const size = (row: ReportPage["rows"][number], column: Heading) => Number(row[column.key] ?? 0);
  const rows = isTime
    ? [...page.rows].sort((one, other) => nameOf(names, one).localeCompare(nameOf(names, other)))
    : [...page.rows].sort((one, other) => size(other, first) - size(one, first)).slice(0, MOST_BARS);
  const kinds = [...new Set(measures.map((column) => column.kind))].slice(0, 2);
  return {
    isTime,
    names: rows.map((row) => nameOf(names, row)),
    axes: kinds.map((kind) => measures.find((column) => column.kind === kind)?.label ?? ""),
    series: measures
      .filter((column) => kinds.includes(column.kind))
      .map((column) => ({
        name: column.label,
        axis: kinds.indexOf(column.kind),
        values: rows.map((row) => size(row, column)),
      })),
  };
}

function nameOf(columns: Heading[], row: ReportPage["rows"][number]): string {
  return columns
    .filter((column) => !isBlank(row[column.key]))
    .map((column) => shown(shapeOfHeading(column), row[column.key], NO_WORDS))
    .join(" · ");
}
