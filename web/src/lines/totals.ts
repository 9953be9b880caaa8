/** Sums over rows, exact and anew with every key: what a row adds is remembered as long as the row stays the same. Pure. */
import type { GridRow } from "./rows";

const PLACES = 12;
const EXACT = /^(-?)(\d+)(?:\.(\d{1,12}))?$/;
const known = new WeakMap<GridRow, Map<string, bigint>>();

function scaled(value: unknown): bigint {
  const [, sign, whole = "", fraction = ""] = EXACT.exec(String(value ?? "")) ?? [];
  if (!whole) return 0n;
  const figure = BigInt(whole + fraction.padEnd(PLACES, "0"));
  return sign ? -figure : figure;
}

function written(sum: bigint): string {
  const digits = (sum < 0n ? -sum : sum).toString().padStart(PLACES + 1, "0");
  const fraction = digits.slice(-PLACES).replace(/0+$/, "");
  return `${sum < 0n ? "-" : ""}${digits.slice(0, -PLACES)}${fraction ? `.${fraction}` : ""}`;
}

/** The sum of a column; what is no figure adds nothing. */
export function sumOf(rows: readonly GridRow[], column: string): string {
  let sum = 0n;
  for (const row of rows) {
    let own = known.get(row);
    if (!own) {
      own = new Map();
      known.set(row, own);
    }
    let figure = own.get(column);
    if (figure === undefined) {
      figure = scaled(row[column]);
      own.set(column, figure);
    }
    sum += figure;
  }
  return written(sum);
}

/** Two exact figures together. */
export function added(one: unknown, other: unknown): string {
  return written(scaled(one) + scaled(other));
}
