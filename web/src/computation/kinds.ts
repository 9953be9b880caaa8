/** Field kinds as formulas and pages have them: JSON read leniently while it is typed, computed values settled and shown. */
import type { Field, Value as Shown } from "@/api/types";
import { Decimal, plain, read, rounded, spelledMoment, type Value, ZERO } from "@/expression/values";

const NUMBERS = new Set(["number", "quantity", "price", "money", "percent"]);
const SCALES: Readonly<Record<string, number>> = { money: 2 };
const USUAL_SCALE = 6;
const TEXTS = new Set(["choices", "tags"]);
const THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const PLAIN_NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const DAY = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/;
const MONTH = /^(\d{4})[-/.年](\d{1,2})月?$/;

/** Whether values of the field are exact numbers. */
export function isNumber(field: Field): boolean {
  return NUMBERS.has(field.kind);
}

/** The kind of a field's values in formulas. */
export function valueKind(field: Field): string {
  if (isNumber(field)) return "number";
  if (TEXTS.has(field.kind)) return "texts";
  if (field.kind === "month") return "date";
  return ["date", "instant", "flag", "link"].includes(field.kind) ? field.kind : "text";
}

/** What a field holds that nobody has given a value. */
export function initial(field: Field): Value {
  if (field.kind === "flag") return false;
  return field.meter && isNumber(field) ? ZERO : null;
}

/** What was typed, or said by the server, as a value; what cannot be read yet is blank. */
export function valueIn(field: Field, given: Shown): Value {
  if (given === null || given === undefined || given === "") return null;
  const text = typeof given === "string" ? given.normalize("NFKC").trim() : String(given);
  switch (valueKind(field)) {
    case "number":
      return numberIn(text);
    case "date": {
      const day = DAY.exec(text);
      if (day) return validDay(Number(day[1]), Number(day[2]), Number(day[3]));
      const month = field.kind === "month" ? MONTH.exec(text) : null;
      return month ? validDay(Number(month[1]), Number(month[2]), 1) : null;
    }
    case "text":
      return typeof given === "string" ? given.trim() || null : null;
    case "texts":
      return Array.isArray(given) && given.length ? (given as string[]) : null;
    case "flag":
      return typeof given === "boolean" ? given : null;
    default:
      return read(given, valueKind(field));
  }
}

function numberIn(text: string): Decimal | null {
  const bare = text.replace(/^[¥￥]+/, "").trim();
  const digits = THOUSANDS.test(bare) ? bare.replaceAll(",", "") : bare;
  return PLAIN_NUMBER.test(digits) ? new Decimal(digits.replace(/^\+/, "")) : null;
}

function validDay(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.toISOString().slice(0, 10) : null;
}

/** A computed value as the field keeps it: numbers at its scale, months by their first day. */
export function settled(field: Field, value: Value): Value {
  if (value === null) return initial(field);
  if (value instanceof Decimal && isNumber(field)) return rounded(value, scaleOf(field));
  return field.kind === "month" ? `${String(value).slice(0, 7)}-01` : value;
}

function scaleOf(field: Field): number {
  const usual = SCALES[field.kind] ?? USUAL_SCALE;
  return field.kind === "money" ? usual : (field.scale ?? usual);
}

/** A value as the server would have written it. */
export function shownAs(field: Field, value: Value, titles: ReadonlyMap<number, string | null>): Shown {
  if (value instanceof Decimal) return field.kind === "money" ? value.toFixed(2) : plain(value);
  if (typeof value === "bigint") return spelledMoment(value);
  if (typeof value === "number") return { id: value, title: titles.get(value) ?? null };
  if (field.kind === "month" && typeof value === "string") return value.slice(0, 7);
  return value as Shown;
}
