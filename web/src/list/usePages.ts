/**
 * The rows of a list, page by page, wherever the reader is.
 *
 * Only the pages in sight are held by an observer: when the list changes, these alone are read again, however far down
 * the reader is, and the marks of their neighbours follow from there.
 */
import { type UseQueryResult, useQueries } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, type Query } from "@/api/client";
import { keys } from "@/api/queries";
import type { Heading, ListRow, Page } from "@/api/types";
import { type Beside, begun, beyond, linked, PAGE, queryOf, type Run, rowsOf, TOP } from "./run";

/** Whoever drags the bar passes by pages that nobody wants to read: a new run begins where they rest. */
const RESTED_MS = 120;

export interface Rows {
  /** How many rows there are, or are known to be there; those beyond what was read stand for the page to come. */
  count: number;
  /** Whether the count is of everything. */
  isWhole: boolean;
  at: (index: number) => ListRow | undefined;
  /** The rows that are at hand, in order. */
  loaded: { index: number; row: ListRow }[];
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
  run: Run;
  /** The pages in sight and a little around them; and the one in which the last row in sight stands. */
  first: number;
  last: number;
  lowest: number;
}

type Known = Pick<Rows, "count" | "at" | "headings" | "isWhole" | "loaded">;

const beginning = (asked: string): Seen => ({ asked, run: TOP, first: 0, last: 0, lowest: 0 });

/** `total`: how many rows there are, once that is known. */
export function usePages(form: string, path: string, question: Query, total: number | null): Rows {
  const asked = JSON.stringify([path, question]);
  const fresh = beginning(asked);
  const [kept, setSeen] = useState<Seen>(fresh);
  const seen = kept.asked === asked ? kept : fresh;
  const { run } = seen;
  const isFar = seen.last < run.first || seen.first >= beyond(run);
  // The places in sight that are at hand.
  const first = Math.max(run.first, seen.first);
  const last = Math.min(seen.last, beyond(run) - 1);
  const places = isFar ? [] : Array.from({ length: last - first + 1 }, (_, n) => first + n);

  const results = useQueries({
    queries: places.map((place) => {
      const part = queryOf(run.asks[place - run.first] ?? { at: "top" }, place, total);
      return {
        queryKey: [...keys.lists(form), path, question, part],
        queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Page>(path, { ...question, ...part }, signal),
        gcTime: 120_000,
      };
    }),
  }) as UseQueryResult<Page>[];

  const pages = new Map(places.map((place, n) => [place, results[n]?.data]));
  // A page that is not there yet is something else than one that nothing follows.
  const told: (Beside | null)[] = places.map((place) => {
    const page = pages.get(place);
    return page ? { previous: page.previous ?? null, next: page.next } : null;
  });
  const said = JSON.stringify(told);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `said` is what the pages in sight say, and changes with it
  useEffect(() => {
    setSeen((before) => {
      const now = before.asked === asked ? before : beginning(asked);
      const grown = told.reduce<Run>((link, one, n) => (one ? linked(link, first + n, one) : link), now.run);
      return grown === now.run && now === before ? before : { ...now, run: grown };
    });
  }, [asked, said, first]);

  // Far from the pages at hand, a new run begins; the reader who goes on meanwhile begins the waiting anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: where the reader is sets the time back
  useEffect(() => {
    if (!isFar) return undefined;
    const timer = setTimeout(() => {
      setSeen((before) => (before.asked === asked ? { ...before, run: begun(before.lowest, total) } : before));
    }, RESTED_MS);
    return () => clearTimeout(timer);
  }, [isFar, asked, seen.lowest, total]);

  const headings = results.find((one) => one.data)?.data?.columns;
  const now: Known = {
    count: rowsOf(run, total, pages.get(beyond(run) - 1)?.rows.length),
    isWhole: run.isEnd || total !== null,
    at: (index) => pages.get(Math.floor(index / PAGE))?.rows[index % PAGE],
    loaded: places.flatMap((place) =>
      (pages.get(place)?.rows ?? []).map((row, n) => ({ index: place * PAGE + n, row })),
    ),
    headings,
  };
  const isLoading = headings === undefined;
  const error = results.find((one) => one.error && !one.data)?.error ?? null;

  const previous = useRef<{ asked: string; known: Known } | null>(null);
  useEffect(() => {
    if (!isLoading) previous.current = { asked, known: now };
  });
  // While nothing of a question is there, the rows of the one before stay in sight; elsewhere in the same list, the places
  // of the rows to come do.
  const before = isLoading && error === null ? previous.current : null;
  const isElsewhere = before?.asked === asked;
  const isStale = before !== null && !isElsewhere;
  const shown: Known = before === null ? now : isStale ? before.known : { ...now, headings: before.known.headings };

  const see = (from: number, to: number) => {
    const one = Math.max(0, Math.floor((from - PAGE / 4) / PAGE));
    const other = Math.max(one, Math.floor((to + PAGE / 2) / PAGE));
    setSeen((was) => {
      const base = was.asked === asked ? was : fresh;
      const isSame = base === was && base.first === one && base.last === other;
      return isSame ? was : { ...base, first: one, last: other, lowest: Math.floor(to / PAGE) };
    });
  };
  return {
    ...shown,
    isStale,
    isLoading: isLoading && !isElsewhere,
    error,
    again: () => {
      for (const one of results) void one.refetch();
    },
    see,
  };
}
