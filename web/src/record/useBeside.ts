/** Figures beside the record and its rows while it is typed: what the book says, what was said last time. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import type { Form, Value, Values } from "@/api/types";
import { isLinked, isRows } from "@/fields/shape";
import { shown as shownText } from "@/fields/shown";
import type { BesideFigure } from "@/lines/LinesGrid";

type Told = Record<string, BesideFigure>;

const PAUSE_MS = 300;

export interface Besides {
  record: { name: string; label: string; text: string }[];
  rows: Record<string, Told[]>;
}

export function useBeside(form: Form, id: number | null, shown: Values, isTyping: boolean): Besides {
  const declared = form.beside ?? [];
  const hasAny = declared.length > 0;
  const asked = JSON.stringify(hasAny && isTyping ? sent(form, shown) : {});
  const [settledAsk, setSettled] = useState(asked);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(asked), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  const found = useQuery({
    queryKey: ["beside", form.form, id, settledAsk],
    queryFn: ({ signal }) =>
      api.post<{ record: Told; lines: Record<string, Told[]> }>(
        `${form.form}/beside`,
        { values: JSON.parse(settledAsk) as unknown, ...(id === null ? {} : { of: id }) },
        { signal },
      ),
    enabled: hasAny && isTyping && settledAsk !== "{}",
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    retry: false,
  });
  if (!isTyping) return { record: [], rows: {} };
  const told = found.data;
  const record = declared.flatMap((one) => {
    const figure = one.lines === null ? told?.record[one.name] : undefined;
    if (!figure) return [];
    const text = shownText({ kind: one.kind, label: one.label }, figure.value, { yes: "", no: "" });
    return text ? [{ name: one.name, label: one.label, text }] : [];
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
