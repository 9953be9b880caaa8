/** What functions do with texts: by characters, not by halves of them; letters change one for one. */
import { Decimal, plain, rounded, whole } from "./values";

const LONGEST = 100_000;
const LONGEST_REPLACEMENT = 200;
const MILLIONTH = new Decimal("0.000001");
const SPACES = /^[ \t\r\n\u3000]+|[ \t\r\n\u3000]+$/g;
/** Latin with its accents, Greek, Cyrillic. */
const RANGES = [
  [0x61, 0x7a],
  [0xe0, 0xff],
  [0x100, 0x17f],
  [0x3b1, 0x3c9],
  [0x430, 0x45f],
] as const;

const CAPITAL = new Map<string, string>();
const SMALL = new Map<string, string>();
for (const [first, last] of RANGES) {
  for (let code = first; code <= last; code++) {
    const small = String.fromCharCode(code);
    const capital = small.toUpperCase();
    if (capital.length === 1 && capital !== small && capital.toLowerCase() === small) {
      CAPITAL.set(small, capital);
      if (!SMALL.has(capital)) SMALL.set(capital, small);
    }
  }
}

const changed = (text: string, letters: Map<string, string>) =>
  Array.from(text, (letter) => letters.get(letter) ?? letter).join("");
export const upper = (text: string) => changed(text, CAPITAL);
export const lower = (text: string) => changed(text, SMALL);
export const trimmed = (text: string) => text.replace(SPACES, "");
export const length = (text: string) => Array.from(text).length;

const count = (value: Decimal) => Math.max(whole(value), 0);

export function left(text: string, amount: Decimal): string {
  return Array.from(text).slice(0, count(amount)).join("");
}

export function right(text: string, amount: Decimal): string {
  const many = count(amount);
  return many ? Array.from(text).slice(-many).join("") : "";
}

export function middle(text: string, start: Decimal, amount: Decimal): string {
  const first = whole(start) - 1;
  return Array.from(text)
    .slice(Math.max(first, 0), Math.max(first + count(amount), 0))
    .join("");
}

export function substituted(text: string, old: string, by: string): string {
  const replaced = old ? text.split(old).join(Array.from(by).slice(0, LONGEST_REPLACEMENT).join("")) : text;
  return replaced.length <= LONGEST ? replaced : Array.from(replaced).slice(0, LONGEST).join("");
}

const PLAIN_NUMBER = /^ *([-+]?[0-9]{1,30}(?:\.[0-9]{1,15})?) *$/;

/** The number that a text spells; blank if it spells none. */
export function spelledNumber(text: string): Decimal | null {
  const found = /[\r\n]/.test(text) ? null : PLAIN_NUMBER.exec(text)?.[1];
  return found ? new Decimal(found.replace(/^\+/, "")) : null;
}

export function masked(text: string, head: number, tail: number): string {
  const letters = Array.from(text);
  const hidden = letters.length - head - tail;
  if (hidden <= 0) return "*".repeat(letters.length);
  return letters.slice(0, head).join("") + "*".repeat(hidden) + (tail ? letters.slice(-tail).join("") : "");
}

/** A quantity in full packs and the rest, to millionths; blank below one pack. */
export function packed(
  quantity: Decimal,
  numerator: Decimal,
  denominator: Decimal,
  pack: string,
  unit: string,
): string | null {
  if (numerator.lte(0) || denominator.lte(0)) return null;
  const counted = quantity.abs().times(denominator);
  const packs = counted.dividedToIntegerBy(numerator);
  if (packs.isZero()) return null;
  const left = counted.minus(packs.times(numerator));
  const millionths = left.times(2_000_000).plus(denominator).dividedToIntegerBy(denominator.times(2));
  const rest = millionths.isZero() ? "" : plain(millionths.times(MILLIONTH)) + unit;
  return (quantity.isNegative() ? "-" : "") + plain(packs) + pack + rest;
}

const NUMBER_FORMAT = /^(#,##)?(0{1,20})(?:\.(0{1,12}))?(%)?$/;
const DATE_PARTS = /yyyy|yy|mm|dd|m|d/g;

/** A number in a format: `#,##0.00`, `0000`, `0%`. */
export function formattedNumber(value: Decimal, format: string | null): string {
  const shape = format === null ? null : NUMBER_FORMAT.exec(format);
  if (!shape) return plain(value);
  const scale = shape[3]?.length ?? 0;
  const figure = rounded(shape[4] ? value.times(100) : value, scale);
  let digits = figure.abs().toFixed(scale);
  if (shape[1]) digits = digits.replace(/\d(?=(\d{3})+(\.|$))/g, "$&,");
  const width = (shape[2]?.length ?? 0) + (scale ? scale + 1 : 0);
  return `${figure.lt(0) ? "-" : ""}${digits.padStart(width, "0")}${shape[4] ?? ""}`;
}

/** A day in a format: `yyyy-mm-dd`, `m月d日`. */
export function formattedDay(day: string, format: string): string {
  const [year = "", month = "", date = ""] = day.split("-");
  const spelled: Record<string, string> = {
    yyyy: year,
    yy: year.slice(2),
    mm: month,
    m: String(Number(month)),
    dd: date,
    d: String(Number(date)),
  };
  return format.replace(DATE_PARTS, (part) => spelled[part] ?? part);
}

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const GROUPS = ["", "万", "亿", "万亿"];
const MOST = new Decimal("1e16");

/** An amount in Chinese financial words, rounded to the cent; blank from 10 thousand million million on. */
export function amountInWords(amount: Decimal): string | null {
  const cents = rounded(amount, 2);
  if (cents.abs().gte(MOST)) return null;
  const all = BigInt(cents.abs().times(100).toFixed(0));
  const [yuan, rest] = [all / 100n, Number(all % 100n)];
  const [jiao, fen] = [Math.floor(rest / 10), rest % 10];
  let words = yuan ? `${wholeInWords(yuan)}元` : "";
  if (!rest) {
    words = `${words || "零元"}整`;
  } else {
    if (jiao) words += `${DIGITS[jiao]}角`;
    else if (yuan) words += "零";
    words += fen ? `${DIGITS[fen]}分` : "整";
  }
  return cents.lt(0) ? `负${words}` : words;
}

function wholeInWords(number: bigint): string {
  let words = "";
  let isZeroPending = false;
  for (let group = GROUPS.length - 1; group >= 0; group--) {
    const part = Number((number / 10n ** BigInt(4 * group)) % 10_000n);
    if (!part) {
      isZeroPending = words !== "";
      continue;
    }
    if (words && (isZeroPending || part < 1000)) words += "零";
    const isHundredMillionSaid = group === 3 && (number / 100_000_000n) % 10_000n !== 0n;
    words += groupInWords(part) + (isHundredMillionSaid ? "万" : GROUPS[group]);
    isZeroPending = false;
  }
  return words;
}

function groupInWords(part: number): string {
  let words = "";
  let isZero = false;
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(part / 10 ** place) % 10;
    if (!digit) {
      isZero = words !== "";
      continue;
    }
    words += (isZero ? "零" : "") + DIGITS[digit] + PLACES[place];
    isZero = false;
  }
  return words;
}
