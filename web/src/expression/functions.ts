/** What functions mean in the browser: one line for each that only takes values, blank for a blank. */
import { Decimal as Library } from "decimal.js";
import * as calendar from "./calendar";
import * as texts from "./texts";
import { compare, Decimal, divide, equal, isBlank, rounded, UNKNOWN, type Value, whole } from "./values";

/** Who asks, and when. What is null is not known here. */
export interface Context {
  /** The day in the company's zone, and the moment in microseconds. */
  today: string;
  now: bigint;
  zone: string;
  me: number | null;
  department: number | null | undefined;
  departments: ReadonlySet<number> | null;
  colleagues: ReadonlySet<number> | null;
  roles: ReadonlySet<string>;
  parameters?: Readonly<Record<string, Value>>;
}

// biome-ignore lint/suspicious/noExplicitAny: a function takes the kinds that its signature says; the server checked them
type Plain = (...values: any[]) => Value;

const number = (value: number): Decimal => new Decimal(value);

function known<Known>(value: Known | null | undefined): Known {
  if (value === null || value === undefined) throw UNKNOWN;
  return value;
}

/** Blank arguments make the result blank without asking these. */
export const STRICT: Readonly<Record<string, Plain>> = {
  ROUND: (value: Decimal, digits: Decimal) => rounded(value, digits.toNumber()),
  ROUNDUP: (value: Decimal, digits: Decimal) => rounded(value, digits.toNumber(), Library.ROUND_UP),
  ROUNDDOWN: (value: Decimal, digits: Decimal) => rounded(value, digits.toNumber(), Library.ROUND_DOWN),
  ABS: (value: Decimal) => value.abs(),
  MOD: (value: Decimal, divisor: Decimal) => {
    if (divisor.isZero()) return null;
    const rest = value.mod(divisor);
    return !rest.isZero() && rest.isNegative() !== divisor.isNegative() ? rest.plus(divisor) : rest;
  },
  TAXSPLIT: (amount: Decimal, rate: Decimal, part: string) => {
    const quotient = divide(amount, rate.plus(1));
    if (quotient === null) return null;
    const net = rounded(quotient, 2);
    return part === "net" ? net : rounded(amount, 2).minus(net);
  },
  RMBUPPER: texts.amountInWords,
  LEFT: texts.left,
  RIGHT: texts.right,
  MID: texts.middle,
  LEN: (text: string) => number(texts.length(text)),
  TRIM: texts.trimmed,
  UPPER: texts.upper,
  LOWER: texts.lower,
  SUBSTITUTE: texts.substituted,
  TEXT: (value: Decimal | string, format?: string) =>
    typeof value === "string"
      ? texts.formattedDay(value, format ?? "yyyy-mm-dd")
      : texts.formattedNumber(value, format ?? null),
  PACKED: texts.packed,
  VALUE: texts.spelledNumber,
  MASK: (text: string, head?: Decimal, tail?: Decimal) =>
    texts.masked(text, head ? head.toNumber() : 3, tail ? tail.toNumber() : 4),
  DATE: (year: Decimal, month: Decimal, day: Decimal) => calendar.dayOf(whole(year), whole(month), whole(day)),
  YEAR: (day: string) => number(calendar.parts(day).year),
  MONTH: (day: string) => number(calendar.parts(day).month),
  DAY: (day: string) => number(calendar.parts(day).day),
  WEEKDAY: (day: string) => number(calendar.weekday(day)),
  DAYS: (end: string, start: string) => number(calendar.offset(end) - calendar.offset(start)),
  ADDDAYS: (start: string, days: Decimal) => calendar.addDays(start, whole(days)),
  ADDMONTHS: (start: string, months: Decimal) => calendar.addMonths(start, whole(months)),
  MONTHSTART: calendar.monthStart,
  MONTHEND: calendar.monthEnd,
  DUE: (start: string, days: Decimal, fromMonthEnd?: boolean) =>
    calendar.addDays(fromMonthEnd ? calendar.monthEnd(start) : start, whole(days)),
  WORKDAYS: (start: string, end: string) => {
    const count = calendar.workdaysBetween(start, end);
    return count === null ? null : number(count);
  },
  ADDWORKDAYS: (start: string, days: Decimal) => calendar.addWorkdays(start, whole(days), days.gte(0)),
  ISWORKDAY: calendar.isWorkday,
};

/** These are given blanks too. */
export const LENIENT: Readonly<Record<string, Plain>> = {
  MIN: (...values: Value[]) => extreme(values, -1),
  MAX: (...values: Value[]) => extreme(values, 1),
  BETWEEN: (value: Value, low: Value, high: Value) =>
    value !== null && low !== null && high !== null && compare(low, value) <= 0 && compare(value, high) <= 0,
  ISBLANK: isBlank,
  CHANGED: (now: Value, old: Value) => !equal(now, old),
};

/** These ask the context first. */
export const ASKING: Readonly<Record<string, (context: Context, value: Value) => Value | ReadonlySet<number>>> = {
  TODAY: (context) => context.today,
  NOW: (context) => context.now,
  THISMONTH: (context) => calendar.monthStart(context.today),
  DATEOF: (context, instant) => calendar.dayIn(context.zone, instant as bigint),
  ME: (context) => context.me,
  MYDEPT: (context) => {
    if (context.department === undefined) throw UNKNOWN;
    return context.department;
  },
  MYDEPTS: (context) => known(context.departments),
  COLLEAGUES: (context) => known(context.colleagues),
  HASROLE: (context, role) => context.roles.has(role as string),
};

/** The smallest or largest that is not blank. */
export function extreme(values: readonly Value[], sign: 1 | -1): Value {
  let best: Value = null;
  for (const value of values) {
    if (value !== null && (best === null || compare(value, best) * sign > 0)) best = value;
  }
  return best;
}
