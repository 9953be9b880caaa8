/** The days of a month as a sheet of weeks, and which records stand on which day. Pure. */
import type { Kind, Value } from "@/api/types";
import { dayOf } from "@/look/figures";
import type { Condition } from "./condition";

/** `2026-11` of a day. */
export function monthOf(day: Date): string {
  return dayOf(day).slice(0, 7);
}

/** Another month: `2026-11` and 2 is `2027-01`. */
export function monthsOn(month: string, by: number): string {
  const [year = 2000, number = 1] = month.split("-").map(Number);
  return monthOf(new Date(year, number - 1 + by, 1));
}

export function isMonth(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

/** Whole weeks from Monday to Sunday that hold the month. */
export function weeksOf(month: string): string[][] {
  const [year = 2000, number = 1] = month.split("-").map(Number);
  const first = new Date(year, number - 1, 1);
  const start = new Date(year, number - 1, 1 - ((first.getDay() + 6) % 7));
  const days = new Date(year, number, 0).getDate();
  const weeks = Math.ceil((((first.getDay() + 6) % 7) + days) / 7);
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_, day) =>
      dayOf(new Date(start.getFullYear(), start.getMonth(), start.getDate() + week * 7 + day)),
    ),
  );
}

/** Records by day; one that lasts stands on each of its days in sight. Bounds are days, the last one included. */
export function byDay<T>(
  records: T[],
  spanOf: (record: T) => [string, string] | null,
  first: string,
  last: string,
): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const record of records) {
    const span = spanOf(record);
    if (!span) continue;
    const [from, until] = span;
    const [year = 0, month = 1, day = 1] = (from < first ? first : from).split("-").map(Number);
    // Days are texts, whose order is that of the calendar.
    const through = [from, until].sort()[1] ?? from;
    const end = [through, last].sort()[0] ?? last;
    for (let at = new Date(year, month - 1, day); dayOf(at) <= end; at.setDate(at.getDate() + 1)) {
      const key = dayOf(at);
      found.set(key, [...(found.get(key) ?? []), record]);
    }
  }
  return found;
}

/** The order of a calendar's records: by day, and those of one day by what their cards say first, such as the time. */
export function orderOf(on: string, columns: readonly { key: string }[]): string {
  const first = columns.find((one) => one.key !== on && !one.key.includes("."));
  return first ? `${on},${first.key}` : on;
}

/** The day of a date or an instant; empty without one. */
export function dayIn(value: Value): string {
  return value ? (String(value).length > 10 ? dayOf(new Date(String(value))) : String(value)) : "";
}

/** The bounds of a field in the sheet: days, or the instants at which they begin and end. */
export function bounds(field: string, op: "ge" | "le", at: string, kind: Kind | undefined): Condition {
  if (kind !== "instant") return { field, op, value: at };
  const [year = 0, month = 1, date = 1] = at.split("-").map(Number);
  const instant = new Date(year, month - 1, op === "ge" ? date : date + 1);
  return { field, op: op === "ge" ? "ge" : "lt", value: instant.toISOString() };
}
