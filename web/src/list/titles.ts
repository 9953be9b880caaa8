/** The names of linked records that an address knows by their number only. */
import { queryOptions, useQueries } from "@tanstack/react-query";
import { api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Page } from "@/api/types";
import { titleOf } from "@/fields/title";
import type { Titles } from "./sentence";

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

/** Names by form and number; what may not be seen, or is still on its way, is called by its number. */
export function useTitles(wanted: { form: string; id: number }[]): Titles {
  const byForm = new Map<string, number[]>();
  for (const { form, id } of wanted) byForm.set(form, [...(byForm.get(form) ?? []), id]);
  const forms = [...byForm.keys()].filter(Boolean).sort();
  const found = useQueries({
    queries: forms.map((form) =>
      titlesQuery(form, [...new Set(byForm.get(form))].sort((a, b) => a - b).slice(0, MOST)),
    ),
  });
  return (form, id) => found[forms.indexOf(form)]?.data?.[id] ?? `#${id}`;
}
