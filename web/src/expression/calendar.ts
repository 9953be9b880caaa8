/** Days of the calendar (years 1 to 9999) as texts, and the working days of China. */
import { UNKNOWN } from "./values";
import workdays from "./workdays.json";

/** Days from 0001-01-01 to 9999-12-31. */
const DAYS = 3_652_059;
const MONTHS = 9999 * 12;
const LONGEST_SPAN = 36_600;
const DAY_MS = 86_400_000;
/** Days from 0001-01-01 to 1970-01-01. */
const EPOCH = 719_162;

export interface Parts {
  year: number;
  month: number;
  day: number;
}

export function parts(day: string): Parts {
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), day: Number(day.slice(8, 10)) };
}

function spelled(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** How many days a day lies after 0001-01-01. */
export function offset(day: string): number {
  const { year, month, day: number } = parts(day);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, number);
  return Math.round(date.getTime() / DAY_MS) + EPOCH;
}

/** The day so many days after 0001-01-01; blank outside of the calendar. */
export function dayAt(days: number): string | null {
  if (days < 0 || days >= DAYS) return null;
  const date = new Date((days - EPOCH) * DAY_MS);
  return spelled(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
}

export function addDays(start: string, days: number): string | null {
  return dayAt(offset(start) + days);
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

/** The first day of a month, counted from 0001-01. */
function monthAt(index: number): Parts | null {
  if (index < 0 || index >= MONTHS) return null;
  return { year: Math.floor(index / 12) + 1, month: (index % 12) + 1, day: 1 };
}

export function addMonths(start: string, months: number): string | null {
  const { year, month, day } = parts(start);
  const first = monthAt((year - 1) * 12 + month - 1 + months);
  return first && spelled(first.year, first.month, Math.min(day, daysIn(first.year, first.month)));
}

/** A day from year, month and day; months and days may run over. */
export function dayOf(year: number, month: number, day: number): string | null {
  const first = monthAt((year - 1) * 12 + month - 1);
  return first && addDays(spelled(first.year, first.month, 1), day - 1);
}

export function monthStart(day: string): string {
  return `${day.slice(0, 8)}01`;
}

export function monthEnd(day: string): string {
  const { year, month } = parts(day);
  return spelled(year, month, daysIn(year, month));
}

/** Monday is 1, Sunday 7. */
export function weekday(day: string): number {
  return (offset(day) % 7) + 1;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** The day of a moment in a zone. */
export function dayIn(zone: string, micros: bigint): string {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      calendar: "iso8601",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    formatters.set(zone, formatter);
  }
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  const found: Record<string, string> = {};
  for (const part of formatter.formatToParts(new Date(Number((micros - rest) / 1000n)))) found[part.type] = part.value;
  return spelled(Number(found.year), Number(found.month), Number(found.day));
}

const OFF = new Set(workdays.off.split(" "));
const ON = new Set(workdays.on.split(" "));

/** Whether it is a working day in China; of years without a published calendar only the server says what it thinks. */
export function isWorkday(day: string): boolean {
  const year = Number(day.slice(0, 4));
  if (year < workdays.first || year > workdays.last) throw UNKNOWN;
  return ON.has(day) || (weekday(day) <= 5 && !OFF.has(day));
}

/** Working days from start to end, both counted. */
export function workdaysBetween(start: string, end: string): number | null {
  if (start > end) {
    const back = workdaysBetween(end, start);
    return back === null ? null : -back;
  }
  const [first, last] = [offset(start), offset(end)];
  if (last - first > LONGEST_SPAN) return null;
  let count = 0;
  for (let at = first; at <= last; at++) if (isWorkday(dayAt(at) ?? start)) count++;
  return count;
}

export function addWorkdays(start: string, days: number, isForward: boolean): string | null {
  let left = Math.abs(days);
  if (left > LONGEST_SPAN) return null;
  let day = start;
  while (left > 0) {
    const next = addDays(day, isForward ? 1 : -1);
    if (next === null) return null;
    day = next;
    if (isWorkday(day)) left--;
  }
  return day;
}
