/** How many rows a list has: counted a little way at once, and to the end behind that. */
import { useQuery } from "@tanstack/react-query";
import { api, type Query } from "@/api/client";
import { keys } from "@/api/queries";
import type { Page } from "@/api/types";

type Count = NonNullable<Page["count"]>;

/** Of so many, one more or less changes nothing that a reader sees. */
const FRESH_MS = 60_000;

export function useCount(form: string, path: string, selection: Query): Count | undefined {
  const counted = (count: true | "all", key: readonly unknown[]) => ({
    queryKey: [...key, "count", path, selection, count],
    queryFn: async ({ signal }: { signal: AbortSignal }) =>
      (await api.get<Page>(path, { ...selection, columns: "id", limit: 1, count }, signal)).count ?? null,
  });
  const few = useQuery(counted(true, keys.lists(form)));
  const isLong = few.data?.more === true;
  // Not among what is read again whenever a record changes.
  const all = useQuery({ ...counted("all", []), enabled: isLong, staleTime: FRESH_MS });
  return (isLong && all.data) || (few.data ?? undefined);
}
