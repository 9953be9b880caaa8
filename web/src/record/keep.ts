/** What was typed and not saved yet, kept in the browser: a crash, a closed tab or a power cut loses nothing. */
import type { Typed } from "./values";

export interface Kept {
  typed: Typed;
  /** The version that it was typed over; null for a new record. */
  version: number | null;
  /** The step that opened what was typed; null where it was open without one. */
  step?: string | null;
  at: string;
}

const PREFIX = "onebook.typed.";
/** After that nobody remembers what they were about to do. */
const DAYS = 14;
const DAY_MS = 86_400_000;

/** Where the typed values of a record are kept: nobody else's, in no other company. */
export function placeOf(who: { company: number; user: number }, form: string, id: number | null): string {
  return `${PREFIX}${who.company}.${who.user}.${form}.${id ?? "new"}`;
}

export function keepTyped(place: string, typed: Typed, version: number | null, step: string | null = null): void {
  try {
    localStorage.setItem(place, JSON.stringify({ typed, version, step, at: new Date().toISOString() } satisfies Kept));
  } catch {
    // A full or forbidden store only means that a crash loses what a crash loses everywhere.
  }
}

export function forget(place: string): void {
  localStorage.removeItem(place);
}

/** What was kept, if it can still be used. */
export function kept(place: string, now: Date = new Date()): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? "null") as Kept | null;
    if (!found || typeof found.typed !== "object" || Object.keys(found.typed).length === 0) return null;
    if (now.getTime() - new Date(found.at).getTime() < DAYS * DAY_MS) return found;
  } catch {
    // Not ours, or half written.
  }
  forget(place);
  return null;
}
