/** Figures beside the record and its rows while it is typed: what the book says, what was said last time. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import type { Form, Value, Values } from "@/api/types";
import { isLinked, isRows } from "@/fields/shape";
import { SILENT, shown as shownText } from "@/fields/shown";
import type { BesideFigure } from "@/lines/LinesGrid";

type Told = Record<string, BesideFigure>;

const PAUSE_MS = 300;
const NOTHING = "{}";

/** A long record is a long question: it waits a little longer, so that it does not come between two keys. */
function pauseFor(shown: Values): number {
  const rows = Object.values(shown).reduce<number>((sum, one) => sum + (Array.isArray(one) ? one.length : 0), 0);
  return PAUSE_MS + Math.min(rows, 1_000);
}

export interface Besides {
  record: { name: string; label: string; text: string }[];
  rows: Record<string, Told[]>;
}

export function useBeside(form: Form, id: number | null, shown: Values, isTyping: boolean): Besides {
  const declared = form.beside ?? [];
  const hasAny = declared.length > 0;
  const asks = hasAny && isTyping;
  // Put together once somebody pauses, not with every key: a long record is a long question.
  const [settledAsk, setSettled] = useState(() => (asks ? JSON.stringify(sent(form, shown)) : NOTHING));
  useEffect(() => {
    if (!asks) return setSettled(NOTHING);
    const timer = setTimeout(() => setSettled(JSON.stringify(sent(form, shown))), pauseFor(shown));
    return () => clearTimeout(timer);
  }, [form, shown, asks]);
  const found = useQuery({
    queryKey: ["beside", form.form, id, settledAsk],
    // The question is long and a text already: it is not spelled once more with every drawing.
    queryKeyHashFn: (key) => key.join("\u0001"),
    queryFn: ({ signal }) =>
      api.post<{ record: Told; lines: Record<string, Told[]> }>(
        `${form.form}/beside`,
        { values: JSON.parse(settledAsk) as unknown, ...(id === null ? {} : { of: id }) },
        { signal },
      ),
    enabled: hasAny && isTyping && settledAsk !== NOTHING,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    retry: false,
  });
  if (!isTyping) return { record: [], rows: {} };
  const told = found.data;
  // A figure that is not known yet keeps its place: what stands below does not move when it comes.
  const record = declared.flatMap((one) => {
    if (one.lines !== null) return [];
    const figure = told?.record[one.name];
    const text = figure && shownText({ kind: one.kind, label: one.label }, figure.value, SILENT);
    return [{ name: one.name, label: one.label, text: text || "–" }];
  });
  return { record, rows: told?.lines ?? {} };
}

/** What was typed and what follows from it, as the server reads typed values: the figures look at defaults, too. */
function sent(form: Form, shown: Values): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of form.fields) {
    const value = shown[field.name];
    if (field.kind === "lines" && isRows(value)) {
      values[field.name] = value.map((row) =>
        Object.fromEntries(
          (field.fields ?? []).filter((one) => one.typed).map((one) => [one.name, wire(row[one.name])]),
        ),
      );
    } else if (field.typed) values[field.name] = wire(value);
  }
  return values;
}

const wire = (value: Value) => (isLinked(value) ? value.id : (value ?? null));
