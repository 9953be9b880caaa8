/** Who types, and when: what formulas may know besides the record, and where what was typed is kept. */
import type { Form, Session } from "@/api/types";
import type { Context } from "@/expression/functions";
import { placeOf } from "./keep";

export function contextOf(session: Session | null): Context {
  const now = new Date();
  const zone = session?.company?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    today: dayIn(zone, now),
    now: BigInt(now.getTime()) * 1000n,
    zone,
    me: session?.user?.id ?? null,
    department: undefined,
    departments: null,
    colleagues: null,
    roles: new Set(session?.user?.roles ?? []),
  };
}

/** The day in a time zone, as `2026-11-21`. */
function dayIn(zone: string, now: Date): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const found = Object.fromEntries(parts.formatToParts(now).map((one) => [one.type, one.value]));
  return `${found.year}-${found.month}-${found.day}`;
}

export function keptPlace(session: Session | null, form: Form, id: number | null): string {
  return placeOf({ company: session?.company?.id ?? 0, user: session?.user?.id ?? 0 }, form.form, id);
}
