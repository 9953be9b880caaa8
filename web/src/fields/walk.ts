/** Walking from record to record: the order in which a list showed them, kept for this tab. */

import type { QueryClient } from "@tanstack/react-query";
import { keys } from "@/api/queries";

const MOST = 1000;
/** Answers that stand under lists, but were never walked along. */
const BESIDE_LISTS = new Set(["search", "only", "titles", "code", "groups"]);
const place = (form: string) => `onebook.walk.${form}`;

/** A list says in which order it shows the records of a form; the record pages then know what comes before and after. */
export function keepWalk(form: string, ids: readonly number[]): void {
  sessionStorage.setItem(place(form), JSON.stringify(ids.slice(0, MOST)));
}

interface Rows {
  rows?: { id: number }[];
  next?: string | null;
}

interface Seen {
  at: number;
  ids: number[];
}

/** The order of the list in which the record was seen last, as far as it is still known; kept for the records to come. */
export function walkSeen(queries: QueryClient, form: string, id: number): void {
  const [seen] = listsSeen(queries, form)
    .filter((one) => one.ids.length > 1 && one.ids.includes(id))
    .sort((one, other) => other.at - one.at);
  if (seen) keepWalk(form, seen.ids);
}

/** Every list of the form that is still known: its pages, each under the mark that it begins at, one after the other. */
function listsSeen(queries: QueryClient, form: string): Seen[] {
  const lists = new Map<string, { at: number; pages: Map<string, Rows> }>();
  for (const { queryKey, state } of queries.getQueryCache().findAll({ queryKey: keys.lists(form) })) {
    const asked = queryKey.slice(2);
    const last = asked.at(-1);
    const data = state.data as Rows | undefined;
    if (BESIDE_LISTS.has(String(asked[0])) || !data?.rows) continue;
    const mark = asked.length > 1 && typeof last === "string" ? last : "";
    const name = JSON.stringify(asked.length > 1 && typeof last === "string" ? asked.slice(0, -1) : asked);
    const list = lists.get(name) ?? { at: 0, pages: new Map<string, Rows>() };
    list.pages.set(mark, data);
    list.at = Math.max(list.at, state.dataUpdatedAt);
    lists.set(name, list);
  }
  return [...lists.values()].map(({ at, pages }) => ({ at, ids: chained(pages) }));
}

function chained(pages: ReadonlyMap<string, Rows>): number[] {
  const ids: number[] = [];
  const passed = new Set<string>();
  let mark: string | null | undefined = "";
  while (typeof mark === "string" && !passed.has(mark)) {
    passed.add(mark);
    const page: Rows | undefined = pages.get(mark);
    ids.push(...(page?.rows ?? []).map((row) => row.id));
    mark = page?.next;
  }
  return ids;
}

export interface Neighbours {
  before: number | null;
  after: number | null;
  /** Counting from 1. */
  at: number;
  of: number;
}

/** What stands before and after a record in the list that one came from; null if it was not in it. */
export function neighbours(form: string, id: number, given?: readonly number[]): Neighbours | null {
  const ids = given ?? kept(form);
  const at = ids.indexOf(id);
  return at < 0 ? null : { before: ids[at - 1] ?? null, after: ids[at + 1] ?? null, at: at + 1, of: ids.length };
}

function kept(form: string): number[] {
  try {
    const ids: unknown = JSON.parse(sessionStorage.getItem(place(form)) ?? "[]");
    return Array.isArray(ids) ? ids.filter((one) => typeof one === "number") : [];
  } catch {
    return [];
  }
}
