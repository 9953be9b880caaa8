/** Spans of days that are asked for again and again. Pure. */

export const SPANS = [
  "thisMonth",
  "lastMonth",
  "thisQuarter",
  "thisYear",
  "lastYear",
  "last30Days",
  "last12Months",
] as const;
export type Span = (typeof SPANS)[number];

/** The first and the last day; a span that is not over ends with its own last day. */
export function daysOf(span: Span, today: Date): [Date, Date] {
  const year = today.getFullYear();
  const month = today.getMonth();
  const quarter = month - (month % 3);
  switch (span) {
    case "thisMonth":
      return [new Date(year, month, 1), new Date(year, month + 1, 0)];
    case "lastMonth":
      return [new Date(year, month - 1, 1), new Date(year, month, 0)];
    case "thisQuarter":
      return [new Date(year, quarter, 1), new Date(year, quarter + 3, 0)];
    case "thisYear":
      return [new Date(year, 0, 1), new Date(year, 11, 31)];
    case "lastYear":
      return [new Date(year - 1, 0, 1), new Date(year - 1, 11, 31)];
    case "last30Days":
      return [new Date(year, month, today.getDate() - 29), today];
    case "last12Months":
      return [new Date(year, month - 11, 1), new Date(year, month + 1, 0)];
  }
}
