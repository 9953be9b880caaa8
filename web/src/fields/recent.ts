/** What somebody chose lately in links to a form: offered first, before anything is typed. Kept in this browser. */
import type { Linked } from "@/api/types";

const MOST = 6;
const placeOf = (owner: string, form: string) => `onebook.recent.${owner}.${form}`;

export function recent(owner: string, form: string): Linked[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(placeOf(owner, form)) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one?.id === "number") : [];
  } catch {
    return [];
  }
}

export function remember(owner: string, form: string, chosen: Linked): void {
  const kept = [{ id: chosen.id, title: chosen.title }, ...recent(owner, form).filter((one) => one.id !== chosen.id)];
  try {
    localStorage.setItem(placeOf(owner, form), JSON.stringify(kept.slice(0, MOST)));
  } catch {
    // Nothing depends on it.
  }
}
