/** What else tells linked records apart: several may bear one name. Asked once for each, many at a time. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import { formQuery, keys } from "@/api/queries";
import type { Field, Page } from "@/api/types";
import { isLinked } from "@/fields/shape";
import { secondLine } from "@/fields/title";
import type { GridRow } from "./rows";

const BATCH = 200;
const MOST_WORDS = 2;
const STALE_MS = 300_000;

/** A few words for each record that the column links to, by its id. */
export function useTelling(column: Field | null, rows: readonly GridRow[]): ReadonlyMap<number, string> {
  const queries = useQueryClient();
  const [known, setKnown] = useState<ReadonlyMap<number, string>>(new Map());
  const form = column?.link && !column.link.lines ? column.link.form : null;
  const name = column?.name ?? "";
  useEffect(() => {
    if (form === null) return undefined;
    const ids = new Set<number>();
    for (const row of rows) {
      const value = row[name];
      if (isLinked(value) && !known.has(value.id)) ids.add(value.id);
    }
    if (ids.size === 0) return undefined;
    let isOver = false;
    const ask = async () => {
      const described = await queries.ensureQueryData(formQuery(form));
      const columns = [
        ...new Set([described.title, ...described.list.columns.map((one) => one.key)].filter((one) => one !== null)),
      ];
      const all = [...ids].sort((one, other) => one - other);
      const found = new Map<number, string>();
      for (let at = 0; at < all.length; at += BATCH) {
        const batch = all.slice(at, at + BATCH);
        const where = JSON.stringify([{ field: "id", op: "in", value: batch }]);
        const page = await queries.fetchQuery({
          queryKey: [...keys.lists(form), "telling", batch],
          queryFn: () => api.get<Page>(form, { columns: columns.join(","), where, limit: BATCH }),
          staleTime: STALE_MS,
        });
        // What may not be seen, or says nothing else of itself, is not asked for again.
        for (const id of batch) found.set(id, "");
        for (const row of page.rows) found.set(row.id, secondLine(page, row, described.title, MOST_WORDS));
      }
      if (!isOver) setKnown((now) => new Map([...now, ...found]));
    };
    // Without these words the rows can still be typed.
    ask().catch(() => undefined);
    return () => {
      isOver = true;
    };
  }, [queries, form, name, rows, known]);
  return known;
}
