/** By which keys a report can be grouped, and what of them stands in the address. Pure. */
import type { Heading, Kind } from "@/api/types";

const DAYS: ReadonlySet<Kind> = new Set(["date", "instant", "month"]);
const GRAINS = ["day", "month", "quarter", "year"] as const;
type Grain = (typeof GRAINS)[number];

export interface Group {
  /** As the server is asked for it: `ordered_on:month`. */
  key: string;
  label: string;
  /** Of a day: cut to what. */
  grain: Grain | null;
}

export const baseOf = (key: string) => key.split(":")[0] ?? key;

/** Every way to group by the keys: days whole, and cut to months, quarters and years. */
export function groupsOf(heads: readonly Heading[]): Group[] {
  return heads.flatMap((head): Group[] => {
    const [base = head.key, grain] = head.key.split(":");
    const isDay = grain !== undefined || DAYS.has(head.kind);
    if (!isDay) return [{ key: head.key, label: head.label, grain: null }];
    const known = GRAINS.filter((one) => one !== "day" || !grain || grain === "day");
    return known.map((one) => ({ key: `${base}:${one}`, label: head.label, grain: one }));
  });
}

/** The keys that the rows have: those that were chosen, else all that the report declares. */
export function rowsIn(heads: readonly Heading[], asked: string | undefined, pivot: string | undefined): string[] {
  const chosen = asked ? asked.split(",") : heads.map((head) => asGroup(head));
  return chosen.filter((key) => !pivot || baseOf(key) !== baseOf(pivot));
}

/** The choice as the address holds it: nothing where it is what the report declares. */
export function addressed(heads: readonly Heading[], rows: readonly string[]): string | null {
  const own = heads.map((head) => asGroup(head)).join(",");
  return rows.length === 0 || rows.join(",") === own ? null : rows.join(",");
}

/** A chosen key takes the place of the same day cut otherwise. */
export function withKey(rows: readonly string[], key: string): string[] {
  const others = rows.filter((one) => baseOf(one) !== baseOf(key));
  return [...others, key];
}

function asGroup(head: Heading): string {
  return DAYS.has(head.kind) && !head.key.includes(":") ? `${head.key}:day` : head.key;
}
