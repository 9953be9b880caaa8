/** Large figures as people say them: in 万 and 亿, or in thousands and millions. Only for reading; nothing is computed. */
import type { Kind } from "@/api/types";
import { figure, grouped, trimmed } from "./figures";

/** A figure and the unit that stands behind it, smaller. */
export interface Short {
  text: string;
  unit: string;
}

/** What figures of a size are divided by, and how the quotient is called. */
export interface Scale {
  divisor: number;
  unit: string;
}

const WHOLE: Scale = { divisor: 1, unit: "" };
const CHINESE: readonly Scale[] = [
  { divisor: 1e8, unit: "亿" },
  { divisor: 1e4, unit: "万" },
];
const ENGLISH: readonly Scale[] = [
  { divisor: 1e9, unit: "B" },
  { divisor: 1e6, unit: "M" },
  { divisor: 1e3, unit: "K" },
];
/** Up to here a figure on a card is read in full. */
const IN_FULL = 100_000;
/** Up to here the marks of an axis are. */
const ON_AXIS = 10_000;

const isChinese = (language: string) => !language.startsWith("en");

/** The unit in which a figure of this size is said. */
export function scaleOf(size: number, language: string, inFull = ON_AXIS): Scale {
  if (Math.abs(size) < inFull) return WHOLE;
  return (isChinese(language) ? CHINESE : ENGLISH).find((one) => Math.abs(size) >= one.divisor) ?? WHOLE;
}

/** Money has its own unit in Chinese: 元, 万元, 亿元. */
export function unitOf(scale: Scale, kind: Kind, language: string): string {
  return kind === "money" && isChinese(language) ? `${scale.unit}元` : scale.unit;
}

/** Four digits tell a size; what is left of the point always stands. */
function rounded(quotient: number, digits = 4): string {
  const before = Math.max(1, Math.floor(Math.log10(Math.abs(quotient) || 1)) + 1);
  const places = Math.min(2, Math.max(0, digits - before));
  return grouped(trimmed(quotient.toFixed(places)));
}

/** A figure for a card: in full while it is short enough. */
export function short(kind: Kind, value: string, language: string, inFull = IN_FULL): Short {
  if (kind === "percent") return { text: figure(kind, roundedShare(value)), unit: "" };
  const scale = scaleOf(Number(value), language, inFull);
  const unit = unitOf(scale, kind, language);
  return scale.divisor === 1
    ? { text: figure(kind, toPlaces(kind, value)), unit }
    : { text: rounded(Number(value) / scale.divisor), unit };
}

/** The same in one text, for the labels of a chart: without cents, and without the unit of money. */
export function shortText(kind: Kind, value: number, language: string, digits = 4): string {
  if (kind === "percent") return short(kind, plain(value), language).text;
  const scale = scaleOf(value, language);
  return `${rounded(value / scale.divisor, digits)}${scale.unit}`;
}

/** A share for reading: to a tenth of a percent. */
export function roundedShare(share: string): string {
  const moved = Number(share);
  return Number.isFinite(moved) ? plain(Number(moved.toFixed(3))) : share;
}

/** Without an exponent, which nobody reads. */
export function plain(value: number): string {
  return Number.isInteger(value) ? String(value) : trimmed(value.toFixed(6));
}

/** Averages and turnovers have many places; two of them are read. Money is to the cent as it comes. */
function toPlaces(kind: Kind, value: string): string {
  const fraction = value.split(".")[1] ?? "";
  return kind !== "money" && fraction.length > 2 ? trimmed(Number(value).toFixed(2)) : value;
}
