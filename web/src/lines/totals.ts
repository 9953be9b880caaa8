/** Sums over rows, exact and anew with every key: only what changed since the last time is reckoned. */
import type { GridRow } from "./rows";

const PLACES = 12;
const EXACT = /^(-?)(\d+)(?:\.(\d{1,12}))?$/;
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

/** The sums of the columns of some rows, for whoever asks again and again while they are typed. */
export class Sums {
  private readonly last = new Map<string, { rows: readonly GridRow[]; sum: bigint }>();

  /** The sum of a column; what is no figure adds nothing. */
  of(rows: readonly GridRow[], column: string): string {
    const last = this.last.get(column);
    let sum = last?.sum ?? 0n;
    const most = Math.max(rows.length, last?.rows.length ?? 0);
    for (let at = 0; at < most; at += 1) {
      const was = last?.rows[at];
      const now = rows[at];
      if (was === now) continue;
      if (was) sum -= scaled(was[column]);
      if (now) sum += scaled(now[column]);
    }
    this.last.set(column, { rows, sum });
    return written(sum);
  }
}

/** Two exact figures together. */
export function added(one: unknown, other: unknown): string {
  return written(scaled(one) + scaled(other));
}
