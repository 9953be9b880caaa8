/**
 * The pages of a list that are at hand: a run of neighbours, each asked for by what the one beside it said.
 *
 * Next to a page that was read, pages follow by its marks, and nothing between them is lost or told twice. Somebody who
 * goes far away begins a new run there: by how many rows stand before, or, from the middle on, behind. Pure.
 */
import type { Query } from "@/api/client";

export const PAGE = 100;

/** How a page is asked for. */
export type Ask = { at: "top" } | { after: string } | { before: string } | { skip: number } | { fromEnd: number };

export interface Run {
  /** The place of its first page, counted from the top of the list. */
  first: number;
  asks: Ask[];
  /** Whether its last page is the end of the list. */
  isEnd: boolean;
}

export const TOP: Run = { first: 0, asks: [{ at: "top" }], isEnd: false };

/** What a page says of its neighbours; null: there is none. */
export interface Beside {
  previous: string | null;
  next: string | null;
}

export const beyond = (run: Run) => run.first + run.asks.length;

/** The page as the server is asked for it; `total`: how many rows there are, where that is known. */
export function queryOf(ask: Ask, page: number, total: number | null): Query {
  if ("after" in ask) return { limit: PAGE, cursor: ask.after };
  if ("before" in ask) return { limit: PAGE, before: ask.before };
  if ("skip" in ask) return { limit: PAGE, skip: ask.skip };
  if (!("fromEnd" in ask)) return { limit: PAGE };
  const rest = (total ?? 0) - page * PAGE;
  return { limit: rest > 0 ? Math.min(PAGE, rest) : PAGE, end: true, skip: ask.fromEnd || undefined };
}

const isSame = (one: Ask | undefined, other: Ask) => JSON.stringify(one) === JSON.stringify(other);

/** The run with what its page at `place` says of those beside it. */
export function linked(run: Run, place: number, said: Beside): Run {
  const at = place - run.first;
  if (at < 0 || at >= run.asks.length) return run;
  // Rows before it went away: it is the top itself now.
  if (said.previous === null && place > 0) return TOP;
  let { first, isEnd } = run;
  let asks = run.asks;
  if (said.next === null) {
    if (!isEnd || asks.length > at + 1) {
      asks = asks.slice(0, at + 1);
      isEnd = true;
    }
  } else {
    const ask: Ask = { after: said.next };
    // A page that others follow backwards keeps its own way of being asked for.
    const isOwn = asks[at + 1] !== undefined && !("after" in (asks[at + 1] as Ask));
    if (!isOwn && !isSame(asks[at + 1], ask)) asks = [...asks.slice(0, at + 1), ask, ...asks.slice(at + 2)];
    // Another page follows where the list was thought to end.
    if (isEnd && at + 1 === run.asks.length) isEnd = false;
  }
  if (place > 0 && said.previous !== null) {
    const ask: Ask = place === 1 ? { at: "top" } : { before: said.previous };
    if (at === 0) {
      asks = [ask, ...asks];
      first = place - 1;
    } else if ("before" in (asks[at - 1] as Ask) && !isSame(asks[at - 1], ask))
      asks = [...asks.slice(0, at - 1), ask, ...asks.slice(at)];
  }
  return asks === run.asks && first === run.first && isEnd === run.isEnd ? run : { first, asks, isEnd };
}

/** A run that begins at a page far from the one before. */
export function begun(page: number, total: number | null): Run {
  if (page === 0) return TOP;
  const last = total === null ? null : Math.floor((total - 1) / PAGE);
  const isNearEnd = total !== null && last !== null && page > last / 2;
  if (!isNearEnd) return { first: page, asks: [{ skip: page * PAGE }], isEnd: false };
  return { first: page, asks: [{ fromEnd: Math.max(0, total - (page + 1) * PAGE) }], isEnd: page >= last };
}

/** How many rows the list has: what was counted, unless its end was seen. `atEnd`: the rows of the run's last page. */
export function rowsOf(run: Run, total: number | null, atEnd: number | undefined): number {
  const before = (beyond(run) - 1) * PAGE;
  if (run.isEnd && atEnd !== undefined) return before + atEnd;
  if (run.isEnd && total !== null) return Math.max(before + 1, total);
  // A page that was told of and not read yet stands for a whole one.
  const isFirst = run.first === 0 && run.asks.length === 1;
  return Math.max(before + (isFirst ? (atEnd ?? 0) : PAGE), total ?? 0);
}
