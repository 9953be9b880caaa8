/** Quantities in packs: `2箱3个` read as exact base units, and base units told in packs. Pure; ratios are exact. */
import type { Linked, Pack, Packs } from "@/api/types";
import { plain } from "./reading";

/** What was typed, and the unit that it is in. */
export interface Packed {
  quantity: string;
  unit: Linked;
}

interface Ratio {
  over: bigint;
  under: bigint;
}

const PART = /^(\d+(?:\.\d+)?)\s*([^\d\s.,，、+-]*)[\s,，、+]*/;
/** Digits behind the point that a quantity keeps. */
const SCALE = 6;

const named = (one: Linked) => plain(one.title ?? "").toLowerCase();

/** Whether a text may be a quantity in packs, whatever they are called. */
export function isInPacks(text: string): boolean {
  return /^-?\s*(\d+(\.\d+)?\s*[^\d\s.,，、+-]+[\s,，、+]*)+(\d+(\.\d+)?)?$/.test(plain(text));
}

/** `2箱3个`, `2箱3`, `1.5 箱`; null for plain figures, unknown units, and what is no exact quantity. */
export function packedIn(text: string, { base, packs }: Packs): Packed | null {
  let rest = plain(text).toLowerCase();
  const isNegative = rest.startsWith("-");
  if (isNegative) rest = rest.slice(1).trimStart();
  const parts: { count: string; unit: Linked; ratio: Ratio }[] = [];
  while (rest !== "") {
    const found = PART.exec(rest);
    if (!found) return null;
    const [whole, count = "", name = ""] = found;
    rest = rest.slice(whole.length);
    // Only the last figure goes without a unit: it counts what is left over.
    if (name === "" && (rest !== "" || parts.length === 0)) return null;
    const pack = packs.find((one) => name !== "" && named(one.unit) === name);
    if (!pack && name !== "" && name !== named(base)) return null;
    const ratio = pack ? ratioOf(pack) : { over: 1n, under: 1n };
    if (!ratio) return null;
    parts.push({ count, unit: pack?.unit ?? base, ratio });
  }
  const packed = together(parts, base);
  return packed && isNegative ? { ...packed, quantity: `-${packed.quantity}` } : packed;
}

/** One part stays in its own unit; several are counted in base units. Null for none, and for what is no exact quantity. */
function together(parts: readonly { count: string; unit: Linked; ratio: Ratio }[], base: Linked): Packed | null {
  const [first] = parts;
  if (!first) return null;
  if (parts.length === 1) return { quantity: first.count, unit: first.unit };
  const quantity = spelled(parts.map(({ count, ratio }) => times(exact(count), ratio)).reduce(plus));
  return quantity === null ? null : { quantity, unit: base };
}

/** How many of one unit. */
export interface Part {
  unit: Linked;
  count: string;
}

/** What these counts come to; nothing of everything is nothing of the base unit. */
export function packedOf(counts: readonly Part[], { base, packs }: Packs): Packed | null {
  const parts = counts.flatMap(({ unit, count }) => {
    const pack = packs.find((one) => one.unit.id === unit.id);
    const ratio = pack ? ratioOf(pack) : { over: 1n, under: 1n };
    return ratio && /[1-9]/.test(count) ? [{ unit, count, ratio }] : [];
  });
  return parts.length === 0 ? { quantity: "0", unit: base } : together(parts, base);
}

/** So many base units, whatever unit it was typed in; null where that is no exact quantity. */
export function inBase(packed: Packed, { base, packs }: Packs): string | null {
  if (packed.unit.id === base.id) return packed.quantity;
  const ratio = packs.map((one) => (one.unit.id === packed.unit.id ? ratioOf(one) : null)).find(Boolean);
  const isNegative = packed.quantity.startsWith("-");
  const quantity = ratio && spelled(times(exact(packed.quantity.replace("-", "")), ratio));
  return quantity ? (isNegative ? "-" : "") + quantity : null;
}

/** Base units as people count them, the largest pack first; null where no pack is full. */
export function mixed(quantity: string, packs: Packs): string | null {
  const parts = partsOf(quantity.replace(/^-/, ""), packs);
  const full = parts?.filter((one) => one.count !== "0") ?? [];
  if (full.every((one) => one.unit.id === packs.base.id)) return null;
  const words = full.map(({ unit, count }) => `${count}${isLatin(unit) ? " " : ""}${unit.title ?? ""}`);
  return (quantity.startsWith("-") ? "-" : "") + words.join(isLatin(packs.base) ? " " : "");
}

/** Base units as counts of every unit, the largest first and the base unit last; null where that does not come out. */
export function partsOf(quantity: string, { base, packs }: Packs): Part[] | null {
  if (!/^\d+(\.\d+)?$/.test(quantity)) return null;
  let rest = exact(quantity);
  const sizes = packs
    .flatMap((one) => {
      const ratio = ratioOf(one);
      return ratio && ratio.over > ratio.under ? [{ unit: one.unit, ratio }] : [];
    })
    .sort((one, other) => (one.ratio.over * other.ratio.under > other.ratio.over * one.ratio.under ? -1 : 1));
  const parts = sizes.map(({ unit, ratio }) => {
    const count = (rest.over * ratio.under) / (rest.under * ratio.over);
    rest = plus(rest, times({ over: -count, under: 1n }, ratio));
    return { unit, count: String(count) };
  });
  const left = spelled(rest);
  return left === null ? null : [...parts, { unit: base, count: left }];
}

const isLatin = (unit: Linked) => /^[ -~]*$/.test(unit.title ?? "");

function ratioOf({ numerator, denominator }: Pack): Ratio | null {
  const [over, under] = [exact(numerator), exact(denominator)];
  const ratio = { over: over.over * under.under, under: over.under * under.over };
  return ratio.over > 0n && ratio.under > 0n ? ratio : null;
}

function exact(figure: string): Ratio {
  const [whole = "0", fraction = ""] = figure.split(".");
  return { over: BigInt(whole + fraction), under: 10n ** BigInt(fraction.length) };
}

const times = (one: Ratio, other: Ratio): Ratio => ({ over: one.over * other.over, under: one.under * other.under });
const plus = (one: Ratio, other: Ratio): Ratio => ({
  over: one.over * other.under + other.over * one.under,
  under: one.under * other.under,
});

/** As a decimal; null where its digits never end, or are more than a quantity keeps. */
function spelled({ over, under }: Ratio): string | null {
  const scaled = over * 10n ** BigInt(SCALE);
  if (scaled % under !== 0n) return null;
  const digits = String(scaled / under).padStart(SCALE + 1, "0");
  const fraction = digits.slice(-SCALE).replace(/0+$/, "");
  return digits.slice(0, -SCALE) + (fraction ? `.${fraction}` : "");
}
