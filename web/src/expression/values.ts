/** Values of formulas, as the backends on the server have them: exact decimals, days, moments, ids; blank is null. */
import { Decimal as Library } from "decimal.js";

/** Exact: sums and products keep every digit, and nothing is written with an exponent. */
export const Decimal = Library.clone({
  precision: 100_000,
  rounding: Library.ROUND_HALF_UP,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
export type Decimal = Library;

/** text and day: string (`2026-03-31`); number: Decimal; instant: microseconds; link: id; texts: a list. */
export type Value = string | Decimal | boolean | bigint | number | readonly string[] | null;

/** Thrown when a value is asked for that this page does not have: the server knows it. */
export class Unknown extends Error {}
export const UNKNOWN = new Unknown("only the server knows");

export const ZERO: Decimal = new Decimal(0);
const TWELVE: Decimal = new Decimal("1e12");
const TWELFTH: Decimal = new Decimal("1e-12");

/** The quotient, halves away from zero at 12 digits; blank when the divisor is zero. */
export function divide(dividend: Decimal, divisor: Decimal): Decimal | null {
  if (divisor.isZero()) return null;
  const scaled = dividend.times(TWELVE);
  const whole = scaled.dividedToIntegerBy(divisor);
  const rest = scaled.minus(whole.times(divisor));
  if (rest.abs().times(2).lt(divisor.abs())) return whole.times(TWELFTH);
  return whole.plus(scaled.isNegative() === divisor.isNegative() ? 1 : -1).times(TWELFTH);
}

/** The number at so many digits behind the point; before it where `digits` is negative. */
export function rounded(value: Decimal, digits: number, mode: Library.Rounding = Library.ROUND_HALF_UP): Decimal {
  if (digits >= 0) return value.toDecimalPlaces(digits, mode);
  const power = new Decimal(`1e${digits}`);
  return value
    .times(power)
    .toDecimalPlaces(0, mode)
    .times(new Decimal(`1e${-digits}`));
}

const FAR = 1e12;

/** The number without what stands behind the point; beyond a million million it does not matter how far. */
export function whole(value: Decimal): number {
  return Math.trunc(Math.max(Math.min(value.toNumber(), FAR), -FAR));
}

/** A number as text: all its digits, no more; never an exponent. */
export function plain(value: Decimal): string {
  return value.isZero() ? "0" : value.toFixed();
}

/** Texts compare character by character, not by halves of them. */
function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (one !== other) {
      const isPair = (code: number) => code >= 0xd800 && code <= 0xdfff;
      if (isPair(one) !== isPair(other)) return isPair(one) ? 1 : -1;
      return one - other;
    }
  }
  return left.length - right.length;
}

/** Less than zero, zero or more, for two values of one kind. */
export function compare(left: Value, right: Value): number {
  if (left instanceof Library && right instanceof Library) return left.cmp(right);
  if (typeof left === "string" && typeof right === "string") return compareTexts(left, right);
  const [one, other] = [left as bigint | number, right as bigint | number];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Whether two values of one kind are the same. */
export function equal(left: Value, right: Value): boolean {
  if (left instanceof Library && right instanceof Library) return left.eq(right);
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((one, at) => one === right[at]);
  }
  return left === right;
}

/** Whether nothing was filled in: blank, the empty text, no choice at all. */
export function isBlank(value: Value): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

const MOMENT = /^(.{19})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:?\d{2})$/;

/** A moment in ISO 8601 as microseconds since 1970; blank if it is none. */
export function moment(text: string): bigint | null {
  const found = MOMENT.exec(text);
  if (!found) return null;
  const seconds = Date.parse(`${found[1]}${found[3]}`);
  return Number.isNaN(seconds) ? null : BigInt(seconds) * 1000n + BigInt((found[2] ?? "").padEnd(6, "0"));
}

/** Microseconds as ISO 8601. */
export function spelledMoment(micros: bigint): string {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const start = new Date(Number((micros - rest) / 1000n)).toISOString().slice(0, 19);
  return `${start}${rest ? `.${rest.toString().padStart(6, "0")}` : ""}+00:00`;
}

/** A value as JSON has it, read as a value of a kind. */
export function read(cell: unknown, kind: string): Value {
  if (cell === null || cell === undefined) return null;
  switch (kind) {
    case "number":
      return new Decimal(cell as string | number);
    case "date": {
      const text = String(cell);
      return text.length === 7 ? `${text}-01` : text;
    }
    case "instant":
      return moment(String(cell));
    case "link":
      return typeof cell === "object" ? ((cell as { id?: number }).id ?? null) : (cell as number);
    default:
      return cell as Value;
  }
}
