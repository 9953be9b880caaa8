/** Kept views of a form: who set what up, under which name, and where one begins. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { actionKey, api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Linked } from "@/api/types";
import type { Settings } from "./address";

export interface KeptView {
  id: number;
  name: string;
  kind: "table" | "board" | "calendar";
  shared: boolean;
  mine: boolean;
  may_change: boolean;
  by: Linked;
  default: boolean;
  settings: Settings;
}

export const viewsQuery = (form: string) =>
  queryOptions({
    queryKey: [...keys.form(form), "views"],
    queryFn: ({ signal }) => api.get<KeptView[]>(`${form}/views`, {}, signal),
    staleTime: 60_000,
  });

export type ViewGiven = Partial<Pick<KeptView, "name" | "kind" | "shared" | "settings" | "default">>;

/** Keep, change or drop a view: `id` null makes a new one, `given` null drops it. */
export function useViewChange(form: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, given }: { id: number | null; given: ViewGiven | null }) => {
      const key = actionKey();
      if (id === null) return api.post<KeptView>(`${form}/views`, given, { key });
      if (given) return api.put<KeptView>(`${form}/views/${id}`, given, { key });
      await api.delete(`${form}/views/${id}`, { key });
      return null;
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: viewsQuery(form).queryKey }),
  });
}
