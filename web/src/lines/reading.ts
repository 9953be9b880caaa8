/** What hands type and tables hold, read as the API takes it; and values as one begins to change them. Pure. */
import type { Value } from "@/api/types";
import { moved } from "@/fields/FieldEditor";
import { isBlank, isLinked, type Shape } from "@/fields/shape";
import { trimmed } from "@/look/figures";

/** What a text says in a column; `isRead` false: nothing that the column can hold. */
export type Reading = { isRead: true; value: Value } | { isRead: false };

const NOT_READ: Reading = { isRead: false };
const read = (value: Value): Reading => ({ isRead: true, value });

/** Full-width digits, ideographic spaces and the like become plain ones. */
export function plain(text: string): string {
  return text.normalize("NFKC").trim();
}

const GROUPED = /^\d{1,3}(,\d{3})+(\.\d*)?$/;
const FIGURE = /^(\d+(\.\d*)?|\.\d+)$/;

/** An exact figure out of `１，２３４．５`, `￥1,234.50`, `(12.5)` or `-3`; null where there is none. */
export function figureIn(text: string): string | null {
  let bare = plain(text)
    .replace(/[\s¥$€元]/g, "")
    .replace(/^[−–]/, "-");
  let isNegative = false;
  const booked = /^\((.+)\)$/.exec(bare);
  if (booked) {
    bare = booked[1] ?? "";
    isNegative = true;
  }
  if (/^[+-]/.test(bare)) {
    isNegative = bare.startsWith("-") !== isNegative;
    bare = bare.slice(1).replace(/^[¥$€]/, "");
  }
  if (GROUPED.test(bare)) bare = bare.replaceAll(",", "");
  if (!FIGURE.test(bare)) return null;
  const [whole = "", fraction = ""] = bare.split(".");
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  const figure = fraction ? `${digits}.${fraction}` : digits;
  return isNegative && /[1-9]/.test(figure) ? `-${figure}` : figure;
}

const DAYS: readonly RegExp[] = [
  /^(?<y>\d{4})[-/.年]\s*(?<m>\d{1,2})[-/.月]\s*(?<d>\d{1,2})\s*[日号]?$/,
  /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$/,
  /^(?<m>\d{1,2})[-/.月]\s*(?<d>\d{1,2})\s*[日号]?$/,
  /^(?<d>\d{1,2})\s*[日号]?$/,
];
const MONTHS: readonly RegExp[] = [
  /^(?<y>\d{4})[-/.年]\s*(?<m>\d{1,2})\s*月?$/,
  /^(?<y>\d{4})(?<m>\d{2})$/,
  /^(?<m>\d{1,2})\s*月?$/,
];

/** A day as `2026-01-05`; what is left out of it is that of `today`. */
export function dayIn(text: string, today: string): string | null {
  const [year = "", month = ""] = today.split("-");
  for (const pattern of DAYS) {
    const found = pattern.exec(plain(text))?.groups;
    if (found) return realDay(found.y ?? year, found.m ?? month, found.d ?? "");
  }
  return null;
}

function realDay(year: string, month: string, day: string): string | null {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return isReal ? date.toISOString().slice(0, 10) : null;
}

/** A month as `2026-01`; of a whole day, its month. */
export function monthIn(text: string, today: string): string | null {
  for (const pattern of MONTHS) {
    const found = pattern.exec(plain(text))?.groups;
    if (found) return realDay(found.y ?? today.slice(0, 4), found.m ?? "", "1")?.slice(0, 7) ?? null;
  }
  return dayIn(text, today)?.slice(0, 7) ?? null;
}

const YES = new Set(["是", "对", "有", "y", "yes", "true", "1", "√", "✓", "x"]);
const NO = new Set(["否", "不", "无", "n", "no", "false", "0", "×", "-"]);

/** The option that a text means: its code, its label, or the only one that begins so. */
export function optionIn(options: Readonly<Record<string, string>>, text: string): string | null {
  const sought = plain(text).toLowerCase();
  const all = Object.entries(options).map(([code, label]) => ({
    code,
    names: [code, label].map((one) => plain(one).toLowerCase()),
  }));
  const exact = all.find(({ names }) => names.includes(sought));
  if (exact) return exact.code;
  const begun = all.filter(({ names }) => names.some((name) => name.startsWith(sought)));
  return begun.length === 1 ? (begun[0]?.code ?? null) : null;
}

/** What a text says in a column of this shape. Links are not read here: they are looked up. */
export function readCell(shape: Shape, text: string, today: string): Reading {
  const bare = plain(text);
  if (bare === "") return read(null);
  const or = (value: Value) => (value === null ? NOT_READ : read(value));
  switch (shape.kind) {
    case "number":
    case "quantity":
    case "price":
    case "money":
      return or(figureIn(bare));
    case "percent": {
      const figure = figureIn(bare.replace(/%$/, ""));
      return or(figure === null ? null : moved(figure, -2));
    }
    case "date":
      return or(dayIn(bare, today));
    case "month":
      return or(monthIn(bare, today));
    case "instant": {
      const at = new Date(bare.replaceAll("/", "-").replace(" ", "T"));
      return Number.isNaN(at.getTime()) ? NOT_READ : read(at.toISOString());
    }
    case "flag":
      if (YES.has(bare.toLowerCase())) return read(true);
      return NO.has(bare.toLowerCase()) ? read(false) : NOT_READ;
    case "choice":
      return or(optionIn(shape.options ?? {}, bare));
    case "choices": {
      const codes = bare.split(/[,，、;；]/).map((one) => optionIn(shape.options ?? {}, one));
      return codes.some((one) => one === null) ? NOT_READ : read(codes as string[]);
    }
    case "tags":
      return read(
        bare
          .split(/[,，、;；]/)
          .map((one) => one.trim())
          .filter(Boolean),
      );
    case "link":
    case "lines":
      return NOT_READ;
    default:
      return read(text.trim());
  }
}

/** A value as one begins to change it: figures without separators, shares as percent. */
export function spelled(shape: Shape, value: Value): string {
  if (isBlank(value)) return "";
  switch (shape.kind) {
    case "percent":
      return figureIn(String(value)) === null ? String(value) : moved(String(value), 2);
    case "number":
    case "quantity":
    case "price":
      return trimmed(String(value));
    case "link":
      return isLinked(value) ? (value.title ?? `#${value.id}`) : "";
    case "choice":
      return shape.options?.[String(value)] ?? String(value);
    case "choices":
    case "tags":
      return (value as string[]).map((one) => shape.options?.[one] ?? one).join("、");
    default:
      return String(value);
  }
}

/** Whether a cell holds a text that its column cannot: typed, kept for its author, and wrong. */
export function isUnreadable(shape: Shape, value: Value): boolean {
  if (typeof value !== "string" || value === "") return false;
  switch (shape.kind) {
    case "number":
    case "quantity":
    case "price":
    case "money":
    case "percent":
      return !/^-?\d+(\.\d+)?$/.test(value);
    case "date":
      return !/^\d{4}-\d{2}-\d{2}$/.test(value);
    case "month":
      return !/^\d{4}-\d{2}/.test(value);
    default:
      return false;
  }
}
