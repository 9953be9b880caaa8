/**
 * The rows of a list, page by page, as far down as the reader goes.
 *
 * A page is asked for by the mark where the one before it ended. Only the pages in sight are held by an observer: when the
 * list changes, these alone are read again, however far down the reader is, and marks of later pages follow from there.
 */
import { type UseQueryResult, useQueries } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, type Query } from "@/api/client";
import { keys } from "@/api/queries";
import type { Heading, ListRow, Page } from "@/api/types";

export const PAGE = 100;

/** Where pages begin: null is the top. `isWhole`: the last of them is the end of the list. */
export interface Chain {
  marks: (string | null)[];
  isWhole: boolean;
}

export const TOP: Chain = { marks: [null], isWhole: false };

/** The chain with what page `place` says comes after it. */
export function linked(chain: Chain, place: number, next: string | null): Chain {
  if (next === null) {
    if (chain.isWhole && chain.marks.length === place + 1) return chain;
    return { marks: chain.marks.slice(0, place + 1), isWhole: true };
  }
  if (chain.marks[place + 1] === next) return chain;
  const marks = [...chain.marks];
  marks[place + 1] = next;
  // Another page follows where the list was thought to end.
  return { marks, isWhole: chain.isWhole && place + 1 < chain.marks.length };
}

export interface Rows {
  /** How many rows are known to be there; those beyond what was read stand for the page to come. */
  count: number;
  isWhole: boolean;
  at: (index: number) => ListRow | undefined;
  headings: Heading[] | undefined;
  /** Rows of the last question, while the new one is on its way. */
  isStale: boolean;
  isLoading: boolean;
  error: unknown;
  again: () => void;
  /** Tell which rows are in sight. */
  see: (first: number, last: number) => void;
}

interface Seen {
  asked: string;
  chain: Chain;
  first: number;
  last: number;
}

type Known = Pick<Rows, "count" | "at" | "headings" | "isWhole">;

/** How many rows the pages before the last hold, and how many of the last are known. */
export function known(chain: Chain, lastPage: number | undefined): number {
  const before = (chain.marks.length - 1) * PAGE;
  return before + (lastPage ?? (chain.marks.length > 1 ? PAGE : 0));
}

export function usePages(form: string, path: string, question: Query): Rows {
  const asked = JSON.stringify([path, question]);
  const [kept, setSeen] = useState<Seen>({ asked, chain: TOP, first: 0, last: 0 });
  const seen = kept.asked === asked ? kept : { asked, chain: TOP, first: 0, last: 0 };
  const { chain } = seen;
  const first = Math.min(seen.first, chain.marks.length - 1);
  const last = Math.min(seen.last, chain.marks.length - 1);
  const places = Array.from({ length: last - first + 1 }, (_, n) => first + n);

  const results = useQueries({
    queries: places.map((place) => {
      const cursor = chain.marks[place] ?? undefined;
      return {
        queryKey: [...keys.lists(form), path, question, cursor ?? ""],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          api.get<Page>(path, { ...question, limit: PAGE, cursor }, signal),
        gcTime: 120_000,
      };
    }),
  }) as UseQueryResult<Page>[];

  const pages = new Map(places.map((place, n) => [place, results[n]?.data]));
  const nexts = places.map((place) => {
    const page = pages.get(place);
    return page === undefined ? undefined : page.next;
  });
  // A page that is not there yet is something else than one that nothing follows.
  const said = JSON.stringify(nexts.map((next) => (next === undefined ? 0 : next)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `said` is what follows the pages in sight, and changes with it
  useEffect(() => {
    setSeen((before) => {
      const now = before.asked === asked ? before : { asked, chain: TOP, first: 0, last: 0 };
      const grown = nexts.reduce<Chain>(
        (link, next, n) => (next === undefined ? link : linked(link, first + n, next)),
        now.chain,
      );
      return grown === now.chain && now === before ? before : { ...now, chain: grown };
    });
  }, [asked, said, first]);

  const lastPage = pages.get(chain.marks.length - 1);
  const headings = results.find((one) => one.data)?.data?.columns;
  const now: Known = {
    count: known(chain, lastPage?.rows.length),
    isWhole: chain.isWhole,
    at: (index) => pages.get(Math.floor(index / PAGE))?.rows[index % PAGE],
    headings,
  };
  const isLoading = headings === undefined;
  const error = results.find((one) => one.error && !one.data)?.error ?? null;

  const previous = useRef<Known | null>(null);
  useEffect(() => {
    if (!isLoading) previous.current = now;
  });
  const isStale = isLoading && error === null && previous.current !== null;
  const shown = isStale && previous.current ? previous.current : now;

  const see = (from: number, to: number) => {
    const one = Math.max(0, Math.floor((from - PAGE / 4) / PAGE));
    const other = Math.max(one, Math.floor((to + PAGE / 2) / PAGE));
    setSeen((before) => {
      const base = before.asked === asked ? before : { asked, chain: TOP, first: 0, last: 0 };
      return base.first === one && base.last === other && base === before
        ? before
        : { ...base, first: one, last: other };
    });
  };
  return {
    ...shown,
    isStale,
    isLoading,
    error,
    again: () => {
      for (const one of results) void one.refetch();
    },
    see,
  };
}
