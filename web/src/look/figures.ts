/** Figures, days and instants as people read them. Amounts stay exact texts: nothing here makes a binary fraction of them. */
import type { Kind } from "@/api/types";

/** Groups the digits before the point by threes: `-1234567.50` becomes `-1,234,567.50`. */
export function grouped(figure: string): string {
  const [, sign = "", whole = "", rest = ""] = /^(-?)(\d+)(\.\d+)?$/.exec(figure) ?? [];
  return whole ? `${sign}${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}${rest}` : figure;
}

/** Without zeros that say nothing: `12.500000` becomes `12.5`, and `12.000000` becomes `12`. */
export function trimmed(figure: string): string {
  return figure.includes(".") ? figure.replace(/\.?0+$/, "") : figure;
}

/** A share as percent: `0.13` becomes `13%`; moved by text, so that no digit is lost. */
export function percent(share: string): string {
  const negative = share.startsWith("-");
  const [whole = "0", fraction = ""] = share.replace("-", "").split(".");
  const digits = whole + fraction.padEnd(2, "0").slice(0, 2);
  const rest = fraction.slice(2);
  const moved = trimmed(`${digits.replace(/^0+(?=\d)/, "")}${rest ? `.${rest}` : ""}`);
  return `${negative && moved !== "0" ? "-" : ""}${moved}%`;
}

/** An amount to the cent: `0` becomes `0.00`, as those above it are; finer ones keep all that they have. */
function toTheCent(amount: string): string {
  const [whole = "", fraction = ""] = amount.split(".");
  return fraction.length < 2 && /^-?\d+$/.test(whole) ? `${whole}.${fraction.padEnd(2, "0")}` : amount;
}

/** A figure of a kind, with separators. */
export function figure(kind: Kind, value: string): string {
  if (kind === "percent") return percent(value);
  return grouped(kind === "money" ? toTheCent(value) : trimmed(value));
}

/** Whether a figure is below zero. */
export function isNegative(value: string): boolean {
  return value.startsWith("-") && /[1-9]/.test(value);
}

/** Kinds whose values are figures: they stand right and line up. */
export const FIGURES: ReadonlySet<Kind> = new Set(["number", "quantity", "price", "money", "percent"]);

const pad = (number: number) => String(number).padStart(2, "0");

/** A day in the reader's own zone, as `2026-11-21`. */
export function dayOf(instant: Date): string {
  return `${instant.getFullYear()}-${pad(instant.getMonth() + 1)}-${pad(instant.getDate())}`;
}

/** An instant in the reader's own zone, as `2026-11-21 08:30`. */
export function instantText(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? instant : `${dayOf(at)} ${pad(at.getHours())}:${pad(at.getMinutes())}`;
}
