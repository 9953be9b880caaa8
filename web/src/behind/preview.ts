/** What a step would do, as the server previews it: figures before and after, exact texts. */
import Decimal from "decimal.js";
import type { Linked } from "@/api/types";

interface Place {
  account: string;
  label: string;
  places: Record<string, Linked>;
}

export interface Entry extends Place {
  quantity: string;
  amount: string;
}

export interface Hold extends Place {
  name: string;
  takes: boolean;
  wanted: string;
  settled: string;
  released: string;
  waiting: string;
  open: string;
  is_new: boolean;
  due: string | null;
}

type Pair = [string | null, string | null];

export interface Balance extends Place {
  quantity: Pair;
  amount: Pair;
  available: Pair;
  projected: Pair;
  waiting: Pair;
}

export interface Refused {
  code: string;
  detail: string;
  data: Record<string, unknown>;
  problems: { code: string; field: string | null; row: number | null; text: string; data: Record<string, unknown> }[];
}

export interface Preview {
  is_possible: boolean;
  outcome: { state: string | null; undone: [string, number, string][] } | null;
  entries: Entry[];
  holds: Hold[];
  balances: Balance[];
  created: { form: string; label: string }[];
  refusals: Refused[];
}

export const isNot0 = (figure: string | null) => figure !== null && /[1-9]/.test(figure);
/** Amounts that somebody may not see are not there at all. */
export const differs = (pair: Balance["amount"] | null): pair is Balance["amount"] =>
  pair !== null && pair[0] !== pair[1];
export const moves = (one: Balance) =>
  [one.quantity, one.amount, one.available, one.projected, one.waiting].some((pair) => differs(pair));
export const sameMove = (one: Balance["amount"] | null, other: Balance["amount"] | null) =>
  one?.[0] === other?.[0] && one?.[1] === other?.[1];
export const placeKey = (one: { account: string; places: Balance["places"] }) =>
  `${one.account} ${Object.entries(one.places)
    .map(([name, linked]) => `${name}=${linked.id}`)
    .join(" ")}`;

/** Entries of the same account are told as one; their sums are exact. */
export function gathered(entries: readonly Entry[]): Entry[] {
  const found = new Map<string, Entry>();
  for (const one of entries) {
    const known = found.get(placeKey(one));
    found.set(placeKey(one), known ? summed(known, one) : one);
  }
  return [...found.values()].filter((one) => isNot0(one.quantity) || isNot0(one.amount));
}

function summed(one: Entry, other: Entry): Entry {
  return {
    ...one,
    quantity: plus(one.quantity, other.quantity),
    amount: plus(one.amount, other.amount),
  };
}

function plus(one: string, other: string): string {
  if (one === null || other === null) return one ?? other;
  const sum = new Decimal(one).plus(other);
  return sum.toFixed(Math.max(places(one), places(other)));
}

export const places = (figure: string) => figure.split(".")[1]?.length ?? 0;
