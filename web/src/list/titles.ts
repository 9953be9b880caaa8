/** The names of linked records that an address knows by their number only. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Page } from "@/api/types";
import { titleOf } from "@/fields/title";

const MOST = 100;

const titlesQuery = (form: string, ids: number[]) =>
  queryOptions({
    queryKey: [...keys.lists(form), "titles", ids],
    queryFn: async ({ signal }) => {
      const where = JSON.stringify([{ field: "id", op: "in", value: ids }]);
      const page = await api.get<Page>(form, { where, limit: MOST }, signal);
      return Object.fromEntries(page.rows.map((row) => [row.id, titleOf(page, row)])) as Record<number, string>;
    },
    staleTime: 300_000,
  });

/** Names by number; what may not be seen, or is still on its way, is called by its number. */
export function useTitles(form: string | undefined, ids: number[]): (id: number) => string {
  const few = [...new Set(ids)].sort((a, b) => a - b).slice(0, MOST);
  const found = useQuery({ ...titlesQuery(form ?? "", few), enabled: form !== undefined && few.length > 0 });
  return (id) => found.data?.[id] ?? `#${id}`;
}
