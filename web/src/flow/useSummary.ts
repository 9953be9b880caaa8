/** What a record is about, in a few words; figures and days as everywhere else, once its form is described. */
import { useQuery } from "@tanstack/react-query";
import { formQuery } from "@/api/queries";
import type { Form } from "@/api/types";
import { FIGURES, figure, instantText } from "@/look/figures";
import type { FlowRow } from "./flows";

type Said = FlowRow["summary"][number];

export interface Summed extends Said {
  isFigure: boolean;
}

export function useSummary(flow: Pick<FlowRow, "form" | "readable" | "summary">): Summed[] {
  const described = useQuery({ ...formQuery(flow.form), enabled: flow.readable && flow.summary.length > 0 });
  const kindOf = (field: string) => described.data?.fields.find((one) => one.name === field)?.kind;
  return flow.summary.map((one) => {
    const kind = kindOf(one.field);
    return { ...one, text: saidText(described.data, one), isFigure: kind !== undefined && FIGURES.has(kind) };
  });
}

/** So many words of it: whom it is about first, and how much it is before all that is less needed to decide. */
export function inShort(summary: readonly Summed[], title: string | null, most: number): string[] {
  const told = summary.filter((one) => one.text !== title);
  const words = told.filter((one) => !one.isFigure);
  const figures = told.filter((one) => one.isFigure);
  const [first, ...rest] = words.length > 0 ? words : figures;
  if (!first) return [];
  const others = words.length > 0 ? [...figures.slice(0, 1), ...rest, ...figures.slice(1)] : rest;
  return [first, ...others].slice(0, most).map((one) => one.text);
}

/** The server tells values as they are kept; the field's kind says how they are read. */
export function saidText(form: Form | undefined, { field, text }: Said): string {
  const kind = form?.fields.find((one) => one.name === field)?.kind;
  if (!kind) return text;
  if (FIGURES.has(kind)) return figure(kind, text);
  return kind === "instant" ? instantText(text) : text;
}
